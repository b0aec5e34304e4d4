// What a write of a growing map did: the marks it left in old chains, the data it left there, and
// the entries in their one or two destinations.

#include "gomap/constants.h"
#include "oracle/audit.h"
#include "oracle/bytes.h"
#include "oracle/text.h"

namespace mapfuzz {

using gomap::BucketView;
using gomap::TableView;

void Audit::check_evacuations(const TableView& view, const Operation& operation) {
  if (growth_started(view) || !findings_.none()) {
    return;  // the arrays are others now; the whole table is looked at next
  }
  if (operation.code != OpCode::assign && operation.code != OpCode::update &&
      operation.code != OpCode::erase) {
    return;
  }
  for (const ChainCopy* chain : {&own_old_, &next_old_}) {
    if (chain->taken()) {
      check_evacuated(view, *chain, operation);
    }
  }
}

void Audit::check_evacuated(const TableView& view, const ChainCopy& before,
                            const Operation& operation) {
  if (view.growing() && before.index() >= view.old_readable_from) {
    check_left_behind(view, before);
  }
  check_destination(view, before, false, operation);
  if (phase_of(*before_) == GrowthPhase::doubling) {
    check_destination(view, before, true, operation);
  }
}

// I9, I10 and I28: the old chain itself, which is still there while the growth goes on.
void Audit::check_left_behind(const TableView& view, const ChainCopy& before) {
  const bool doubling = phase_of(*before_) == GrowthPhase::doubling;
  const std::size_t old_count = old_bucket_count(*before_);
  const gomap::BucketGeometry& g = *view.geometry;
  const bool wiped =
      g.has_pointers && (before_->flags & gomap::kOldIterator) == 0 && !before_->old_stays_readable;
  Place place{true, static_cast<std::ptrdiff_t>(before.index())};
  for (std::size_t depth = 0; depth < before.buckets(); ++depth) {
    const BucketView old = before.bucket(depth);
    const BucketView now(before.address(depth), &g);
    place.depth = static_cast<std::ptrdiff_t>(depth);
    for (place.cell = 0; place.cell < g.width; ++place.cell) {
      const std::uint8_t was = old.state(place.cell);
      const std::uint8_t mark = now.state(place.cell);
      if (!gomap::is_evacuated_mark(mark) ||
          gomap::is_empty(was) != (mark == gomap::kEvacuatedEmpty)) {
        findings_.note(Invariant::I9, place, "an evacuation mark for what was there",
                       cat("state ", mark, ", before ", was));
        continue;
      }
      if (gomap::is_empty(was)) {
        continue;
      }
      const std::uint32_t key = before.key(depth, place.cell, reader_);
      const bool nan = never_equal(key_kind_, key);
      if (nan && (!doubling || (before_->flags & gomap::kIterator) == 0)) {
        continue;  // its hash was drawn then and is nobody's business now
      }
      const bool upper =
          doubling && (nan ? (was & 1U) != 0 : (hash_of(key, before_->hash0) & old_count) != 0);
      const std::uint8_t wanted = upper ? gomap::kEvacuatedY : gomap::kEvacuatedX;
      if (mark != wanted) {
        findings_.note(Invariant::I10, place, upper ? "evacuatedY" : "evacuatedX",
                       cat("mark ", mark));
      }
    }
    place.cell = -1;
    const std::size_t data = g.bucket_size - gomap::kTopHashBytes;
    const std::byte* now_data = now.raw() + gomap::kTopHashBytes;
    bool right = true;
    if (wiped && depth == 0) {
      right = all_zero(now_data, data);
    } else {
      right = same_bytes(now_data, old.raw() + gomap::kTopHashBytes, data);
    }
    if (!right) {
      findings_.note(Invariant::I28, place, wiped && depth == 0 ? "a wiped bucket" : "its old data",
                     "other bytes");
    }
  }
}

// I27: the entries of this half, in their old order, from the first cell on. The operation's own
// key was assigned or deleted after the move: it may be missing, changed, or at the end.
void Audit::check_destination(const TableView& view, const ChainCopy& before, bool upper,
                              const Operation& operation) {
  const gomap::BucketGeometry& g = *view.geometry;
  const bool doubling = phase_of(*before_) == GrowthPhase::doubling;
  const std::size_t old_count = old_bucket_count(*before_);
  const std::size_t index = before.index() + (upper ? old_count : 0);
  Place place{false, static_cast<std::ptrdiff_t>(index), 0, 0};
  BucketView bucket = view.bucket(index);
  std::size_t moved = 0;
  const auto step = [&] {
    if (++place.cell == g.width) {
      place.cell = 0;
      ++place.depth;
      bucket = bucket.overflow();
    }
  };
  for (std::size_t depth = 0; depth < before.buckets(); ++depth) {
    const BucketView old = before.bucket(depth);
    for (int cell = 0; cell < g.width; ++cell) {
      if (gomap::is_empty(old.state(cell))) {
        continue;
      }
      const std::uint32_t key = before.key(depth, cell, reader_);
      if (never_equal(key_kind_, key)) {
        return;  // its side cannot be known from here
      }
      if (doubling && ((hash_of(key, before_->hash0) & old_count) != 0) != upper) {
        continue;
      }
      ++moved;
      const bool own = is_operations_key(operation, key);
      const bool there = static_cast<bool>(bucket) && bucket.state(place.cell) == old.state(cell) &&
                         same_bytes(bucket.key(place.cell), old.key(cell), g.key_size) &&
                         same_bytes(bucket.elem(place.cell), old.elem(cell), g.elem_size);
      if (!there && !own) {
        findings_.note(Invariant::I27, place, cat("key ", key, " moved here"), "something else");
        return;
      }
      step();
    }
  }
  // After the moved entries: nothing, but for a key that this write inserted.
  std::size_t extra = 0;
  while (bucket) {
    if (!gomap::is_empty(bucket.state(place.cell))) {
      ++extra;
      if (!is_operations_key(operation, key_at(bucket, place.cell))) {
        findings_.note(Invariant::I27, place, "nothing after the moved entries",
                       cat("key ", key_at(bucket, place.cell)));
      }
    }
    step();
  }
  const auto width = static_cast<std::size_t>(g.width);
  const std::size_t wanted = moved + extra == 0 ? 1 : (moved + extra + width - 1) / width;
  if (static_cast<std::size_t>(place.depth) != wanted) {
    findings_.note(Invariant::I27, {false, place.chain}, cat(wanted, " buckets in the chain"),
                   cat(place.depth));
  }
}

}  // namespace mapfuzz
