// The body of every fuzz target: bytes in, a verdict out, abort() on a failed oracle.
//
// Promises: a failure prints its assertion line, the report and the program as text before the
// abort; a sanitizer's report is joined by one line that says where in which program it struck.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "oracle/program.h"
#include "oracle/runner.h"
#include "oracle/verdict.h"

namespace mapfuzz {

// The plan of the target that this program was linked as (target_main.cc).
[[nodiscard]] const RunPlan& target_plan();

// Environment variable: signatures (verdict.h) of failures that end no process, with ';' between
// them. A campaign that keeps going names what it has met: to stop at it again and again would be
// all it did. What a sanitizer reports ends the process in any case.
inline constexpr const char* kKnownVariable = "MAPFUZZ_KNOWN";

// One input of a fuzzer. A process runs one plan only. Returns 0.
int run_target(const RunPlan& plan, const std::uint8_t* data, std::size_t size);

// Bytes as the target sees them: `program` becomes what is really run.
[[nodiscard]] Verdict run_bytes(Runner& runner, std::span<const std::uint8_t> bytes,
                                Program& program);

// Assertion line, report, and the program between marker lines, to stderr.
void print_failure(const Program& program, const Failure& failure);

// What the line about a dying process calls the input, null for none. Not copied.
void name_input(const char* name);

}  // namespace mapfuzz
