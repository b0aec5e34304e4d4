// Story: operations that take a table from where it stands to where something may happen: into a
// growth of either kind, through it, out of it, under iterators that rest where they are.
//
// Promises: legal once repaired; written with foresight of the table, so that a growth that was
// asked for mostly begins with the last operation written, and stands as far as was asked for.
// Leaves to others: which acts follow each other, and where they go in a program (mutator.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "fuzz/foresight.h"
#include "oracle/author.h"
#include "oracle/program.h"

namespace mapfuzz {

// A growth of fewer buckets is over with the write that starts it.
inline constexpr std::size_t kLongGrowth = 4;

class Story {
 public:
  using Operations = Author::Operations;

  // Goes on where the first `at` operations of `program` end. Values that are not given are `value`
  // (of Mutator: it stands for the one that follows from the operation's id).
  Story(const Program& program, std::size_t at, std::int64_t value, Choice& choice);

  [[nodiscard]] const Operations& operations() const { return operations_; }
  [[nodiscard]] const Foresight& table() const { return table_; }

  // Another map, of so many buckets, and one entry fewer than they take.
  void literal(std::size_t buckets);
  // New entries, until there are so many.
  void fill(std::size_t entries);
  // Until a growth of that kind begins. Nothing where the table is too large for it.
  void start_doubling();
  void start_same_size(std::size_t least_buckets = kLongGrowth);
  // Writes that move old buckets, and most of them change nothing else.
  void advance(std::size_t writes);
  void end_growth();
  void empty();
  void clear() { add({.code = OpCode::clear, .draw = {}}); }
  void open(std::uint8_t slot);
  void next(std::uint8_t slot, std::size_t steps);
  // Whatever these do.
  void also(const Operations& operations) {
    for (const Operation& operation : operations) {
      add(operation);
    }
  }

 private:
  Foresight::Effect add(const Operation& operation) {
    operations_.push_back(operation);
    return table_.apply(operation);
  }
  Foresight::Effect assign(std::uint32_t key) {
    return add({.code = OpCode::assign, .key = key, .value = value_, .draw = {}});
  }
  Foresight::Effect erase(std::uint32_t key) {
    return add({.code = OpCode::erase, .key = key, .draw = {}});
  }
  [[nodiscard]] bool full() const;
  // The first key from `from` on that is not there; of that bucket.
  [[nodiscard]] std::optional<std::uint32_t> fresh(std::uint32_t from) const;
  [[nodiscard]] std::optional<std::uint32_t> fresh(std::uint32_t from, std::size_t bucket) const;
  // False where no overflow bucket could be appended.
  bool pile(std::size_t bucket, std::uint32_t from);
  void make_room(std::size_t more, std::size_t but);

  KeyKind kind_;
  std::size_t width_;
  std::int64_t value_;
  Choice& choice_;
  bool nans_;  // among the new keys: after a growth nobody knows where they are
  Foresight table_;
  Operations operations_;
};

}  // namespace mapfuzz
