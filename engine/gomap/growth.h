// Growing: a new array is put beside the old one, and every write moves two old buckets over.
//
// Promises: hashGrow, growWork, evacuate and advanceEvacuationMark as in spec 2.7 to 2.10: the
// same cells in the same order, the same marks left behind, the same overflow hand-outs. All that
// may throw (hashes, allocations) has run before a chain gets its first mark: an exception leaves
// the growth where it was, to go on with the next write.
// Leaves to others: when a growth is due (Table::place).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>
#include <vector>

#include "gomap/constants.h"
#include "gomap/fatal.h"
#include "gomap/layout.h"
#include "gomap/points.h"

namespace gomap {

// hashGrow (2.7): doubles when the load asks for it, else keeps the size to squeeze holes out.
// Copies nothing. Throws std::bad_alloc before any change.
template <class Table>
void start_growth(Table& t) {
  const std::uint8_t bigger = over_load_factor<Table::kWidth>(t.count + 1, t.B) ? 1 : 0;
  const auto new_b = static_cast<std::uint8_t>(t.B + bigger);
  auto* const fresh = t.new_generation(new_b, true);

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
  const bool list_in_use = t.overflow_listed.exchange(false, std::memory_order_relaxed);
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

  [[nodiscard]] const std::byte* bucket() const { return bucket_; }

  void push(Table& t, std::uint8_t top, std::byte* from, int from_cell) {
    if (cell_ == Table::kWidth) {
      bucket_ = t.append_overflow(bucket_);
      cell_ = 0;
    }
    t.set_state(bucket_, cell_, top);
    Layout::copy_cell(bucket_, cell_, from, from_cell);
    ++cell_;
  }

 private:
  std::byte* bucket_;
  int cell_ = 0;
};

// Where one entry goes, and under which tophash.
struct Side {
  std::uint8_t top = 0;
  bool to_y = false;
};

// Decides for the filled cells of one bucket of a doubling. A NaN's hash is new at every call, so
// it may get a new tophash.
template <class Table>
void decide_sides(Table& t, std::byte* bucket, std::size_t new_bit, Side* sides) {
  using Layout = typename Table::Layout;
  using Word = TopHashWord<Table::kWidth>;
  for (std::uint64_t live = Word(bucket).filled(); live != 0; live &= live - 1) {
    const int cell = Word::first_cell(live);
    const auto& key = *Layout::key(bucket, cell);
    Side& side = sides[cell];
    side.top = cell_state(bucket, cell);
    const std::uint64_t h = t.hash_of(key);
    side.to_y = (h & new_bit) != 0;
    if constexpr (!Table::KeyTraits::reflexive) {
      if (t.has_flag(kIterator) && !t.equal(key, key)) {
        // An iterator must be able to tell the side without hashing: the old top's low bit says it.
        side.to_y = (side.top & 1U) != 0;
        side.top = top_hash(h);
      }
    }
  }
}

// Moves one old chain, bucket by bucket. `sides` of a same-size growth is not looked at.
template <class Table>
class ChainMove {
 public:
  using Layout = typename Table::Layout;

  ChainMove(Table& t, std::size_t index, std::size_t new_bit)
      : table_(t),
        new_bit_(new_bit),
        doubling_(!t.same_size_grow()),
        x_(t.bucket_at(t.buckets, index)),
        // In a same-size growth there is no upper half, and Y is never pushed to.
        y_(doubling_ ? t.bucket_at(t.buckets, index + new_bit) : nullptr) {}

  void run(std::byte* base) {
    std::size_t links = 0;
    for (std::byte* b = Layout::overflow(base); b != nullptr; b = Layout::overflow(b)) {
      ++links;
    }
    // Two destinations never need more overflow buckets than the one source had.
    if (links != 0) {
      table_.reserve_overflow(links);
    }
    table_.generation->bring_in(x_.bucket());
    Layout::prefetch(x_.bucket(), false);
    if (doubling_) {
      table_.generation->bring_in(y_.bucket());
      Layout::prefetch(y_.bucket(), false);
    }
    std::array<Side, kInline> few{};
    if (!Table::kDecidingMayThrow || !doubling_ || links == 0) {
      for (std::byte* b = base; b != nullptr; b = Layout::overflow(b)) {
        if (doubling_) {
          decide_sides(table_, b, new_bit_, few.data());
        }
        move_bucket(b, few.data());
      }
      return;
    }
    std::vector<Side> sides((links + 1) * kInline);
    Side* at = sides.data();
    for (std::byte* b = base; b != nullptr; b = Layout::overflow(b), at += kInline) {
      decide_sides(table_, b, new_bit_, at);
    }
    at = sides.data();
    for (std::byte* b = base; b != nullptr; b = Layout::overflow(b), at += kInline) {
      move_bucket(b, at);
    }
  }

 private:
  static constexpr auto kInline = static_cast<std::size_t>(Table::kWidth);

  void move_bucket(std::byte* bucket, const Side* sides) {
    for (int cell = 0; cell < Table::kWidth; ++cell) {
      const std::uint8_t top = cell_state(bucket, cell);
      if (is_empty(top)) {
        set_cell_state(bucket, cell, kEvacuatedEmpty);
        continue;
      }
      if (top < kMinTopHash) {
        fatal("bad map state");
      }
      if (doubling_ && sides[cell].to_y) {
        set_cell_state(bucket, cell, kEvacuatedY);
        y_.push(table_, sides[cell].top, bucket, cell);
      } else {
        set_cell_state(bucket, cell, kEvacuatedX);
        x_.push(table_, doubling_ ? sides[cell].top : top, bucket, cell);
      }
    }
  }

  Table& table_;
  std::size_t new_bit_;
  bool doubling_;
  Destination<Table> x_;
  Destination<Table> y_;
};

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
    t.retire(std::exchange(t.old_generation, nullptr));
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
  if (!t.old_bucket_evacuated(index)) {
    std::byte* const base = t.bucket_at(t.oldbuckets, index);
    ChainMove<Table>(t, index, new_bit).run(base);
    // What no iterator can come back to need not keep its pointees alive (Go helps its collector).
    if (Layout::has_pointers && !t.has_flag(kOldIterator) &&
        !t.old_generation->must_stay_readable()) {
      t.wipe_evacuated(base);
    }
    t.note_evacuated(base);
  }
  if (index == t.nevacuate) {
    advance_evacuation_mark(t, new_bit);
  }
}

// growWork (2.8): the bucket about to be written, and one more so that the growth ends.
template <class Table>
void grow_work(Table& t, std::size_t index) {
  t.template reach<Point::grow>();
  t.old_generation->give_back_below(t.nevacuate);
  // The second bucket is on its way while the first one moves.
  Table::Layout::prefetch(t.bucket_at(t.oldbuckets, t.nevacuate), false);
  evacuate(t, index & (t.old_bucket_count() - 1));
  t.template reach<Point::evacuated>();
  if (t.growing()) {
    evacuate(t, t.nevacuate);
  }
  t.template reach<Point::grown>();
}

}  // namespace gomap
