#include <unordered_map>

#include "cell.h"

namespace gomap_bench {
namespace {

template <class Key>
struct Adapter : StandardAdapter<Key, std::unordered_map<Key, Value>> {};

}  // namespace

std::vector<Entrant> std_entrants() { return entrants_of<Adapter>("std"); }

}  // namespace gomap_bench
