// Shows a campaign while it runs: on a terminal a line per target, redrawn every second; elsewhere
// plain lines, ten seconds apart. At the end a table.
#pragma once

#include <chrono>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz/cli/scoreboard.h"

namespace mapfuzz::cli {

class LiveView {
 public:
  LiveView();

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

  std::string line(const Score& score, const Speed& before, Clock::time_point now) const;
  void erase();

  std::mutex mutex_;
  bool terminal_;
  std::size_t drawn_ = 0;  // lines on the terminal
  Clock::time_point next_;
  std::vector<Speed> before_;
};

[[nodiscard]] std::string summary_table(const std::vector<Score>& scores);

}  // namespace mapfuzz::cli
