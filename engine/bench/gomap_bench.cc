// The engine. Iterated with both policies: the difference is what soundness costs.
#include <bit>

#include "cell.h"
#include "gomap/map.h"

namespace gomap_bench {
namespace {

template <class KeyType>
struct Adapter {
  using Key = KeyType;
  using Map = gomap::Map<Key, Value>;
  static constexpr bool kTwoWalks = true;

  static Map hinted(std::size_t hint) { return Map(static_cast<std::int64_t>(hint)); }
  static void put(Map& map, const Key& key, Value value) { map.assign(key) = value; }
  static const Value* find(const Map& map, const Key& key) { return map.access2(key); }
  static bool erase(Map& map, const Key& key) { return map.erase(key); }
  static std::uint64_t sum(const Map& map) { return walk(map.iter()); }
  static std::uint64_t sum_exact(const Map& map) {
    return walk(map.template iter<gomap::GoExact>());
  }
  // Growth starts with the insert after the one that filled an array to 6.5 entries a bucket.
  static bool grew(const Map& /*map*/, std::size_t size, std::size_t& /*before*/) {
    return (size - 1) % 13 == 0 && std::has_single_bit((size - 1) / 13);
  }

 private:
  template <class Iterator>
  static std::uint64_t walk(Iterator at) {
    std::uint64_t sum = 0;
    while (at.next()) {
      sum += weigh(at.key()) + at.elem();
    }
    return sum;
  }
};

}  // namespace

std::vector<Entrant> gomap_entrants() { return entrants_of<Adapter>("gomap"); }

}  // namespace gomap_bench
