// From a dead process to a clause. Texts are as the sanitizers of clang-19 write them.
#include "fuzz/cli/crash.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

namespace mapfuzz::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr ExitStatus kSanitizerExit{false, 77};

std::string clause_id(const Death& death) { return clause_of_death(death).id; }

TEST(Crash, SanitizersAreNamedByTheLineThatTheTargetAdds) {
  EXPECT_EQ(clause_id({kSanitizerExit,
                       "mapfuzz: died at step 8 (delete) phase quiet: asan.heap-use-after-free\n"
                       "==1==ERROR: AddressSanitizer: heap-use-after-free on address 0x5020\n"}),
            "asan.heap-use-after-free");
  EXPECT_EQ(
      clause_id({kSanitizerExit,
                 "mapfuzz: died at step 0 (len) phase quiet: ubsan.shift-exponent in x.ops\n"}),
      "ubsan.shift-exponent");
}

TEST(Crash, HangsAndMemoryAreClausesOfTheirOwn) {
  EXPECT_EQ(clause_id({{true, SIGKILL}, "", true}), "hang");
  EXPECT_EQ(clause_id({{false, 70}, "ALARM: working on the last Unit for 26 seconds\n"}), "hang");
  EXPECT_EQ(clause_id({{false, 71}, "==1== ERROR: libFuzzer: out-of-memory (used: 2561Mb)\n"}),
            "oom");
  EXPECT_EQ(clause_id({kSanitizerExit, "AddressSanitizer: hard rss limit exhausted (2560Mb)\n"}),
            "oom");
}

TEST(Crash, AnOracleIsNamedByItsAssertionLine) {
  const Clause clause = clause_of_death(
      {kSanitizerExit, "verdict.cc:1: ASSERTION FAILED: oracle[I5] chains are so\nFAILED ...\n"});
  EXPECT_EQ(clause.id, "I5");
  EXPECT_EQ(clause.sentence, "chains are so");
}

TEST(Crash, SilentDeathsAreNamedByHowTheProcessEnded) {
  EXPECT_EQ(clause_id({{true, SIGSEGV}, ""}), "signal-11");
  EXPECT_EQ(clause_id({{false, 3}, "sorry\n"}), "exit-3");
  EXPECT_EQ(clause_id({kSanitizerExit, "==1==ERROR: LeakSanitizer: detected memory leaks\n"}),
            "asan.leak");
}

TEST(Crash, TheFailureSaysWhereTheProcessWas) {
  Program program;
  program.operations.resize(9);
  StatsPage stats;
  note_death(stats, {4, OpCode::erase, GrowthPhase::same_size});
  const Failure failure = failure_of_death(program, {{true, SIGSEGV}, ""}, stats);
  EXPECT_EQ(to_string(signature_of(failure)), "signal-11 delete same-size");
  EXPECT_EQ(failure.step, 4U);
  EXPECT_THAT(failure.got, HasSubstr("signal 11"));
  note_death(stats, {100, OpCode::len, GrowthPhase::quiet});
  EXPECT_EQ(failure_of_death(program, {}, stats).step, 9U) << "never beyond the program";
}

TEST(Crash, TheExcerptStopsWhereTheHarnessBegins) {
  const std::string text = excerpt(
      "noise\n"
      "=================================================================\n"
      "==1==ERROR: AddressSanitizer: heap-use-after-free on address 0x1\n"
      "READ of size 4 at 0x1 thread T0\n"
      "    #0 engine/gomap/table.h:338:64 gomap::Table<>::erase\n"
      "    #1 oracle/engine_impl.h:1:1 mapfuzz::EngineImpl<>::run\n"
      "    #2 oracle/runner.cc:1:1 mapfuzz::Runner::Impl::run_step\n"
      "\n"
      "freed by thread T0 here:\n"
      "    #0 <null> operator delete(void*)\n"
      "SUMMARY: AddressSanitizer: heap-use-after-free\n"
      "Shadow bytes around the buggy address:\n");
  EXPECT_THAT(text, HasSubstr("table.h:338:64"));
  EXPECT_THAT(text, HasSubstr("freed by thread"));
  EXPECT_THAT(text, HasSubstr("operator delete"));
  EXPECT_THAT(text, Not(HasSubstr("Runner")));
  EXPECT_THAT(text, Not(HasSubstr("noise")));
  EXPECT_THAT(text, Not(HasSubstr("SUMMARY")));
  EXPECT_EQ(excerpt("nothing of interest\n"), "");
}

}  // namespace
}  // namespace mapfuzz::cli
