// corpus/quirks: where Go's own iterator breaks its promise. Each program shows that on the
// engine's GoExact iterator, does the same on the Go runtime, and does nothing wrong under the
// sound policy.
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <variant>
#include <vector>

#include "fuzz/plans.h"
#include "oracle/runner.h"
#include "oracle/text_codec.h"
#include "oracle/verdict.h"

namespace mapfuzz {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> files() {
  std::vector<fs::path> found;
  for (const auto& entry : fs::directory_iterator(MAPFUZZ_SOURCE_DIR "/corpus/quirks")) {
    if (entry.path().extension() == ".ops") {
      found.push_back(entry.path());
    }
  }
  std::sort(found.begin(), found.end());
  return found;
}

// How each breaks the contract: what a campaign of target `quirks` tells them apart by.
struct Known {
  const char* quirk;
  const char* clauses;  // one of them
};
constexpr Known kKnown[] = {
    {"q1-", "I32.removed"},           {"q2-", "I32.twice-since-empty"}, {"q3-", "I32.twice"},
    {"q4-", "I32.missed-nan"},        {"q5-", "I32.missed I32.twice"},  {"q6-", "I32.panic"},
    {"q7-", "I32.twice-since-empty"},
};

bool is(const fs::path& file, const Known& known) {
  return file.filename().string().starts_with(known.quirk);
}

class Quirk : public testing::TestWithParam<fs::path> {
 protected:
  void SetUp() override {
    std::ifstream in(GetParam());
    const std::string text((std::istreambuf_iterator<char>(in)), {});
    auto parsed = parse_ops(text);
    ASSERT_TRUE(std::holds_alternative<OpsText>(parsed));
    program_ = std::get<OpsText>(parsed).program;
    ASSERT_EQ(program_.header.policy, Policy::go_exact);
  }

  [[nodiscard]] static std::string told(const Program& program, const Verdict& verdict) {
    return verdict.ok() ? "it passes" : report(program, *verdict.failure);
  }

  [[nodiscard]] static std::string clause_of(const Verdict& verdict) {
    return verdict.failure.has_value() ? verdict.failure->clause.id : std::string();
  }

  Program program_;
};

TEST_P(Quirk, GosOwnIteratorBreaksTheContract) {
  const Verdict verdict = Runner(replay_plan(program_)).run(program_);
  ASSERT_FALSE(verdict.ok());
  const auto* const known = std::find_if(std::begin(kKnown), std::end(kKnown),
                                         [](const Known& k) { return is(GetParam(), k); });
  ASSERT_NE(known, std::end(kKnown)) << "a quirk without a number";
  const std::string id = clause_of(verdict) + ' ';
  EXPECT_NE((std::string(known->clauses) + ' ').find(id), std::string::npos)
      << told(program_, verdict);
}

TEST_P(Quirk, ASoundIteratorDoesNot) {
  program_.header.policy = Policy::sound;
  const Verdict verdict = Runner(replay_plan(program_)).run(program_);
  EXPECT_TRUE(verdict.ok()) << told(program_, verdict);
}

TEST_P(Quirk, IsTheSameOnGo) {
  Runner runner(*find_plan("lockstep"));
  adapt(program_, runner.plan());
  const Verdict verdict = runner.run(program_);
  EXPECT_TRUE(verdict.ok()) << told(program_, verdict);
}

std::string name_of(const testing::TestParamInfo<fs::path>& info) {
  std::string name = info.param.stem().string();
  std::replace_if(
      name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Corpus, Quirk, testing::ValuesIn(files()), name_of);

// A file that is gone would otherwise be a test less.
TEST(Quirks, EachHasAProgram) {
  const std::vector<fs::path> found = files();
  for (const Known& known : kKnown) {
    EXPECT_TRUE(std::any_of(found.begin(), found.end(), [&](const fs::path& file) {
      return is(file, known);
    })) << known.quirk;
  }
}

}  // namespace
}  // namespace mapfuzz
