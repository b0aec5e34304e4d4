// The audit is silent where it must be: sound maps of every row, bounds that hold at other widths.
// And it is complete: every invariant of invariants.def has a test that forges its breach.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <random>
#include <string>

#include "oracle/invariants.h"
#include "oracle/runner.h"
#include "oracle/test/forge.h"

namespace mapfuzz {
namespace {

using Random = std::mt19937;

// Few keys, so that they meet; mostly writes, so that maps grow.
Program random_program(Random& random, const Row& row, std::size_t length) {
  Program program;
  Header& header = program.header;
  header.key = row.key;
  header.elem = row.elem;
  header.width = row.width;
  header.seed = static_cast<std::uint32_t>(random());
  header.hash.kind = static_cast<HashKind>(random() % 5);
  header.hash.parameter = static_cast<std::uint8_t>(random() % 4);
  header.hint = random() % 3 == 0 ? static_cast<std::int64_t>(random() % 60) : 0;
  const std::uint32_t keys = 4U << (random() % 7);
  constexpr OpCode rare[] = {OpCode::clear, OpCode::remake, OpCode::literal, OpCode::range,
                             OpCode::copy,  OpCode::move,   OpCode::swap,    OpCode::close,
                             OpCode::len,   OpCode::update, OpCode::iter,    OpCode::access1};
  constexpr OpCode often[] = {OpCode::assign, OpCode::assign, OpCode::assign, OpCode::assign,
                              OpCode::assign, OpCode::erase,  OpCode::erase,  OpCode::access2,
                              OpCode::next,   OpCode::iter};
  for (std::size_t at = 0; at < length; ++at) {
    const OpCode code =
        random() % 40 == 0 ? rare[random() % std::size(rare)] : often[random() % std::size(often)];
    program.operations.push_back(op(code, static_cast<std::uint32_t>(random() % keys),
                                    static_cast<std::int64_t>(random() % 100),
                                    static_cast<std::uint8_t>(random() % 3)));
  }
  repair(program);
  return program;
}

TEST(Audit, EveryInvariantHasATestThatForgesItsBreach) {
  const ::testing::UnitTest& all = *::testing::UnitTest::GetInstance();
  for (std::size_t at = 0; at < kInvariants; ++at) {
    const std::string id = clause_of(static_cast<Invariant>(at)).id;
    bool forged = false;
    for (int suite = 0; suite < all.total_test_suite_count(); ++suite) {
      const ::testing::TestSuite& tests = *all.GetTestSuite(suite);
      for (int test = 0; test < tests.total_test_count(); ++test) {
        forged = forged || (std::string(tests.name()).find("Forged") != std::string::npos &&
                            invariant_in_name(tests.GetTestInfo(test)->name()) == id);
      }
    }
    EXPECT_TRUE(forged) << id << " has no test: add one to a suite of Forged, named " << id
                        << "AndWhatIsBroken";
  }
}

TEST(Audit, NamesOfTestsTellTheirInvariant) {
  EXPECT_EQ(invariant_in_name("I1CountIsWrong"), "I1");
  EXPECT_EQ(invariant_in_name("I11TheMark"), "I11");
  EXPECT_EQ(invariant_in_name("I11bTheMark"), "I11b");
  EXPECT_EQ(invariant_in_name("TheMark"), "");
}

TEST(Audit, RandomProgramsOverAllRowsFindNothing) {
  for (const Row& row : all_rows()) {
    RunPlan plan;
    plan.key = row.key;
    plan.elem = row.elem;
    plan.widths = {row.width};
    plan.flat_model = true;
    Runner runner(plan);
    Random random(row.width);
    for (int round = 0; round < 60; ++round) {
      const Program program = random_program(random, row, 400);
      const Verdict verdict = runner.run(program);
      if (verdict.failure.has_value()) {
        FAIL() << "round " << round << "\n" << report(program, *verdict.failure);
      }
      ASSERT_EQ(verdict.steps, program.operations.size());
    }
  }
}

// The bounds of I17 as they are derived at audit_header.cc; they must not be too narrow anywhere.
TEST(Audit, MapsThatGrowUnderOneSidedHashesKeepTheirBounds) {
  for (const std::uint8_t width : std::initializer_list<std::uint8_t>{1, 2, 4, 8}) {
    RunPlan plan;
    plan.widths = {width};
    Runner runner(plan);
    for (const HashKind kind : {HashKind::mix, HashKind::identity, HashKind::constant}) {
      for (const std::uint32_t step : {1U, 2U, 4U, 8U, 64U, 3U}) {
        Program program = with_keys(table(KeyKind::u64, width), 0, step, 300);
        program.header.hash.kind = kind;
        repair(program);
        const Verdict verdict = runner.run(program);
        if (verdict.failure.has_value()) {
          FAIL() << report(program, *verdict.failure);
        }
      }
    }
  }
}

TEST(Audit, NoverflowMayExceedTheBucketsInNarrowMaps) {
  for (const std::uint8_t width : std::initializer_list<std::uint8_t>{1, 2, 4}) {
    Bench bench(with_keys(table(KeyKind::u64, width), {0}));
    bench.run();
    for (int at = 0; at < 5; ++at) {
      bench.copy.append_bucket(0);
    }
    const auto violation = bench.whole();
    EXPECT_FALSE(violation.has_value()) << "width " << int{width} << ": " << told(violation);
  }
}

struct Limit {
  std::uint8_t width;
  std::int64_t hint;
  std::uint8_t B;
  std::size_t most;
};

// max(L(B), most(B-1) + 1 + max(0, 2^(B-1) - 3)), and most(B-1) includes same-size growths.
TEST(Audit, I17IsDerivedForEveryWidth) {
  for (const Limit limit : {Limit{1, 1, 0, 1},
                            {1, 2, 2, 3},
                            {1, 4, 3, 6},
                            {1, 7, 4, 17},
                            {2, 2, 0, 2},
                            {2, 3, 1, 3},
                            {2, 4, 2, 6},
                            {2, 7, 3, 13},
                            {4, 4, 0, 4},
                            {4, 5, 1, 6},
                            {4, 7, 2, 13},
                            {4, 14, 3, 26}}) {
    Program program = with_keys(table(KeyKind::u64, limit.width), {0});
    program.header.hint = limit.hint;
    Bench bench(program);
    bench.run();
    ASSERT_EQ(bench.copy.view.B, limit.B);
    // Nothing, at the count that the program really has; I1 alone up to the bound.
    const auto reported = [&](std::size_t count) -> std::optional<Invariant> {
      bench.copy.view.count = count;
      const auto found = bench.audit.whole(bench.copy.view, Recount(*bench.model, count));
      return found.has_value() ? std::optional(found->invariant) : std::nullopt;
    };
    std::size_t count = limit.most;
    while (reported(count).value_or(Invariant::I1) == Invariant::I1) {
      ++count;
    }
    EXPECT_EQ(count - 1, limit.most) << "width " << int{limit.width} << ", B " << int{limit.B};
    EXPECT_EQ(reported(limit.most + 1), Invariant::I17);
  }
}

}  // namespace
}  // namespace mapfuzz
