// Walking a map that may be written meanwhile.
//
// Two policies, a property of the iterator. GoExact is Go's iterator bit for bit (spec 2.11, 2.12),
// its defects Q1 to Q5 included. Sound is the same walk with them repaired, and keeps this promise
// without exemption: an entry there from start to end is produced exactly once; one removed before
// it is reached is not; one added meanwhile, at most once. The repairs:
//   - it ends at its next step once the seed it was born under is gone (clear, or a delete of the
//     last entry): all it had still to produce is gone too (Q1, Q2);
//   - it remembers whether it entered its bucket under a doubling, instead of asking what kind of
//     growth is on now (Q3, Q4);
//   - the generations it may still read are not wiped by evacuation (Q5).
// Leaves to others: nothing here changes the map, but for the two iterator flags.
// An iterator must not be used after its map is gone.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>

#include "gomap/constants.h"
#include "gomap/exceptions.h"
#include "gomap/fatal.h"
#include "gomap/layout.h"
#include "gomap/panic.h"
#include "gomap/points.h"

namespace gomap {

struct GoExact {
  static constexpr bool sound = false;
};
struct Sound {
  static constexpr bool sound = true;
};

// A reference to a generation that an iterator may read.
template <class Generation, class Policy>
class GenerationHold {
 public:
  GenerationHold() = default;
  GenerationHold(const GenerationHold& other) noexcept { reset(other.held_); }
  GenerationHold& operator=(const GenerationHold& other) noexcept {
    reset(other.held_);
    return *this;
  }
  GenerationHold(GenerationHold&& other) noexcept : held_(std::exchange(other.held_, nullptr)) {}
  GenerationHold& operator=(GenerationHold&& other) noexcept {
    std::swap(held_, other.held_);
    return *this;
  }
  ~GenerationHold() { reset(nullptr); }

  void reset(Generation* next) {
    if (next == held_) {
      return;
    }
    if (next != nullptr) {
      Policy::sound ? next->acquire_readable() : next->acquire();
    }
    if (held_ != nullptr) {
      Policy::sound ? held_->release_readable() : held_->release();
    }
    held_ = next;
  }

  [[nodiscard]] Generation* get() const { return held_; }

 private:
  Generation* held_ = nullptr;
};

template <class Table, class Policy>
class Iterator {
 public:
  using Key = typename Table::Key;
  using Elem = typename Table::Elem;
  using Generation = typename Table::Generation;

  static constexpr std::size_t kNoCheck = std::numeric_limits<std::size_t>::max();

  // Go's hiter (1.5), in its order; the last two are ours. Only next() writes it.
  struct State {
    std::byte* buckets = nullptr;
    std::byte* bptr = nullptr;
    std::size_t start_bucket = 0;
    std::uint8_t offset = 0;
    bool wrapped = false;
    std::uint8_t B = 0;
    std::uint8_t i = 0;
    std::size_t bucket = 0;
    std::size_t check_bucket = 0;
    bool under_doubling = false;  // check_bucket was set while a doubling was on
    Generation* home = nullptr;   // of bptr
  };

  static_assert(Policy::sound || Table::kAllowsGoExact,
                "GoExact may produce entries that have left the map, and these values are "
                "destroyed when they leave: use Sound");

  // mapiterinit (2.11), without the first step: call next() to reach the first entry.
  explicit Iterator(Table* table) {
    if (table == nullptr || table->count == 0) {
      return;
    }
    table->template reach<Point::open>();
    table_ = table;
    state_.B = table->B;
    state_.buckets = table->buckets;
    snapshot_.reset(table->generation);
    if constexpr (!Layout::has_pointers) {
      table->has_extra.store(true, std::memory_order_relaxed);
      table->overflow_listed.store(true, std::memory_order_relaxed);
    }
    const std::uint64_t draw = table->B > 28 ? table->random.wide() : table->random();
    state_.start_bucket = draw & table->mask();
    state_.offset = static_cast<std::uint8_t>((draw >> table->B) & (Table::kWidth - 1));
    offset_ = state_.offset;
    state_.bucket = state_.start_bucket;
    seed_epoch_ = table->seed_epoch;
    table->template reach<Point::opening>();
    constexpr std::uint8_t both = kIterator | kOldIterator;
    if ((table->flags.load(std::memory_order_relaxed) & both) != both) {
      table->flags.fetch_or(both, std::memory_order_relaxed);
    }
  }

  // mapiternext (2.12): moves to the next entry; false at the end.
  [[gnu::always_inline]] bool next() {
    reach<Point::step>();
    if (rest_ != 0 && !table_->has_flag(kHashWriting) && seen_ == table_->modifications)
        [[likely]] {
      return produce();
    }
    return find_next();
  }

  // The entry just produced; both hold until the map's next write or this iterator's next step.
  [[nodiscard]] const Key& key() const { return *key_; }
  [[nodiscard]] Elem& elem() const { return *elem_; }
  [[nodiscard]] const State& state() const { return state_; }

 private:
  using Layout = typename Table::Layout;
  using Word = TopHashWord<Table::kWidth>;

  template <Point kPoint>
  [[gnu::always_inline]] inline void reach() const {
    if constexpr (Table::Config::Points::active) {
      if (table_ != nullptr) {
        table_->template reach<kPoint>();
      }
    }
  }

  bool end() {
    rest_ = 0;
    key_ = nullptr;
    elem_ = nullptr;
    if constexpr (Policy::sound) {
      table_ = nullptr;
      state_ = {};
      snapshot_.reset(nullptr);
      entered_.reset(nullptr);
    }
    return false;
  }

  // The next entry where it is not in rest_.
  [[gnu::noinline]] bool find_next() {
    if (table_ == nullptr) {
      return false;
    }
    if (table_->has_flag(kHashWriting)) [[unlikely]] {
      fatal("concurrent map iteration and map write");
    }
    if (Policy::sound && seed_epoch_ != table_->seed_epoch) [[unlikely]] {
      return end();
    }
    return walks_plainly() ? walk_plainly() : walk_on();
  }

  // The first of rest_.
  bool produce() {
    const int step = Word::first_cell(rest_);
    const int cell = (step + offset_) & (Table::kWidth - 1);
    state_.i = static_cast<std::uint8_t>(step + 1);
    rest_ &= rest_ - 1;
    key_ = Layout::key(state_.bptr, cell);
    elem_ = Layout::elem(state_.bptr, cell);
    return true;
  }

  // The snapshot is held in any case.
  void hold(Generation* home) {
    state_.home = home;
    entered_.reset(home == snapshot_.get() ? nullptr : home);
  }

  [[nodiscard]] bool walks_plainly() const;
  bool walk_plainly();
  bool walk_on();
  void enter_next_bucket(State& at) const;
  [[nodiscard]] CellRef entry_at(const State& at, int cell) const;
  [[nodiscard]] bool belongs_to_other_half(const State& at, const Key& key,
                                           std::uint8_t cell_byte) const;
  [[nodiscard]] bool is_itself(const Key& key) const;
  void check_unwritten(std::uint64_t seen) const;

  Table* table_ = nullptr;
  State state_;
  std::uint64_t seed_epoch_ = 0;
  std::uint64_t rest_ =
      0;  // filled cells still to come in this bucket, a bit in the n-th byte for the n-th step
  std::uint64_t seen_ = 0;  // Table::modifications when rest_ was taken
  // state_.offset, away from state_.i: compilers read it with its neighbours, and such a read waits
  // until the last write of state_.i is out, which took half the time of an iteration.
  int offset_ = 0;
  const Key* key_ = nullptr;
  Elem* elem_ = nullptr;
  GenerationHold<Generation, Policy> snapshot_;  // of state_.buckets
  GenerationHold<Generation, Policy> entered_;   // of state_.bptr
};

// The plain case, in which nothing need be called: no growth since the iterator was opened, and
// none now. What is left of a bucket is kept as a word, which holds as long as nobody writes.
template <class Table, class Policy>
bool Iterator<Table, Policy>::walks_plainly() const {
  return Table::kWidth == kTopHashBytes && !table_->growing() &&
         state_.buckets == table_->buckets &&
         (state_.check_bucket == kNoCheck || state_.bptr == nullptr);
}

template <class Table, class Policy>
bool Iterator<Table, Policy>::walk_plainly() {
  std::byte* bptr = state_.bptr;
  std::size_t bucket = state_.bucket;
  bool wrapped = state_.wrapped;
  unsigned i = state_.i;
  for (;;) {
    if (bptr == nullptr) {
      if (wrapped && bucket == state_.start_bucket) {
        state_.wrapped = true;
        return end();
      }
      bptr = Table::bucket_at(state_.buckets, bucket);
      if (++bucket == bucket_count(state_.B)) {
        bucket = 0;
        wrapped = true;
      }
      i = 0;
    }
    // Rotated, so that byte n answers for the n-th cell of this walk.
    const std::uint64_t in_order = std::rotr(Word(bptr).filled(), 8 * state_.offset);
    const std::uint64_t rest = i < kTopHashBytes ? in_order & ~std::uint64_t{0} << (8U * i) : 0;
    if (rest != 0) {
      state_.bptr = bptr;
      state_.bucket = bucket;
      state_.wrapped = wrapped;
      state_.i = static_cast<std::uint8_t>(i);
      state_.check_bucket = kNoCheck;
      hold(snapshot_.get());
      rest_ = rest;
      seen_ = table_->modifications;
      return produce();
    }
    reach<Point::bucket>();
    bptr = Layout::overflow(bptr);
    i = 0;
  }
}

// Go writes the place back only when it produces an entry; the end leaves it where it was.
template <class Table, class Policy>
bool Iterator<Table, Policy>::walk_on() {
  rest_ = 0;
  State at = state_;
  for (;;) {
    if (at.bptr == nullptr) {
      if (at.wrapped && at.bucket == at.start_bucket) {
        state_.wrapped = at.wrapped;
        return end();
      }
      enter_next_bucket(at);
    }
    while (at.i < Table::kWidth) {
      const int cell = (at.i + at.offset) & (Table::kWidth - 1);
      ++at.i;
      const CellRef entry = entry_at(at, cell);
      if (entry.bucket != nullptr) {
        key_ = Layout::key(entry.bucket, entry.cell);
        elem_ = Layout::elem(entry.bucket, entry.cell);
        state_ = at;
        hold(at.home);
        return true;
      }
    }
    reach<Point::bucket>();
    at.bptr = Layout::overflow(at.bptr);
    at.i = 0;
  }
}

// An unevacuated old bucket is read where it is, with a filter; all else from the snapshot.
template <class Table, class Policy>
void Iterator<Table, Policy>::enter_next_bucket(State& at) const {
  Table& t = *table_;
  at.check_bucket = kNoCheck;
  at.bptr = t.bucket_at(at.buckets, at.bucket);
  at.home = snapshot_.get();
  if (t.growing() && at.B == t.B) {
    const std::size_t index = at.bucket & (t.old_bucket_count() - 1);
    if (!t.old_bucket_evacuated(index)) {
      at.check_bucket = at.bucket;
      at.bptr = t.bucket_at(t.oldbuckets, index);
      at.home = t.old_generation;
      at.under_doubling = !t.same_size_grow();
    }
  }
  ++at.bucket;
  if (at.bucket == bucket_count(at.B)) {
    at.bucket = 0;
    at.wrapped = true;
  }
  at.i = 0;
}

// The entry this cell stands for, if there is one and it is this bucket's to produce.
template <class Table, class Policy>
CellRef Iterator<Table, Policy>::entry_at(const State& at, int cell) const {
  Table& t = *table_;
  const std::uint8_t state = cell_state(at.bptr, cell);
  if (is_empty(state) || state == kEvacuatedEmpty) {
    return {};
  }
  const bool doubling = Policy::sound ? at.under_doubling : !t.same_size_grow();
  const bool filtered = at.check_bucket != kNoCheck && doubling;
  const Key* stored = Layout::key(at.bptr, cell);
  if (Layout::KeySlot::indirect && stored == nullptr) {
    // Wiped under this iterator (Q5). Go follows the pointer; a sound iterator never gets here.
    if (filtered || t.count != 0) {
      detail::raise<Panic>("runtime error: invalid memory address or nil pointer dereference");
    }
    return {};
  }
  const Key& key = *stored;
  const std::uint64_t seen = t.modifications;
  if (filtered && belongs_to_other_half(at, key, state)) {
    return {};
  }
  const bool moved = state == kEvacuatedX || state == kEvacuatedY;
  if (!moved || !is_itself(key)) {
    return {at.bptr, cell};
  }
  // The entry lives elsewhere now, was updated there, or is gone: the map itself knows.
  const CellRef live = t.count == 0 ? CellRef{} : t.lookup(key);
  check_unwritten(seen);
  return live;
}

template <class Table, class Policy>
bool Iterator<Table, Policy>::is_itself(const Key& key) const {
  if constexpr (Table::KeyTraits::reflexive) {
    return true;
  } else {
    const std::uint64_t seen = table_->modifications;
    const bool same = table_->equal(key, key);
    check_unwritten(seen);
    return same;
  }
}

// After a call of the user's hash or equality.
template <class Table, class Policy>
void Iterator<Table, Policy>::check_unwritten(std::uint64_t seen) const {
  if (table_->modifications != seen) [[unlikely]] {
    fatal("concurrent map iteration and map write");
  }
}

// An old bucket of a doubling feeds two new ones; each entry is produced for its own alone.
template <class Table, class Policy>
bool Iterator<Table, Policy>::belongs_to_other_half(const State& at, const Key& key,
                                                    std::uint8_t cell_byte) const {
  if (is_itself(key)) {
    const std::uint64_t seen = table_->modifications;
    const std::uint64_t h = table_->hash_of(key);
    check_unwritten(seen);
    return (h & (bucket_count(at.B) - 1)) != at.check_bucket;
  }
  // A NaN cannot be hashed again: the low bit of its tophash, or of its mark, tells the side.
  return (at.check_bucket >> (at.B - 1U)) != (cell_byte & 1U);
}

}  // namespace gomap
