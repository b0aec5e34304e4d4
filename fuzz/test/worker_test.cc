// A worker answers for every program, also where its process dies, hangs or talks nonsense. The
// misbehaving children are shell scripts: the product has no switch to crash it.
#include "fuzz/cli/worker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "fuzz/cli/stop.h"
#include "fuzz/cli/test_case.h"
#include "fuzz/cli/worker_protocol.h"
#include "fuzz/test/run_command.h"

namespace mapfuzz::cli {
namespace {

using testing::HasSubstr;

WorkerOptions real_worker() { return {.command = {MAPFUZZ_CLI_PATH, kWorkerVerb}}; }

WorkerOptions script(const std::string& text) {
  return {.command = {"/bin/sh", "-c", text}, .limit = std::chrono::milliseconds(300)};
}

Program program_of(std::string_view text) { return std::get<OpsText>(parse_ops(text)).program; }

TEST(Worker, RunsProgramAfterProgramInOneProcess) {
  Worker worker(real_worker());
  for (int round = 0; round < 3; ++round) {
    const Outcome good = worker.run({}, program_of(kGoodProgram));
    EXPECT_TRUE(good.ok());
    EXPECT_EQ(good.steps, 5U);
    EXPECT_EQ(good.phases, 1U) << "quiet alone";
    const Outcome bad = worker.run({}, program_of(kFailingProgram));
    ASSERT_FALSE(bad.ok());
    EXPECT_FALSE(bad.lost_process);
    EXPECT_EQ(to_string(bad.signature), "expect expect-len quiet");
    EXPECT_EQ(bad.step, 3U);
    EXPECT_THAT(bad.report, HasSubstr("FAILED expect at step 3 of 6"));
  }
}

TEST(Worker, TargetsDoNotJudgeExpectations) {
  Worker worker(real_worker());
  EXPECT_TRUE(worker.run("ops_u64", program_of(kFailingProgram)).ok());
  EXPECT_TRUE(worker.run("widths", program_of(kFailingProgram)).ok());
}

TEST(Worker, TellsEveryStepWhereAsked) {
  Worker worker(real_worker());
  std::string told;
  const Outcome outcome = worker.explain({}, program_of(kGoodProgram), kNoStep,
                                         [&](std::string_view text) { told += text; });
  EXPECT_TRUE(outcome.ok());
  EXPECT_THAT(told, HasSubstr("set key 1 to 10"));
  EXPECT_THAT(told, HasSubstr("gives 1 = 10"));
  EXPECT_THAT(told, HasSubstr("table after step 4"));
}

TEST(Worker, LooksForLeaksAndFindsNone) {
  Worker worker(real_worker());
  EXPECT_TRUE(worker.run_with_leaks("ops_str", program_of(kGoodProgram)).ok());
}

// What one program leaked must not be found after the next. These children answer one request.
TEST(Worker, AFailureWhereLeaksAreLookedForEndsTheProcess) {
  Worker worker(script("echo 'fail 0 0 0 lifetimes len quiet'; exec 2>&-; exec sleep 60"));
  for (int round = 0; round < 2; ++round) {
    const Outcome outcome = worker.run_with_leaks({}, program_of(kGoodProgram));
    EXPECT_EQ(outcome.signature.clause, "lifetimes") << "or a hang, of the process before";
  }
  Worker real(real_worker());
  EXPECT_FALSE(real.run_with_leaks({}, program_of(kFailingProgram)).lost_process);
  EXPECT_TRUE(real.run_with_leaks({}, program_of(kGoodProgram)).ok());
}

TEST(Worker, LeaksAreLookedForInAProcessThatRanNothingElse) {
  Worker worker(script("echo 'ok 5 0 0 '; exec sleep 60"));
  EXPECT_TRUE(worker.run({}, program_of(kGoodProgram)).ok());
  EXPECT_TRUE(worker.run_with_leaks({}, program_of(kGoodProgram)).ok());
  EXPECT_FALSE(worker.run_with_leaks({}, program_of(kGoodProgram)).ok()) << "the same process";
}

TEST(Worker, ACrashIsAFailureAndTheNextProgramGetsAnAnswer) {
  Worker worker(script("head -c 16 >/dev/null; kill -SEGV $$"));
  for (int round = 0; round < 2; ++round) {
    const Outcome outcome = worker.run({}, program_of(kGoodProgram));
    ASSERT_FALSE(outcome.ok());
    EXPECT_TRUE(outcome.lost_process);
    EXPECT_EQ(outcome.signature.clause, "signal-11");
  }
}

TEST(Worker, ASanitizersReportNamesTheClauseAndIsShown) {
  Worker worker(script(
      "echo 'mapfuzz: died at step 1 (iter) phase quiet: asan.heap-buffer-overflow' >&2;"
      "echo '==1==ERROR: AddressSanitizer: heap-buffer-overflow on address 0x1' >&2; exit 77"));
  const Outcome outcome = worker.run({}, program_of(kGoodProgram));
  ASSERT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.signature.clause, "asan.heap-buffer-overflow");
  EXPECT_THAT(outcome.report, HasSubstr("==1==ERROR: AddressSanitizer"));
}

TEST(Worker, AHangIsAFailure) {
  Worker worker(script("exec sleep 60"));
  const Outcome outcome = worker.run({}, program_of(kGoodProgram));
  ASSERT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.signature.clause, "hang");
}

TEST(Worker, AHangThatIgnoresSignalsIsKilled) {
  Worker worker(script("trap '' ALRM TERM; while :; do sleep 0.1; done"));
  EXPECT_EQ(worker.run({}, program_of(kGoodProgram)).signature.clause, "hang");
}

TEST(Worker, NonsenseIsAnErrorOfTheEnvironment) {
  Worker worker(script("echo what; sleep 60"));
  try {
    (void)worker.run({}, program_of(kGoodProgram));
    FAIL() << "the answer was accepted";
  } catch (const Stop& reason) {
    EXPECT_EQ(reason.code(), kEnvironment);
    EXPECT_THAT(reason.what(), HasSubstr("'what'"));
  }
}

TEST(Worker, AnInterruptStopsTheWait) {
  WorkerOptions options = script("exec sleep 60");
  options.limit = std::chrono::minutes(1);
  options.interrupted = [] { return true; };
  Worker worker(options);
  EXPECT_THROW((void)worker.run({}, program_of(kGoodProgram)), Stop);
}

TEST(Worker, AProgramThatCannotStartIsAnErrorOfTheEnvironment) {
  Worker worker({.command = {"/nonexistent/worker"}});
  EXPECT_THROW((void)worker.run({}, program_of(kGoodProgram)), Stop);
}

TEST(WorkerProtocol, AnswersSurviveBeingCutAnywhere) {
  const Answer fail{AnswerKind::fail, 12, 3, "I5 delete quiet", "line\nline\n"};
  const std::string text = encode_answer(fail) + encode_answer({.signature = {}, .body = {}});
  for (std::size_t cut = 0; cut < encode_answer(fail).size(); ++cut) {
    std::string buffer = text.substr(0, cut);
    EXPECT_FALSE(take_answer(buffer).has_value());
    EXPECT_EQ(buffer.size(), cut) << "an unfinished answer stays";
  }
  std::string buffer = text;
  const auto first = take_answer(buffer);
  ASSERT_TRUE(first.has_value());
  EXPECT_EQ(first->kind, AnswerKind::fail);
  EXPECT_EQ(first->step, 12U);
  EXPECT_EQ(first->phases, 3U);
  EXPECT_EQ(first->signature, "I5 delete quiet");
  EXPECT_EQ(first->body, "line\nline\n");
  EXPECT_EQ(take_answer(buffer)->kind, AnswerKind::ok);
  EXPECT_TRUE(buffer.empty());
}

}  // namespace
}  // namespace mapfuzz::cli
