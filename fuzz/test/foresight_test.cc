// Foresight and stories, held against the engine.
#include "fuzz/foresight.h"

#include <gtest/gtest.h>

#include <vector>

#include "fuzz/mutator.h"
#include "fuzz/plans.h"
#include "fuzz/story.h"
#include "oracle/audit.h"
#include "oracle/runner.h"
#include "oracle/text_codec.h"

namespace mapfuzz {
namespace {

RunPlan plan_of(const Program& program) {
  RunPlan plan = replay_plan(program);
  plan.expectations = false;
  return plan;
}

// What both know of a table.
struct Stand {
  std::size_t entries;
  std::size_t buckets;
  std::size_t overflow;
  GrowthPhase phase;
  friend bool operator==(const Stand&, const Stand&) = default;
};
void PrintTo(const Stand& stand, std::ostream* out) {
  *out << stand.entries << " entries, " << stand.buckets << " buckets, " << stand.overflow
       << " overflow buckets, phase " << static_cast<int>(stand.phase);
}

Stand stand_of(const gomap::TableView& view) {
  return {view.count, std::size_t{1} << view.B, view.noverflow, phase_of(view)};
}
Stand stand_of(const Foresight& table) {
  return {table.entries(), table.buckets(), table.overflow(),
          !table.growing()    ? GrowthPhase::quiet
          : table.same_size() ? GrowthPhase::same_size
                              : GrowthPhase::doubling};
}

// Without what is promised nothing of: NaNs, faults, fatal reentries.
Program plain_program(std::uint64_t seed) {
  Author author(seed);
  const auto rows = all_rows();
  Program program = author.write(rows[seed % rows.size()], 300);
  program.header.off |= all_of({OpCode::inject, OpCode::reenter});
  for (Operation& operation : program.operations) {
    while (never_equal(program.header.key, operation.key)) {
      ++operation.key;
    }
    if (operation.code == OpCode::literal && program.header.key != KeyKind::u64) {
      operation.value = 0;
    }
  }
  repair(program);
  renumber(program);
  return program;
}

TEST(Foresight, KnowsTheTableAfterEachOperation) {
  std::size_t growths = 0;
  std::size_t same_size = 0;
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    const Program program = plain_program(seed);
    Foresight foreseen(program, 0);
    std::size_t at = 0;
    Runner runner(plan_of(program));
    runner.observe([&](const Program& ran, std::size_t step, const Observation& /*seen*/,
                       const gomap::TableView& view) {
      for (; at <= step; ++at) {
        const Foresight::Effect effect = foreseen.apply(ran.operations[at]);
        growths += effect.grew ? 1 : 0;
        same_size += effect.grew && foreseen.same_size() ? 1 : 0;
      }
      ASSERT_EQ(stand_of(foreseen), stand_of(view)) << "step " << step << '\n' << print_ops(ran);
    });
    ASSERT_TRUE(runner.run(program).ok()) << print_ops(program);
    ASSERT_FALSE(HasFatalFailure());
  }
  EXPECT_GT(growths, 500U);
  EXPECT_GT(same_size, 50U);
}

TEST(Foresight, KnowsTheTableBeforeAnOperation) {
  const Program program = plain_program(7);
  Foresight walked(program, 0);
  for (std::size_t at = 0; at < program.operations.size(); ++at) {
    ASSERT_EQ(stand_of(walked), stand_of(Foresight(program, at)));
    walked.apply(program.operations[at]);
  }
}

// What a story did to the table, by the engine's word.
struct Told {
  Stand end;
  std::size_t doublings = 0;
  std::size_t same_sizes = 0;
};
Told tell(Program program, const Story& story) {
  program.operations = story.operations();
  for (Operation& operation : program.operations) {
    operation.value = 1;
  }
  renumber(program);
  repair(program);
  Told told{};
  GrowthPhase before = GrowthPhase::quiet;
  std::size_t buckets = 1;
  Runner runner(plan_of(program));
  runner.observe([&](const Program& /*ran*/, std::size_t /*step*/, const Observation& /*seen*/,
                     const gomap::TableView& view) {
    told.end = stand_of(view);
    told.doublings += told.end.buckets != buckets ? 1 : 0;
    told.same_sizes +=
        told.end.phase == GrowthPhase::same_size && before != GrowthPhase::same_size ? 1 : 0;
    buckets = told.end.buckets;
    before = told.end.phase;
  });
  EXPECT_TRUE(runner.run(program).ok()) << print_ops(program);
  return told;
}

class StoryOfEachKind : public ::testing::TestWithParam<Row> {
 protected:
  [[nodiscard]] Program program() const {
    Program made;
    made.header.key = GetParam().key;
    made.header.elem = GetParam().elem;
    made.header.width = GetParam().width;
    made.header.hash.kind = HashKind::identity;
    return made;
  }
  // Of 20 stories; half of those about kinds with NaNs have some.
  [[nodiscard]] std::size_t mostly() const {
    return GetParam().key == KeyKind::f64 || GetParam().key == KeyKind::any ? 8 : 18;
  }
};

TEST_P(StoryOfEachKind, EndsWhereTheGrowthBegins) {
  std::size_t doubling = 0;
  std::size_t same_size = 0;
  const Program made = program();
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    Choice choice(seed);
    Story one(made, 0, 0, choice);
    one.fill(2U * made.header.width + 4);
    one.start_doubling();
    doubling += tell(made, one).end.phase == GrowthPhase::doubling ? 1 : 0;
    Story other(made, 0, 0, choice);
    other.fill(2U * made.header.width + 4);
    other.start_same_size();
    same_size += tell(made, other).end.phase == GrowthPhase::same_size ? 1 : 0;
  }
  EXPECT_GE(doubling, 18U);
  EXPECT_GE(same_size, mostly());
}

TEST_P(StoryOfEachKind, GoesFromOneGrowthToTheNext) {
  std::size_t as_told = 0;
  const Program made = program();
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    Choice choice(seed);
    Story story(made, 0, 0, choice);
    story.fill(2U * made.header.width + 4);
    story.start_doubling();
    story.end_growth();
    story.start_same_size();
    story.end_growth();
    story.start_same_size();
    story.advance(1);
    const Told told = tell(made, story);
    as_told += told.same_sizes == 2 && told.end.phase == GrowthPhase::same_size ? 1 : 0;
  }
  EXPECT_GE(as_told, mostly());
}

TEST_P(StoryOfEachKind, EmptiesTheMapInTheMiddleOfAGrowth) {
  Program made = program();
  made.header.hint = 13 * made.header.width / 4;  // four buckets
  Choice choice(2);
  Story story(made, 0, 0, choice);
  story.fill(1);
  story.start_same_size();
  story.empty();
  EXPECT_EQ(story.table().entries(), tell(made, story).end.entries);
}

INSTANTIATE_TEST_SUITE_P(Row, StoryOfEachKind, ::testing::ValuesIn([] {
                           const auto rows = all_rows();
                           return std::vector<Row>(rows.begin(), rows.end());
                         }()),
                         [](const ::testing::TestParamInfo<Row>& tested) {
                           return std::string(to_string(tested.param.key)) + "_" +
                                  to_string(tested.param.elem) + "_" +
                                  std::to_string(tested.param.width);
                         });

}  // namespace
}  // namespace mapfuzz
