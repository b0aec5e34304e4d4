#include "fuzz/cli/targets_verb.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "fuzz/cli/exit_code.h"
#include "fuzz/cli/place.h"
#include "fuzz/cli/test_case.h"
#include "fuzz/plans.h"
#include "oracle/runner.h"

namespace mapfuzz::cli {
namespace {

std::vector<std::string> oracles_of(const RunPlan& plan) {
  std::vector<std::string> oracles;
  if (plan.tree_model) {
    oracles.emplace_back("std::map model");
  }
  if (plan.flat_model) {
    oracles.emplace_back("flat_map model");
  }
  if (plan.audit != AuditMode::off) {
    oracles.emplace_back("audit");
  }
  if (plan.every_kind && plan.policy == Policy::sound) {
    oracles.emplace_back("lifetimes of counted objects");
  }
  if (plan.go_runtime) {
    oracles.emplace_back("the Go runtime, cell by cell");
  }
  if (plan.widths.size() > 1) {
    oracles.emplace_back("equal answers at all widths");
  }
  return oracles;
}

const char* policy_of(const RunPlan& plan) {
  return plan.policy == Policy::sound ? "sound" : "go-exact";
}

std::string joined(const std::vector<std::string>& texts, const char* between) {
  return fmt::format("{}", fmt::join(texts, between));
}

}  // namespace

std::vector<std::string> in_order_of_plans(const std::vector<std::string>& targets) {
  for (const std::string& target : targets) {
    require_target(target);
  }
  std::vector<std::string> ordered;
  for (const RunPlan& plan : all_plans()) {
    const bool named = std::find(targets.begin(), targets.end(), plan.name) != targets.end();
    if (named || (targets.empty() && !plan.on_request)) {
      ordered.emplace_back(plan.name);
    }
  }
  return ordered;
}

std::filesystem::path fuzzer_path(std::string_view target) {
  return binary_folder() / fmt::format("{}_fuzzer", target);
}

int targets_verb(bool json) {
  if (json) {
    nlohmann::json all = nlohmann::json::array();
    for (const RunPlan& plan : all_plans()) {
      all.push_back({{"name", plan.name},
                     {"program", fuzzer_path(plan.name).string()},
                     {"rows", subjects_of(plan)},
                     {"iterators", policy_of(plan)},
                     {"oracles", oracles_of(plan)},
                     {"on_request", plan.on_request}});
    }
    fmt::print("{}\n", all.dump(2));
    return kOk;
  }
  for (const RunPlan& plan : all_plans()) {
    fmt::print("{:<10}maps of {} ({} iterators)\n{:<10}judged by {}{}\n", plan.name,
               joined(subjects_of(plan), "; "), policy_of(plan), "", joined(oracles_of(plan), ", "),
               plan.on_request ? "; run only where it is named: it is known to fail" : "");
  }
  return kOk;
}

}  // namespace mapfuzz::cli
