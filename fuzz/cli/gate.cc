#include "fuzz/cli/gate.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <thread>

#include "fuzz/cli/duration.h"
#include "fuzz/cli/files.h"
#include "fuzz/cli/gate_stage.h"
#include "fuzz/cli/interrupt.h"
#include "fuzz/cli/place.h"
#include "fuzz/cli/stop.h"
#include "fuzz/cli/targets_verb.h"

namespace mapfuzz::cli {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr std::chrono::minutes kDefaultBudget{5};

struct Stage {
  const char* name;
  StageResult (*run)(GateRun&);
};

// What finds most in the least time comes first.
constexpr std::array<Stage, 7> kStages = {{
    {"replay", gate_replay},
    {"lockstep", gate_lockstep},
    {"determinism", gate_determinism},
    {"build", gate_build},
    {"tsan", gate_tsan},
    {"tests", gate_tests},
    {"fuzz", gate_fuzz},
}};

std::chrono::seconds since(Clock::time_point start) {
  return std::chrono::round<std::chrono::seconds>(Clock::now() - start);
}

const char* word_for(ExitCode code) {
  switch (code) {
    case kOk:
      return "ok";
    case kFinding:
      return "FAIL";
    case kThreshold:
      return "MISSED";
    case kInterrupted:
      return "stopped";
    default:
      return "BROKEN";
  }
}

GateOptions completed(GateOptions options) {
  options.targets = in_order_of_plans(options.targets);
  if (options.stages.empty()) {
    options.stages = gate_stages();
  }
  if (options.jobs == 0) {
    options.jobs = std::max(1U, std::thread::hardware_concurrency());
  }
  if (!options.budget.has_value() && !options.runs.has_value()) {
    options.budget = kDefaultBudget;
  }
  if (options.out.empty()) {
    options.out = (binary_folder() / ".." / ".." / "gate").lexically_normal();
  }
  make_folder(options.out / "findings");
  options.out = fs::canonical(options.out);
  if (options.junit.empty()) {
    options.junit = options.out / "junit.xml";
  }
  return options;
}

class Gate {
 public:
  Gate(GateOptions options, bool every_target)
      : findings_(options.out / "findings"),
        run_{std::move(options), every_target, findings_, status_} {}

  int run();

 private:
  [[nodiscard]] StageResult attempt(const Stage& stage);
  void record(const Stage& stage, StageResult result, double seconds);
  [[nodiscard]] std::string fuzzing() const;

  Findings findings_;
  StatusLine status_;
  GateRun run_;
  std::vector<JunitSuite> suites_;
  std::vector<std::string> ctest_suites_;
};

// ", 5m00s of fuzzing"
std::string Gate::fuzzing() const {
  const GateOptions& options = run_.options;
  if (std::find(options.stages.begin(), options.stages.end(), "fuzz") == options.stages.end()) {
    return {};
  }
  return options.runs.has_value()
             ? fmt::format(", {} runs of each", *options.runs)
             : fmt::format(", {} of fuzzing", shown(options.budget.value_or(kDefaultBudget)));
}

// What stops a stage is its result.
StageResult Gate::attempt(const Stage& stage) {
  StageResult result;
  try {
    result = stage.run(run_);
  } catch (const Stop& reason) {
    result = {reason.code(), reason.what(), reason.what()};
  } catch (const std::exception& problem) {
    result = {kEnvironment, problem.what(), problem.what()};
  }
  if (interrupted()) {
    result = {kInterrupted, "interrupted", "interrupted"};
  }
  return result;
}

void Gate::record(const Stage& stage, StageResult result, double seconds) {
  if (!result.ctest_suite.empty()) {
    ctest_suites_.push_back(std::move(result.ctest_suite));
    return;
  }
  // A stage that stopped short has no cases, and yet a result.
  const bool told = std::any_of(result.cases.begin(), result.cases.end(),
                                [](const JunitCase& one) { return !one.problem.empty(); });
  if (result.cases.empty() || (result.code != kOk && !told)) {
    result.cases.push_back({stage.name, seconds, result.reason, result.screen});
  }
  suites_.push_back({stage.name, std::move(result.cases)});
}

int Gate::run() {
  const GateOptions& options = run_.options;
  const Clock::time_point start = Clock::now();
  fmt::print("gate of {}: {}{}, results in {}\n\n", revision(),
             counted(options.targets.size(), "target"), fuzzing(), shown(options.out));
  std::vector<std::string> skipped;
  StageResult last;
  const char* last_name = "";
  for (const Stage& stage : kStages) {
    if (std::find(options.stages.begin(), options.stages.end(), stage.name) ==
        options.stages.end()) {
      continue;
    }
    if (last.code != kOk) {
      skipped.emplace_back(stage.name);
      suites_.push_back({stage.name, {{.name = stage.name, .skipped = true}}});
      continue;
    }
    const Clock::time_point began = Clock::now();
    status_.show(fmt::format("{:<12} ...", stage.name));
    last = attempt(stage);
    last_name = stage.name;
    status_.clear();
    fmt::print("{:<12} {:<7} {:<50} {:>7}\n", stage.name, word_for(last.code),
               last.code == kOk ? last.summary : last.reason, shown(since(began)));
    std::fflush(stdout);
    record(stage, last, std::chrono::duration<double>(Clock::now() - began).count());
  }
  write_file(options.junit, junit_xml(suites_, ctest_suites_));
  if (last.code == kOk) {
    fmt::print("\nPASS  {} in {}; JUnit in {}\n",
               counted(suites_.size() + ctest_suites_.size(), "stage"), shown(since(start)),
               shown(options.junit));
    return kOk;
  }
  fmt::print("\n{}{}{}  {}: {}{}\n", last.screen, last.screen.empty() ? "" : "\n",
             word_for(last.code), last_name, last.reason,
             skipped.empty() ? "" : fmt::format("; not run: {}", fmt::join(skipped, ", ")));
  return last.code;
}

}  // namespace

std::vector<std::string> gate_stages() {
  std::vector<std::string> names;
  names.reserve(kStages.size());
  for (const Stage& stage : kStages) {
    names.emplace_back(stage.name);
  }
  return names;
}

StageResult stage_finding(const Finding& finding) {
  return {.code = kFinding,
          .reason = fmt::format(
              "{}, {}", to_string(finding.signature),
              finding.target.empty() ? "under its own header" : "target " + finding.target),
          .screen = finding.screen};
}

std::string counted(std::size_t count, const char* what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

int gate(GateOptions options) {
  catch_interrupts();
  const bool every_target = options.targets.empty();
  return Gate(completed(std::move(options)), every_target).run();
}

}  // namespace mapfuzz::cli
