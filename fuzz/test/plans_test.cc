// Every plan can run: its rows are linked, its name finds it, and a short program passes.
#include "fuzz/plans.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "oracle/kinds.h"
#include "oracle/text_codec.h"

namespace mapfuzz {
namespace {

TEST(Plans, HaveDifferentNamesThatFindThem) {
  std::set<std::string> names;
  for (const RunPlan& plan : all_plans()) {
    EXPECT_TRUE(names.insert(plan.name).second) << plan.name;
    EXPECT_EQ(find_plan(plan.name), &plan);
  }
  EXPECT_EQ(find_plan("ops"), nullptr);
  EXPECT_EQ(find_plan(""), nullptr);
}

TEST(Plans, RunOnRowsOfKindsDefAndWithAJudge) {
  for (const RunPlan& plan : all_plans()) {
    for (const std::uint8_t width : plan.widths) {
      EXPECT_NE(find_engine({plan.key, plan.elem, width}), nullptr) << plan.name;
    }
    EXPECT_TRUE(plan.tree_model || plan.flat_model || plan.go_runtime) << plan.name;
    EXPECT_FALSE(plan.expectations) << plan.name << ": the fuzzer's own bytes may hold any";
  }
}

TEST(Plans, ReplayPlanRunsEveryRowUnderItsOwnHeader) {
  for (const Row& row : all_rows()) {
    Program program;
    program.header.key = row.key;
    program.header.elem = row.elem;
    program.header.width = row.width;
    program.operations.resize(2);
    program.operations[0].code = OpCode::assign;
    program.operations[0].key = 1;
    program.operations[1].code = OpCode::expect_len;
    program.operations[1].value = 1;
    renumber(program);
    const RunPlan plan = replay_plan(program);
    EXPECT_EQ(adapted(program, plan), program);
    const Verdict verdict = Runner(plan).run(program);
    EXPECT_TRUE(verdict.ok()) << (verdict.ok() ? "" : report(program, *verdict.failure));
    EXPECT_EQ(verdict.steps, 2U);
  }
}

TEST(Plans, ReplayPlanJudgesExpectations) {
  Program program;
  program.operations.resize(1);
  program.operations[0].code = OpCode::expect_len;
  program.operations[0].value = 5;
  const Verdict verdict = Runner(replay_plan(program)).run(program);
  ASSERT_FALSE(verdict.ok());
  EXPECT_EQ(to_string(signature_of(*verdict.failure)), "expect expect-len quiet");
}

}  // namespace
}  // namespace mapfuzz
