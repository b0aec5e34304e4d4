#include "oracle/state_cells.h"

#include <algorithm>
#include <bit>
#include <string_view>

#include "gomap/constants.h"
#include "oracle/audit.h"
#include "oracle/text.h"

namespace mapfuzz {
namespace {

using gomap::TableView;
using Labels = std::span<const char* const>;

constexpr std::size_t kPhases = 3;

// What became of an operation. Where several hold, the first that `result_of` asks for.
enum class Result : std::uint8_t {
  done,
  panicked,
  reentered,
  interrupted,
  hit,
  miss,
  updated,
  inserted,
  appended,
  doubled,
  regrown,
  finished,
  deleted,
  emptied,
  on_empty,
  on_entries,
  first,
  further,
  entry,
  end,
  closed,
  bogus,
  no_array,
  array,
  preallocated,
  few,
  many,
};
constexpr std::array<const char*, 27> kResults = {
    "done",
    "panicked",
    "detected an operation inside it",
    "let an injected exception through",
    "found",
    "not found",
    "updated",
    "inserted",
    "appended an overflow bucket",
    "started to double",
    "started to grow at the same size",
    "ended the growth",
    "deleted",
    "emptied the map",
    "of an empty map",
    "of entries",
    "the first iterator",
    "one more iterator",
    "an entry",
    "the end",
    "no such iterator",
    "with a hint that counts as 0",
    "without an array",
    "with an array",
    "with preallocated overflow buckets",
    "of 25 entries at most",
    "of more than 25 entries",
};

struct OperationCells {
  OpCode code;
  std::span<const Result> results;
};
constexpr Result kDone[] = {Result::done};
constexpr Result kRead[] = {Result::done, Result::panicked};
constexpr Result kLookup[] = {Result::hit, Result::miss, Result::panicked, Result::interrupted};
constexpr Result kAssign[] = {Result::updated,  Result::inserted,  Result::appended,
                              Result::doubled,  Result::regrown,   Result::finished,
                              Result::panicked, Result::reentered, Result::interrupted};
constexpr Result kErase[] = {Result::deleted,    Result::miss,     Result::emptied,
                             Result::finished,   Result::panicked, Result::reentered,
                             Result::interrupted};
constexpr Result kWhole[] = {Result::on_empty, Result::on_entries};
constexpr Result kRemake[] = {Result::bogus, Result::no_array, Result::array, Result::preallocated};
constexpr Result kLiteral[] = {Result::on_empty, Result::few, Result::many, Result::panicked};
constexpr Result kIter[] = {Result::on_empty, Result::first, Result::further};
constexpr Result kNext[] = {Result::entry, Result::end, Result::closed};

// The phases in which an operation may come to this. Only a growth under way can end (spec 2.10).
// And a write that ends one starts no same-size growth: of n buckets or 2 n, fewer than 7.5 n
// entries (I11c) have appended fewer than n overflow buckets, each behind 8 cells that were filled
// (I20).
constexpr std::size_t first_phase(Result result) { return result == Result::finished ? 1 : 0; }
constexpr std::size_t phases_of(Result result) {
  return result == Result::regrown ? 1 : kPhases - first_phase(result);
}

// Expectations are left out: they are look-ups written into seeds. So are threads: their operations
// have no state before and after of their own.
constexpr OperationCells kOperations[] = {
    {OpCode::len, kDone},      {OpCode::access1, kRead},  {OpCode::access2, kLookup},
    {OpCode::assign, kAssign}, {OpCode::update, kAssign}, {OpCode::erase, kErase},
    {OpCode::clear, kWhole},   {OpCode::remake, kRemake}, {OpCode::literal, kLiteral},
    {OpCode::range, kWhole},   {OpCode::iter, kIter},     {OpCode::next, kNext},
    {OpCode::close, kDone},    {OpCode::copy, kWhole},    {OpCode::move, kWhole},
    {OpCode::swap, kWhole},    {OpCode::nil, kDone},      {OpCode::reenter, kDone},
    {OpCode::inject, kDone},
};

constexpr const char* kPhase[] = {"quiet", "doubling", "same-size"};
constexpr const char* kGrowth[] = {"doubling", "same-size"};
constexpr const char* kBuckets[] = {"no array",   "1 bucket",          "2 buckets",
                                    "4 buckets",  "8 buckets",         "16 buckets",
                                    "32 buckets", "64 to 512 buckets", "1024 or more buckets"};
constexpr const char* kLoad[] = {"no entry",         "up to a quarter of the threshold",
                                 "up to half of it", "up to three quarters",
                                 "below it",         "at the threshold",
                                 "beyond it"};
constexpr const char* kCalm[] = {"quiet", "same-size"};
// A doubling of n buckets starts beyond 6.5 n entries and ends within n - 1 writes (I11c).
constexpr const char* kDoublingLoad[] = {"up to half of the threshold",
                                         "up to three quarters of it"};
constexpr const char* kOverflow[] = {"no overflow bucket", "less than half as many as buckets",
                                     "half as many or more", "one too few to regrow",
                                     "enough to regrow"};
constexpr const char* kQuarter[] = {"first quarter", "second quarter", "third quarter",
                                    "last quarter"};
constexpr const char* kOlder[] = {"no older iterator", "older iterators"};
constexpr const char* kDepth[] = {"chain of 1", "chain of 2", "chain of 3", "chain of 4",
                                  "chain of 5 or more"};
constexpr const char* kAccess[] = {"look-up", "write"};
// Growths that began since the iterator was opened, the last two of them.
constexpr const char* kHistory[] = {"no growth since",
                                    "a doubling since",
                                    "a same-size growth since",
                                    "two doublings since",
                                    "a doubling and a same-size growth since",
                                    "a same-size growth and a doubling since",
                                    "two same-size growths since"};
constexpr const char* kNow[] = {"none now", "on now"};
constexpr const char* kBirth[] = {"opened quiet", "opened while doubling",
                                  "opened in a same-size growth"};
constexpr const char* kYield[] = {"an entry", "the end"};
constexpr const char* kExtra[] = {"no extra", "extra alone", "a list", "preallocated buckets left",
                                  "a list and preallocated buckets"};
constexpr const char* kOpen[] = {"no iterator", "one iterator", "two iterators",
                                 "three iterators or more"};

struct Shape {
  const char* name;
  std::span<const Labels> axes;
};
constexpr Labels kSizeAxes[] = {kBuckets, kPhase};
constexpr Labels kLoadAxes[] = {kLoad, kCalm};
constexpr Labels kDoublingLoadAxes[] = {kDoublingLoad};
constexpr Labels kOverflowAxes[] = {kOverflow, kPhase};
constexpr Labels kEvacuationAxes[] = {kQuarter, kGrowth, kOlder};
constexpr Labels kChainAxes[] = {kDepth, kPhase, kAccess};
constexpr Labels kAgeAxes[] = {kHistory, kNow, kBirth, kYield};
constexpr Labels kExtraAxes[] = {kExtra, kPhase};
constexpr Labels kOpenAxes[] = {kOpen, kPhase};
enum ShapeId : std::uint8_t {
  kSize,
  kLoadOf,
  kDoublingLoadOf,
  kOverflowOf,
  kEvacuation,
  kChain,
  kIteratorAge,
  kExtraOf,
  kIterators
};
constexpr Shape kShapes[] = {{"size", kSizeAxes},
                             {"load", kLoadAxes},
                             {"load while doubling", kDoublingLoadAxes},
                             {"overflow", kOverflowAxes},
                             {"evacuation", kEvacuationAxes},
                             {"chain", kChainAxes},
                             {"iterator", kAgeAxes},
                             {"extra", kExtraAxes},
                             {"open", kOpenAxes}};

constexpr std::size_t cells_of(const Shape& shape) {
  std::size_t cells = 1;
  for (const Labels& axis : shape.axes) {
    cells *= axis.size();
  }
  return cells;
}

// Where the cells of each operation and each shape begin.
struct Layout {
  std::array<std::size_t, std::size(kOperations)> operations{};
  std::array<std::size_t, std::size(kShapes)> shapes{};
  std::size_t total = 0;
};
constexpr Layout layout_of() {
  Layout layout;
  for (std::size_t at = 0; at < std::size(kOperations); ++at) {
    layout.operations[at] = layout.total;
    for (const Result result : kOperations[at].results) {
      layout.total += phases_of(result);
    }
  }
  for (std::size_t at = 0; at < std::size(kShapes); ++at) {
    layout.shapes[at] = layout.total;
    layout.total += cells_of(kShapes[at]);
  }
  return layout;
}
constexpr Layout kLayout = layout_of();
static_assert(kLayout.total <= kMostCells);

// What the phase is added to for the cell of (code, result), or kMostCells: a table, since this
// runs at every step.
constexpr auto kPlaces = [] {
  std::array<std::array<std::uint16_t, kResults.size()>, kOpCodes> places{};
  for (auto& row : places) {
    row.fill(kMostCells);
  }
  for (std::size_t at = 0; at < std::size(kOperations); ++at) {
    const OperationCells& operation = kOperations[at];
    std::size_t place = kLayout.operations[at];
    for (const Result result : operation.results) {
      places[static_cast<std::size_t>(operation.code)][static_cast<std::size_t>(result)] =
          static_cast<std::uint16_t>(place - first_phase(result));
      place += phases_of(result);
    }
  }
  return places;
}();

template <class... Steps>
constexpr std::size_t cell_of(ShapeId id, Steps... steps) {
  std::size_t cell = 0;
  std::size_t axis = 0;
  ((cell = cell * kShapes[id].axes[axis++].size() + static_cast<std::size_t>(steps)), ...);
  return kLayout.shapes[id] + cell;
}

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

// Why a cell stays empty. Width 8: narrower maps are run beside it, and not counted.
struct Reason {
  std::string_view group;
  std::string_view state;
  const char* why;
};
constexpr const char* kGrowingHasArrays = "a growing map has an array (spec 2.7)";
constexpr const char* kNoneBegan = "a growth that is on has begun (I24)";
constexpr const char* kAlone =
    "a bucket alone takes all 8 entries that it may have, and appends none (spec 2.1, 2.5)";
constexpr const char* kManyOperations =
    "1024 overflow buckets beside 6656 entries take more than the 4096 operations of a program";
constexpr const char* kFewWrites =
    "a doubling of n buckets starts beyond 6.5 n entries and ends within n - 1 writes (I11c)";
constexpr const char* kFewOverflow =
    "fewer than 7.5 n entries (I11c) have fewer than n overflow buckets among 2 n buckets (I16)";
constexpr Reason kReasons[] = {
    {"size", "no array, doubling", kGrowingHasArrays},
    {"size", "no array, same-size", kGrowingHasArrays},
    {"size", "1 bucket, doubling", "a doubling leaves two buckets or more (spec 2.7)"},
    {"size", "1 bucket, same-size", kAlone},
    {"size", "1024 or more buckets, same-size", kManyOperations},
    {"assign", "doubling: started to double", kFewWrites},
    {"update", "doubling: started to double", kFewWrites},
    {"iterator", "no growth since, on now, opened quiet, an entry", kNoneBegan},
    {"iterator", "no growth since, on now, opened quiet, the end", kNoneBegan},
    {"delete", "doubling: emptied the map", kFewWrites},
    {"clear", "doubling: of an empty map", kFewWrites},
    {"range", "doubling: of an empty map", kFewWrites},
    {"iter", "doubling: of an empty map", kFewWrites},
    {"copy", "doubling: of an empty map", kFewWrites},
    {"move", "doubling: of an empty map", kFewWrites},
    {"swap", "doubling: of an empty map", kFewWrites},
    {"overflow", "half as many or more, doubling", kFewOverflow},
    {"overflow", "one too few to regrow, doubling", kFewOverflow},
    {"overflow", "enough to regrow, doubling", kFewOverflow},
};

}  // namespace

std::size_t state_cells() { return kLayout.total; }

CellText describe_cell(std::size_t cell) {
  CellText text;
  for (std::size_t at = 0; at < std::size(kOperations); ++at) {
    std::size_t place = kLayout.operations[at];
    for (const Result result : kOperations[at].results) {
      if (cell >= place && cell - place < phases_of(result)) {
        text.group = shape_of(kOperations[at].code).name;
        text.state = cat(kPhase[first_phase(result) + cell - place], ": ",
                         kResults.at(static_cast<std::size_t>(result)));
      }
      place += phases_of(result);
    }
  }
  for (std::size_t at = 0; at < std::size(kShapes); ++at) {
    const Shape& shape = kShapes[at];
    if (cell < kLayout.shapes[at] || cell - kLayout.shapes[at] >= cells_of(shape)) {
      continue;
    }
    std::size_t within = cell - kLayout.shapes[at];
    text.group = shape.name;
    for (std::size_t axis = shape.axes.size(); axis-- > 0;) {
      const Labels labels = shape.axes[axis];
      text.state = text.state.empty() ? labels[within % labels.size()]
                                      : cat(labels[within % labels.size()], ", ", text.state);
      within /= labels.size();
    }
  }
  for (const Reason& reason : kReasons) {
    if (reason.group == text.group && reason.state == text.state) {
      text.reason = reason.why;
    }
  }
  return text;
}

void StateCounter::start() { births_ = {}; }

void StateCounter::count(const Operation& operation, const TableView& before,
                         const Observation& seen, const TableView& after,
                         const Implementation& engine) {
  if (!can_be_seen(after) || seen.interleaving != nullptr) {
    return;
  }
  const auto phase = static_cast<std::size_t>(phase_of(before));
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
  const bool write = operation.code == OpCode::assign || operation.code == OpCode::update ||
                     operation.code == OpCode::erase;
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
