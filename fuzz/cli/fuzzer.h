// One run of a fuzz target's process, from start to end.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "fuzz/cli/crash.h"
#include "fuzz/cli/fuzz_log.h"
#include "fuzz/cli/shared_stats.h"

namespace mapfuzz::cli {

struct FuzzerOptions {
  std::filesystem::path program;
  std::vector<std::filesystem::path> folders;  // libFuzzer writes to the first
  std::filesystem::path artifacts;
  std::filesystem::path log;
  std::optional<std::chrono::seconds> time;
  std::optional<std::uint64_t> runs;
  std::optional<std::uint32_t> seed;
  std::vector<std::string> known = {};  // signatures of failures to pass over (target.h)
  std::function<bool()> stopping = {};  // true: end soon, and be well
};

enum class FuzzerEnd : std::uint8_t {
  used_up,      // its time or its runs
  interrupted,  // by us: it was told to stop
  finding,      // a crash, a hang, exhausted memory, a failed oracle
  failed,       // it did not do what it is for
};

class Fuzzer {
 public:
  explicit Fuzzer(FuzzerOptions options) : options_(std::move(options)) {}

  // Called several times a second.
  using OnTick = std::function<void(const Fuzzer&)>;

  [[nodiscard]] FuzzerEnd run(const OnTick& on_tick);

  [[nodiscard]] std::uint64_t execs() const { return stats_.page().execs; }
  [[nodiscard]] std::uint64_t operations() const { return stats_.page().operations; }
  [[nodiscard]] std::chrono::duration<double> busy() const { return busy_; }
  [[nodiscard]] const FuzzLog& log() const { return log_; }
  [[nodiscard]] const StatsPage& stats() const { return stats_.page(); }
  [[nodiscard]] Death death() const { return {status_, log_.last_words()}; }

 private:
  [[nodiscard]] std::vector<std::string> command() const;
  void pump(Child& child, Fd& output, const OnTick& on_tick);
  [[nodiscard]] FuzzerEnd judge() const;
  [[nodiscard]] bool stopping() const { return options_.stopping && options_.stopping(); }

  FuzzerOptions options_;
  SharedStats stats_;
  FuzzLog log_;
  ExitStatus status_;
  std::chrono::duration<double> busy_{0};
};

}  // namespace mapfuzz::cli
