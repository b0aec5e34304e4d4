// The CLI as users meet it: exit codes, what is said, and what is (not) written.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "fuzz/cli/duration.h"
#include "fuzz/cli/files.h"
#include "fuzz/cli/stop.h"
#include "fuzz/test/run_command.h"

namespace mapfuzz::cli {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

std::size_t files_in(const fs::path& folder) {
  std::size_t count = 0;
  for (const auto& entry : fs::directory_iterator(folder)) {
    count += entry.is_regular_file() ? 1 : 0;
  }
  return count;
}

TEST(Cli, WrongArgumentsExit2AndHelpExits0) {
  EXPECT_EQ(run_cli({}).code, kUsage);
  EXPECT_EQ(run_cli({"fly"}).code, kUsage);
  EXPECT_EQ(run_cli({"repro"}).code, kUsage);
  EXPECT_EQ(run_cli({"campaign", "--time", "soon"}).code, kUsage);
  EXPECT_EQ(run_cli({"campaign", "--target", "nope"}).code, kUsage);
  const CommandResult help = run_cli({"--help"});
  EXPECT_EQ(help.code, kOk);
  EXPECT_THAT(help.out,
              AllOf(HasSubstr("campaign"), HasSubstr("exit codes"), Not(HasSubstr("worker"))));
}

TEST(Cli, ABrokenFileIsToldWithLineAndColumn) {
  const TempFolder folder;
  const std::string file = folder.file("broken.ops", kBrokenProgram);
  for (const char* verb : {"repro", "explain", "minimize"}) {
    const CommandResult result = run_cli({verb, file});
    EXPECT_EQ(result.code, kUsage) << verb;
    EXPECT_THAT(result.err, HasSubstr(file + ":3:10: expected '=', found '10'")) << verb;
  }
  EXPECT_EQ(files_in(folder.path()), 1U) << "nothing was written";
}

TEST(Cli, ANewerFormatIsRefusedByName) {
  const TempFolder folder;
  const std::string file = folder.file("newer.ops", "mapfuzz 2\nmap key=u64 elem=u64\n");
  const CommandResult result = run_cli({"corpus", "check", folder.path().string()});
  EXPECT_EQ(result.code, kUsage);
  EXPECT_THAT(result.err, AllOf(HasSubstr(file + ":1:9"), HasSubstr("newest this build reads")));
}

TEST(Cli, ReproExits1OnAFindingAnd4Without) {
  const TempFolder folder;
  const CommandResult bad = run_cli({"repro", folder.file("bad.ops", kFailingProgram)});
  EXPECT_EQ(bad.code, kFinding);
  EXPECT_THAT(bad.out, AllOf(HasSubstr("FAILED expect at step 3 of 6: expect-len 5 (quiet)"),
                             HasSubstr("expected  "), HasSubstr("signature   expect expect-len"),
                             HasSubstr("explain "), HasSubstr("minimize ")));
  const CommandResult good =
      run_cli({"repro", folder.file("good.ops", kGoodProgram), "--times", "3"});
  EXPECT_EQ(good.code, kNotReproduced);
  EXPECT_THAT(good.out, HasSubstr("0 of 3 runs failed"));
}

TEST(Cli, ReproNeverGuessesTheTargetOfBytes) {
  const TempFolder folder;
  const std::string file = folder.file("crash-1", "\x03\x01");
  const CommandResult refused = run_cli({"repro", file});
  EXPECT_EQ(refused.code, kUsage);
  EXPECT_THAT(refused.err, AllOf(HasSubstr("--target"), HasSubstr("ops_u64")));
  EXPECT_EQ(run_cli({"repro", file, "--target", "ops_u64"}).code, kNotReproduced);
  EXPECT_EQ(run_cli({"repro", file, "--target", "nope"}).code, kUsage);
  folder.file("crash-1.run", "target=widths revision=x config=asan\n");
  EXPECT_THAT(run_cli({"repro", file}).out, HasSubstr("(widths)"));
}

TEST(Cli, TheRunLineTiesAProgramToItsTarget) {
  const TempFolder folder;
  const std::string text = "# run: target=ops_u64 revision=x config=asan\n";
  const std::string file = folder.file("tied.ops", text + std::string(kFailingProgram));
  EXPECT_EQ(run_cli({"repro", file}).code, kNotReproduced) << "targets judge no expectations";
  const std::string unknown =
      folder.file("unknown.ops", "# run: target=gone\n" + std::string(kGoodProgram));
  EXPECT_EQ(run_cli({"repro", unknown}).code, kUsage);
}

TEST(Cli, ExplainTellsEveryStepAndTheFailure) {
  const TempFolder folder;
  const CommandResult good = run_cli({"explain", folder.file("good.ops", kGoodProgram)});
  EXPECT_EQ(good.code, kOk);
  EXPECT_THAT(good.out, AllOf(HasSubstr("two keys"), HasSubstr("set key 1 to 10"),
                              HasSubstr("table after step 4"), HasSubstr("no failure")));
  const std::string bad = folder.file("bad.ops", kFailingProgram);
  const CommandResult at = run_cli({"explain", bad, "--at", "0"});
  EXPECT_EQ(at.code, kOk);
  EXPECT_THAT(at.out, AllOf(HasSubstr("table after step 0"), HasSubstr("FAILED expect")));
  EXPECT_EQ(run_cli({"explain", bad, "--at", "6"}).code, kUsage);
}

TEST(Cli, MinimizeKeepsTheFailureAndCheckAgrees) {
  const TempFolder folder;
  const std::string file = folder.file("bad.ops", kFailingProgram);
  EXPECT_EQ(run_cli({"minimize", "--check", file}).code, kFinding);
  const CommandResult result = run_cli({"minimize", file});
  EXPECT_EQ(result.code, kOk);
  EXPECT_THAT(result.out, HasSubstr("6 -> 1 operations, same failure (expect expect-len quiet)"));
  const std::string smallest = (folder.path() / "bad.min.ops").string();
  EXPECT_THAT(read_file(smallest), HasSubstr("# expect expect-len quiet\nmapfuzz 1\n"));
  EXPECT_EQ(run_cli({"repro", smallest}).code, kFinding);
  EXPECT_EQ(run_cli({"minimize", "--check", smallest}).code, kOk);
}

TEST(Cli, MinimizeWritesNothingWhereNothingFails) {
  const TempFolder folder;
  const std::string file = folder.file("good.ops", kGoodProgram);
  EXPECT_EQ(run_cli({"minimize", file}).code, kNotReproduced);
  EXPECT_EQ(run_cli({"minimize", "--check", file}).code, kNotReproduced);
  EXPECT_EQ(files_in(folder.path()), 1U);
}

TEST(Cli, CorpusFoldersThatAreEmptyOrMissingExit3) {
  const TempFolder folder;
  for (const char* verb : {"check", "stats"}) {
    EXPECT_EQ(run_cli({"corpus", verb, folder.path().string()}).code, kEnvironment);
    EXPECT_EQ(run_cli({"corpus", verb, "/nonexistent"}).code, kEnvironment);
  }
  EXPECT_THAT(run_cli({"corpus", "check", folder.path().string()}).err,
              HasSubstr("holds no .ops file"));
}

TEST(Cli, CorpusCheckTellsAllBrokenFiles) {
  const TempFolder folder;
  folder.file("seeds/good.ops", kGoodProgram);
  EXPECT_EQ(run_cli({"corpus", "check", folder.path().string()}).code, kOk);
  const std::string one = folder.file("seeds/one.ops", kBrokenProgram);
  const std::string two = folder.file("two.ops", "");
  const CommandResult result = run_cli({"corpus", "check", folder.path().string()});
  EXPECT_EQ(result.code, kUsage);
  EXPECT_THAT(result.err, AllOf(HasSubstr(one + ":3:10:"), HasSubstr(two + ":1:1:"),
                                HasSubstr("2 of 3 files")));
}

TEST(Cli, CorpusBuildWritesAllOrNothing) {
  const TempFolder folder;
  folder.file("from/good.ops", kGoodProgram);
  const std::string from = (folder.path() / "from").string();
  const fs::path to = folder.path() / "to";
  EXPECT_EQ(run_cli({"corpus", "build", from, to.string()}).code, kOk);
  EXPECT_EQ(files_in(to), 1U);
  EXPECT_EQ(run_cli({"repro", (to / "good").string(), "--target", "ops_u64"}).code, kNotReproduced);

  const fs::path other = folder.path() / "other";
  const std::string broken = folder.file("from/broken.ops", kBrokenProgram);
  EXPECT_EQ(run_cli({"corpus", "build", from, other.string()}).code, kUsage);
  EXPECT_FALSE(fs::exists(other));
  fs::remove(broken);
  folder.file("from/deeper/good.ops", kGoodProgram);
  const CommandResult clash = run_cli({"corpus", "build", from, other.string()});
  EXPECT_EQ(clash.code, kUsage) << "two programs of one name";
  EXPECT_THAT(clash.err, HasSubstr("rename one"));
  EXPECT_FALSE(fs::exists(other));
}

TEST(Cli, CorpusStatsCountsOperationsAndPhases) {
  const TempFolder folder;
  folder.file("good.ops", kGoodProgram);
  const CommandResult result = run_cli({"corpus", "stats", folder.path().string()});
  EXPECT_EQ(result.code, kOk);
  EXPECT_THAT(result.out, AllOf(HasSubstr("operations  5"), HasSubstr("u64 -> u64, width 8")));
}

TEST(Cli, TargetsAreToldToPeopleAndPrograms) {
  EXPECT_THAT(run_cli({"targets"}).out, AllOf(HasSubstr("ops_u64"), HasSubstr("audit")));
  const CommandResult json = run_cli({"targets", "--json"});
  EXPECT_EQ(json.code, kOk);
  EXPECT_THAT(json.out, AllOf(HasSubstr("\"name\": \"widths\""), HasSubstr("\"oracles\"")));
}

TEST(Cli, DataGoesToStdoutAndMessagesToStderr) {
  const CommandResult result = run_cli({"repro", "/nonexistent.ops"});
  EXPECT_EQ(result.code, kUsage);
  EXPECT_EQ(result.out, "");
  EXPECT_THAT(result.err, HasSubstr("cannot read /nonexistent.ops"));
}

TEST(Duration, TakesSecondsMinutesAndHours) {
  using std::chrono::seconds;
  EXPECT_EQ(parse_duration("90"), seconds(90));
  EXPECT_EQ(parse_duration("90s"), seconds(90));
  EXPECT_EQ(parse_duration("10m"), seconds(600));
  EXPECT_EQ(parse_duration("2h"), seconds(7200));
  for (const char* wrong : {"", "s", "0", "-1s", "1.5m", "1d", "10 m", "99999999999s"}) {
    EXPECT_THROW((void)parse_duration(wrong), Stop) << wrong;
  }
  EXPECT_EQ(shown(seconds(5)), "5s");
  EXPECT_EQ(shown(seconds(65)), "1m05s");
  EXPECT_EQ(shown(seconds(3660)), "1h01m");
}

}  // namespace
}  // namespace mapfuzz::cli
