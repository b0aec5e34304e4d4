// The whole table at once: every cell, every link, every list.
#include <algorithm>

#include "gomap/constants.h"
#include "oracle/audit.h"
#include "oracle/bytes.h"
#include "oracle/text.h"

namespace mapfuzz {

using gomap::BucketView;
using gomap::TableView;

void Audit::check_whole(const TableView& view, const Expectation& model) {
  geometry_ = view.geometry;
  if (view.buckets == nullptr) {
    return;
  }
  check_list(view, false);
  if (view.growing()) {
    check_list(view, true);
  }
  if (!findings_.none()) {
    return;  // with broken links the chains cannot be walked
  }
  const std::size_t live = check_live_chains(view, model);
  if (live != view.count) {
    findings_.note(Invariant::I1, {}, cat("count ", live), cat(view.count));
  }
  if (view.growing()) {
    check_old_array(view);
  }
  check_preallocated(view);
}

// I14 and I19: every link leads to a listed bucket, and every listed bucket is linked once.
void Audit::check_list(const TableView& view, bool old_array) {
  const gomap::OverflowList& list = old_array ? view.oldoverflow : view.overflow;
  sorted_.assign(list.buckets.begin(), list.buckets.end());
  std::sort(sorted_.begin(), sorted_.end());
  linked_.assign(sorted_.size(), false);
  if (std::adjacent_find(sorted_.begin(), sorted_.end()) != sorted_.end()) {
    findings_.note(Invariant::I14, {}, "each overflow bucket listed once", "one listed twice");
  }
  const std::size_t count = old_array ? old_bucket_count(view) : std::size_t{1} << view.B;
  const std::size_t first_index = old_array ? view.old_readable_from : 0;
  std::size_t linked = 0;
  Place place{old_array};
  for (std::size_t index = first_index; index < count; ++index) {
    place.chain = static_cast<std::ptrdiff_t>(index);
    place.depth = 1;
    BucketView bucket = (old_array ? view.old_bucket(index) : view.bucket(index)).overflow();
    for (; bucket; bucket = bucket.overflow(), ++place.depth) {
      const auto at = std::lower_bound(sorted_.begin(), sorted_.end(), bucket.raw());
      if (at == sorted_.end() || *at != bucket.raw()) {
        const std::byte* first = old_array ? view.oldbuckets : view.buckets;
        const bool base =
            bucket.raw() >= first && bucket.raw() < first + count * view.geometry->bucket_size;
        findings_.note(base ? Invariant::I19 : Invariant::I14, place, "a listed overflow bucket",
                       base ? "a base bucket" : "one that is not listed");
        return;
      }
      const auto place_in_list = static_cast<std::size_t>(at - sorted_.begin());
      if (linked_[place_in_list]) {
        findings_.note(Invariant::I19, place, "a bucket of this chain alone",
                       "one that is linked twice");
        return;
      }
      linked_[place_in_list] = true;
      ++linked;
    }
  }
  // Wiping an evacuated base bucket cuts its link, in maps with pointers alone. Buckets that were
  // given back had links too.
  const bool some_cut = old_array && (view.geometry->has_pointers || first_index > 0);
  if (linked != sorted_.size() && !some_cut) {
    findings_.note(Invariant::I14, {}, cat(sorted_.size(), " overflow buckets linked"),
                   cat(linked));
  }
}

bool Audit::first_sight(std::uint32_t key) {
  if (key >= seen_.size()) {
    seen_.resize(key + 1, 0);
  }
  return std::exchange(seen_[key], pass_) != pass_;
}

// I4 to I8, I25 and I26 for every chain that holds live entries; the number of those.
std::size_t Audit::check_live_chains(const TableView& view, const Expectation& model) {
  ++pass_;
  std::size_t live = 0;
  const auto check_chain = [&](BucketView base, bool old_array, std::size_t index) {
    Place place{old_array, static_cast<std::ptrdiff_t>(index)};
    check_states(base, place, ~std::size_t{0});
    place.depth = 0;
    for (BucketView bucket = base; bucket; bucket = bucket.overflow(), ++place.depth) {
      if (is_untouched(bucket)) {
        continue;
      }
      for (place.cell = 0; place.cell < view.geometry->width; ++place.cell) {
        check_cell(view, bucket, place);
        if (bucket.state(place.cell) < gomap::kMinTopHash) {
          continue;
        }
        ++live;
        const std::uint32_t key = key_at(bucket, place.cell);
        if (key == kNoKey || never_equal(key_kind_, key)) {
          continue;
        }
        const std::uint64_t got = reader_.elem_value(bucket.elem(place.cell));
        const std::optional<std::uint64_t> wanted = model.element(key);
        if (wanted != got) {
          findings_.note(
              Invariant::I8, place,
              wanted.has_value() ? cat("element ", *wanted, " of key ", key) : cat("no key ", key),
              cat("element ", got));
        }
        // Damaged bytes can read as an id far beyond the program's: no table is made that long.
        if (wanted.has_value() && !first_sight(key_class(key_kind_, key))) {
          findings_.note(Invariant::I8, place, cat("key ", key, " once"), "a second cell with it");
        }
      }
    }
  };
  const std::size_t count = std::size_t{1} << view.B;
  for (std::size_t index = 0; index < count; ++index) {
    check_chain(view.bucket(index), false, index);
  }
  if (view.growing()) {
    const std::size_t old_count = old_bucket_count(view);
    for (std::size_t index = 0; index < old_count; ++index) {
      if (old_bucket_evacuated(view, index)) {
        continue;
      }
      check_chain(view.old_bucket(index), true, index);
      for (std::size_t to = index; to < count; to += old_count) {
        check_pristine(view, to, {false, static_cast<std::ptrdiff_t>(to)});
      }
    }
  }
  return live;
}

// I26
void Audit::check_pristine(const TableView& view, std::size_t index, const Place& place) {
  const std::byte* raw = view.bucket(index).raw();
  if (!all_zero(raw, view.geometry->bucket_size)) {
    findings_.note(Invariant::I26, place, "a bucket of zero bytes", "others");
  }
}

// I9 to I11 and I30 for the old array.
void Audit::check_old_array(const TableView& view) {
  const std::size_t old_count = old_bucket_count(view);
  const bool doubling = phase_of(view) == GrowthPhase::doubling;
  std::size_t evacuated = view.old_readable_from;
  Place place{true};
  for (std::size_t index = view.old_readable_from; index < old_count; ++index) {
    place.chain = static_cast<std::ptrdiff_t>(index);
    place.depth = 0;
    const bool is_evacuated = gomap::is_evacuated_mark(view.old_bucket(index).state(0));
    if (!is_evacuated) {
      if (index < view.nevacuate) {
        findings_.note(Invariant::I11, place, cat("all evacuated below the mark ", view.nevacuate),
                       "one that is not");
      }
      continue;
    }
    ++evacuated;
    for (BucketView bucket = view.old_bucket(index); bucket;
         bucket = bucket.overflow(), ++place.depth) {
      for (place.cell = 0; place.cell < view.geometry->width; ++place.cell) {
        const std::uint8_t mark = bucket.state(place.cell);
        if (!gomap::is_evacuated_mark(mark) || (!doubling && mark == gomap::kEvacuatedY)) {
          findings_.note(Invariant::I9, place, doubling ? "a mark" : "evacuatedX or evacuatedEmpty",
                         cat("state ", mark));
          continue;
        }
        // In maps with pointers the key may have been wiped: then the mark is all there is.
        if (mark == gomap::kEvacuatedEmpty || view.geometry->has_pointers || !doubling ||
            view.hash0 != growth_seed_) {
          continue;
        }
        const std::uint32_t key = key_at(bucket, place.cell);
        const bool upper = mark == gomap::kEvacuatedY;
        if (key != kNoKey && !never_equal(key_kind_, key) &&
            ((hash_of(key, view.hash0) & old_count) != 0) != upper) {
          findings_.note(Invariant::I10, place, upper ? "evacuatedX" : "evacuatedY",
                         cat("mark ", mark));
        }
      }
    }
    place.cell = -1;
  }
  if (evacuated > 2 * growth_writes_) {
    findings_.note(Invariant::I30, {}, cat("at most ", 2 * growth_writes_, " evacuated buckets"),
                   cat(evacuated));
  }
}

// I18: unused preallocated buckets are zero, but for the last one's link, which marks the end.
void Audit::check_preallocated(const TableView& view) {
  const std::size_t base = std::size_t{1} << view.B;
  const std::size_t link = view.geometry->overflow_offset;
  for (std::size_t at = 0; at < view.overflow.buckets.size() && base + at < view.total; ++at) {
    if (view.overflow.buckets[at] != view.bucket(base + at).raw()) {
      findings_.note(Invariant::I18, {false, static_cast<std::ptrdiff_t>(base + at)},
                     "preallocated buckets used in order", "another overflow bucket");
    }
  }
  for (std::size_t index = base + view.overflow.buckets.size(); index < view.total; ++index) {
    const BucketView bucket = view.bucket(index);
    const bool last = index + 1 == view.total;
    const bool zero = all_zero(bucket.raw(), link);
    const std::byte* wanted = last ? view.buckets : nullptr;
    if (!zero || bucket.overflow().raw() != wanted) {
      findings_.note(Invariant::I18, {false, static_cast<std::ptrdiff_t>(index)},
                     last ? "a zero bucket linked to the array's start" : "a zero bucket",
                     "another");
    }
  }
}

}  // namespace mapfuzz
