// Growing: a new array is put beside the old one, and every write moves two old buckets over.
//
// Promises: hashGrow, growWork, evacuate and advanceEvacuationMark as in spec 2.7 to 2.10: the
// same cells in the same order, the same marks left behind, the same overflow hand-outs.
// Leaves to others: when a growth is due (Table::assign).
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

#include "gomap/constants.h"
#include "gomap/fatal.h"
#include "gomap/generation.h"
#include "gomap/layout.h"

namespace gomap {

// hashGrow (2.7): doubles when the load asks for it, else keeps the size to squeeze holes out.
// Copies nothing. Throws std::bad_alloc before any change.
template <class Table>
void start_growth(Table& t) {
  const std::uint8_t bigger = over_load_factor<Table::kWidth>(t.count + 1, t.B) ? 1 : 0;
  const auto new_b = static_cast<std::uint8_t>(t.B + bigger);
  Generation* fresh = t.new_generation(new_b);

  const std::uint8_t flags = t.flags.load(std::memory_order_relaxed);
  auto new_flags = static_cast<std::uint8_t>(flags & ~(kIterator | kOldIterator));
  if ((flags & kIterator) != 0) {
    new_flags |= kOldIterator;
  }
  if (bigger == 0) {
    new_flags |= kSameSizeGrow;
  }
  t.set_flags(new_flags);
  t.B = new_b;
  t.oldbuckets = t.buckets;
  t.old_generation = t.generation;
  t.nevacuate = 0;
  t.noverflow = 0;
  const bool list_in_use = t.overflow_listed.exchange(false);
  t.adopt_array(fresh);
  if (list_in_use && std::exchange(t.oldoverflow_listed, true)) {
    fatal("oldoverflow is not nil");
  }
}

// Where evacuation writes next in one of its two destination chains.
template <class Table>
class Destination {
 public:
  using Layout = typename Table::Layout;

  explicit Destination(std::byte* base_bucket) : bucket_(base_bucket) {}

  void push(Table& t, std::uint8_t top, std::byte* from, int from_cell) {
    if (cell_ == Table::kWidth) {
      bucket_ = t.append_overflow(bucket_);
      cell_ = 0;
    }
    set_cell_state(bucket_, cell_, top);
    Layout::copy_cell(bucket_, cell_, from, from_cell);
    ++cell_;
  }

 private:
  std::byte* bucket_;
  int cell_ = 0;
};

// Does the entry go to the upper half? May replace `top` (a NaN's hash is new at every call).
template <class Table>
[[nodiscard]] bool goes_to_y(Table& t, const typename Table::Key& key, std::size_t new_bit,
                             std::uint8_t& top) {
  const std::uint64_t h = t.hash(key, t.hash0);
  if constexpr (!Table::KeyTraits::reflexive) {
    if (t.has_flag(kIterator) && !t.equal(key, key)) {
      // An iterator must be able to tell the side without hashing: the old top's low bit says it.
      const bool y = (top & 1U) != 0;
      top = top_hash(h);
      return y;
    }
  }
  return (h & new_bit) != 0;
}

// advanceEvacuationMark (2.10): past all that is evacuated; at the end the old array retires.
template <class Table>
void advance_evacuation_mark(Table& t, std::size_t old_count) {
  ++t.nevacuate;
  const std::size_t stop = t.nevacuate + kEvacuationLookAhead < old_count
                               ? t.nevacuate + kEvacuationLookAhead
                               : old_count;
  while (t.nevacuate != stop && is_evacuated(t.bucket_at(t.oldbuckets, t.nevacuate))) {
    ++t.nevacuate;
  }
  if (t.nevacuate == old_count) {
    t.oldbuckets = nullptr;
    std::exchange(t.old_generation, nullptr)->release();
    t.oldoverflow_listed = false;
    t.set_flags(
        static_cast<std::uint8_t>(t.flags.load(std::memory_order_relaxed) & ~kSameSizeGrow));
  }
}

// evacuate (2.9): moves one old chain to its one or two places in the new array.
template <class Table>
void evacuate(Table& t, std::size_t index) {
  using Layout = typename Table::Layout;
  const std::size_t new_bit = t.old_bucket_count();
  std::byte* const base = t.bucket_at(t.oldbuckets, index);
  if (!is_evacuated(base)) {
    const bool doubling = !t.same_size_grow();
    Destination<Table> x(t.bucket_at(t.buckets, index));
    // In a same-size growth there is no upper half, and Y is never pushed to.
    Destination<Table> y(doubling ? t.bucket_at(t.buckets, index + new_bit) : nullptr);
    for (std::byte* bucket = base; bucket != nullptr; bucket = Layout::overflow(bucket)) {
      for (int cell = 0; cell < Table::kWidth; ++cell) {
        std::uint8_t top = cell_state(bucket, cell);
        if (is_empty(top)) {
          set_cell_state(bucket, cell, kEvacuatedEmpty);
          continue;
        }
        if (top < kMinTopHash) {
          fatal("bad map state");
        }
        const bool to_y = doubling && goes_to_y(t, *Layout::key(bucket, cell), new_bit, top);
        set_cell_state(bucket, cell, to_y ? kEvacuatedY : kEvacuatedX);
        (to_y ? y : x).push(t, top, bucket, cell);
      }
    }
    // What no iterator can come back to need not keep its pointees alive (Go helps its collector).
    if (Layout::has_pointers && !t.has_flag(kOldIterator) &&
        !t.old_generation->must_stay_readable()) {
      std::memset(base + kTopHashBytes, 0, Layout::size - kTopHashBytes);
    }
  }
  if (index == t.nevacuate) {
    advance_evacuation_mark(t, new_bit);
  }
}

// growWork (2.8): the bucket about to be written, and one more so that the growth ends.
template <class Table>
void grow_work(Table& t, std::size_t index) {
  evacuate(t, index & (t.old_bucket_count() - 1));
  if (t.growing()) {
    evacuate(t, t.nevacuate);
  }
}

}  // namespace gomap
