// Traces: alike for equal runs, in one Runner or two, in one process or two; and what is said where
// they are not. The bugs that make them differ are planted by fuzz/canaries/unsteady.
#include "fuzz/cli/determinism.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "fuzz/cli/worker.h"
#include "fuzz/cli/worker_protocol.h"
#include "fuzz/plans.h"
#include "fuzz/test/run_command.h"
#include "oracle/author.h"
#include "oracle/kinds.h"
#include "oracle/runner.h"
#include "oracle/text_codec.h"

namespace mapfuzz::cli {
namespace {

Trace trace_of(Runner& runner, const Program& program) {
  Trace trace;
  runner.record(&trace);
  EXPECT_TRUE(runner.run(program).ok());
  runner.record(nullptr);
  return trace;
}

TEST(Determinism, TheFirstDifferenceIsFound) {
  const Trace trace = {{0, 10}, {1, 11}, {4, 12}};
  EXPECT_EQ(first_difference(trace, trace), std::nullopt);
  EXPECT_EQ(first_difference(trace, {{0, 10}, {1, 99}, {4, 12}}), 1U);
  EXPECT_EQ(first_difference(trace, {{0, 10}, {1, 11}}), 4U);
  EXPECT_EQ(first_difference({}, trace), 0U);
  EXPECT_EQ(digest_of(trace), digest_of(Trace(trace)));
  EXPECT_NE(digest_of(trace), digest_of({{0, 10}, {1, 11}, {4, 13}}));
  EXPECT_NE(digest_of(trace), digest_of({{0, 10}, {1, 11}, {5, 12}}));
}

TEST(Determinism, ATraceSurvivesTheWayBetweenProcesses) {
  const Trace trace = {{0, 10}, {7, ~std::uint64_t{0}}};
  EXPECT_EQ(decode_trace(encode_trace(trace)), trace);
  EXPECT_EQ(decode_trace(encode_trace({})), Trace());
}

TEST(Determinism, ATraceHasAPointForEveryOperationThatRan) {
  const RunPlan& plan = *find_plan("ops_u64");
  Author author(5);
  const Program program = adapted(author.write(rows_of(plan).front(), 200), plan);
  Runner runner(plan);
  Trace trace;
  runner.record(&trace);
  const Verdict verdict = runner.run(program);
  ASSERT_TRUE(verdict.ok());
  EXPECT_EQ(trace.size(), verdict.steps);
}

// A seed that differs shows, though no answer of the program depends on it.
TEST(Determinism, ATraceTellsWhatNoAnswerDoes) {
  Program program;
  program.header.seed = 1;
  program.operations = {{.code = OpCode::assign, .key = 1, .value = 2, .draw = {}},
                        {.code = OpCode::len, .draw = {}}};
  repair(program);
  Runner runner(*find_plan("ops_u64"));
  const Program one = adapted(program, runner.plan());
  Program other = one;
  other.header.seed = 2;
  EXPECT_EQ(runner.run(one).digest, runner.run(other).digest);
  EXPECT_EQ(first_difference(trace_of(runner, one), trace_of(runner, other)), 0U);
}

TEST(Determinism, WhatARunnerRanBeforeDoesNotShow) {
  for (const RunPlan& plan : all_plans()) {
    const std::vector<Row> rows =
        plan.peers.empty() ? rows_of(plan) : std::vector<Row>{{plan.key, plan.elem, 8}};
    Runner kept(plan);
    Author author(7);
    for (std::size_t n = 0; n < 40; ++n) {
      const Program program = adapted(author.write(rows[n % rows.size()], 150), plan);
      Runner fresh(plan);
      const Trace trace = trace_of(kept, program);
      EXPECT_EQ(trace_of(fresh, program), trace) << plan.name << ", program " << n;
      EXPECT_EQ(trace_of(kept, program), trace) << plan.name << ", program " << n;
    }
  }
}

TEST(Determinism, AFailureIsTheAnswerWhereThereIsOne) {
  Worker worker({.command = {MAPFUZZ_CLI_PATH, kWorkerVerb}});
  const Program bad = std::get<OpsText>(parse_ops(kFailingProgram)).program;
  Trace trace;
  EXPECT_EQ(to_string(worker.trace({}, bad, trace).signature), "expect expect-len quiet");
  EXPECT_EQ(trace.size(), 4U) << "up to the failure";
}

}  // namespace
}  // namespace mapfuzz::cli
