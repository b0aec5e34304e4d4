#include "fuzz/cli/fuzzer.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fstream>

#include "fuzz/cli/corpus.h"
#include "fuzz/cli/interrupt.h"
#include "fuzz/cli/stop.h"
#include "fuzz/mutate_bytes.h"
#include "fuzz/target.h"

namespace mapfuzz::cli {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kTickMilliseconds = 200;
constexpr int kHangSeconds = 25;
constexpr int kMemoryMegabytes = 2560;
constexpr auto kPatience = std::chrono::seconds(5);  // from SIGINT to SIGKILL
// Beyond its time: two hangs, and a sanitizer's report with its symbols.
constexpr auto kGrace = std::chrono::seconds(120);
constexpr int kInterruptExit = 72;  // libFuzzer's

std::string sanitizer_options(const char* variable, const char* options) {
  const char* inherited = std::getenv(variable);
  return inherited == nullptr ? options : fmt::format("{}:{}", inherited, options);
}

}  // namespace

std::vector<std::string> Fuzzer::command() const {
  std::vector<std::string> words = {
      options_.program.string(), fmt::format("-artifact_prefix={}/", options_.artifacts.string()),
      fmt::format("-timeout={}", kHangSeconds), fmt::format("-rss_limit_mb={}", kMemoryMegabytes),
      fmt::format("-max_len={}", kMaxInputBytes),
      // Bursts make short inputs deep: no reason to grow them slowly.
      "-len_control=0", "-print_final_stats=1", "-reload=1"};
  if (options_.time.has_value()) {
    words.push_back(fmt::format("-max_total_time={}", options_.time->count()));
  }
  if (options_.runs.has_value()) {
    words.push_back(fmt::format("-runs={}", *options_.runs));
  }
  if (options_.seed.has_value()) {
    words.push_back(fmt::format("-seed={}", *options_.seed));
  }
  for (const auto& folder : options_.folders) {
    words.push_back(folder.string());
  }
  return words;
}

FuzzerEnd Fuzzer::run(const OnTick& on_tick) {
  Pipe output = make_pipe();
  const Fd null(open("/dev/null", O_RDONLY | O_CLOEXEC));
  SpawnRequest request;
  request.command = command();
  request.files = {{null.get(), 0}, {output.write.get(), 1}, {output.write.get(), 2}};
  // The exit code tells a report from a start that failed: a user's options must not change it.
  for (const char* variable : {"ASAN_OPTIONS", "UBSAN_OPTIONS"}) {
    request.environment.emplace_back(variable, sanitizer_options(variable, "exitcode=77"));
  }
  if (!options_.known.empty()) {
    request.environment.emplace_back(kKnownVariable,
                                     fmt::format("{}", fmt::join(options_.known, ";")));
  }
  stats_.give_to(request);
  const Clock::time_point start = Clock::now();
  Child child = Child::spawn(request);
  output.write.reset();
  pump(child, output.read, [&](const Fuzzer& fuzzer) {
    busy_ = Clock::now() - start;
    on_tick(fuzzer);
  });
  status_ = child.wait();
  busy_ = Clock::now() - start;
  return judge();
}

// Until the pipe ends. Signals the child where we are interrupted, or it will not stop.
void Fuzzer::pump(Child& child, Fd& output, const OnTick& on_tick) {
  std::ofstream log_file(options_.log, std::ios::binary | std::ios::app);
  std::array<char, 64 * 1024> buffer;
  const Clock::time_point start = Clock::now();
  std::optional<Clock::time_point> told_to_stop;
  for (;;) {
    pollfd file{output.get(), POLLIN, 0};
    if (::poll(&file, 1, kTickMilliseconds) > 0) {
      const ssize_t size = read(output.get(), buffer.data(), buffer.size());
      if (size == 0 || (size < 0 && errno != EINTR)) {
        return;
      }
      if (size > 0) {
        const std::string_view text(buffer.data(), static_cast<std::size_t>(size));
        log_.consume(text);
        log_file << text;
      }
    }
    on_tick(*this);
    const Clock::time_point now = Clock::now();
    const bool late = options_.time.has_value() && now > start + *options_.time + kGrace;
    if (!told_to_stop.has_value() && (stopping() || late)) {
      child.send(SIGINT);
      told_to_stop = now;
    } else if (told_to_stop.has_value() && now > *told_to_stop + kPatience) {
      child.send(SIGKILL);
    }
  }
}

FuzzerEnd Fuzzer::judge() const {
  if (!log_.artifact().empty()) {
    return FuzzerEnd::finding;
  }
  if (stopping()) {
    return FuzzerEnd::interrupted;
  }
  const bool ended_well =
      !status_.signaled && (status_.code == 0 || status_.code == kInterruptExit);
  return ended_well && execs() > 0 && operations() > 0 ? FuzzerEnd::used_up : FuzzerEnd::failed;
}

}  // namespace mapfuzz::cli
