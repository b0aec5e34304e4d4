#include "oracle/state_cells.h"

#include <algorithm>
#include <bit>

#include "gomap/constants.h"
#include "oracle/audit.h"
#include "oracle/interleaving.h"
#include "oracle/state_layout.h"

namespace mapfuzz {

using gomap::TableView;
using namespace state_layout;

namespace {

Result result_of_write(const TableView& before, const TableView& after) {
  if (before.buckets != nullptr && after.buckets != before.buckets) {
    return after.B > before.B ? Result::doubled
           : before.growing() ? Result::finished
                              : Result::regrown;
  }
  if (before.growing() && !after.growing()) {
    return Result::finished;
  }
  if (after.count == before.count) {
    return Result::updated;
  }
  return after.overflow.buckets.size() > before.overflow.buckets.size() ? Result::appended
                                                                        : Result::inserted;
}

Result result_of_erase(const TableView& before, const TableView& after) {
  if (after.count == 0 && before.count != 0) {
    return Result::emptied;
  }
  if (before.growing() && !after.growing()) {
    return Result::finished;
  }
  return after.count == before.count ? Result::miss : Result::deleted;
}

Result result_of(const Operation& operation, const TableView& before, const Observation& seen,
                 const TableView& after) {
  if (seen.panic != nullptr) {
    return Result::panicked;
  }
  if (seen.reentered) {
    return Result::reentered;
  }
  if (seen.injected) {
    return Result::interrupted;
  }
  const Result size = before.count == 0 ? Result::on_empty : Result::on_entries;
  switch (operation.code) {
    case OpCode::access2:
      return seen.found ? Result::hit : Result::miss;
    case OpCode::assign:
    case OpCode::update:
      return result_of_write(before, after);
    case OpCode::erase:
      return result_of_erase(before, after);
    case OpCode::clear:
    case OpCode::range:
    case OpCode::copy:
    case OpCode::move:
    case OpCode::swap:
      return size;
    case OpCode::remake:
      return operation.value < 0 || operation.value > kMaxHint ? Result::bogus
             : after.buckets == nullptr                        ? Result::no_array
             : after.B < gomap::kPreallocatedFromB             ? Result::array
                                                               : Result::preallocated;
    case OpCode::literal: {
      constexpr std::int64_t most_in_line = 25;  // spec 2.17
      return operation.value == 0              ? Result::on_empty
             : operation.value <= most_in_line ? Result::few
                                               : Result::many;
    }
    case OpCode::iter:
      return before.count == 0                        ? Result::on_empty
             : (before.flags & gomap::kIterator) == 0 ? Result::first
                                                      : Result::further;
    case OpCode::next:
      return seen.step == Step::entry ? Result::entry
             : seen.step == Step::end ? Result::end
                                      : Result::closed;
    default:
      return Result::done;
  }
}

std::size_t bucket_class(const TableView& view) {
  if (view.buckets == nullptr) {
    return 0;
  }
  constexpr std::size_t exact = 6;  // 1 to 32 buckets
  return view.B < exact ? 1U + view.B : view.B < 10 ? exact + 1 : exact + 2;
}

std::size_t load_class(const TableView& view) {
  if (view.count == 0) {
    return 0;
  }
  const auto width = static_cast<std::size_t>(view.geometry->width);
  const std::size_t most =
      view.B == 0 ? width : std::max(width, 13 * width * gomap::bucket_count(view.B) / 16);
  if (view.count >= most) {
    return view.count == most ? 5 : 6;
  }
  return 1 + view.count * 4 / most;
}

std::size_t overflow_class(const TableView& view) {
  const std::size_t limit = gomap::bucket_count(std::min<std::uint8_t>(view.B, 15));
  if (view.noverflow == 0) {
    return 0;
  }
  return view.noverflow >= limit        ? 4
         : view.noverflow + 1U == limit ? 3
         : 2U * view.noverflow >= limit ? 2
                                        : 1;
}

std::size_t extra_class(const TableView& view) {
  if (!view.has_extra) {
    return 0;
  }
  return 1U + (view.overflow.exists ? 1 : 0) + (view.next_overflow != nullptr ? 2 : 0);
}

bool writes(OpCode code) {
  return code == OpCode::assign || code == OpCode::update || code == OpCode::erase ||
         code == OpCode::clear;
}

}  // namespace

void StateCounter::start() { births_ = {}; }

void StateCounter::count(const Operation& operation, const TableView& before,
                         const Observation& seen, const TableView& after,
                         const Implementation& engine) {
  if (!can_be_seen(after)) {
    return;
  }
  const auto phase = static_cast<std::size_t>(phase_of(before));
  if (seen.interleaving != nullptr) {
    count_threads(*seen.interleaving, phase);
    return;
  }
  const std::size_t place =
      kPlaces[static_cast<std::size_t>(operation.code)]
             [static_cast<std::size_t>(result_of(operation, before, seen, after))];
  if (place != kMostCells) {
    hit(place + phase);
  }
  if (seen.fault != nullptr) {
    return;  // what is left is nobody's business
  }
  const bool write = operation.code == OpCode::assign || operation.code == OpCode::update;
  if (write && before.buckets != nullptr && after.buckets != before.buckets) {
    age(engine.open_slots(), after.B > before.B);
  }
  count_iterator(operation, before, seen, engine.open_slots());
  count_chain(operation, after, engine.cost());
  count_shape(after);
  const auto open = static_cast<std::size_t>(std::popcount(engine.open_slots()));
  hit(cell_of(kIterators, std::min<std::size_t>(open, std::size(kOpen) - 1), phase_of(after)));
}

void StateCounter::count_shape(const TableView& after) {
  const auto phase = phase_of(after);
  hit(cell_of(kSize, bucket_class(after), phase));
  if (phase == GrowthPhase::doubling) {
    constexpr std::size_t half = 2;
    hit(cell_of(kDoublingLoadOf, load_class(after) <= half ? 0 : 1));
  } else {
    hit(cell_of(kLoadOf, load_class(after), phase == GrowthPhase::same_size ? 1 : 0));
  }
  hit(cell_of(kOverflowOf, overflow_class(after), phase));
  hit(cell_of(kExtraOf, extra_class(after), phase));
  if (after.growing()) {
    const std::size_t quarter = after.nevacuate * 4 / old_bucket_count(after);
    hit(cell_of(kEvacuation, std::min<std::size_t>(quarter, 3),
                phase == GrowthPhase::same_size ? 1 : 0,
                (after.flags & gomap::kOldIterator) != 0 ? 1 : 0));
  }
}

// The chain that the key's hash leads to in the current array.
void StateCounter::count_chain(const Operation& operation, const TableView& after,
                               const StepCost& cost) {
  const bool read = operation.code == OpCode::access1 || operation.code == OpCode::access2;
  const bool write = writes(operation.code) && operation.code != OpCode::clear;
  if ((!read && !write) || cost.hash_calls == 0 || after.buckets == nullptr) {
    return;
  }
  constexpr std::size_t most = std::size(kDepth);
  std::size_t depth = 0;
  for (auto bucket = after.bucket(cost.first_hash & (gomap::bucket_count(after.B) - 1));
       bucket && depth < most; bucket = bucket.overflow()) {
    ++depth;
  }
  hit(cell_of(kChain, depth - 1, phase_of(after), write ? 1 : 0));
}

void StateCounter::count_iterator(const Operation& operation, const TableView& before,
                                  const Observation& seen, std::uint32_t open) {
  const std::size_t slot = operation.slot;
  if ((open >> slot & 1U) == 0) {
    return;  // of the other map, of which nothing is known here
  }
  Birth& birth = births_.at(slot);
  if (operation.code == OpCode::iter) {
    birth = {phase_of(before), 0};
  }
  if (operation.code == OpCode::next && (seen.step == Step::entry || seen.step == Step::end)) {
    hit(cell_of(kIteratorAge, birth.history, before.growing() ? 1 : 0, birth.phase,
                seen.step == Step::end ? 1 : 0));
  }
}

void StateCounter::count_threads(const Interleaving& run, std::size_t phase) {
  const auto writers =
      std::count_if(run.operations.begin(), run.operations.end(),
                    [](const Operation& operation) { return writes(operation.code); });
  const bool conflict = run.fatal != nullptr;
  if (writers == 0 && conflict) {
    return;  // a failure, told by its judge
  }
  const std::size_t kind = writers == 0 ? 0 : (writers == 1 ? 1 : 3) + (conflict ? 1 : 0);
  hit(cell_of(kInterleaved, kind, run.operations.size() - 2, phase));
}

// A growth has begun under these iterators.
void StateCounter::age(std::uint32_t open, bool doubling) {
  const std::uint8_t kind = doubling ? 0 : 1;
  for (std::size_t slot = 0; slot < births_.size(); ++slot) {
    if ((open >> slot & 1U) != 0) {
      std::uint8_t& history = births_.at(slot).history;
      // In the order of kHistory: none, one, the last two.
      const bool last_was_doubling = history % 2 == 1;
      history = static_cast<std::uint8_t>(history == 0        ? 1 + kind
                                          : last_was_doubling ? 3 + kind
                                                              : 5 + kind);
    }
  }
}

}  // namespace mapfuzz
