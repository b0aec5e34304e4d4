// NAME_replay: zero files are an error, and every kind of file is told apart.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "fuzz/test/run_command.h"

namespace mapfuzz::cli {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;

// The replay programs lie beside this one.
class ReplayTest : public testing::Test {
 protected:
  void SetUp() override {
    program_ = fs::read_symlink("/proc/self/exe").parent_path() / "ops_u64_replay";
    if (!fs::exists(program_)) {
      GTEST_SKIP() << program_ << " is not built";
    }
  }

  [[nodiscard]] CommandResult replay(const std::vector<std::string>& arguments) const {
    std::vector<std::string> command = {program_.string()};
    command.insert(command.end(), arguments.begin(), arguments.end());
    return run_command(command);
  }

  fs::path program_;
  TempFolder folder_;
};

TEST_F(ReplayTest, NothingToReplayIsAnError) {
  EXPECT_EQ(replay({}).code, 3);
  EXPECT_EQ(replay({"--"}).code, 3);
  const CommandResult empty = replay({folder_.path().string()});
  EXPECT_EQ(empty.code, 3);
  EXPECT_THAT(empty.err, HasSubstr("holds no file"));
  EXPECT_EQ(replay({"/nonexistent"}).code, 3);
}

TEST_F(ReplayTest, RunsTextAndBytesOfWholeFolders) {
  const std::string text = folder_.file("deep/good.ops", kGoodProgram);
  const std::string bytes = folder_.file("deep/er/unit", "\x03\x01\x05");
  const CommandResult result = replay({"--", folder_.path().string()});
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.out, AllOf(HasSubstr("replayed 2 programs"), HasSubstr("0 failures")));
}

TEST_F(ReplayTest, AFailureIsToldInFullAndExits1) {
  const CommandResult result = replay({folder_.file("bad.ops", kFailingProgram)});
  EXPECT_EQ(result.code, 1);
  EXPECT_THAT(result.err, AllOf(HasSubstr("bad.ops, under its own header"),
                                HasSubstr("ASSERTION FAILED: oracle[expect]"),
                                HasSubstr("FAILED expect at step 3")));
}

TEST_F(ReplayTest, ABrokenFileExits2) {
  const std::string file = folder_.file("broken.ops", kBrokenProgram);
  const CommandResult result = replay({file, folder_.file("good.ops", kGoodProgram)});
  EXPECT_EQ(result.code, 2);
  EXPECT_THAT(result.err, HasSubstr(file + ":3:10: expected '='"));
  EXPECT_THAT(result.out, HasSubstr("replayed 1 programs")) << "the others still run";
}

}  // namespace
}  // namespace mapfuzz::cli
