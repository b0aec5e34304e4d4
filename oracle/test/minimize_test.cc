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

MinimizeResult minimized(const Program& program, const Trial& trial) {
  return minimize(program, kWanted, trial, [](Program& candidate) { repair(candidate); });
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
    const MinimizeResult result = minimized(numbered(100), needs(needed));
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
  const MinimizeResult result = minimized(program, trial);
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
  EXPECT_EQ(keys_of(minimized(numbered(20), trial).program), (std::set<std::uint32_t>{5, 6}));
  EXPECT_EQ(keys_of(minimized(numbered(20), needs({5})).program), (std::set<std::uint32_t>{5}));
}

TEST(Minimize, WhatTheFailureDoesNotNeedBecomesPlain) {
  Program program = numbered(60);
  program.header = {.key = KeyKind::str,
                    .elem = ElemKind::u64,
                    .policy = Policy::go_exact,
                    .hash = {.kind = HashKind::top, .parameter = 9, .explicit_hashes = {}},
                    .seed = 77,
                    .hint = 100,
                    .off = 4};
  program.operations[20].draw = 5;
  const Program plain = minimized(program, needs({20, 41})).program;
  EXPECT_EQ(plain.header, Header{});
  ASSERT_EQ(plain.operations.size(), 2U);
  for (std::uint32_t at = 0; at < 2; ++at) {
    EXPECT_EQ(plain.operations[at].id, at);
    EXPECT_EQ(plain.operations[at].value, 0);
    EXPECT_FALSE(plain.operations[at].draw.has_value());
  }
}

TEST(Minimize, WhatTheFailureNeedsStays) {
  Program program = numbered(10);
  program.header.seed = 77;
  program.header.hint = 100;
  program.header.hash = {
      .kind = HashKind::explicit_,
      .parameter = 0,
      .explicit_hashes = {{.key = 3, .top = 1, .low = 2}, {.key = 4, .top = 5, .low = 6}}};
  program.operations[3].value = 1000;
  const Trial trial = [](const Program& candidate) -> std::optional<Signature> {
    const auto& hashes = candidate.header.hash.explicit_hashes;
    const bool hashed = std::any_of(hashes.begin(), hashes.end(),
                                    [](const KeyHash& hash) { return hash.low == 6; });
    const bool stored =
        std::any_of(candidate.operations.begin(), candidate.operations.end(),
                    [](const Operation& operation) { return operation.value >= 100; });
    return candidate.header.seed == 77 && hashed && stored ? std::optional(kWanted) : std::nullopt;
  };
  const Program smallest = minimized(program, trial).program;
  EXPECT_EQ(smallest.header.seed, 77U);
  EXPECT_EQ(smallest.header.hint, 0);
  ASSERT_EQ(smallest.header.hash.explicit_hashes.size(), 1U);
  EXPECT_EQ(smallest.header.hash.explicit_hashes.front().low, 6);
  ASSERT_EQ(smallest.operations.size(), 1U);
  EXPECT_EQ(smallest.operations.front().key, 0U) << "the smallest key that is not used";
  EXPECT_EQ(smallest.operations.front().value, 100) << "lowered while it fails";
}

// Fails where a new key comes to a map of 26 entries, which is where four buckets double.
std::optional<Signature> at_the_threshold(const Program& program) {
  std::set<std::uint32_t> entries;
  for (const Operation& operation : program.operations) {
    if (operation.code == OpCode::literal) {
      entries.clear();
      for (std::uint32_t at = 0; at < operation.value; ++at) {
        entries.insert(operation.key + at);
      }
    } else if (entries.size() == 26 && !entries.contains(operation.key)) {
      return kWanted;
    } else {
      entries.insert(operation.key);
    }
  }
  return std::nullopt;
}

TEST(Minimize, ManyAssignsBecomeALiteral) {
  for (const std::uint32_t count : {27U, 28U, 60U, 100U}) {
    const Program smallest = minimized(numbered(count), at_the_threshold).program;
    ASSERT_EQ(smallest.operations.size(), 2U) << count;
    EXPECT_EQ(smallest.operations[0].code, OpCode::literal);
    EXPECT_EQ(smallest.operations[0].value, 26);
    EXPECT_EQ(smallest.operations[1].code, OpCode::assign);
  }
  // Not where the target runs none.
  const auto without = [](Program& candidate) {
    auto& operations = candidate.operations;
    operations.erase(std::remove_if(operations.begin(), operations.end(),
                                    [](const Operation& at) { return at.code == OpCode::literal; }),
                     operations.end());
    repair(candidate);
  };
  EXPECT_EQ(minimize(numbered(60), kWanted, at_the_threshold, without).program.operations.size(),
            27U);
}

TEST(Minimize, KeysBecomeOneWhereTheFailureAllows) {
  const Trial trial = [](const Program& program) -> std::optional<Signature> {
    return program.operations.size() >= 3 ? std::optional(kWanted) : std::nullopt;
  };
  EXPECT_EQ(keys_of(minimized(numbered(20), trial).program), (std::set<std::uint32_t>{0}));
}

TEST(Minimize, PairsGoThatHoldEachOther) {
  // An even number of operations fails: no single one can go.
  const Trial trial = [](const Program& program) -> std::optional<Signature> {
    const std::size_t size = program.operations.size();
    return size % 2 == 0 && keys_of(program).contains(6) ? std::optional(kWanted) : std::nullopt;
  };
  EXPECT_EQ(minimized(numbered(14), trial).program.operations.size(), 2U);
}

TEST(Minimize, IteratorsGetTheFirstSlot) {
  Program program = table();
  program.operations = {op(OpCode::iter), op(OpCode::next)};
  program.operations[0].slot = 5;
  program.operations[1].slot = 5;
  renumber(program);
  const Trial trial = [](const Program& candidate) -> std::optional<Signature> {
    return candidate.operations.size() == 2 ? std::optional(kWanted) : std::nullopt;
  };
  const Program smallest = minimized(program, trial).program;
  EXPECT_EQ(smallest.operations[0].slot, 0);
  EXPECT_EQ(smallest.operations[1].slot, 0);
}

TEST(Minimize, TrialsAreCountedAndBounded) {
  std::size_t trials = 0;
  const Trial inner = needs({7, 900, 2000});
  const Trial trial = [&](const Program& program) {
    ++trials;
    return inner(program);
  };
  const MinimizeResult result = minimized(numbered(4096), trial);
  EXPECT_EQ(result.trials, trials);
  EXPECT_EQ(result.program.operations.size(), 3U);
  EXPECT_LT(trials, 250U) << "a few for each halving, not one for each operation";
}

TEST(Minimize, AProgramThatCannotShrinkCostsAPassOfEachKind) {
  std::set<std::uint32_t> all;
  for (std::uint32_t key = 0; key < 64; ++key) {
    all.insert(key);
  }
  const MinimizeResult result = minimized(numbered(64), needs(all));
  EXPECT_EQ(keys_of(result.program), all);
  EXPECT_EQ(result.program.operations.size(), 64U);
  EXPECT_LT(result.trials, 2U * (126 + 64 * 63 / 2 + 64 * 10)) << "ranges, pairs, keys; once more";
}

TEST(Minimize, AProgramMayShrinkToNothing) {
  EXPECT_TRUE(minimized(numbered(9), needs({})).program.operations.empty());
}

}  // namespace
}  // namespace mapfuzz
