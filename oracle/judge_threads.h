// Judges an interleaving (interleaving.h). Two questions: was a conflict found exactly where the
// model of Go's flag says (flag_protocol.h)? And if nothing was found, is what the threads saw and
// left behind what they would have in some order, one after the other?
//
// Promises: an order counts only if it keeps to the clock (what ended before another began comes
// before it), every answer is the model's, and the whole table holds what the model then holds.
// Where the answer to the second question is no, that is a failure unless one of the documented
// blind spots of the original was open.
#pragma once

#include <functional>
#include <optional>

#include "oracle/audit.h"
#include "oracle/flag_protocol.h"
#include "oracle/interleaving.h"
#include "oracle/model.h"
#include "oracle/verdict.h"

namespace mapfuzz {

struct ThreadsVerdict {
  std::optional<Mismatch> mismatch;
  ThreadsEnd end = ThreadsEnd::serial;
  Detection detection;
};

// `before` is the model as it was when the threads started; `table` looks at the whole table;
// `seeded`: a key's hash depends on the map's seed.
[[nodiscard]] ThreadsVerdict judge_threads(
    const Interleaving& run, const Model& before,
    const std::function<std::optional<Violation>(const Model&)>& table, bool seeded);

}  // namespace mapfuzz
