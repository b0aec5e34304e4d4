// Go's map: a process beside this program (go/main.go), asked a line at a time.
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <sstream>
#include <stdexcept>

#include "contender.h"

namespace gomap_bench {
namespace {

// The Go programs lie beside this one.
[[nodiscard]] std::string path_of(const std::string& name) {
  std::array<char, PATH_MAX> self{};
  const ssize_t length = readlink("/proc/self/exe", self.data(), self.size());
  const std::string program(self.data(), length < 0 ? 0 : static_cast<std::size_t>(length));
  return program.substr(0, program.rfind('/') + 1) + name;
}

class GoProcess {
 public:
  explicit GoProcess(const std::string& path) {
    int to_go[2];
    int from_go[2];
    if (pipe2(to_go, O_CLOEXEC) != 0 || pipe2(from_go, O_CLOEXEC) != 0) {
      throw std::runtime_error("pipe2 failed");
    }
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, to_go[0], STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, from_go[1], STDOUT_FILENO);
    // One core for the map and the collector together: its work counts, wherever it is done.
    setenv("GOMAXPROCS", "1", 1);
    std::string program = path;
    char* arguments[] = {program.data(), nullptr};
    const int failed = posix_spawn(&child_, program.c_str(), &actions, nullptr, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    close(to_go[0]);
    close(from_go[1]);
    to_ = fdopen(to_go[1], "w");
    from_ = fdopen(from_go[0], "r");
    if (failed != 0) {
      throw std::runtime_error(path + " does not start");
    }
  }
  GoProcess(const GoProcess&) = delete;
  GoProcess& operator=(const GoProcess&) = delete;
  ~GoProcess() {
    std::fclose(to_);  // the end of its input ends it
    std::fclose(from_);
    waitpid(child_, nullptr, 0);
  }

  template <std::size_t count>
  std::array<double, count> ask(const std::string& request) {
    std::fprintf(to_, "%s\n", request.c_str());
    std::fflush(to_);
    std::array<char, 512> line{};
    if (std::fgets(line.data(), static_cast<int>(line.size()), from_) == nullptr) {
      throw std::runtime_error("the Go program died on: " + request);
    }
    std::istringstream words(line.data());
    std::array<double, count> numbers{};
    for (double& number : numbers) {
      if (!(words >> number)) {
        throw std::runtime_error("the Go program says: " + std::string(line.data()));
      }
    }
    return numbers;
  }

 private:
  pid_t child_ = -1;
  std::FILE* to_ = nullptr;
  std::FILE* from_ = nullptr;
};

class GoMap final : public Contender {
 public:
  explicit GoMap(const std::string& key) : process_(path_of("go_bench_" + key)) {}

  Timing time(Operation operation, std::size_t entries, std::int64_t batches) override {
    const auto [nanoseconds, operations] =
        process_.ask<2>(std::string(name_of(operation)) + " " + std::to_string(entries) + " " +
                        std::to_string(batches));
    return {nanoseconds, operations};
  }

  Latency grow(std::size_t entries) override {
    const auto [p50, p99, p999, max] = process_.ask<4>("latency " + std::to_string(entries));
    return {p50, p99, p999, max};
  }

  Memory fill(std::size_t entries) override {
    const auto got = process_.ask<4>("memory " + std::to_string(entries));
    return {got[0], got[1], got[2], got[3]};
  }

 private:
  GoProcess process_;
};

}  // namespace

std::vector<Entrant> go_entrants() {
  return {
      {"go", "u64", []() -> std::unique_ptr<Contender> { return std::make_unique<GoMap>("u64"); }},
      {"go", "text",
       []() -> std::unique_ptr<Contender> { return std::make_unique<GoMap>("text"); }}};
}

}  // namespace gomap_bench
