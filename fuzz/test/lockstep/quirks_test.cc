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

  Program program_;
};

TEST_P(Quirk, GosOwnIteratorBreaksTheContract) {
  const Verdict verdict = Runner(replay_plan(program_)).run(program_);
  ASSERT_FALSE(verdict.ok());
  EXPECT_EQ(verdict.failure->clause.id, "I32") << told(program_, verdict);
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
  for (const char* quirk : {"q1-", "q2-", "q3-", "q4-", "q5-", "q6-", "q7-"}) {
    EXPECT_TRUE(std::any_of(found.begin(), found.end(), [&](const fs::path& file) {
      return file.filename().string().rfind(quirk, 0) == 0;
    })) << quirk;
  }
}

}  // namespace
}  // namespace mapfuzz
