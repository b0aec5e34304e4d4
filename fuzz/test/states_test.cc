// The state coverage table: adding up, telling what is missing, and the way through JSON.
#include "fuzz/cli/states.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "fuzz/feedback.h"

namespace mapfuzz::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

// The first cell that may be reached, or may not.
std::size_t first_cell(bool reachable) {
  std::size_t cell = 0;
  while (describe_cell(cell).reason.empty() != reachable) {
    ++cell;
  }
  return cell;
}

TEST(States, SumsTakeAnyLength) {
  EXPECT_EQ(sum({}, {1, 2}), (StateCounts{1, 2}));
  EXPECT_EQ(sum({1, 2}, {}), (StateCounts{1, 2}));
  EXPECT_EQ(sum({1, 2}, {3, 4}), (StateCounts{4, 6}));
}

TEST(States, WhatWasReachedIsCountedAndWhatWasNotIsNamed) {
  StateCounts counts(state_cells());
  const StateCoverage none = coverage(counts);
  EXPECT_EQ(none.reached, 0U);
  EXPECT_EQ(none.reachable + none.excluded, state_cells());
  const CellText text = describe_cell(0);
  EXPECT_THAT(state_table(counts), HasSubstr(text.state));

  counts[first_cell(true)] = 3;
  EXPECT_EQ(coverage(counts).reached, 1U);
  counts.assign(state_cells(), 1);
  EXPECT_EQ(coverage(counts).reached, coverage(counts).reachable);
  EXPECT_THAT(state_table(counts), Not(HasSubstr("never")));
}

TEST(States, AReachedCellThatIsSaidToBeOutOfReachIsTold) {
  StateCounts counts(state_cells(), 1);
  for (std::size_t cell = 0; cell < counts.size(); ++cell) {
    counts[cell] = describe_cell(cell).reason.empty() ? 1 : 0;
  }
  EXPECT_THAT(state_table(counts), Not(HasSubstr("out of reach")));
  const std::size_t excluded = first_cell(false);
  counts[excluded] = 1;
  EXPECT_THAT(state_table(counts),
              HasSubstr("reached, though said to be out of reach: " +
                        describe_cell(excluded).group + ' ' + describe_cell(excluded).state));
}

TEST(States, JsonKeepsThemByName) {
  StateCounts counts(state_cells());
  for (std::size_t cell = 0; cell < counts.size(); ++cell) {
    counts[cell] = cell * cell;
  }
  nlohmann::json stored = state_json(counts);
  EXPECT_EQ(state_counts(stored), counts);
  stored.push_back({{"group", "of a newer build"}, {"state", "unknown"}, {"programs", 7}});
  EXPECT_EQ(state_counts(stored), counts);
  stored.erase(0);
  EXPECT_EQ(state_counts(stored)[0], 0U);
  EXPECT_THAT(state_json(counts)[first_cell(false)].dump(), HasSubstr("unreachable"));
}

TEST(States, AreHandedToTheSupervisorOnceAProgram) {
  StatsPage page;
  publish_states(page);
  EXPECT_EQ(coverage(state_counts(page)).reached, 0U);
  Runner runner(RunPlan{});
  runner.count_states(&state_counter());
  Program program;
  program.operations.resize(3);
  renumber(program);
  ASSERT_TRUE(runner.run(program).ok());
  publish_states(page);
  EXPECT_GT(coverage(state_counts(page)).reached, 3U);
  const StateCounts once = state_counts(page);
  EXPECT_EQ(*std::max_element(once.begin(), once.end()), 1U) << "programs, not steps";
  publish_states(page);
  EXPECT_EQ(state_counts(page), once) << "forgotten with the program";
}

}  // namespace
}  // namespace mapfuzz::cli
