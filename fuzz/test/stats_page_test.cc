// What one process writes into its page, its supervisor reads from the same file.
#include "fuzz/stats_page.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz/cli/process.h"

namespace mapfuzz {
namespace {

TEST(StatsPage, IsSharedThroughItsFile) {
  const cli::Fd file(memfd_create("stats", MFD_CLOEXEC));
  ASSERT_EQ(ftruncate(file.get(), kStatsPageBytes), 0);
  StatsPage* theirs = map_stats_page(file.get());
  StatsPage* ours = map_stats_page(file.get());
  ASSERT_NE(theirs, nullptr);
  ASSERT_NE(ours, nullptr);
  EXPECT_EQ(ours->execs, 0U) << "a new file reads as nothing done";
  theirs->execs += 3;
  note_death(*theirs, {7, OpCode::erase, GrowthPhase::doubling});
  EXPECT_EQ(ours->execs, 3U);
  EXPECT_EQ(ours->step, 7U);
  EXPECT_EQ(ours->code, OpCode::erase);
  EXPECT_EQ(ours->phase, GrowthPhase::doubling);
  munmap(theirs, kStatsPageBytes);
  munmap(ours, kStatsPageBytes);
}

TEST(StatsPage, IsThereWithoutASupervisor) {
  const std::uint64_t before = stats_page().execs;
  stats_page().execs += 1;
  EXPECT_EQ(stats_page().execs, before + 1);
}

TEST(StatsPage, WhatCannotBeMappedIsNull) { EXPECT_EQ(map_stats_page(-1), nullptr); }

}  // namespace
}  // namespace mapfuzz
