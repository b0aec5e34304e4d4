// Which known defect of Go's own iterators a broken iteration contract is (oracle/go/quirks.md):
// told from what happened to the map since the iterator was opened.
//
// Promises: what it names has had all that the defect takes; nothing is named for a sound iterator.
// Leaves to others: proving it. Two defects at once are told as one.
#pragma once

#include <optional>

#include "oracle/program.h"
#include "oracle/run_plan.h"
#include "oracle/verdict.h"

namespace mapfuzz {

struct Quirk {
  const char* id;        // "Q3"
  const char* sentence;  // how the defect shows
};

// Of the failure with this signature that `program` has under `plan`: runs it once more.
[[nodiscard]] std::optional<Quirk> quirk_of(const Program& program, const RunPlan& plan,
                                            const Signature& signature);

}  // namespace mapfuzz
