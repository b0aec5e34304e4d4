// What every target of a campaign is doing, shared between those who run and those who show.
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz/cli/states.h"

namespace mapfuzz::cli {

enum class TargetState : std::uint8_t {
  waiting,
  running,
  minimizing,
  done,     // its time or its runs are used up
  stopped,  // by a finding
  broken,   // it did not start, or ran nothing
  interrupted,
};
[[nodiscard]] std::string_view to_string(TargetState state);

// Of this campaign alone, but for the corpus.
struct Score {
  std::string target;
  TargetState state = TargetState::waiting;
  std::uint64_t execs = 0;
  std::uint64_t operations = 0;
  std::uint64_t edges = 0;
  std::uint64_t corpus = 0;
  std::uint64_t findings = 0;             // with different signatures
  std::uint64_t runs = 0;                 // of the fuzzer's process
  std::chrono::duration<double> busy{0};  // time spent fuzzing
  std::string problem;                    // why it is broken
  StateCounts states;

  [[nodiscard]] double per_second(std::uint64_t count) const {
    return busy.count() > 0 ? static_cast<double>(count) / busy.count() : 0;
  }
};

class Scoreboard {
 public:
  explicit Scoreboard(const std::vector<std::string>& targets) {
    for (const std::string& target : targets) {
      scores_.push_back({.target = target, .problem = {}, .states = {}});
    }
  }

  template <class Change>
  void change(std::size_t target, const Change& change) {
    const std::lock_guard lock(mutex_);
    change(scores_.at(target));
  }

  [[nodiscard]] std::vector<Score> all() const {
    const std::lock_guard lock(mutex_);
    return scores_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<Score> scores_;
};

}  // namespace mapfuzz::cli
