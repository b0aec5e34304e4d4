// Steps of an iterator: its fields (I31), and how often it may hash (I33).
//
// Nobody but the walk itself knows how many cells a step passes over, so it is walked here, by the
// rules of spec 2.12 with the sound iterator's repairs (gomap/iterator.h), before it is made. Go's
// own iterators are not walked: where they break their contract they read what was wiped, and
// lockstep compares their every hash with Go's.
#include "gomap/constants.h"
#include "oracle/audit.h"
#include "oracle/text.h"

namespace mapfuzz {

using gomap::BucketView;
using gomap::TableView;

namespace {

constexpr std::size_t kNoCheck = ~std::size_t{0};

}  // namespace

// Of an iterator that was just opened.
void Audit::follow_iterator(const TableView& view, const Operation& operation) {
  if (operation.code == OpCode::iter) {
    followed_[operation.slot] = {.epoch = view.seed_epoch, .known = true, .under_doubling = false};
  }
}

void Audit::before_next(const TableView& view, std::size_t slot, const IteratorView& iterator,
                        const Expectation& model) {
  next_hashes_.reset();
  Followed& followed = followed_[slot];
  if (!iterator.open || program_->header.policy != Policy::sound) {
    followed.known = false;  // on the other map nobody sees it step
    return;
  }
  if (!iterator.started || followed.epoch != view.seed_epoch) {
    next_hashes_ = 0;  // it has ended, or ends now
    return;
  }
  // Under which growth it entered its bucket is not always known.
  const bool checks = iterator.bptr != nullptr && iterator.check_bucket != kNoCheck;
  if (followed.known || !checks) {
    next_hashes_ = walk(view, iterator, followed.under_doubling, model);
    followed.known = true;
  }
}

// How often the step hashes. `under_doubling` is left as the step leaves it.
std::size_t Audit::walk(const TableView& view, const IteratorView& from, bool& under_doubling,
                        const Expectation& model) const {
  const gomap::BucketGeometry* const geometry = view.geometry;
  const auto width = static_cast<unsigned>(geometry->width);
  const std::size_t mask = (std::size_t{1} << from.B) - 1;
  BucketView bucket(from.bptr, geometry);
  std::size_t index = from.bucket;
  std::size_t check = from.check_bucket;
  bool wrapped = from.wrapped;
  std::size_t hashes = 0;
  for (unsigned i = from.i;; i = 0) {
    if (!bucket) {
      if (wrapped && index == from.start_bucket) {
        return hashes;
      }
      check = kNoCheck;
      bucket = {from.buckets + index * geometry->bucket_size, geometry};
      if (view.growing() && from.B == view.B) {
        const std::size_t old = index & (old_bucket_count(view) - 1);
        if (!old_bucket_evacuated(view, old)) {
          check = index;
          bucket = view.old_bucket(old);
          under_doubling = phase_of(view) == GrowthPhase::doubling;
        }
      }
      index = (index + 1) & mask;
      wrapped = wrapped || index == 0;
      i = 0;
    }
    for (; i < width; ++i) {
      const int cell = static_cast<int>((i + from.offset) & (width - 1));
      const std::uint8_t state = bucket.state(cell);
      if (gomap::is_empty(state) || state == gomap::kEvacuatedEmpty) {
        continue;
      }
      const std::uint32_t key = key_at(bucket, cell);
      const bool nan = never_equal(key_kind_, key);
      if (check != kNoCheck && under_doubling) {
        hashes += nan ? 0 : 1;
        const bool other_half = nan ? check >> (from.B - 1U) != (state & 1U)
                                    : (hash_of(key, view.hash0) & mask) != check;
        if (other_half) {
          continue;
        }
      }
      const bool moved = state == gomap::kEvacuatedX || state == gomap::kEvacuatedY;
      if (!moved || nan) {
        return hashes;
      }
      hashes += view.count == 0 ? 0 : 1;
      if (model.element(key).has_value()) {
        return hashes;
      }
    }
    bucket = bucket.overflow();
  }
}

// Of a range: each entry that has not moved yet is met twice, once for each half of its bucket.
std::size_t Audit::range_hashes(const TableView& view) const {
  if (phase_of(view) != GrowthPhase::doubling) {
    return 0;
  }
  std::size_t entries = 0;
  for (std::size_t index = 0; index < old_bucket_count(view); ++index) {
    if (old_bucket_evacuated(view, index)) {
      continue;
    }
    for (BucketView bucket = view.old_bucket(index); bucket; bucket = bucket.overflow()) {
      for (int cell = 0; cell < view.geometry->width; ++cell) {
        const bool filled = bucket.state(cell) >= gomap::kMinTopHash;
        entries += filled && !never_equal(key_kind_, key_at(bucket, cell)) ? 1 : 0;
      }
    }
  }
  return 2 * entries;
}

std::optional<Violation> Audit::iterator_step(const TableView& view, const IteratorView& before,
                                              const IteratorView& after) {
  if (!after.open || !after.started) {
    return std::nullopt;
  }
  Findings findings;
  const auto note = [&](const char* expected, std::string got) {
    findings.note(Invariant::I31, {}, expected, std::move(got));
  };
  const std::size_t buckets = std::size_t{1} << after.B;
  const auto width = static_cast<std::size_t>(view.geometry->width);
  constexpr auto no_check = ~std::size_t{0};
  if (after.B > view.B) {
    note("B of the iterator at most that of the map", cat(after.B, " > ", view.B));
  }
  if (after.start_bucket >= buckets || after.bucket >= buckets) {
    note("start bucket and bucket below 2^B", cat(after.start_bucket, ", ", after.bucket));
  }
  if (after.offset >= width || after.i > width) {
    note("offset below the width and i at most the width", cat(after.offset, ", ", after.i));
  }
  if (after.check_bucket != no_check && after.check_bucket >= buckets) {
    note("a bucket to check below 2^B, or none", cat(after.check_bucket));
  }
  if (before.open && before.started &&
      (before.B != after.B || before.start_bucket != after.start_bucket ||
       before.offset != after.offset || before.buckets != after.buckets)) {
    note("B, array, start bucket and offset as when it was opened", "a change");
  }
  if (before.open && before.started && before.wrapped && !after.wrapped) {
    note("wrapped stays set", "cleared");
  }
  return findings.take();
}

}  // namespace mapfuzz
