#include "oracle/audit.h"

#include <algorithm>

#include "gomap/constants.h"
#include "oracle/bytes.h"
#include "oracle/text.h"

namespace mapfuzz {

using gomap::BucketView;
using gomap::TableView;

// The shortest pause, in operations, between two looks at the whole table.
static constexpr std::size_t kFirstWhole = 256;

GrowthPhase phase_of(const TableView& view) {
  if (!view.growing()) {
    return GrowthPhase::quiet;
  }
  return (view.flags & gomap::kSameSizeGrow) != 0 ? GrowthPhase::same_size : GrowthPhase::doubling;
}

std::size_t old_bucket_count(const TableView& view) {
  const bool same_size = (view.flags & gomap::kSameSizeGrow) != 0;
  return gomap::bucket_count(
      static_cast<std::uint8_t>(view.B - (same_size || view.B == 0 ? 0 : 1)));
}

std::size_t evacuated_buckets(const TableView& view) {
  std::size_t evacuated = 0;
  const std::size_t count = std::min(old_bucket_count(view), view.old_total);
  for (std::size_t index = 0; index < count; ++index) {
    evacuated += old_bucket_evacuated(view, index) ? 1 : 0;
  }
  return evacuated;
}

void ChainCopy::take(const TableView& view, bool old_array, std::size_t index,
                     const CellReader& reader) {
  taken_ = true;
  old_array_ = old_array;
  index_ = index;
  geometry_ = view.geometry;
  addresses_.clear();
  const std::size_t size = geometry_->bucket_size;
  BucketView bucket = old_array ? view.old_bucket(index) : view.bucket(index);
  // A damaged link could go in circles: a chain is never longer than the list of its array.
  const std::size_t most =
      1 + (old_array ? view.oldoverflow.buckets.size() : view.overflow.buckets.size());
  for (std::size_t depth = 0; bucket && depth < most; ++depth, bucket = bucket.overflow()) {
    addresses_.push_back(bucket.raw());
    if (bytes_.size() < (depth + 1) * size) {
      bytes_.resize((depth + 1) * size);
    }
    copy_bytes(&bytes_[depth * size], bucket.raw(), size);
    if (geometry_->indirect_key) {
      ids_.resize((depth + 1) * gomap::kTopHashBytes);
      for (int cell = 0; cell < geometry_->width; ++cell) {
        if (bucket.state(cell) >= gomap::kMinTopHash) {
          ids_[depth * gomap::kTopHashBytes + static_cast<unsigned>(cell)] =
              reader.key_id(bucket.key(cell));
        }
      }
    }
  }
}

void Audit::start(const Program& program) {
  program_ = &program;
  plan_ = HashPlan(program.header);
  (void)findings_.take();
  same_size_since_ = false;
  interrupted_ = false;
  growth_writes_ = 0;
  growth_steps_ = 0;
  ahead_ = 0;
  old_ahead_ = 0;
  until_whole_ = kFirstWhole;
  followed_ = {};
}

namespace {

bool writes_key(OpCode code) {
  return code == OpCode::assign || code == OpCode::update || code == OpCode::erase;
}

bool replaces_table(OpCode code) {
  return code == OpCode::remake || code == OpCode::literal || code == OpCode::move ||
         code == OpCode::swap || code == OpCode::nil;
}

// How many operations may pass before the whole table is looked at again: enough for the look,
// which costs a fixed time a cell, to add a fixed time an operation.
std::size_t whole_interval(const TableView& view) {
  return std::max(kFirstWhole, 4 * (view.total + view.old_total));
}

}  // namespace

bool Audit::reaches_chain(const Operation& operation) const {
  switch (operation.code) {
    case OpCode::assign:
    case OpCode::update:
      return true;
    case OpCode::erase:
    case OpCode::access1:
    case OpCode::access2:
    case OpCode::expect_value:
    case OpCode::expect_absent:
      return before_->count > 0;
    default:
      return false;
  }
}

// Which old buckets the write will evacuate, and where that leaves the mark (spec 2.8, 2.10).
void Audit::predict_evacuation(const TableView& view, std::size_t index) {
  const std::size_t old_count = old_bucket_count(view);
  const auto evacuated = [&](std::size_t at) { return old_bucket_evacuated(view, at); };
  const std::size_t own = index & (old_count - 1);
  const auto advance = [&](std::size_t mark, std::size_t also) {
    const std::size_t stop = std::min(mark + 1 + gomap::kEvacuationLookAhead, old_count);
    ++mark;
    while (mark != stop && (evacuated(mark) || mark == also)) {
      ++mark;
    }
    return mark;
  };
  if (!evacuated(own)) {
    own_old_.take(view, true, own, reader_);
  }
  std::size_t mark = view.nevacuate;
  if (own == mark) {
    mark = advance(mark, own);
  }
  if (mark < old_count) {
    if (mark != own && !evacuated(mark)) {
      next_old_.take(view, true, mark, reader_);
    }
    const std::size_t beyond = mark + 1;
    beyond_was_evacuated_ = beyond >= old_count || beyond == own || evacuated(beyond);
    mark = advance(mark, own);
  }
  predicted_mark_ = mark;
  growth_ends_ = mark == old_count;
  next_is_unmoved_ = !growth_ends_ && !evacuated(mark);
}

void Audit::before(const TableView& view, const Operation& operation) {
  before_ = &view;
  geometry_ = view.geometry;
  key_chain_.forget();
  own_old_.forget();
  next_old_.forget();
  growth_ends_ = false;
  beyond_was_evacuated_ = true;
  next_is_unmoved_ = false;
  predicted_mark_ = view.nevacuate;
  if (view.growing() && writes_key(operation.code) &&
      old_bucket_count(view) <= kCountedOldBuckets) {
    evacuated_before_ = evacuated_buckets(view);
  }
  hash_known_ = reaches_chain(operation) && !never_equal(key_kind_, operation.key);
  if (!hash_known_) {
    return;
  }
  hash_ = hash_of(operation.key, view.hash0);
  if (view.buckets == nullptr) {
    return;
  }
  const std::size_t index = hash_ & ((std::size_t{1} << view.B) - 1);
  key_chain_.take(*before_, false, index, reader_);
  if (!view.growing()) {
    return;
  }
  if (writes_key(operation.code)) {
    predict_evacuation(*before_, index);
    return;
  }
  const std::size_t own = index & (old_bucket_count(view) - 1);
  if (own >= view.old_readable_from) {
    own_old_.take(*before_, true, own, reader_);
  }
}

// How far the growth under way has come, in writes.
void Audit::note_writes(const TableView& view, const Operation& operation, bool replaced) {
  if (replaced) {
    // Each write before has moved the mark by one at least.
    growth_steps_ = view.growing() && view.nevacuate > 0 ? view.nevacuate - 1 : 0;
  } else if (growth_started(view)) {
    growth_steps_ = 1;
  } else if (before_->growing() && writes_key(operation.code) && reaches_chain(operation)) {
    ++growth_steps_;
  }
}

std::optional<Violation> Audit::after(const TableView& view, const Operation& operation,
                                      const StepCost& cost, const Expectation& model,
                                      Outcome outcome) {
  const bool replaced = replaces_table(operation.code);
  if (outcome == Outcome::fatal) {
    // The operation stopped half way: only what may never happen at all is judged.
    if (!replaced && writes_key(operation.code)) {
      check_growth_transition(view, operation);
    }
    return findings_.take();
  }
  // The past of the map that a swap brings in is not known: the wider bound of I17 serves.
  same_size_since_ = same_size_since_ || operation.code == OpCode::swap;
  if (replaced || growth_started(view)) {
    follow_memory(view, operation, replaced);
  }
  // The write that starts a growth moves a bucket or two, and ends a short one, if nothing throws.
  interrupted_ = interrupted_ || outcome == Outcome::interrupted;
  check_header(view, model);
  if (outcome == Outcome::panicked && !replaced) {
    check_unchanged(view, false);
    for (const ChainCopy* chain : {&key_chain_, &own_old_, &next_old_}) {
      check_copy_unchanged(view, *chain);
    }
    return findings_.take();
  }
  if (outcome == Outcome::interrupted) {
    // How far it came is not known; that it left a map that is whole, is.
    ++ahead_;
    until_whole_ = 0;
    growth_steps_ = growth_started(view) ? 0 : growth_steps_;
  } else if (replaced || before_->growing() || view.growing()) {
    note_writes(view, operation, replaced);
  }
  if (!replaced && outcome != Outcome::interrupted) {
    check_transition(view, operation, cost);
    if (reaches_chain(operation)) {
      check_key_chain(view, operation, model);
      check_evacuations(view, operation);
    }
  }
  if (!findings_.none()) {
    return findings_.take();
  }

  const bool started = !replaced && growth_started(view);
  if (replaced || view.B != before_->B || operation.code == OpCode::clear) {
    same_size_since_ = operation.code == OpCode::swap;
  }
  if (started) {
    same_size_since_ = same_size_since_ || view.B == before_->B;
    growth_writes_ = 0;
    growth_seed_ = before_->hash0;
  } else if (replaced && view.growing()) {
    growth_writes_ = old_bucket_count(view);
    growth_seed_ = ~view.hash0;
  }
  growth_writes_ += writes_key(operation.code) ? 1 : 0;

  const bool ended = before_->growing() && !view.growing();
  const bool cleared = operation.code == OpCode::clear && before_->count > 0;
  const bool fresh = replaced && operation.code != OpCode::swap;
  if (started || ended || cleared || fresh || until_whole_ == 0) {
    until_whole_ = whole_interval(view);
    return whole(view, model);
  }
  --until_whole_;
  return std::nullopt;
}

std::optional<Violation> Audit::whole(const TableView& view, const Expectation& model) {
  check_header(view, model);
  if (findings_.none()) {
    check_whole(view, model);
  }
  return findings_.take();
}

}  // namespace mapfuzz
