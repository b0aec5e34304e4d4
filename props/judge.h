// Judge: runs a program as a property would have it, and makes of a failure something to work with.
//
// Promises: a failure is minimised keeping its signature, saved as .ops, and told with the report
// and the command that shows it again. The saved program fails by itself, under its own header or
// under the target that its `# run:` line names.
// Leaves to others: what crashes the process. RC_PARAMS="seed=..." repeats that run.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "oracle/program.h"
#include "oracle/runner.h"
#include "oracle/verdict.h"
#include "props/met.h"

namespace mapfuzz {

// A program's own row and policy, both models, the audit; expectations are not judged, as
// generated ones are made up.
[[nodiscard]] RunPlan plan_of(const Program& program);

// The same program at widths 8, 4, 2 and 1: what the fuzz target of that name runs.
[[nodiscard]] RunPlan widths_plan();

// props-failures/ beside the test program, in the build tree.
[[nodiscard]] std::filesystem::path failures_folder();

struct Complaint {
  std::filesystem::path file;
  Signature signature;
  std::string text;  // report, file, command
};

class Judge {
 public:
  explicit Judge(std::filesystem::path folder = failures_folder()) : folder_(std::move(folder)) {}

  // Nothing: no clause is broken.
  [[nodiscard]] std::optional<Complaint> complaint(const Program& program, const RunPlan& plan,
                                                   Met* met = nullptr) const;

 private:
  std::filesystem::path folder_;
};

// What an operation met, for the distribution that RapidCheck prints.
void note_met(Met& met, const Operation& operation, const Observation& seen,
              const gomap::TableView& view);

// Fails the property that calls it, unless the program passes. `met`: what the run met, if asked.
void require_passes(const Program& program, Met* met = nullptr);
void require_passes(const Program& program, const RunPlan& plan, Met* met = nullptr);

}  // namespace mapfuzz
