// Writes random programs, and pieces of them: whole acts, such as a fill, a pile of overflow
// buckets or a walk under writes. Single operations drawn one by one fill small tables and drain
// them again; they start no same-size growth in thousands of programs.
//
// Promises: what is written is a function of the seed and the arguments alone.
// Leaves to others: changing a program that is there (fuzz/mutator.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>

#include "oracle/hash_plan.h"
#include "oracle/kinds.h"
#include "oracle/program.h"

namespace mapfuzz {

// A stream of small random decisions.
class Choice {
 public:
  explicit Choice(std::uint64_t seed) : state_(seed) {}

  [[nodiscard]] std::uint64_t bits() { return mix(state_ += 0x9E3779B97F4A7C15U); }
  [[nodiscard]] std::uint32_t below(std::size_t bound) {
    return static_cast<std::uint32_t>(bits() % bound);
  }
  [[nodiscard]] std::uint32_t between(std::uint32_t low, std::uint32_t high) {
    return low + below(high - low + 1);
  }
  [[nodiscard]] bool one_in(std::uint32_t n) { return below(n) == 0; }

  template <class List>
  [[nodiscard]] auto of(const List& list) {
    return list[below(std::size(list))];
  }

 private:
  std::uint64_t state_;
};

class Author {
 public:
  explicit Author(std::uint64_t seed) : choice_(seed) {}

  // Legal programs of exactly `length` operations.
  [[nodiscard]] Program write(const Row& row, std::size_t length);
  // Of assigns, updates, deletes and clears alone: what writes to one map and leaves others alone.
  [[nodiscard]] Program write_writes(const Row& row, std::size_t length);

  [[nodiscard]] HashSpec hash();
  // Around the limits of each table size, and what make() ignores.
  [[nodiscard]] std::int64_t hint();

  // One act, for tables of this width, or a single operation of any kind. Without ids, not
  // repaired.
  using Operations = decltype(Program::operations);
  [[nodiscard]] const Operations& act(std::uint32_t width);
  [[nodiscard]] const Operations& one();

 private:
  [[nodiscard]] Header header(const Row& row);
  [[nodiscard]] Program finish(const Row& row, std::size_t length,
                               void (Author::*act)(std::uint32_t width));

  void any_act(std::uint32_t width);
  void writing_act(std::uint32_t width);
  void fill();
  void drain();
  void piles(std::uint32_t width);
  void walk();
  void common(std::uint32_t which);
  void anything();

  Operation& add(const Operation& operation) { return operations_.emplace_back(operation); }
  void assign(std::uint32_t key) {
    add({.code = OpCode::assign, .key = key, .value = choice_.between(1, 1000), .draw = {}});
  }
  void erase(std::uint32_t key) { add({.code = OpCode::erase, .key = key, .draw = {}}); }
  void open();

  [[nodiscard]] std::uint32_t key();
  [[nodiscard]] std::uint32_t stride() { return std::uint32_t{1} << choice_.below(5); }
  [[nodiscard]] std::uint8_t slot() { return static_cast<std::uint8_t>(choice_.below(3)); }

  Choice choice_;
  Operations operations_;
};

}  // namespace mapfuzz
