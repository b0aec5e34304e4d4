// Which state cells there are (state_cells.h), as constants: for each operation what may become of
// it, in each growth phase; for each shape the product of its axes; and where their cells begin.
//
// Promises: the order of cells is that of these lists, operations before shapes.
// Leaves to others: which cell a step belongs to (state_cells.cc), which cannot be reached and why
// (state_names.cc).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "oracle/program.h"
#include "oracle/state_cells.h"

namespace mapfuzz::state_layout {

using Labels = std::span<const char* const>;

inline constexpr std::size_t kPhases = 3;

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
inline constexpr std::array<const char*, 27> kResults = {
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
inline constexpr Result kDone[] = {Result::done};
inline constexpr Result kRead[] = {Result::done, Result::panicked};
inline constexpr Result kLookup[] = {Result::hit, Result::miss, Result::panicked,
                                     Result::interrupted};
inline constexpr Result kAssign[] = {Result::updated,  Result::inserted,  Result::appended,
                                     Result::doubled,  Result::regrown,   Result::finished,
                                     Result::panicked, Result::reentered, Result::interrupted};
inline constexpr Result kErase[] = {Result::deleted,    Result::miss,     Result::emptied,
                                    Result::finished,   Result::panicked, Result::reentered,
                                    Result::interrupted};
inline constexpr Result kWhole[] = {Result::on_empty, Result::on_entries};
inline constexpr Result kRemake[] = {Result::bogus, Result::no_array, Result::array,
                                     Result::preallocated};
inline constexpr Result kLiteral[] = {Result::on_empty, Result::few, Result::many,
                                      Result::panicked};
inline constexpr Result kIter[] = {Result::on_empty, Result::first, Result::further};
inline constexpr Result kNext[] = {Result::entry, Result::end, Result::closed};

// The phases in which an operation may come to this. Only a growth under way can end (spec 2.10).
// And a write that ends one starts no same-size growth: of n buckets or 2 n, fewer than 7.5 n
// entries (I11c) have appended fewer than n overflow buckets, each behind 8 cells that were filled
// (I20).
constexpr std::size_t first_phase(Result result) { return result == Result::finished ? 1 : 0; }
constexpr std::size_t phases_of(Result result) {
  return result == Result::regrown ? 1 : kPhases - first_phase(result);
}

// Expectations are left out: they are look-ups written into seeds. So is interleave, which does
// nothing itself: what the threads did is a shape.
inline constexpr OperationCells kOperations[] = {
    {OpCode::len, kDone},      {OpCode::access1, kRead},  {OpCode::access2, kLookup},
    {OpCode::assign, kAssign}, {OpCode::update, kAssign}, {OpCode::erase, kErase},
    {OpCode::clear, kWhole},   {OpCode::remake, kRemake}, {OpCode::literal, kLiteral},
    {OpCode::range, kWhole},   {OpCode::iter, kIter},     {OpCode::next, kNext},
    {OpCode::close, kDone},    {OpCode::copy, kWhole},    {OpCode::move, kWhole},
    {OpCode::swap, kWhole},    {OpCode::nil, kDone},      {OpCode::reenter, kDone},
    {OpCode::inject, kDone},
};

inline constexpr const char* kPhase[] = {"quiet", "doubling", "same-size"};
inline constexpr const char* kGrowth[] = {"doubling", "same-size"};
inline constexpr const char* kBuckets[] = {
    "no array",   "1 bucket",   "2 buckets",         "4 buckets",           "8 buckets",
    "16 buckets", "32 buckets", "64 to 512 buckets", "1024 or more buckets"};
inline constexpr const char* kLoad[] = {"no entry",         "up to a quarter of the threshold",
                                        "up to half of it", "up to three quarters",
                                        "below it",         "at the threshold",
                                        "beyond it"};
inline constexpr const char* kCalm[] = {"quiet", "same-size"};
// A doubling of n buckets starts beyond 6.5 n entries and ends within n - 1 writes (I11c).
inline constexpr const char* kDoublingLoad[] = {"up to half of the threshold",
                                                "up to three quarters of it"};
inline constexpr const char* kOverflow[] = {
    "no overflow bucket", "less than half as many as buckets", "half as many or more",
    "one too few to regrow", "enough to regrow"};
inline constexpr const char* kQuarter[] = {"first quarter", "second quarter", "third quarter",
                                           "last quarter"};
inline constexpr const char* kOlder[] = {"no older iterator", "older iterators"};
inline constexpr const char* kDepth[] = {"chain of 1", "chain of 2", "chain of 3", "chain of 4",
                                         "chain of 5 or more"};
inline constexpr const char* kAccess[] = {"look-up", "write"};
// Growths that began since the iterator was opened, the last two of them.
inline constexpr const char* kHistory[] = {"no growth since",
                                           "a doubling since",
                                           "a same-size growth since",
                                           "two doublings since",
                                           "a doubling and a same-size growth since",
                                           "a same-size growth and a doubling since",
                                           "two same-size growths since"};
inline constexpr const char* kNow[] = {"none now", "on now"};
inline constexpr const char* kBirth[] = {"opened quiet", "opened while doubling",
                                         "opened in a same-size growth"};
inline constexpr const char* kYield[] = {"an entry", "the end"};
inline constexpr const char* kExtra[] = {"no extra", "extra alone", "a list",
                                         "preallocated buckets left",
                                         "a list and preallocated buckets"};
inline constexpr const char* kOpen[] = {"no iterator", "one iterator", "two iterators",
                                        "three iterators or more"};

// Of an interleaving. Readers alone never conflict.
inline constexpr const char* kThreads[] = {
    "readers alone", "one writer: no conflict found", "one writer: a conflict found",
    "writers: no conflict found", "writers: a conflict found"};
inline constexpr const char* kHowMany[] = {"two threads", "three threads"};

struct Shape {
  const char* name;
  std::span<const Labels> axes;
};
inline constexpr Labels kSizeAxes[] = {kBuckets, kPhase};
inline constexpr Labels kLoadAxes[] = {kLoad, kCalm};
inline constexpr Labels kDoublingLoadAxes[] = {kDoublingLoad};
inline constexpr Labels kOverflowAxes[] = {kOverflow, kPhase};
inline constexpr Labels kEvacuationAxes[] = {kQuarter, kGrowth, kOlder};
inline constexpr Labels kChainAxes[] = {kDepth, kPhase, kAccess};
inline constexpr Labels kAgeAxes[] = {kHistory, kNow, kBirth, kYield};
inline constexpr Labels kExtraAxes[] = {kExtra, kPhase};
inline constexpr Labels kOpenAxes[] = {kOpen, kPhase};
inline constexpr Labels kThreadsAxes[] = {kThreads, kHowMany, kPhase};
enum ShapeId : std::uint8_t {
  kSize,
  kLoadOf,
  kDoublingLoadOf,
  kOverflowOf,
  kEvacuation,
  kChain,
  kIteratorAge,
  kExtraOf,
  kIterators,
  kInterleaved
};
inline constexpr Shape kShapes[] = {{"size", kSizeAxes},
                                    {"load", kLoadAxes},
                                    {"load while doubling", kDoublingLoadAxes},
                                    {"overflow", kOverflowAxes},
                                    {"evacuation", kEvacuationAxes},
                                    {"chain", kChainAxes},
                                    {"iterator", kAgeAxes},
                                    {"extra", kExtraAxes},
                                    {"open", kOpenAxes},
                                    {"threads", kThreadsAxes}};

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
inline constexpr Layout kLayout = layout_of();
static_assert(kLayout.total <= kMostCells);

// What the phase is added to for the cell of (code, result), or kMostCells: a table, since this
// runs at every step.
inline constexpr auto kPlaces = [] {
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

}  // namespace mapfuzz::state_layout
