// The state coverage table: which states of a map programs passed through, and which never.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "fuzz/stats_page.h"

namespace mapfuzz::cli {

// By state cell (oracle/state_cells.h): programs that passed through it.
using StateCounts = std::vector<std::uint64_t>;

[[nodiscard]] StateCounts state_counts(const StatsPage& page);
[[nodiscard]] StateCounts sum(StateCounts a, const StateCounts& b);

struct StateCoverage {
  std::size_t reached = 0;
  std::size_t reachable = 0;  // cells without a reason against it
  std::size_t excluded = 0;   // cells with one
};
[[nodiscard]] StateCoverage coverage(const StateCounts& counts);

// For people: a line a group, and what was never reached of it.
[[nodiscard]] std::string state_table(const StateCounts& counts);

// Every cell: group, state, programs, and the reason where it cannot be reached.
[[nodiscard]] nlohmann::json state_json(const StateCounts& counts);
// The inverse, by names: cells that this build does not know are dropped. Throws json::exception.
[[nodiscard]] StateCounts state_counts(const nlohmann::json& states);

}  // namespace mapfuzz::cli
