// Does a program go the same way whenever and wherever it runs? A finding that does not cannot be
// reproduced, so nothing of a process may reach a run: no address, no clock, no earlier program.
//
// Promises: a difference is a failure like any other, with both digests and the first step at which
// the traces differ.
// Leaves to others: what a trace holds (oracle/runner.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "fuzz/cli/outcome.h"
#include "fuzz/cli/worker.h"
#include "oracle/program.h"
#include "oracle/runner.h"

namespace mapfuzz::cli {

inline constexpr const char* kDeterminismClause = "determinism";

[[nodiscard]] std::uint64_t digest_of(const Trace& trace);

// The operation whose point is the first to differ, or that only one of the two got to.
[[nodiscard]] std::optional<std::size_t> first_difference(const Trace& one, const Trace& other);

// Runs the program twice in `shared`, a process that may have run others before, and once in a
// process of its own. Where it fails in any of them, that failure is the answer.
[[nodiscard]] Outcome check_determinism(Worker& shared, const std::string& target,
                                        const Program& program);

// Runs it in the way in which a failure of `clause` shows: by its traces, or else once, with a
// search for leaks.
[[nodiscard]] Outcome run_for(Worker& worker, const std::string& clause, const std::string& target,
                              const Program& program);

}  // namespace mapfuzz::cli
