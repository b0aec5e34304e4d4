// What each fuzz target runs, and how a program without a target is run.
#pragma once

#include <span>
#include <string_view>

#include "oracle/program.h"
#include "oracle/runner.h"

namespace mapfuzz {

// The plans of the fuzz targets, in the order in which campaigns start them.
[[nodiscard]] std::span<const RunPlan> all_plans();

// Null: there is no such target.
[[nodiscard]] const RunPlan* find_plan(std::string_view name);

// For a program that belongs to no target, a corpus seed for example: the row and policy of its own
// header, both models, expectations judged. So every row of kinds.def can be run.
[[nodiscard]] RunPlan replay_plan(const Program& program);

}  // namespace mapfuzz
