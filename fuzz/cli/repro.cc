#include "fuzz/cli/repro.h"

#include <fmt/format.h>

#include <optional>

#include "fuzz/cli/determinism.h"
#include "fuzz/cli/place.h"
#include "fuzz/cli/stop.h"
#include "fuzz/cli/test_case.h"
#include "fuzz/cli/worker.h"
#include "fuzz/plans.h"
#include "oracle/quirk.h"

namespace mapfuzz::cli {
namespace {

std::string how_often(int failures, int runs) {
  return runs == 1 ? "" : fmt::format("runs        {} of {} failed\n", failures, runs);
}

}  // namespace

std::string next_commands(const std::filesystem::path& file, const std::string& target_option) {
  const std::string rest =
      shown(file) + (target_option.empty() ? "" : fmt::format(" --target {}", target_option));
  const std::string self = self_command();
  return fmt::format("every step  {} explain {}\nsmallest    {} minimize {}\n", self, rest, self,
                     rest);
}

std::string known_as(const std::string& target, const Program& program,
                     const Signature& signature) {
  const RunPlan* const plan = find_plan(target);
  const auto quirk = quirk_of(program, plan == nullptr ? replay_plan(program) : *plan, signature);
  return quirk.has_value() ? fmt::format("{}: {} (oracle/go/quirks.md)", quirk->id, quirk->sentence)
                           : "";
}

int repro(const ReproOptions& options) {
  const TestCase test_case = load_case(options.file, options.target);
  const auto wanted = recorded(test_case);
  const std::string clause = wanted.has_value() ? wanted->clause : "";
  Worker worker;
  std::optional<Outcome> first;
  int failures = 0;
  for (int run = 0; run < options.times; ++run) {
    Outcome outcome = run_for(worker, clause, test_case.target, test_case.program);
    failures += outcome.ok() ? 0 : 1;
    if (!outcome.ok() && !first.has_value()) {
      first = std::move(outcome);
    }
  }
  const std::string as = test_case.target.empty() ? "its own header" : test_case.target;
  if (!first.has_value()) {
    fmt::print("{}: 0 of {} runs failed ({})\n", shown(options.file), options.times, as);
    return kNotReproduced;
  }
  fmt::print("{}\n", first->report);
  if (wanted.has_value() && wanted != first->signature) {
    fmt::print("This is another failure than the one recorded in the file: {}\n\n",
               to_string(*wanted));
  }
  const std::string known = known_as(test_case.target, test_case.program, first->signature);
  fmt::print("signature   {}\n{}file        {} ({})\n{}{}", to_string(first->signature),
             known.empty() ? known : fmt::format("known as    {}\n", known), shown(options.file),
             as, how_often(failures, options.times), next_commands(options.file, options.target));
  return kFinding;
}

}  // namespace mapfuzz::cli
