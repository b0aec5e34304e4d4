#include "fuzz/plans.h"

#include <algorithm>
#include <vector>

#include "oracle/reference.h"

namespace mapfuzz {

namespace {

// The Go runtime alone judges: what the other targets' judges see is theirs to find. A reentered
// write is fatal in Go, and would take the process along.
RunPlan lockstep_plan() {
  return {.name = "lockstep",
          .every_kind = true,
          .policy = Policy::go_exact,
          .audit = AuditMode::off,
          .tree_model = false,
          .iteration_contract = false,
          .go_runtime = true,
          .off = std::uint32_t{1} << static_cast<unsigned>(OpCode::reenter)};
}

}  // namespace

std::span<const RunPlan> all_plans() {
  static const std::vector<RunPlan> plans = [] {
    std::vector<RunPlan> made = {
        {.name = "ops_u64"},
        {.name = "ops_str", .key = KeyKind::str, .tree_model = false, .flat_model = true},
        {.name = "kinds", .every_kind = true},
        {.name = "widths", .widths = {8, 4, 2, 1}, .tree_model = false, .flat_model = true},
    };
    if (has_reference()) {
      made.push_back(lockstep_plan());
    }
    return made;
  }();
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
