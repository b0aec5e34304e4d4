// Shows a campaign while it runs: on a terminal a line per target, redrawn every second; elsewhere
// plain lines of the targets at work, ten seconds apart. At the end a table.
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz/cli/scoreboard.h"

namespace mapfuzz::cli {

class LiveView {
 public:
  enum class Where : std::uint8_t { anywhere, terminal };
  explicit LiveView(Where where = Where::anywhere);

  // Draws where it is time to.
  void tick(const std::vector<Score>& scores);

  // A whole text to stdout, out of the way of the live lines.
  void say(std::string_view text);

  // Takes the live lines away.
  void finish();

 private:
  using Clock = std::chrono::steady_clock;

  // Recent speed, for the live line: what counts now is not the average since the start.
  struct Speed {
    Clock::time_point at;
    std::uint64_t execs = 0;
    std::uint64_t operations = 0;
  };

  static std::string line(const Score& score, const Speed& before, Clock::time_point now);
  void erase();

  std::mutex mutex_;
  bool terminal_;
  bool silent_;            // for terminals alone, and this is none
  std::size_t drawn_ = 0;  // lines on the terminal
  Clock::time_point next_;
  std::vector<Speed> before_;
};

// A count in four characters at most: 999, 1.2k, 12k, 999k, 1.2M.
[[nodiscard]] std::string abbreviated(double count);

// The live lines, which leave the last of 80 columns free: their heading, and a target's.
[[nodiscard]] std::string live_heading();
[[nodiscard]] std::string live_line(const Score& score, double execs_per_second,
                                    double operations_per_second);

[[nodiscard]] std::string summary_table(const std::vector<Score>& scores);

}  // namespace mapfuzz::cli
