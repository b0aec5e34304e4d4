// The minimiser, with trials made up here: what comes out fails as before, cannot lose one more
// operation, and was had in a bounded number of trials.
#include "oracle/minimize.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <set>
#include <vector>

#include "oracle/test/forge.h"

namespace mapfuzz {
namespace {

const Signature kWanted{"I5", OpCode::erase, GrowthPhase::quiet};

Program numbered(std::uint32_t count) {
  Program program = with_keys(table(), 0, 1, count);
  renumber(program);
  return program;
}

std::set<std::uint32_t> keys_of(const Program& program) {
  std::set<std::uint32_t> keys;
  for (const Operation& operation : program.operations) {
    keys.insert(operation.key);
  }
  return keys;
}

// Fails as wanted if all these keys are still there.
Trial needs(std::set<std::uint32_t> needed) {
  return [needed = std::move(needed)](const Program& program) -> std::optional<Signature> {
    const std::set<std::uint32_t> keys = keys_of(program);
    if (std::includes(keys.begin(), keys.end(), needed.begin(), needed.end())) {
      return kWanted;
    }
    return std::nullopt;
  };
}

TEST(Minimize, OnlyWhatTheFailureNeedsIsLeft) {
  for (const auto& needed : std::vector<std::set<std::uint32_t>>{
           {0}, {99}, {50}, {0, 99}, {3, 4, 5}, {10, 20, 30, 40, 90}}) {
    const MinimizeResult result = minimize(numbered(100), kWanted, needs(needed));
    EXPECT_EQ(keys_of(result.program), needed);
    EXPECT_EQ(result.program.operations.size(), needed.size());
  }
}

TEST(Minimize, NoSingleOperationCanGo) {
  // Any five of the first forty fail, but never an even number of the others with them.
  const Trial trial = [](const Program& program) -> std::optional<Signature> {
    std::size_t low = 0;
    for (const Operation& operation : program.operations) {
      low += operation.key < 40 ? 1 : 0;
    }
    const std::size_t high = program.operations.size() - low;
    return low >= 5 && (high == 0 || high % 2 == 1) ? std::optional(kWanted) : std::nullopt;
  };
  const Program program = numbered(77);
  ASSERT_EQ(trial(program), kWanted);
  const MinimizeResult result = minimize(program, kWanted, trial);
  EXPECT_EQ(trial(result.program), kWanted);
  for (std::size_t at = 0; at < result.program.operations.size(); ++at) {
    Program less = result.program;
    less.operations.erase(less.operations.begin() + static_cast<std::ptrdiff_t>(at));
    EXPECT_NE(trial(less), kWanted) << "operation " << at;
  }
}

TEST(Minimize, TheSignatureIsKept) {
  // Two bugs: the one that is not wanted needs less.
  const Signature other{"I5", OpCode::erase, GrowthPhase::doubling};
  const Trial trial = [&](const Program& program) -> std::optional<Signature> {
    const auto keys = keys_of(program);
    if (keys.contains(5) && keys.contains(6)) {
      return kWanted;
    }
    return keys.contains(5) ? std::optional(other) : std::nullopt;
  };
  EXPECT_EQ(keys_of(minimize(numbered(20), kWanted, trial).program),
            (std::set<std::uint32_t>{5, 6}));
  EXPECT_EQ(keys_of(minimize(numbered(20), kWanted, needs({5})).program),
            (std::set<std::uint32_t>{5}));
}

TEST(Minimize, HeaderIdsAndOrderOfTheRestAreUntouched) {
  Program program = numbered(60);
  program.header.seed = 77;
  program.operations[20].draw = 5;
  const MinimizeResult result = minimize(program, kWanted, needs({20, 41}));
  EXPECT_EQ(result.program.header, program.header);
  ASSERT_EQ(result.program.operations.size(), 2U);
  EXPECT_EQ(result.program.operations[0], program.operations[20]);
  EXPECT_EQ(result.program.operations[1], program.operations[41]);
}

TEST(Minimize, TrialsAreCountedAndBounded) {
  std::size_t trials = 0;
  const Trial inner = needs({7, 900, 2000});
  const Trial trial = [&](const Program& program) {
    ++trials;
    return inner(program);
  };
  const MinimizeResult result = minimize(numbered(4096), kWanted, trial);
  EXPECT_EQ(result.trials, trials);
  EXPECT_EQ(result.program.operations.size(), 3U);
  EXPECT_LT(trials, 200U) << "a few for each halving, not one for each operation";
}

TEST(Minimize, AProgramThatCannotShrinkCostsAPassOfEachSize) {
  std::set<std::uint32_t> all;
  for (std::uint32_t key = 0; key < 64; ++key) {
    all.insert(key);
  }
  const MinimizeResult result = minimize(numbered(64), kWanted, needs(all));
  EXPECT_EQ(result.program, numbered(64));
  EXPECT_EQ(result.trials, 2U + 4 + 8 + 16 + 32 + 64);
}

TEST(Minimize, AProgramMayShrinkToNothing) {
  EXPECT_TRUE(minimize(numbered(9), kWanted, needs({})).program.operations.empty());
  EXPECT_EQ(minimize(numbered(0), kWanted, needs({})).trials, 0U);
}

}  // namespace
}  // namespace mapfuzz
