// Campaigns: bounded, interrupted and resumed, and never green where nothing ran. They start the
// real fuzz targets, so they run where those were built.
#include "fuzz/cli/campaign.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>

#include "fuzz/cli/campaign_folder.h"
#include "fuzz/cli/files.h"
#include "fuzz/cli/findings.h"
#include "fuzz/cli/process.h"
#include "fuzz/cli/stop.h"
#include "fuzz/test/run_command.h"

namespace mapfuzz::cli {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;

class CampaignTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!fs::exists(fs::path(MAPFUZZ_CLI_PATH).parent_path() / "ops_u64_fuzzer")) {
      GTEST_SKIP() << "this build has no fuzz targets";
    }
  }

  [[nodiscard]] std::vector<std::string> arguments(const std::vector<std::string>& more) const {
    std::vector<std::string> all = {"campaign", "--target", "ops_u64", "--empty", "--out", out()};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
  [[nodiscard]] std::string out() const { return (folder_.path() / "out").string(); }
  [[nodiscard]] nlohmann::json totals() const {
    return nlohmann::json::parse(read_file(fs::path(out()) / "state.json"))["targets"]["ops_u64"];
  }
  [[nodiscard]] std::size_t units() const {
    return files_under(fs::path(out()) / "ops_u64" / "corpus", "").size();
  }

  [[nodiscard]] StateCounts states() const {
    return state_counts(
        nlohmann::json::parse(read_file(fs::path(out()) / "states.json")).at("states"));
  }

  TempFolder folder_;
};

TEST_F(CampaignTest, BoundedByRunsEndsGreenAndTheNextOneGoesOn) {
  const CommandResult first = run_cli(arguments({"--runs", "300", "--seed", "1"}));
  EXPECT_EQ(first.code, kOk) << first.err;
  EXPECT_THAT(first.out, AllOf(HasSubstr("ops_u64"), HasSubstr("done"), HasSubstr("0 findings")));
  const std::uint64_t execs = totals()["execs"];
  EXPECT_GE(execs, 300U);
  EXPECT_GT(totals()["operations"], 0U);
  const std::size_t kept = units();
  EXPECT_GT(kept, 0U);

  const CommandResult second = run_cli(arguments({"--runs", "300", "--seed", "2"}));
  EXPECT_EQ(second.code, kOk) << second.err;
  EXPECT_THAT(second.err, HasSubstr("resuming: " + std::to_string(kept) + " units"));
  EXPECT_GE(totals()["execs"], execs + 300U);
  EXPECT_EQ(totals()["runs"], 2);
}

// Several seeds fail under `quirks`, each as often as the target starts.
TEST_F(CampaignTest, KeepsGoingPastWhatItHasMet) {
  const CommandResult done = run_cli({"campaign", "--target", "quirks", "--keep-going", "--runs",
                                      "3000", "--seed", "1", "--out", out()});
  EXPECT_EQ(done.code, kFinding) << done.err;
  const auto findings = files_under(fs::path(out()) / "findings", ".ops").size();
  EXPECT_GE(findings, 2U);
  const auto target = nlohmann::json::parse(read_file(fs::path(out()) / "state.json"));
  EXPECT_GE(target["targets"]["quirks"]["execs"], 3000U);
  EXPECT_EQ(target["targets"]["quirks"]["runs"], findings + 1) << "one more after each new one";
}

TEST_F(CampaignTest, TellsTheStatesThatWereReachedAndAddsThemUp) {
  const CommandResult first = run_cli(arguments({"--runs", "300", "--seed", "1"}));
  EXPECT_EQ(first.code, kOk) << first.err;
  EXPECT_THAT(first.out, AllOf(HasSubstr("\nstates: "), HasSubstr("  never ")));
  const StateCounts once = states();
  const StateCoverage coverage = cli::coverage(once);
  EXPECT_GT(coverage.reached, 20U);
  EXPECT_LT(coverage.reached, coverage.reachable);
  EXPECT_THAT(read_file(fs::path(out()) / "ops_u64" / "log"),
              HasSubstr("INFO: " + std::to_string(kMostCells) + " Extra Counters"));

  EXPECT_EQ(run_cli(arguments({"--runs", "300", "--seed", "2"})).code, kOk);
  const StateCounts twice = states();
  std::uint64_t before = 0;
  std::uint64_t after = 0;
  for (std::size_t cell = 0; cell < once.size(); ++cell) {
    EXPECT_GE(twice[cell], once[cell]);
    before += once[cell];
    after += twice[cell];
  }
  EXPECT_GT(after, before);
}

TEST_F(CampaignTest, InterruptedKeepsWhatItHasAndExits130) {
  std::vector<std::string> command = {MAPFUZZ_CLI_PATH};
  for (const std::string& argument : arguments({"--time", "10m"})) {
    command.push_back(argument);
  }
  Child child = Child::spawn({command, {}, {}});
  const fs::path corpus = fs::path(out()) / "ops_u64" / "corpus";
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  std::error_code error;
  while (std::chrono::steady_clock::now() < deadline &&
         (!fs::exists(corpus, error) || fs::is_empty(corpus, error))) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  child.send(SIGINT);
  const ExitStatus status = child.wait();
  EXPECT_FALSE(status.signaled);
  EXPECT_EQ(status.code, kInterrupted);
  EXPECT_GT(units(), 0U);
  EXPECT_GT(totals()["execs"], 0U);

  const CommandResult resumed = run_cli(arguments({"--runs", "100"}));
  EXPECT_EQ(resumed.code, kOk) << resumed.err;
  EXPECT_THAT(resumed.err, HasSubstr("resuming: "));
}

TEST_F(CampaignTest, TwoInOneFolderAreRefused) {
  const CampaignFolder holder{fs::path(out())};
  const CommandResult second = run_cli(arguments({"--runs", "10"}));
  EXPECT_EQ(second.code, kEnvironment);
  EXPECT_THAT(second.err, HasSubstr("another campaign runs"));
}

TEST_F(CampaignTest, AStateOfANewerFormatIsRefused) {
  const std::string state = folder_.file("out/state.json", R"({"format": 2, "targets": {}})");
  const CommandResult newer = run_cli(arguments({"--runs", "10"}));
  EXPECT_EQ(newer.code, kEnvironment);
  EXPECT_THAT(newer.err, HasSubstr("does not know"));
  EXPECT_EQ(read_file(state), R"({"format": 2, "targets": {}})") << "it is left alone";
  EXPECT_EQ(folder_.file("out/state.json", "{"), state);
  EXPECT_THAT(run_cli(arguments({"--runs", "10"})).err, HasSubstr("is damaged"));
}

// A fuzzer in the shape of a shell script: what counts is what the supervisor makes of it.
class FuzzerTest : public testing::Test {
 protected:
  FuzzerEnd run(const std::string& script) {
    const fs::path program = folder_.file("fuzzer", "#!/bin/sh\n" + script + "\n");
    fs::permissions(program, fs::perms::owner_all);
    FuzzerOptions options;
    options.program = program;
    options.artifacts = folder_.path();
    options.log = folder_.path() / "log";
    fuzzer_ = std::make_unique<Fuzzer>(options);
    return fuzzer_->run([](const Fuzzer&) {});
  }

  TempFolder folder_;
  std::unique_ptr<Fuzzer> fuzzer_;
};

TEST_F(FuzzerTest, RunningNothingIsAFailureWhateverTheExitCode) {
  EXPECT_EQ(run("exit 0"), FuzzerEnd::failed);
  EXPECT_EQ(run("exit 1"), FuzzerEnd::failed);
  EXPECT_EQ(run("kill -9 $$"), FuzzerEnd::failed);
}

TEST_F(FuzzerTest, ASavedInputIsAFindingAndEverythingIsLogged) {
  EXPECT_EQ(run("echo 'x; Test unit written to here/crash-1' >&2; exit 77"), FuzzerEnd::finding);
  EXPECT_EQ(fuzzer_->log().artifact(), "here/crash-1");
  EXPECT_THAT(read_file(folder_.path() / "log"), HasSubstr("crash-1"));
}

TEST(Findings, FilesAreNamedBySignature) {
  EXPECT_EQ(file_stem({"I5", OpCode::erase, GrowthPhase::quiet}), "I5-delete-quiet");
  EXPECT_EQ(file_stem({"a/b c", OpCode::iter, GrowthPhase::same_size}), "a-b-c-iter-same-size");
}

}  // namespace
}  // namespace mapfuzz::cli
