// A child process that runs programs for us, so that what crashes or hangs it is a result.
//
// Promises: one answer for every program; a failed oracle leaves the child alive, a crash or a hang
// costs one child, and the next program gets a fresh one.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz/cli/outcome.h"
#include "oracle/program.h"
#include "oracle/runner.h"

namespace mapfuzz::cli {

// The verb under which this program is a worker.
inline constexpr const char* kWorkerVerb = "worker";

struct WorkerOptions {
  std::vector<std::string> command = {};  // empty: ourselves
  std::chrono::milliseconds limit = std::chrono::seconds(10);
  bool symbolize = true;                   // sanitizers' stacks with names: seconds a crash
  std::function<bool()> interrupted = {};  // asked now and then: true makes run() throw Stop
};

class Worker {
 public:
  using OnText = std::function<void(std::string_view)>;

  explicit Worker(WorkerOptions options = {});
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;
  ~Worker();

  // `target` may be empty: then the program's own header says what runs (replay_plan).
  [[nodiscard]] Outcome run(std::string_view target, const Program& program);
  // The same, with leaked memory a failure, where this build and machine can find it.
  [[nodiscard]] Outcome run_with_leaks(std::string_view target, const Program& program);
  // False once the search for leaks itself has failed: it needs the permission to ptrace.
  [[nodiscard]] bool can_look_for_leaks() const;
  // The same, in a Runner that this worker keeps for all programs of the target, as a fuzz target
  // does; `trace` is what the run went through.
  [[nodiscard]] Outcome trace(std::string_view target, const Program& program, Trace& trace);
  // The same as run(), with every step told to `on_text` as it happens.
  [[nodiscard]] Outcome explain(std::string_view target, const Program& program, std::uint32_t at,
                                const OnText& on_text);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace mapfuzz::cli
