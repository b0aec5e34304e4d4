// Stages of the gate that are commands of ci/ and ctest: build, tsan, tests.
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <fstream>
#include <string_view>
#include <system_error>

#include "fuzz/cli/ctest_result.h"
#include "fuzz/cli/files.h"
#include "fuzz/cli/gate_stage.h"
#include "fuzz/cli/interrupt.h"
#include "fuzz/cli/place.h"
#include "fuzz/cli/process.h"
#include "fuzz/cli/stop.h"

namespace mapfuzz::cli {
namespace {

namespace fs = std::filesystem;

constexpr int kTickMilliseconds = 200;

struct Logged {
  ExitStatus status;
  std::string text;
  fs::path log;

  [[nodiscard]] bool ok() const { return !status.signaled && status.code == 0; }
};

std::string_view last_line(std::string_view text) {
  if (text.ends_with('\n')) {
    text.remove_suffix(1);
  }
  const std::size_t at = text.rfind('\n');
  return at == std::string_view::npos ? text : text.substr(at + 1);
}

// With what it writes in OUT/STAGE.log and, its last line, on the terminal.
Logged run_logged(GateRun& run, const char* stage, const std::vector<std::string>& command) {
  Logged result;
  result.log = run.options.out / fmt::format("{}.log", stage);
  Pipe output = make_pipe();
  const Fd null(open("/dev/null", O_RDONLY | O_CLOEXEC));
  Child child = Child::spawn(
      {command, {}, {{null.get(), 0}, {output.write.get(), 1}, {output.write.get(), 2}}});
  output.write.reset();
  std::ofstream log(result.log, std::ios::binary | std::ios::trunc);
  std::array<char, 16 * 1024> buffer;
  bool told_to_stop = false;
  for (;;) {
    if (interrupted() && !told_to_stop) {
      child.send_to_group(SIGINT);
      told_to_stop = true;
    }
    pollfd file{output.read.get(), POLLIN, 0};
    if (::poll(&file, 1, kTickMilliseconds) <= 0) {
      continue;
    }
    const ssize_t size = read(output.read.get(), buffer.data(), buffer.size());
    if (size == 0 || (size < 0 && errno != EINTR)) {
      break;
    }
    if (size > 0) {
      const std::string_view text(buffer.data(), static_cast<std::size_t>(size));
      result.text += text;
      log << text << std::flush;
      run.status.show(fmt::format("{:<12} {}", stage, last_line(result.text)));
    }
  }
  result.status = child.wait();
  return result;
}

std::uint64_t number_after(std::string_view text, std::string_view mark) {
  std::uint64_t number = 0;
  const std::size_t at = text.rfind(mark);
  if (at != std::string_view::npos) {
    std::from_chars(text.data() + at + mark.size(), text.data() + text.size(), number);
  }
  return number;
}

std::string quoted(const std::vector<std::string>& command) {
  std::string line;
  for (const std::string& word : command) {
    const bool plain = word.find_first_of("^$\\ ") == std::string::npos;
    line += fmt::format("{}{}", line.empty() ? "" : " ", plain ? word : "'" + word + "'");
  }
  return line;
}

StageResult broken(const Logged& logged, std::string reason,
                   const std::vector<std::string>& command) {
  return {.code = kEnvironment,
          .reason = std::move(reason),
          .screen = fmt::format("{}\nall of it   {}\nonce more   {}\n", last_screen(logged.text),
                                shown(logged.log), quoted(command))};
}

StageResult failed(const Logged& logged, const std::string& test) {
  const std::string output = failed_output(logged.text, test);
  const std::string clause = clause_in(output);
  return {.code = kFinding,
          .reason = fmt::format("{}{}test {}", clause, clause.empty() ? "" : ", ", test),
          .screen = fmt::format("{}\nall of it   {}\nreproduce   {} -R '^{}$'\n", output,
                                shown(logged.log), shown(source_folder() / "ci/test"), test)};
}

// Runs tests and reads what ctest made of them. The first one that fails ends it.
StageResult run_tests(GateRun& run, const char* stage, std::vector<std::string> command) {
  const fs::path junit = run.options.out / fmt::format("{}.xml", stage);
  std::error_code ignored;
  fs::remove(junit, ignored);
  command.insert(command.end(), {"--stop-on-failure", "--output-junit", junit.string()});
  const Logged logged = run_logged(run, stage, command);
  const CtestResult tests =
      fs::exists(junit, ignored) ? read_ctest_junit(read_file(junit), stage) : CtestResult{};
  StageResult result;
  if (!tests.failed.empty()) {
    result = failed(logged, tests.failed.front());
  } else if (!logged.ok()) {
    return broken(logged,
                  fmt::format("it ended with {} {}",
                              logged.status.signaled ? "signal" : "exit code", logged.status.code),
                  command);
  } else if (tests.passed == 0) {
    return broken(logged, "no test ran", command);
  }
  result.summary = fmt::format("{} passed{}", counted(tests.passed, "test"),
                               tests.skipped > 0 ? fmt::format(", {} skipped", tests.skipped) : "");
  result.ctest_suite = tests.suite;
  return result;
}

}  // namespace

// ci/test builds all trees before it lists what is in them.
StageResult gate_build(GateRun& run) {
  const std::vector<std::string> command = {(source_folder() / "ci/test").string(), "-N"};
  const Logged logged = run_logged(run, "build", command);
  const std::uint64_t tests = number_after(logged.text, "Total Tests: ");
  if (!logged.ok() || tests == 0) {
    return broken(logged, "a tree does not build", command);
  }
  StageResult result;
  result.summary = fmt::format("all trees, {} tests", tests);
  return result;
}

StageResult gate_tsan(GateRun& run) {
  StageResult result = run_tests(
      run, "tsan",
      {"ctest", "--test-dir", (source_folder() / "build/tsan").string(), "-L", "^replay$",
       "--no-tests=error", "--output-on-failure", "-j", std::to_string(run.options.jobs)});
  result.summary += ": the corpus under ThreadSanitizer";
  return result;
}

// But for those of the stage tsan.
StageResult gate_tests(GateRun& run) {
  return run_tests(run, "tests",
                   {(source_folder() / "ci/test").string(), "-E", "^tsan\\.replay\\."});
}

}  // namespace mapfuzz::cli
