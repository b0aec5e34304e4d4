#include "fuzz/cli/minimizing.h"

#include "fuzz/cli/crash.h"
#include "fuzz/cli/determinism.h"
#include "fuzz/cli/worker.h"
#include "fuzz/plans.h"

namespace mapfuzz::cli {
namespace {

using Clock = std::chrono::steady_clock;

// Each trial of a hang costs the whole limit; an honest program takes a fraction of this one.
constexpr std::chrono::seconds kHangTrial{3};

WorkerOptions worker_options(const Signature& wanted, const MinimizeLimits& limits) {
  WorkerOptions options;
  options.symbolize = false;
  options.interrupted = limits.interrupted;
  if (wanted.clause == "hang") {
    options.limit = kHangTrial;
  }
  return options;
}

class Trials {
 public:
  Trials(const std::string& target, const Signature& wanted, const MinimizeLimits& limits)
      : options_(worker_options(wanted, limits)),
        worker_(options_),
        target_(target),
        leaks_(wanted.clause == kLeakClause),
        traces_(wanted.clause == kDeterminismClause) {}

  std::optional<Signature> operator()(const Program& program) {
    const Outcome outcome = traces_  ? traced(program)
                            : leaks_ ? worker_.run_with_leaks(target_, program)
                                     : worker_.run(target_, program);
    return outcome.failed ? std::optional(outcome.signature) : std::nullopt;
  }

 private:
  // What the programs before have left behind would not be there when the result runs alone.
  Outcome traced(const Program& program) const {
    Worker fresh(options_);
    return check_determinism(fresh, target_, program);
  }

  WorkerOptions options_;
  Worker worker_;
  const std::string& target_;
  bool leaks_;
  bool traces_;
};

// A program that names no target runs as its own header says.
Legalize legalize_for(const std::string& target) {
  return [plan = find_plan(target)](Program& candidate) {
    if (plan == nullptr) {
      repair(candidate);
    } else {
      legalize(candidate, *plan);
    }
  };
}

}  // namespace

Minimized minimize_in_worker(const Program& program, const std::string& target,
                             const Signature& wanted, const MinimizeLimits& limits) {
  Trials trials(target, wanted, limits);
  const Clock::time_point deadline = Clock::now() + limits.time;
  Minimized result;
  const Legalize legalize = legalize_for(target);
  Program legal = program;
  legalize(legal);
  auto [smallest, count] = minimize(
      legal, wanted,
      [&](const Program& candidate) -> std::optional<Signature> {
        if (Clock::now() >= deadline) {
          result.complete = false;
          return std::nullopt;
        }
        return trials(candidate);
      },
      legalize);
  result.program = std::move(smallest);
  result.trials = count;
  return result;
}

std::vector<std::size_t> superfluous(const Program& program, const std::string& target,
                                     const Signature& wanted) {
  Trials trials(target, wanted, {});
  std::vector<std::size_t> found;
  for (std::size_t at = 0; at < program.operations.size(); ++at) {
    Program without = program;
    without.operations.erase(without.operations.begin() + static_cast<std::ptrdiff_t>(at));
    if (trials(without) == wanted) {
      found.push_back(at);
    }
  }
  return found;
}

}  // namespace mapfuzz::cli
