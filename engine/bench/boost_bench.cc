#include <boost/unordered/unordered_flat_map.hpp>

#include "cell.h"

namespace gomap_bench {
namespace {

template <class Key>
struct Adapter : StandardAdapter<Key, boost::unordered_flat_map<Key, Value>> {};

}  // namespace

std::vector<Entrant> boost_entrants() { return entrants_of<Adapter>("boost"); }

}  // namespace gomap_bench
