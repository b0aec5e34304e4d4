// What a campaign shows while it runs fits a terminal, whatever the numbers.
#include "fuzz/cli/live_view.h"

#include <gtest/gtest.h>

#include <limits>
#include <utility>
#include <vector>

namespace mapfuzz::cli {
namespace {

constexpr std::size_t kColumns = 80;

TEST(LiveView, CountsTakeFourCharactersAtMost) {
  const std::vector<std::pair<double, std::string>> cases = {
      {0, "0"},
      {0.4, "0"},
      {7, "7"},
      {999, "999"},
      {999.4, "999"},
      {999.6, "1.0k"},
      {1000, "1.0k"},
      {1234, "1.2k"},
      {9949, "9.9k"},
      {9951, "10k"},
      {12'345, "12k"},
      {999'499, "999k"},
      {999'500, "1.0M"},
      {1'200'000, "1.2M"},
      {345'678'901, "346M"},
      {2.5e12, "2.5T"},
      {static_cast<double>(std::numeric_limits<std::uint64_t>::max()), "18E"}};
  for (const auto& [count, text] : cases) {
    EXPECT_EQ(abbreviated(count), text);
  }
  double count = 1;
  while (count < 1e19) {
    EXPECT_LE(abbreviated(count).size(), 4U) << count;
    count *= 1.01;
  }
}

TEST(LiveView, ALineTellsAllOfATarget) {
  const Score score{.target = "ops_u64",
                    .state = TargetState::running,
                    .execs = 1'234'567,
                    .edges = 1'460,
                    .corpus = 744,
                    .findings = 2,
                    .busy = std::chrono::seconds(65),
                    .problem = {},
                    .states = {}};
  EXPECT_EQ(live_heading(),
            "target       state          time execs exec/s ops/s edges corpus findings");
  EXPECT_EQ(live_line(score, 18'993.4, 1'234'000),
            "ops_u64      running       1m05s  1.2M    19k  1.2M  1.5k    744        2");
}

TEST(LiveView, LinesStayWithin80ColumnsAndUnderTheHeading) {
  constexpr auto most = std::numeric_limits<std::uint64_t>::max();
  Score score{.target = "a_target_with_a_long_name",
              .execs = most,
              .operations = most,
              .edges = most,
              .corpus = most,
              .findings = most,
              .busy = std::chrono::hours(999),
              .problem = "a long story, which the table at the end tells",
              .states = {}};
  for (const TargetState state :
       {TargetState::waiting, TargetState::running, TargetState::minimizing, TargetState::done,
        TargetState::stopped, TargetState::broken, TargetState::interrupted}) {
    score.state = state;
    EXPECT_EQ(live_line(score, 1e18, 1e18).size(), live_heading().size());
  }
  EXPECT_LT(live_heading().size(), kColumns);
  score.busy = std::chrono::hours(1'000'000);  // the longest that --time takes
  EXPECT_LT(live_line(score, 1e18, 1e18).size(), kColumns);
}

}  // namespace
}  // namespace mapfuzz::cli
