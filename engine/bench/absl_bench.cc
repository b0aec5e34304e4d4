#include <absl/container/flat_hash_map.h>

#include "cell.h"

namespace gomap_bench {
namespace {

template <class Key>
struct Adapter : StandardAdapter<Key, absl::flat_hash_map<Key, Value>> {};

}  // namespace

std::vector<Entrant> absl_entrants() { return entrants_of<Adapter>("absl"); }

}  // namespace gomap_bench
