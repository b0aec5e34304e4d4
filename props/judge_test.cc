// The failing path: what a broken program leaves behind must fail again, for the same reason. The
// engine offers no failure, so an expectation that is false stands in for one.
#include "props/judge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/detail/TestListenerAdapter.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <variant>

#include "oracle/text_codec.h"
#include "props/program_generator.h"

namespace mapfuzz {
namespace {

namespace fs = std::filesystem;

class JudgeTest : public testing::Test {
 protected:
  JudgeTest()
      : folder_(fs::temp_directory_path() / ("judge_test." + std::to_string(getpid())) /
                testing::UnitTest::GetInstance()->current_test_info()->name()) {}
  ~JudgeTest() override { fs::remove_all(folder_.parent_path()); }

  static Program false_expectation() {
    Program program;
    for (std::uint32_t key = 0; key < 30; ++key) {
      program.operations.push_back({.code = OpCode::assign, .key = key, .value = 1, .draw = {}});
    }
    program.operations.push_back({.code = OpCode::expect_len, .value = 99, .draw = {}});
    program.operations.push_back({.code = OpCode::range, .draw = {}});
    repair(program);
    renumber(program);
    return program;
  }

  static RunPlan judging_expectations(const Program& program) {
    RunPlan plan = plan_of(program);
    plan.expectations = true;
    return plan;
  }

  static std::string read(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  fs::path folder_;
};

TEST_F(JudgeTest, SaysNothingOfAProgramThatPasses) {
  const Program program = false_expectation();
  EXPECT_FALSE(Judge(folder_).complaint(program, plan_of(program)).has_value());
  EXPECT_FALSE(fs::exists(folder_));
}

TEST_F(JudgeTest, SavesTheSmallestProgramThatFailsAlike) {
  const Program program = false_expectation();
  const RunPlan plan = judging_expectations(program);
  const auto found = Judge(folder_).complaint(program, plan);
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->file, folder_ / "expect-expect-len-quiet.ops");

  const auto parsed = parse_ops(read(found->file));
  ASSERT_TRUE(std::holds_alternative<OpsText>(parsed));
  const auto& saved = std::get<OpsText>(parsed);
  EXPECT_EQ(saved.comment, to_string(found->signature));
  EXPECT_EQ(saved.target, "");
  ASSERT_EQ(saved.program.operations.size(), 1U);

  const Verdict again = Runner(plan).run(saved.program);
  ASSERT_FALSE(again.ok());
  EXPECT_EQ(signature_of(*again.failure), found->signature);
  EXPECT_EQ(to_string(found->signature), "expect expect-len quiet");
}

TEST_F(JudgeTest, TellsTheReportAndTheCommand) {
  const Program program = false_expectation();
  const auto found = Judge(folder_).complaint(program, judging_expectations(program));
  ASSERT_TRUE(found.has_value());
  EXPECT_THAT(found->text, testing::HasSubstr("expected  len "));
  EXPECT_THAT(found->text, testing::HasSubstr("(32 -> 1 operations, same failure)"));
  EXPECT_THAT(found->text, testing::HasSubstr("\nreproduce   build/bin/mapfuzz repro " +
                                              found->file.string() + "\n"));
}

TEST_F(JudgeTest, NamesTheTargetWhereOneIsNeededToFailAgain) {
  const Program program = false_expectation();
  RunPlan plan = widths_plan();
  plan.expectations = true;
  const auto found = Judge(folder_).complaint(program, plan);
  ASSERT_TRUE(found.has_value());
  const auto parsed = parse_ops(read(found->file));
  ASSERT_TRUE(std::holds_alternative<OpsText>(parsed));
  EXPECT_EQ(std::get<OpsText>(parsed).target, "widths");
}

TEST_F(JudgeTest, LeavesNoDraftBehind) {
  const Program program = false_expectation();
  ASSERT_TRUE(Judge(folder_).complaint(program, judging_expectations(program)).has_value());
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()), 1);
}

// As a developer meets it: the property fails, and RapidCheck's description is the complaint. Not
// by rc::check, which would ask at exit to reproduce this failure.
TEST_F(JudgeTest, FailsTheProperty) {
  const Program program = false_expectation();
  rc::detail::TestListenerAdapter silent;
  const rc::detail::TestResult result =
      rc::detail::checkTestable([&] { require_passes(program, judging_expectations(program)); },
                                rc::detail::TestMetadata(), rc::detail::TestParams(), silent);
  const fs::path file = failures_folder() / "expect-expect-len-quiet.ops";
  EXPECT_TRUE(fs::remove(file));
  rc::detail::FailureResult failure;
  ASSERT_TRUE(result.match(failure));
  EXPECT_THAT(failure.description, testing::HasSubstr("build/bin/mapfuzz repro " + file.string()));
}

}  // namespace
}  // namespace mapfuzz
