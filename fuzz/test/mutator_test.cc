#include "fuzz/mutator.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <utility>
#include <vector>

#include "fuzz/foresight.h"
#include "fuzz/mutate_bytes.h"
#include "fuzz/plans.h"
#include "oracle/audit.h"
#include "oracle/byte_codec.h"
#include "oracle/runner.h"
#include "oracle/text_codec.h"

namespace mapfuzz {
namespace {

using Bytes = std::vector<std::uint8_t>;

Program some_program(std::uint64_t seed, std::size_t length = 60) {
  Author author(seed);
  const auto rows = all_rows();
  return author.write(rows[seed % rows.size()], length);
}

Program assigns(std::uint32_t count) {
  Program program;
  for (std::uint32_t key = 0; key < count; ++key) {
    program.operations.push_back(
        {.code = OpCode::assign, .id = key, .key = key, .value = plain_value(key), .draw = {}});
  }
  return program;
}

std::vector<Mutation> all_mutations() {
  std::vector<Mutation> all;
  for (std::size_t n = 0; n < static_cast<std::size_t>(Mutation::count_); ++n) {
    all.push_back(static_cast<Mutation>(n));
  }
  return all;
}

// Largest number of entries that the run of a program has had, and what it did to the table.
struct Seen {
  std::size_t most_entries = 0;
  bool grew_under_iterator = false;
  bool same_size = false;
};

Seen run(const Program& program) {
  Seen seen;
  RunPlan plan = replay_plan(program);
  plan.expectations = false;  // nobody has worked out what they would have to be
  Runner runner(plan);
  bool open = false;
  runner.observe([&](const Program& ran, std::size_t step, const Observation& /*saw*/,
                     const gomap::TableView& view) {
    open = open || ran.operations[step].code == OpCode::iter;
    seen.most_entries = std::max(seen.most_entries, view.count);
    seen.grew_under_iterator = seen.grew_under_iterator || (open && view.growing());
    constexpr unsigned same_size_grow = 8;
    seen.same_size = seen.same_size || (view.growing() && (view.flags & same_size_grow) != 0);
  });
  EXPECT_TRUE(runner.run(program).ok()) << print_ops(program);
  return seen;
}

class EachMutation : public ::testing::TestWithParam<Mutation> {};

TEST_P(EachMutation, LeavesALegalProgramAndOftenAnotherOne) {
  int changed = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Program program = some_program(seed, seed % 7 == 0 ? 0 : 60);
    const Program before = program;
    Mutator(seed).apply(GetParam(), program);
    changed += program == before ? 0 : 1;
    Program repaired = program;
    repair(repaired);
    ASSERT_EQ(repaired, program) << print_ops(program);
    ASSERT_EQ(decode(encode(program)), program) << print_ops(program);
  }
  EXPECT_GE(changed, 50);
}

TEST_P(EachMutation, IsAFunctionOfSeedAndProgram) {
  Program one = some_program(1);
  Program two = one;
  Mutator(5).apply(GetParam(), one);
  Mutator(5).apply(GetParam(), two);
  EXPECT_EQ(one, two);
}

INSTANTIATE_TEST_SUITE_P(Mutator, EachMutation, ::testing::ValuesIn(all_mutations()),
                         [](const ::testing::TestParamInfo<Mutation>& tested) {
                           std::string name = to_string(tested.param);
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

TEST(Mutator, DrawsEachMutation) {
  // Without knowing which was drawn: each one's result comes up among those of `mutate`.
  std::set<std::string> results;
  const Program start = some_program(3);
  for (std::uint64_t seed = 0; seed < 3000; ++seed) {
    Program program = start;
    Mutator(seed).mutate(program);
    results.insert(print_ops(program));
  }
  EXPECT_GE(results.size(), 1500U);
}

TEST(Mutator, FillsToJustBelowAtAndAboveTheNextGrowth) {
  std::set<std::size_t> counts;
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    Program program = assigns(10);
    Mutator(seed).apply(Mutation::to_threshold, program);
    counts.insert(run(program).most_entries);
  }
  // One bucket holds 8, two hold 13, four 26 (spec 2.1).
  for (const std::size_t wanted : {12U, 13U, 14U}) {
    EXPECT_TRUE(counts.count(wanted) == 1) << wanted;
  }
}

TEST(Mutator, DoublesTablesOfAnySize) {
  std::set<std::size_t> counts;
  for (std::uint64_t seed = 0; seed < 2000; ++seed) {
    Program program;
    Mutator(seed).apply(Mutation::to_threshold, program);
    counts.insert(run(program).most_entries);
  }
  for (const std::size_t most : {26U, 52U, 104U, 208U, 416U, 832U, 1664U, 3328U}) {
    EXPECT_TRUE(counts.count(most + 1) == 1) << "none doubles with one entry more than " << most;
  }
}

TEST(Mutator, OpensIteratorsBeforeAGrowth) {
  int grew = 0;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    // Four old buckets: a growth that takes more than one write.
    Program program = assigns(20);
    Mutator(seed).apply(Mutation::across_growth, program);
    grew += run(program).grew_under_iterator ? 1 : 0;
  }
  EXPECT_GE(grew, 30) << "none does without it";
}

TEST(Mutator, MakesAMapGrowAtTheSameSize) {
  int regrown = 0;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    Program program = assigns(20);
    Mutator(seed).apply(Mutation::across_growths, program);
    regrown += run(program).same_size ? 1 : 0;
  }
  EXPECT_GE(regrown, 30) << "none does without it";
}

// Growths under which an iterator rests: the one that was on when it made a step, and the one that
// was on when it made the next.
TEST(Mutator, LetsIteratorsRestFromOneGrowthToTheNext) {
  std::map<std::pair<GrowthPhase, GrowthPhase>, int> rests;
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    Program program;
    Mutator(seed).apply(Mutation::across_growths, program);
    std::array<std::optional<std::pair<GrowthPhase, int>>, kIteratorSlots> last;
    int growths = 0;
    GrowthPhase phase = GrowthPhase::quiet;
    std::size_t buckets = 1;
    RunPlan plan = replay_plan(program);
    plan.expectations = false;
    Runner runner(plan);
    runner.observe([&](const Program& ran, std::size_t step, const Observation& saw,
                       const gomap::TableView& view) {
      const Operation& operation = ran.operations[step];
      const GrowthPhase now = phase_of(view);
      const bool began = now != GrowthPhase::quiet &&
                         (phase == GrowthPhase::quiet || gomap::bucket_count(view.B) != buckets);
      growths += began ? 1 : 0;
      phase = now;
      buckets = gomap::bucket_count(view.B);
      if (operation.code == OpCode::next && saw.step == Step::entry) {
        auto& before = last.at(operation.slot);
        if (before.has_value() && before->second + 1 == growths) {
          ++rests[{before->first, now}];
        }
        before = {now, growths};
      }
    });
    ASSERT_TRUE(runner.run(program).ok()) << print_ops(program);
  }
  for (const GrowthPhase one : {GrowthPhase::doubling, GrowthPhase::same_size}) {
    for (const GrowthPhase other : {GrowthPhase::doubling, GrowthPhase::same_size}) {
      EXPECT_GE((rests[{one, other}]), 5) << static_cast<int>(one) << static_cast<int>(other);
    }
  }
}

TEST(Mutator, MakesCallsThrowAboveAllWhereMuchIsToBeUndone) {
  int thrown = 0;
  int in_growths = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Program program = assigns(60);
    Mutator(seed).apply(Mutation::fault, program);
    const auto inject = std::find_if(program.operations.begin(), program.operations.end(),
                                     [](const Operation& at) { return at.code == OpCode::inject; });
    ASSERT_NE(inject, program.operations.end());
    const auto before = static_cast<std::size_t>(inject - program.operations.begin());
    in_growths += Foresight(program, before + 2).growing() ? 1 : 0;
    Runner runner(replay_plan(program));
    runner.observe([&](const Program& /*ran*/, std::size_t /*step*/, const Observation& saw,
                       const gomap::TableView& /*view*/) { thrown += saw.injected ? 1 : 0; });
    EXPECT_TRUE(runner.run(program).ok()) << print_ops(program);
  }
  EXPECT_GE(thrown, 20);
  // Of 60 assigns to a new map, 11 find or leave it growing: of 200 taken at random, 37.
  EXPECT_GE(in_growths, 50);
}

TEST(Mutator, LetsOperationsMeetOthersInsideThem) {
  int met = 0;
  int in_growths = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Program program = assigns(60);
    program.header.key = KeyKind::big;
    Mutator(seed).apply(Mutation::reenter, program);
    Runner runner(replay_plan(program));
    GrowthPhase before = GrowthPhase::quiet;
    runner.observe([&](const Program& /*ran*/, std::size_t /*step*/, const Observation& /*saw*/,
                       const gomap::TableView& view) { before = phase_of(view); });
    const Verdict verdict = runner.run(program);
    EXPECT_TRUE(verdict.ok()) << print_ops(program);
    met += verdict.steps < program.operations.size() ? 1 : 0;
    in_growths += before == GrowthPhase::quiet ? 0 : 1;
  }
  EXPECT_GE(met, 40) << "reads may meet whatever they like";
  EXPECT_GE(in_growths, 37 + 1) << "as many as with places taken at random (below)";
}

TEST(Mutator, EmptiesMapsThatGrowAtTheSameSize) {
  int empty = 0;
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    Program program;
    Mutator(seed).apply(Mutation::across_growths, program);
    RunPlan plan = replay_plan(program);
    plan.expectations = false;
    Runner runner(plan);
    bool hollow = false;
    runner.observe([&](const Program& /*ran*/, std::size_t /*step*/, const Observation& /*saw*/,
                       const gomap::TableView& view) {
      hollow = hollow || (view.count == 0 && phase_of(view) == GrowthPhase::same_size);
    });
    ASSERT_TRUE(runner.run(program).ok()) << print_ops(program);
    empty += hollow ? 1 : 0;
  }
  EXPECT_GE(empty, 5);
}

TEST(Mutator, LeavesOutOperationsThatAreOff) {
  const std::uint32_t off = all_of({OpCode::clear, OpCode::iter, OpCode::next, OpCode::inject});
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Program program;
    Mutator(seed, off).mutate(program);
    EXPECT_TRUE(std::none_of(program.operations.begin(), program.operations.end(),
                             [&](const Operation& at) { return (all_of({at.code}) & off) != 0; }));
  }
}

TEST(Mutator, MakesKeysCollide) {
  int same_bucket = 0;
  int siblings = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Program program = assigns(8);
    Mutator(seed).apply(Mutation::collide, program);
    const auto& table = program.header.hash.explicit_hashes;
    for (std::size_t a = 0; a < table.size(); ++a) {
      for (std::size_t b = a + 1; b < table.size(); ++b) {
        const unsigned apart = static_cast<unsigned>(table[a].low ^ table[b].low);
        same_bucket += apart == 0 ? 1 : 0;
        siblings += (apart & (apart - 1)) == 0 && apart != 0 ? 1 : 0;
      }
    }
  }
  EXPECT_GE(same_bucket, 40);
  EXPECT_GE(siblings, 20);
}

TEST(Mutator, UndoDeletesTheKeysOfARange) {
  Program program = assigns(30);
  Mutator(4).apply(Mutation::undo, program);
  EXPECT_GE(std::count_if(program.operations.begin(), program.operations.end(),
                          [](const Operation& at) { return at.code == OpCode::erase; }),
            1);
}

TEST(Mutator, SwarmSwitchesClassesOffAndOnAgain) {
  std::set<std::uint32_t> masks;
  Program program = assigns(3);
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    Mutator(seed).apply(Mutation::swarm, program);
    masks.insert(program.header.off);
  }
  EXPECT_GE(masks.size(), 10U);
  EXPECT_TRUE(masks.count(0) == 1);
}

TEST(Mutator, KeepsPlainValuesPlainSoThatTheyCostNoByte) {
  Program program = assigns(100);
  const std::size_t before = encode(program).size();
  Mutator(1).apply(Mutation::move, program);
  Mutator(2).apply(Mutation::swap, program);
  for (const Operation& operation : program.operations) {
    EXPECT_EQ(operation.value, plain_value(operation.id));
  }
  EXPECT_LE(encode(program).size(), before + 60);
}

TEST(Mutator, AWalkFromAnEmptyProgramReachesASameSizeGrowth) {
  Program program;
  Mutator mutator(11);
  bool reached = false;
  for (int n = 0; n < 300 && !reached; ++n) {
    mutator.mutate(program);
    program.header.off = 0;
    reached = run(program).same_size;
  }
  EXPECT_TRUE(reached);
}

// Of all ways in which threads can come out, programs of the target `interleave` reach each: that
// which one mutation in hundreds reaches is not found by chance.
TEST(Mutator, InterleavingsMeetConflictsAndAreDoneWithout) {
  std::array<int, 4> ends{};
  const RunPlan& plan = *find_plan("interleave");
  Runner runner(plan);
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    Program program = assigns(static_cast<std::uint32_t>(seed % 30));
    Mutator mutator(seed);
    for (int n = 0; n < 3; ++n) {
      mutator.interleave(program);
      Program repaired = program;
      repair(repaired);
      ASSERT_EQ(repaired, program);
    }
    const Verdict verdict = runner.run(adapted(program, plan));
    ASSERT_TRUE(verdict.ok()) << report(program, *verdict.failure);
    if (verdict.threads.has_value()) {
      ++ends.at(static_cast<std::size_t>(*verdict.threads));
    }
  }
  EXPECT_GE(ends.at(static_cast<std::size_t>(ThreadsEnd::seen)), 20);
  EXPECT_GE(ends.at(static_cast<std::size_t>(ThreadsEnd::counted)), 5);
  EXPECT_GE(ends.at(static_cast<std::size_t>(ThreadsEnd::serial)), 50);
}

TEST(Crossover, TakesFromBoth) {
  Program a;
  Program b;
  for (std::uint32_t n = 0; n < 40; ++n) {
    a.operations.push_back({.code = OpCode::assign, .key = n, .draw = {}});
    b.operations.push_back({.code = OpCode::erase, .key = n, .draw = {}});
  }
  int both = 0;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    const Program crossed = Mutator(seed).cross(a, b);
    const auto has = [&](OpCode code) {
      return std::any_of(crossed.operations.begin(), crossed.operations.end(),
                         [&](const Operation& at) { return at.code == code; });
    };
    both += has(OpCode::assign) && has(OpCode::erase) ? 1 : 0;
    Program repaired = crossed;
    repair(repaired);
    ASSERT_EQ(repaired, crossed);
  }
  EXPECT_GE(both, 80);
}

TEST(MutateBytes, MakesProgramsOfThePlan) {
  const RunPlan& plan = *find_plan("iterate");
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    Bytes bytes = encode(some_program(seed));
    const std::size_t size = bytes.size();
    bytes.resize(kMaxInputBytes);
    bytes.resize(mutate_bytes(bytes.data(), size, bytes.size(), seed, &plan));
    const Program program = decode(bytes);
    EXPECT_EQ(program.header.off & plan.off, 0U);
    EXPECT_TRUE(
        std::none_of(program.operations.begin(), program.operations.end(),
                     [&](const Operation& at) { return (all_of({at.code}) & plan.off) != 0; }));
  }
}

TEST(MutateBytes, NeverPassesTheLimit) {
  for (std::size_t most = 0; most < 200; ++most) {
    Bytes bytes(std::max<std::size_t>(most, 1));
    const Bytes start = encode(some_program(most));
    const std::size_t size = std::min(most, start.size());
    std::copy_n(start.begin(), size, bytes.begin());
    EXPECT_LE(mutate_bytes(bytes.data(), size, most, most), most);
    Bytes out(most);
    EXPECT_LE(cross_bytes(start, start, out, most), most);
  }
}

TEST(MutateBytes, CutsTheEndOfAProgramThatIsTooLong) {
  const Bytes start = encode(some_program(2, 400));
  Bytes bytes(start);
  bytes.resize(4096);
  const std::size_t half = start.size() / 2;
  const std::size_t size = mutate_bytes(bytes.data(), start.size(), half, 9);
  EXPECT_LE(size, half);
  EXPECT_GE(size, half / 2);
}

}  // namespace
}  // namespace mapfuzz
