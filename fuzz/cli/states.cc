#include "fuzz/cli/states.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "oracle/state_cells.h"

namespace mapfuzz::cli {
namespace {

using nlohmann::json;

// A group's unreached states are listed up to so many; states.json has them all.
constexpr std::size_t kListed = 4;

struct Group {
  std::string name;
  StateCoverage cells;
  std::vector<std::string> never;
  std::vector<std::string> against_reason;  // reached all the same: the reason is wrong
};

std::vector<Group> groups_of(const StateCounts& counts) {
  std::vector<Group> groups;
  for (std::size_t cell = 0; cell < counts.size(); ++cell) {
    const CellText text = describe_cell(cell);
    if (groups.empty() || groups.back().name != text.group) {
      groups.push_back({text.group, {}, {}, {}});
    }
    Group& group = groups.back();
    if (!text.reason.empty()) {
      ++group.cells.excluded;
      if (counts[cell] > 0) {
        group.against_reason.push_back(text.state);
      }
      continue;
    }
    ++group.cells.reachable;
    if (counts[cell] > 0) {
      ++group.cells.reached;
    } else {
      group.never.push_back(text.state);
    }
  }
  return groups;
}

}  // namespace

StateCounts state_counts(const StatsPage& page) {
  StateCounts counts(state_cells());
  for (std::size_t cell = 0; cell < counts.size(); ++cell) {
    counts[cell] = page.states[cell].load(std::memory_order_relaxed);
  }
  return counts;
}

StateCounts sum(StateCounts a, const StateCounts& b) {
  a.resize(std::max(a.size(), b.size()));
  for (std::size_t cell = 0; cell < b.size(); ++cell) {
    a[cell] += b[cell];
  }
  return a;
}

StateCoverage coverage(const StateCounts& counts) {
  StateCoverage all;
  for (const Group& group : groups_of(counts)) {
    all.reached += group.cells.reached;
    all.reachable += group.cells.reachable;
    all.excluded += group.cells.excluded;
  }
  return all;
}

std::string state_table(const StateCounts& counts) {
  const StateCoverage all = coverage(counts);
  std::string out = fmt::format("states: {} of {} reached\n", all.reached, all.reachable);
  for (const Group& group : groups_of(counts)) {
    for (const std::string& state : group.against_reason) {
      out += fmt::format("  reached, though said to be out of reach: {} {}\n", group.name, state);
    }
    if (group.never.empty()) {
      continue;
    }
    const std::size_t listed = std::min(kListed, group.never.size());
    out += fmt::format("  {:<11}{:>3} of {:>3}  never {}{}\n", group.name, group.cells.reached,
                       group.cells.reachable,
                       fmt::join(group.never.begin(),
                                 group.never.begin() + static_cast<std::ptrdiff_t>(listed), "; "),
                       listed < group.never.size()
                           ? fmt::format("; and {} more", group.never.size() - listed)
                           : "");
  }
  return out;
}

json state_json(const StateCounts& counts) {
  json states = json::array();
  for (std::size_t cell = 0; cell < counts.size(); ++cell) {
    const CellText text = describe_cell(cell);
    json state = {{"group", text.group}, {"state", text.state}, {"programs", counts[cell]}};
    if (!text.reason.empty()) {
      state["unreachable"] = text.reason;
    }
    states.push_back(std::move(state));
  }
  return states;
}

StateCounts state_counts(const json& states) {
  StateCounts counts(state_cells());
  for (std::size_t cell = 0; cell < counts.size(); ++cell) {
    const CellText text = describe_cell(cell);
    for (const json& state : states) {
      if (state.at("group") == text.group && state.at("state") == text.state) {
        counts[cell] = state.at("programs");
      }
    }
  }
  return counts;
}

}  // namespace mapfuzz::cli
