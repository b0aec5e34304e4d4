// The measured loops, written once for every C++ map.
//
// An Adapter says how a map is spelled:
//   using Map, using Key; static constexpr bool kTwoWalks;
//   Map hinted(n); void put(map, key, value); const Value* find(map, key); bool erase(map, key);
//   std::uint64_t sum(map); std::uint64_t sum_exact(map) if kTwoWalks; bool grew(map, size, before)
// Promises: what a loop must not pay for (filling, destroying, making keys) is outside the clock.
// go/operations.go has the same loops for Go's map.
#pragma once

#include <malloc.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "clocks.h"
#include "contender.h"
#include "histogram.h"
#include "memory_use.h"
#include "workload.h"

namespace gomap_bench {

inline void require(bool holds, Operation operation) {
  if (!holds) {
    throw std::runtime_error(std::string(name_of(operation)) + ": the map gave a wrong answer");
  }
}

template <class Adapter>
class Cell final : public Contender {
 public:
  using Key = typename Adapter::Key;
  using Map = typename Adapter::Map;

  [[nodiscard]] bool offers(Operation operation) const override {
    return operation != Operation::iterate_exact || Adapter::kTwoWalks;
  }

  Timing time(Operation operation, std::size_t entries, std::int64_t batches) override {
    use_size(entries);
    Timing timing;
    for (std::int64_t batch = 0; batch < batches; ++batch) {
      switch (operation) {
        case Operation::insert:
          insert(timing, 0);
          break;
        case Operation::insert_hint:
          insert(timing, work_->size);
          break;
        case Operation::hit:
          hit(timing);
          break;
        case Operation::miss:
          miss(timing);
          break;
        case Operation::iterate:
          iterate(timing, operation, [](const Map& map) { return Adapter::sum(map); });
          break;
        case Operation::iterate_exact:
          if constexpr (Adapter::kTwoWalks) {
            iterate(timing, operation, [](const Map& map) { return Adapter::sum_exact(map); });
          }
          break;
        case Operation::churn:
          churn(timing);
          break;
        case Operation::erase:
          erase(timing);
          break;
      }
    }
    return timing;
  }

  Latency grow(std::size_t entries) override {
    const KeyArray<Key> made = first_keys<Key>(entries);
    const Key* const keys = made.data();
    std::vector<std::uint64_t> stamps(entries + 1);  // written once already: no page faults later
    Map map;
    const std::uint64_t wall = wall_nanoseconds();
    stamps[0] = ticks();
    for (std::size_t at = 0; at < entries; ++at) {
      Adapter::put(map, keys[at], at);
      stamps[at + 1] = ticks();
    }
    const auto took = static_cast<double>(wall_nanoseconds() - wall);
    require(map.size() == entries, Operation::insert);
    return latency_of(stamps, took);
  }

  Memory fill(std::size_t entries) override {
    const KeyArray<Key> made = first_keys<Key>(entries);
    const Key* const keys = made.data();
    MemoryUse use(entries);
    Map map;
    std::size_t before = 0;
    for (std::size_t at = 0; at < entries; ++at) {
      Adapter::put(map, keys[at], at);
      use.after_insert(at + 1, Adapter::grew(map, at + 1, before));
    }
    require(map.size() == entries, Operation::insert);
    return use.result();
  }

 private:
  // Keys, and the maps that hit, miss, iterate and churn work on, are made once a size.
  void use_size(std::size_t entries) {
    if (work_ == nullptr || work_->size != entries) {
      full_.clear();
      worn_.clear();
      work_ = std::make_unique<Workload<Key>>(entries);
    }
  }

  [[nodiscard]] std::vector<Map> fill_all(std::size_t hint) const {
    std::vector<Map> maps;
    maps.reserve(work_->maps);
    const Key* const keys = work_->present.data();
    for (std::size_t begin = 0; begin < work_->total; begin += work_->size) {
      maps.push_back(hint == 0 ? Map() : Adapter::hinted(hint));
      Map& map = maps.back();
      for (std::size_t at = begin; at < begin + work_->size; ++at) {
        Adapter::put(map, keys[at], at);
      }
    }
    return maps;
  }

  // Full maps, as they grew.
  const std::vector<Map>& full() {
    if (full_.empty()) {
      full_ = fill_all(0);
    }
    return full_;
  }

  void insert(Timing& timing, std::size_t hint) {
    if (work_->size > kLargestWarmed) {
      malloc_trim(0);
    }
    const double start = cpu_nanoseconds();
    const std::vector<Map> maps = fill_all(hint);
    timing.nanoseconds += cpu_nanoseconds() - start;
    timing.operations += static_cast<double>(work_->total);
    for (const Map& map : maps) {
      require(map.size() == work_->size, Operation::insert);
    }
  }

  void hit(Timing& timing) {
    const std::vector<Map>& maps = full();
    const Key* keys = work_->shuffled.data();
    std::uint64_t sum = 0;
    const double start = cpu_nanoseconds();
    for (const Map& map : maps) {
      for (std::size_t at = 0; at < work_->queries; ++at) {
        const Value* const value = Adapter::find(map, keys[at]);
        sum += value == nullptr ? 1 : *value;
      }
      keys += work_->size;
    }
    timing.nanoseconds += cpu_nanoseconds() - start;
    timing.operations += static_cast<double>(work_->queries * work_->maps);
    require(sum == work_->hit_sum, Operation::hit);
  }

  void miss(Timing& timing) {
    const std::vector<Map>& maps = full();
    const Key* keys = work_->absent.data();
    std::uint64_t found = 0;
    const double start = cpu_nanoseconds();
    for (const Map& map : maps) {
      for (std::size_t at = 0; at < work_->queries; ++at) {
        found += Adapter::find(map, keys[at]) != nullptr ? 1 : 0;
      }
      keys += work_->size;
    }
    timing.nanoseconds += cpu_nanoseconds() - start;
    timing.operations += static_cast<double>(work_->queries * work_->maps);
    require(found == 0, Operation::miss);
  }

  template <class Sum>
  void iterate(Timing& timing, Operation operation, Sum sum_of) {
    const std::vector<Map>& maps = full();
    std::uint64_t sum = 0;
    const double start = cpu_nanoseconds();
    for (const Map& map : maps) {
      sum += sum_of(map);
    }
    timing.nanoseconds += cpu_nanoseconds() - start;
    timing.operations += static_cast<double>(work_->total);
    require(sum == work_->weight, operation);
  }

  // The oldest key goes, a new one comes. All keys, the absent ones too, form a ring, and a map
  // always holds `size` neighbours on it. Not measured: the first `size` pairs, which wear it in.
  void churn(Timing& timing) {
    if (worn_.empty()) {
      worn_ = fill_all(0);
      Timing unused;
      for (churned_ = 0; churned_ < work_->size;) {
        churn_batch(unused);
      }
    }
    churn_batch(timing);
  }

  void churn_batch(Timing& timing) {
    const std::size_t size = work_->size;
    std::size_t begin = 0;
    std::size_t erased = 0;
    const double start = cpu_nanoseconds();
    for (Map& map : worn_) {
      // Neighbours in memory too: the pointers only change places at the ends of the arrays.
      const Key* const halves[] = {work_->present.data() + begin, work_->absent.data() + begin};
      std::size_t place = churned_ % size;
      std::size_t half = churned_ / size % 2;
      for (std::size_t pair = 0; pair < work_->queries; ++pair) {
        erased += Adapter::erase(map, halves[half][place]) ? 1 : 0;
        Adapter::put(map, halves[1 - half][place], begin + place);
        if (++place == size) {
          place = 0;
          half = 1 - half;
        }
      }
      begin += size;
    }
    timing.nanoseconds += cpu_nanoseconds() - start;
    timing.operations += static_cast<double>(2 * work_->queries * work_->maps);
    churned_ += work_->queries;
    require(erased == work_->queries * work_->maps, Operation::churn);
  }

  void erase(Timing& timing) {
    std::vector<Map> maps = fill_all(0);
    const Key* keys = work_->shuffled.data();
    std::size_t erased = 0;
    const double start = cpu_nanoseconds();
    for (Map& map : maps) {
      for (std::size_t at = 0; at < work_->size; ++at) {
        erased += Adapter::erase(map, keys[at]) ? 1 : 0;
      }
      keys += work_->size;
    }
    timing.nanoseconds += cpu_nanoseconds() - start;
    timing.operations += static_cast<double>(work_->total);
    require(erased == work_->total, Operation::erase);
  }

  std::unique_ptr<Workload<Key>> work_;
  std::vector<Map> full_;
  std::vector<Map> worn_;
  std::size_t churned_ = 0;  // pairs of operations that worn_ has seen
};

// The two contenders of an adapter template.
template <template <class> class Adapter>
std::vector<Entrant> entrants_of(const std::string& engine) {
  return {{engine, "u64",
           []() -> std::unique_ptr<Contender> {
             return std::make_unique<Cell<Adapter<std::uint64_t>>>();
           }},
          {engine, "text",
           []() -> std::unique_ptr<Contender> { return std::make_unique<Cell<Adapter<Text>>>(); }}};
}

// How the maps of the standard's shape are spelled.
template <class KeyType, class MapType>
struct StandardAdapter {
  using Key = KeyType;
  using Map = MapType;
  static constexpr bool kTwoWalks = false;

  static Map hinted(std::size_t hint) {
    Map map;
    map.reserve(hint);
    return map;
  }
  static void put(Map& map, const Key& key, Value value) { map[key] = value; }
  static const Value* find(const Map& map, const Key& key) {
    const auto found = map.find(key);
    return found == map.end() ? nullptr : &found->second;
  }
  static bool erase(Map& map, const Key& key) { return map.erase(key) != 0; }
  static std::uint64_t sum(const Map& map) {
    std::uint64_t sum = 0;
    for (const auto& [key, value] : map) {
      sum += weigh(key) + value;
    }
    return sum;
  }
  // Has the last insert made a new array?
  static bool grew(const Map& map, std::size_t /*size*/, std::size_t& before) {
    return std::exchange(before, map.bucket_count()) != before;
  }
};

}  // namespace gomap_bench
