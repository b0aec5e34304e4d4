// The known defects of Go's own iterators: each has its name, and the mutator alone comes across
// those that issue from growths.
#include "oracle/quirk.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <map>
#include <string>

#include "fuzz/cli/test_case.h"
#include "fuzz/mutator.h"
#include "fuzz/plans.h"
#include "oracle/runner.h"
#include "oracle/text_codec.h"

namespace mapfuzz {
namespace {

TEST(QuirkOf, NamesThoseOfTheCorpus) {
  int named = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(MAPFUZZ_SOURCE_DIR "/corpus/quirks")) {
    if (entry.path().extension() != ".ops") {
      continue;
    }
    std::string number = entry.path().filename().string().substr(0, 2);  // "q3-entries-..."
    number[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(number[0])));
    const Program program = cli::load_ops(entry.path()).program;
    const RunPlan plan = replay_plan(program);
    const Verdict verdict = Runner(plan).run(program);
    ASSERT_FALSE(verdict.ok()) << entry.path();
    const auto quirk = quirk_of(program, plan, signature_of(*verdict.failure));
    ASSERT_TRUE(quirk.has_value()) << entry.path();
    EXPECT_EQ(quirk->id, number) << entry.path();
    ++named;
  }
  EXPECT_GE(named, 9);
}

TEST(QuirkOf, NamesNothingElse) {
  Program program;
  for (std::uint32_t key = 0; key < 20; ++key) {
    program.operations.push_back({.code = OpCode::assign, .key = key, .value = 1, .draw = {}});
  }
  program.operations.push_back({.code = OpCode::iter, .draw = {}});
  program.operations.push_back({.code = OpCode::next, .draw = {}});
  renumber(program);
  const RunPlan& exact = *find_plan("quirks");
  const Signature twice{.clause = "I32.twice", .code = OpCode::next};
  EXPECT_FALSE(quirk_of(program, exact, twice).has_value()) << "it does not fail";
  EXPECT_FALSE(quirk_of(program, exact, {.clause = "I5", .code = OpCode::next}).has_value());
  EXPECT_FALSE(quirk_of(program, *find_plan("iterate"), twice).has_value()) << "a sound iterator";
}

// Programs that the mutator writes with nothing to go by: no feedback, no seeds.
class WrittenPrograms : public testing::Test {
 protected:
  static constexpr std::uint64_t kPrograms = 20'000;

  static Program program(std::uint64_t seed, const RunPlan& plan) {
    const auto rows = rows_of(plan);
    const Row& row = rows[seed % rows.size()];
    Program made;
    made.header.key = row.key;
    made.header.elem = row.elem;
    made.header.width = row.width;
    Mutator(seed, plan.off).apply(Mutation::across_growths, made);
    return adapted(made, plan);
  }
};

TEST_F(WrittenPrograms, ShowQ1AndQ3AndQ4AndQ5) {
  const RunPlan& plan = *find_plan("quirks");
  Runner runner(plan);
  std::map<std::string, int> met;
  for (std::uint64_t seed = 0; seed < kPrograms; ++seed) {
    const Program made = program(seed, plan);
    const Verdict verdict = runner.run(made);
    if (!verdict.ok()) {
      const auto quirk = quirk_of(made, plan, signature_of(*verdict.failure));
      ASSERT_TRUE(quirk.has_value()) << report(made, *verdict.failure) << print_ops(made);
      ++met[quirk->id];
    }
  }
  for (const char* wanted : {"Q1", "Q3", "Q4", "Q5"}) {
    EXPECT_GE(met[wanted], 3) << wanted;
  }
}

TEST_F(WrittenPrograms, ShowNothingUnderSoundIterators) {
  RunPlan plan = *find_plan("quirks");
  plan.policy = Policy::sound;
  Runner runner(plan);
  for (std::uint64_t seed = 0; seed < kPrograms; ++seed) {
    const Program made = program(seed, plan);
    const Verdict verdict = runner.run(made);
    ASSERT_TRUE(verdict.ok()) << report(made, *verdict.failure) << print_ops(made);
  }
}

}  // namespace
}  // namespace mapfuzz
