// The stage of the gate that fuzzes: a campaign over the targets, within the budget.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "fuzz/cli/campaign.h"
#include "fuzz/cli/duration.h"
#include "fuzz/cli/gate_stage.h"
#include "fuzz/cli/live_view.h"

namespace mapfuzz::cli {
namespace {

// Fewer than a target does in its first second: it was starved, and its silence says nothing.
constexpr std::uint64_t kFewestPrograms = 1000;

// The budget is the user's time, in which `jobs` targets run at once.
std::chrono::seconds time_of_each(std::chrono::seconds budget, const GateOptions& options) {
  const auto targets = static_cast<std::int64_t>(options.targets.size());
  const std::int64_t at_once = std::min<std::int64_t>(options.jobs, targets);
  return std::max(std::chrono::seconds(1), budget * at_once / targets);
}

}  // namespace

std::string too_few(const std::vector<Score>& scores, const GateOptions& options) {
  const std::uint64_t fewest = std::min(kFewestPrograms, options.runs.value_or(kFewestPrograms));
  const auto least =
      std::min_element(scores.begin(), scores.end(),
                       [](const Score& a, const Score& b) { return a.execs < b.execs; });
  if (least == scores.end() || least->execs >= fewest) {
    return {};
  }
  return fmt::format("{} ran {} programs of {}: say a longer --budget", least->target, least->execs,
                     fewest);
}

StageResult gate_fuzz(GateRun& run) {
  CampaignOptions options;
  options.runs = run.options.runs;
  if (run.options.budget.has_value()) {
    options.time = time_of_each(*run.options.budget, run.options);
  }
  options.seed = run.options.seed;
  options.targets = run.options.targets;
  options.jobs = run.options.jobs;
  options.out = run.options.out;
  options.stop_all = true;
  options.quiet = true;
  run.status.clear();
  const CampaignResult campaign = run_campaign(options);

  StageResult result;
  double execs = 0;
  double operations = 0;
  for (const Score& score : campaign.scores) {
    execs += static_cast<double>(score.execs);
    operations += static_cast<double>(score.operations);
    result.cases.push_back({.name = score.target,
                            .seconds = score.busy.count(),
                            .problem = score.problem,
                            .skipped = score.state == TargetState::waiting ||
                                       score.state == TargetState::interrupted});
  }
  if (!campaign.findings.empty()) {
    const Finding& finding = campaign.findings.front();
    const StageResult found = stage_finding(finding);
    for (JunitCase& one : result.cases) {
      if (one.name == finding.target) {
        one.problem = found.reason;
        one.details = found.screen;
      }
    }
    result.code = found.code;
    result.reason = found.reason;
    result.screen = found.screen;
    return result;
  }
  const auto broken =
      std::find_if(campaign.scores.begin(), campaign.scores.end(),
                   [](const Score& score) { return score.state == TargetState::broken; });
  if (broken != campaign.scores.end()) {
    result.code = kEnvironment;
    result.reason = fmt::format("{}: {}", broken->target, broken->problem);
  } else if (std::string reason = too_few(campaign.scores, run.options); !reason.empty()) {
    result.code = kThreshold;
    result.reason = std::move(reason);
  }
  result.summary = fmt::format(
      "{}, {} each: {} programs, {} operations", counted(campaign.scores.size(), "target"),
      options.time.has_value() ? shown(*options.time)
                               : fmt::format("{} runs", options.runs.value_or(0)),
      abbreviated(execs), abbreviated(operations));
  return result;
}

}  // namespace mapfuzz::cli
