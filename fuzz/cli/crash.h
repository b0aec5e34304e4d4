// What a process that died says about the bug it died of.
//
// Promises: the clause is constant text for one kind of death ("asan.heap-use-after-free",
// "ubsan.shift-exponent", "signal-11", "hang", "oom"), so signatures tell crashes apart.
#pragma once

#include <string>
#include <string_view>

#include "fuzz/cli/process.h"
#include "fuzz/stats_page.h"
#include "oracle/program.h"
#include "oracle/verdict.h"

namespace mapfuzz::cli {

inline constexpr const char* kLeakClause = "asan.leak";

struct Death {
  ExitStatus status;
  std::string messages;  // what it wrote to stderr
  bool hung = false;     // it did not answer in time
};

[[nodiscard]] Clause clause_of_death(const Death& death);

// A failure to be reported like any other; where it struck comes from the stats page.
[[nodiscard]] Failure failure_of_death(const Program& program, const Death& death,
                                       const StatsPage& stats);

// The lines of a sanitizer's report that name the bug and the frames it happened in.
[[nodiscard]] std::string excerpt(std::string_view messages);

}  // namespace mapfuzz::cli
