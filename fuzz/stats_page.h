// The page through which a supervisor watches a process that runs programs: how far it got, and
// where it was when it died.
//
// Promises: one small shared mapping, no locks, safe to write from a signal handler or a
// sanitizer's hook. Without a supervisor the page is private memory and costs the same.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "oracle/runner.h"
#include "oracle/state_cells.h"

namespace mapfuzz {

struct StatsPage {
  std::atomic<std::uint64_t> execs{0};       // programs finished
  std::atomic<std::uint64_t> operations{0};  // steps of them
  // Where the process was when it noticed that it was dying.
  std::atomic<std::uint64_t> step{0};
  std::atomic<OpCode> code{OpCode::len};
  std::atomic<GrowthPhase> phase{GrowthPhase::quiet};
  // Programs that passed through each state cell.
  std::array<std::atomic<std::uint64_t>, kMostCells> states{};
};

inline constexpr std::size_t kStatsPageBytes = 16384;
static_assert(sizeof(StatsPage) <= kStatsPageBytes);
// fuzz/measure/trial.py reads these.
static_assert(offsetof(StatsPage, execs) == 0 && offsetof(StatsPage, states) == 32);
static_assert(std::atomic<std::uint64_t>::is_always_lock_free);

// Names the file to map.
inline constexpr const char* kStatsVariable = "MAPFUZZ_STATS";

// The page of this process.
[[nodiscard]] StatsPage& stats_page();

// Maps a file of at least kStatsPageBytes; null where that fails.
[[nodiscard]] StatsPage* map_stats_page(int file);

// Writes where the Runner is into the page, for the supervisor.
void note_death(StatsPage& page, const Progress& progress);

}  // namespace mapfuzz
