// What memory a map may hold: I34 for every view, I35 for what one operation did.
//
// Go leaves memory to its collector, so these two are ours. The law, from spec 1.7, 2.7, 2.10 and
// 2.13 and from what the engine's README promises:
//   - an array of exponent B has 2^B buckets, and from B = 4 on 2^B / 16 more, and as many again as
//     Go's allocator would give for nothing (`total_buckets`, which engine/test/layout_test.cc
//     holds against the real runtime's totals);
//   - a map holds its array, the old one exactly while it grows (less what was given back, which
//     lies below the mark), and the overflow buckets outside of both;
//   - of those at least the listed ones. They come in slabs of 1, 2, 4, ... buckets, and room is
//     made ahead: for one bucket, and by an evacuation for as many as its old chain had. So fewer
//     than twice as many as were ever asked for;
//   - an array whose growth is over stays until the next write, since the right side of
//     `m[k] = m[j]` may be a reference into it, and is gone after that write. Only if it has more
//     than 2 MiB of overflow buckets may it go in steps, one a write.
#include <algorithm>
#include <cstddef>

#include "gomap/constants.h"
#include "gomap/layout.h"
#include "oracle/audit.h"
#include "oracle/text.h"

namespace mapfuzz {

using gomap::TableView;

namespace {

// Of what a swap or a literal brings in, nobody knows how much room was made for it.
constexpr std::size_t kUnknown = std::size_t{1} << 32U;
constexpr std::size_t kFreedAtOnce = std::size_t{2} << 20U;

struct Bounds {
  std::size_t least = 0;
  std::size_t most = 0;
};

// Buckets of an array of this exponent. Our own statement of the rule: the engine's would be linked
// once for both, bug and all, where a mutant's row comes first.
std::size_t array_buckets(std::uint8_t b, std::size_t bucket_size) {
  const std::size_t base = gomap::bucket_count(b);
  if (b < gomap::kPreallocatedFromB) {
    return base;
  }
  const auto& classes = gomap::kSizeClasses;
  const std::size_t wanted = (base + base / 16) * bucket_size;
  std::size_t given = (wanted + gomap::kPageSize - 1) / gomap::kPageSize * gomap::kPageSize;
  if (wanted <= classes.back()) {
    given = *std::lower_bound(classes.begin(), classes.end(), wanted);
  }
  return given / bucket_size;
}

std::uint8_t old_exponent(const TableView& view) {
  const bool doubles = phase_of(view) == GrowthPhase::doubling;
  return static_cast<std::uint8_t>((view.B - (doubles ? 1U : 0U)) & 63U);
}

// Overflow buckets that one generation holds outside its array.
Bounds outside_buckets(const gomap::OverflowList& list, std::size_t preallocated,
                       std::size_t ahead) {
  const std::size_t listed = list.buckets.size();
  const std::size_t least = listed > preallocated ? listed - preallocated : 0;
  const std::size_t asked_for = least + list.outlived + std::max<std::size_t>(ahead, 1);
  return {least, 2 * asked_for - 1};
}

}  // namespace

// An evacuation makes room for as many overflow buckets as its old chain has, and keeps the room.
void Audit::follow_memory(const TableView& view, const Operation& operation, bool replaced) {
  if (replaced) {
    const bool known = operation.code != OpCode::swap && operation.code != OpCode::literal;
    ahead_ = known ? 0 : kUnknown;
    old_ahead_ = ahead_;
  } else if (growth_started(view)) {
    // Where one growth ends and the next begins in one write, both lists of before count.
    const std::size_t asked_for =
        before_->overflow.buckets.size() + before_->oldoverflow.buckets.size();
    old_ahead_ = std::max(ahead_, asked_for);
    ahead_ = asked_for;
  }
}

void Audit::lose_track(std::size_t writes) {
  growth_writes_ += writes;
  same_size_since_ = true;  // the wider bound of I17 serves
  ahead_ = kUnknown;
  old_ahead_ = kUnknown;
}

// I34
void Audit::check_held(const TableView& view) {
  Findings& f = findings_;
  const std::size_t size = view.geometry->bucket_size;
  if (view.buckets == nullptr) {
    if (view.held_bytes != 0) {
      f.note(Invariant::I34, {}, "nothing held, as there are no buckets",
             cat(view.held_bytes, " bytes"));
    }
    return;
  }
  const auto b = static_cast<std::uint8_t>(view.B & 63U);
  const std::size_t array = array_buckets(b, size);
  if (view.total != array) {
    f.note(Invariant::I34, {}, cat("an array of ", array, " buckets"), cat(view.total));
  }
  if (const std::size_t old_array = array_buckets(old_exponent(view), size);
      view.growing() && view.old_total != old_array) {
    f.note(Invariant::I34, {}, cat("an old array of ", old_array, " buckets"), cat(view.old_total));
  }
  if (!view.growing() && (view.old_total != 0 || !view.oldoverflow.buckets.empty())) {
    f.note(Invariant::I34, {}, "one array, as no growth is on",
           cat("an old one of ", view.old_total, " buckets"));
  }
  if (view.old_readable_from > (view.growing() ? view.nevacuate : 0)) {
    f.note(Invariant::I34, {},
           cat("old buckets given back below the mark ", view.nevacuate, " alone"),
           cat("below ", view.old_readable_from));
    return;
  }
  const std::size_t base = gomap::bucket_count(b);
  Bounds outside =
      outside_buckets(view.overflow, view.total > base ? view.total - base : 0, ahead_);
  std::size_t buckets = view.total;
  if (view.growing()) {
    const std::size_t old_base = old_bucket_count(view);
    const Bounds old = outside_buckets(
        view.oldoverflow, view.old_total > old_base ? view.old_total - old_base : 0, old_ahead_);
    outside = {outside.least + old.least, outside.most + old.most};
    buckets += view.old_total - std::min(view.old_total, view.old_readable_from);
  }
  // A piece given back may end within a bucket.
  const std::size_t part = view.old_readable_from > 0 ? size - 1 : 0;
  const Bounds bytes = {(buckets + outside.least) * size, (buckets + outside.most) * size + part};
  if (view.held_bytes < bytes.least || view.held_bytes > bytes.most) {
    f.note(Invariant::I34, {},
           cat(bytes.least, " to ", bytes.most, " bytes: ", view.total, " buckets",
               view.growing() ? cat(" and ", view.old_total, " old ones") : std::string(), ", ",
               outside.least, " to ", outside.most, " overflow buckets outside"),
           cat(view.held_bytes));
  }
}

// I35
void Audit::check_retired(const TableView& view, const Operation& operation) {
  const std::size_t before = before_->retired_bytes;
  const bool writes =
      operation.code == OpCode::assign || operation.code == OpCode::update ||
      ((operation.code == OpCode::erase || operation.code == OpCode::clear) && before_->count > 0);
  if (!writes) {
    if (view.retired_bytes != before) {
      findings_.note(Invariant::I35, {}, cat("the ", before, " bytes kept before, until a write"),
                     cat(view.retired_bytes));
    }
    return;
  }
  const bool started = growth_started(view);
  const bool ended = operation.code != OpCode::clear &&
                     ((before_->growing() && (started || !view.growing())) ||
                      (started && (!view.growing() || view.B > before_->B + 1)));
  if (ended && view.retired_bytes == 0) {
    findings_.note(Invariant::I35, {}, "the old array kept until the next write", "it is gone");
  }
  const bool in_steps = before > kFreedAtOnce && view.retired_bytes < before;
  if (!ended && view.retired_bytes != 0 && !in_steps) {
    findings_.note(Invariant::I35, {}, cat("the ", before, " bytes of an old array given back"),
                   cat(view.retired_bytes, " bytes still kept"));
  }
}

}  // namespace mapfuzz
