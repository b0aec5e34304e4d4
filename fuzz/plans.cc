#include "fuzz/plans.h"

#include <algorithm>
#include <array>

namespace mapfuzz {

std::span<const RunPlan> all_plans() {
  static const std::array<RunPlan, 3> plans = {{
      {.name = "ops_u64"},
      {.name = "ops_str", .key = KeyKind::str, .tree_model = false, .flat_model = true},
      {.name = "widths", .widths = {8, 4, 2, 1}, .tree_model = false, .flat_model = true},
  }};
  return plans;
}

const RunPlan* find_plan(std::string_view name) {
  const auto plans = all_plans();
  const auto at = std::find_if(plans.begin(), plans.end(),
                               [&](const RunPlan& plan) { return plan.name == name; });
  return at == plans.end() ? nullptr : &*at;
}

RunPlan replay_plan(const Program& program) {
  return {.name = "replay",
          .key = program.header.key,
          .elem = program.header.elem,
          .widths = {program.header.width},
          .policy = program.header.policy,
          .flat_model = true,
          .expectations = true};
}

}  // namespace mapfuzz
