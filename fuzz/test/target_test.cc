// The body of the fuzz targets: bytes become what the plan runs, and a failure is told in full.
#include "fuzz/target.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "fuzz/plans.h"
#include "fuzz/stats_page.h"
#include "oracle/byte_codec.h"
#include "oracle/text_codec.h"

namespace mapfuzz {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TEST(Target, RunsAnyBytesAndCountsThem) {
  const RunPlan& plan = *find_plan("ops_str");
  const std::uint64_t execs = stats_page().execs;
  const std::uint64_t operations = stats_page().operations;
  Runner runner(plan);
  Program program;
  constexpr std::array<std::uint8_t, 8> bytes = {0, 0, 3, 7, 3, 9, 0xFF, 0x80};
  const Verdict verdict = run_bytes(runner, bytes, program);
  EXPECT_TRUE(verdict.ok());
  EXPECT_EQ(program.header.key, KeyKind::str) << "the plan's row, whatever the bytes say";
  EXPECT_TRUE(run_bytes(runner, {}, program).ok()) << "no bytes are a program too";
  EXPECT_EQ(stats_page().execs, execs + 2);
  EXPECT_EQ(stats_page().operations, operations + verdict.steps);
}

TEST(Target, FailureOpensWithTheLineThatFleetsSortBy) {
  Program program;
  program.operations.resize(1);
  program.operations[0].code = OpCode::expect_len;
  program.operations[0].value = 5;
  const Verdict verdict = Runner(replay_plan(program)).run(program);
  ASSERT_FALSE(verdict.ok());
  testing::internal::CaptureStderr();
  print_failure(program, *verdict.failure);
  const std::string text = testing::internal::GetCapturedStderr();
  EXPECT_THAT(text.substr(0, text.find('\n')),
              testing::MatchesRegex(R"(.*\.cc:[0-9]+: ASSERTION FAILED: oracle\[expect\] .*)"));
  EXPECT_THAT(text, AllOf(HasSubstr("FAILED expect at step 0"),
                          HasSubstr("--- program\nmapfuzz 1\n"), HasSubstr("--- end of program")));
}

// Q1 of spec 2.12: a cleared entry is produced.
std::vector<std::uint8_t> cleared_and_produced() {
  constexpr std::string_view text =
      "mapfuzz 1\nmap key=u64 elem=u64 hash=identity seed=1 policy=go-exact\n"
      "literal 0 = 26\nassign 28 = 1\niter a draw=2\nnext a\nclear\nnext a\n";
  return encode(std::get<OpsText>(parse_ops(text)).program);
}

TEST(TargetDeathTest, PassesOverAFailureThatIsKnownAndOverNoOther) {
  const std::vector<std::uint8_t> bytes = cleared_and_produced();
  const auto run = [&](const char* known) {
    setenv(kKnownVariable, known, 1);
    run_target(*find_plan("quirks"), bytes.data(), bytes.size());
    std::exit(0);
  };
  EXPECT_EXIT(run("I5 len quiet;I32.removed next quiet"), testing::ExitedWithCode(0), "");
  EXPECT_DEATH(run("I5 len quiet;I32.removed next doubling"), "oracle.I32.removed");
  EXPECT_DEATH(run("removed next quiet"), "oracle.I32.removed");
}

}  // namespace
}  // namespace mapfuzz
