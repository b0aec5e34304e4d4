// libFuzzer's output, cut anywhere, as clang-19's runtime writes it.
#include "fuzz/cli/fuzz_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mapfuzz::cli {
namespace {

constexpr std::string_view kLog =
    "INFO: Running with entropic power schedule (0xFF, 100).\n"
    "INFO: Seed: 7\n"
    "#2\tINITED cov: 300 ft: 301 corp: 1/1b exec/s: 0 rss: 40Mb\n"
    "#1024\tpulse  cov: 1460 ft: 4414 corp: 144/641b lim: 6 exec/s: 512 rss: 51Mb\n"
    "verdict.cc:1: ASSERTION FAILED: oracle[I5] chains\n"
    "    #0 0x1 in abort stdlib/abort.c:79:7\n"
    "artifact_prefix='a/'; Test unit written to a/crash-1234\n";

TEST(FuzzLog, ReadsFiguresHoweverTheBytesArrive) {
  for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, kLog.size()}) {
    FuzzLog log;
    for (std::size_t at = 0; at < kLog.size(); at += piece) {
      log.consume(kLog.substr(at, piece));
    }
    EXPECT_EQ(log.edges(), 1460U);
    EXPECT_EQ(log.corpus(), 144U);
    EXPECT_TRUE(log.initialized());
    EXPECT_EQ(log.artifact(), "a/crash-1234");
    EXPECT_THAT(log.last_words(), testing::StartsWith("verdict.cc:1: ASSERTION FAILED"));
  }
}

TEST(FuzzLog, ASlowUnitIsNoFinding) {
  FuzzLog log;
  log.consume("artifact_prefix='a/'; Test unit written to a/slow-unit-1234\n");
  EXPECT_EQ(log.artifact(), "");
  EXPECT_FALSE(log.initialized());
}

}  // namespace
}  // namespace mapfuzz::cli
