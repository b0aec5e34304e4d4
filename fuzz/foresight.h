// Foresight: how a table will stand before some operation of a program, without running it: its
// entries, chains and growth. What the mutator asks, so that it can write the operations that make
// a growth begin, end, or stand where it is.
//
// Promises: with hashable keys that equal themselves, and while nothing throws, buckets, chains and
// growths are those of the map (spec part 2); a function of the program alone.
// Leaves to others: cells within a chain, iterators, judging. Nothing is judged by it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "oracle/hash_plan.h"
#include "oracle/program.h"

namespace mapfuzz {

class Foresight {
 public:
  // Before operation `at` of `program`, which must outlive this. Ids count as places: they become
  // that when a mutation is done.
  Foresight(const Program& program, std::size_t at);

  // What a write did to the table beyond its own cell.
  struct Effect {
    bool grew = false;          // a growth began
    bool ended = false;         // the growth that was under way ended
    std::size_t evacuated = 0;  // old buckets
    bool appended = false;      // an overflow bucket
    bool emptied = false;
  };
  // The next operation.
  Effect apply(const Operation& operation);

  [[nodiscard]] bool nil() const { return map_.nil; }
  [[nodiscard]] bool growing() const { return !map_.old.empty(); }
  [[nodiscard]] bool same_size() const { return growing() && map_.old.size() == map_.now.size(); }
  [[nodiscard]] std::size_t buckets() const { return map_.now.size(); }
  [[nodiscard]] std::size_t overflow() const { return map_.overflow; }
  [[nodiscard]] std::size_t entries() const { return map_.count; }
  // The largest number of entries that a table of these buckets takes without doubling (spec 2.1).
  [[nodiscard]] std::size_t limit() const { return limit_of(map_.now.size()); }
  [[nodiscard]] std::size_t limit_of(std::size_t buckets) const;
  [[nodiscard]] bool holds(std::uint32_t key) const;
  // Of the present array, where the key belongs; entries that its chain takes as it is.
  [[nodiscard]] std::size_t bucket_of(std::uint32_t key) const {
    return hash(key) & (map_.now.size() - 1);
  }
  [[nodiscard]] std::size_t room(std::size_t bucket) const;
  // A key of that chain which can be deleted; all of the map's.
  [[nodiscard]] std::optional<std::uint32_t> key_in(std::size_t bucket) const;
  [[nodiscard]] std::vector<std::uint32_t> keys() const;

 private:
  struct Entry {
    std::uint32_t key = 0;  // its class
    std::uint64_t hash = 0;
  };
  struct Chain {
    std::vector<Entry> entries;
    std::size_t overflow = 0;  // buckets behind the first
    bool evacuated = false;    // of an old array
  };
  using Array = std::vector<Chain>;
  struct Map {
    bool nil = false;
    std::uint32_t seed = 0;
    std::size_t count = 0;
    std::size_t overflow = 0;
    Array now = Array(1);
    Array old;             // empty: no growth is under way
    std::size_t mark = 0;  // old buckets before it are evacuated
  };

  [[nodiscard]] std::uint64_t hash(std::uint32_t key) const;
  [[nodiscard]] std::uint32_t draw(std::uint32_t id) const;
  [[nodiscard]] Map made(std::int64_t hint, std::uint32_t id) const;
  [[nodiscard]] const Chain* chain_with(std::uint32_t key) const;

  void run(const Operation& operation, std::uint32_t id, Effect& effect);
  void assign(std::uint32_t key, Effect& effect);
  void erase(std::uint32_t key, Effect& effect);
  void clear();
  void grow();
  void grow_work(std::size_t bucket, Effect& effect);
  void evacuate(std::size_t bucket, Effect& effect);
  void put(Chain& chain, const Entry& entry, Effect& effect);
  [[nodiscard]] Map copied(std::uint32_t id);

  const Header* header_;
  HashPlan plan_;
  std::uint32_t id_ = 0;  // of the next operation
  Map map_;
  std::optional<Map> other_;
};

}  // namespace mapfuzz
