// What a stage of the gate is given, and what it answers.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "fuzz/cli/exit_code.h"
#include "fuzz/cli/findings.h"
#include "fuzz/cli/gate.h"
#include "fuzz/cli/junit.h"
#include "fuzz/cli/scoreboard.h"
#include "fuzz/cli/status_line.h"

namespace mapfuzz::cli {

// Of a gate that runs: options with nothing left open, and what the stages share.
struct GateRun {
  GateOptions options;
  bool every_target = true;  // none was named
  Findings& findings;
  StatusLine& status;
};

struct StageResult {
  ExitCode code = kOk;
  std::string summary = {};  // what it looked at, in 50 characters
  std::string reason = {};   // one line, where it is not green
  std::string screen = {};   // all there is to see then, and how to go on
  std::vector<JunitCase> cases = {};
  std::string ctest_suite = {};  // in place of cases
};

// fuzz/cli/gate_corpus.cc: the programs of the repository, in worker processes.
[[nodiscard]] StageResult gate_replay(GateRun& run);
[[nodiscard]] StageResult gate_lockstep(GateRun& run);
[[nodiscard]] StageResult gate_determinism(GateRun& run);

// fuzz/cli/gate_tests.cc: the commands of ci/.
[[nodiscard]] StageResult gate_build(GateRun& run);
[[nodiscard]] StageResult gate_tsan(GateRun& run);
[[nodiscard]] StageResult gate_tests(GateRun& run);

// fuzz/cli/gate_fuzz.cc: a short campaign.
[[nodiscard]] StageResult gate_fuzz(GateRun& run);

// The target that ran fewest programs, told, where that is fewer than a verdict needs; or nothing.
[[nodiscard]] std::string too_few(const std::vector<Score>& scores, const GateOptions& options);

// "1 target", "2 targets"
[[nodiscard]] std::string counted(std::size_t count, const char* what);

[[nodiscard]] StageResult stage_finding(const Finding& finding);

}  // namespace mapfuzz::cli
