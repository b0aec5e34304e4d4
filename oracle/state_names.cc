// What state cells are called, and which of them no legal program reaches.
#include <string_view>

#include "oracle/state_layout.h"
#include "oracle/text.h"

namespace mapfuzz {

using namespace state_layout;

namespace {

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
constexpr const char* kFewOnFull =
    "as started, 7.5 n entries at most (I11c) leave fewer than n buckets behind 8 filled cells "
    "(I20)";
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
    {"overflow", "enough to regrow, same-size", kFewOnFull},
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

}  // namespace mapfuzz
