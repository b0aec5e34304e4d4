#include "fuzz/explore/guard.h"

#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <new>
#include <type_traits>

#include "fuzz/cli/stop.h"
#include "oracle/runner.h"

namespace mapfuzz::cli {
namespace {

constexpr std::array kDeadly = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT};
constexpr int kPatience = 10;  // seconds of CPU without an operation ended

// Shared by parent and child: written in a signal handler, so no more than copies.
struct LastWords {
  int signal = 0;
  std::size_t space = 0;
  Progress at;
  std::size_t operations = 0;
  std::array<Operation, 512> program;
};
static_assert(std::is_trivially_copyable_v<Operation>);

LastWords* words = nullptr;
const Explorer* current = nullptr;
std::size_t current_space = 0;
std::uint64_t last_pulse = 0;
int quiet_seconds = 0;
pid_t child = 0;

extern "C" void on_death(int signal) {
  if (current != nullptr) {
    const auto& operations = current->running().operations;
    words->space = current_space;
    words->at = Runner::progress();
    words->operations = std::min(operations.size(), words->program.size());
    std::copy_n(operations.begin(), words->operations, words->program.begin());
    words->signal = signal;
    _exit(kFinding);
  }
  // Not the engine's affair.
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

extern "C" void on_second(int signal) {
  const std::uint64_t pulse = current == nullptr ? last_pulse + 1 : current->stats().transitions;
  quiet_seconds = pulse == last_pulse ? quiet_seconds + 1 : 0;
  last_pulse = pulse;
  if (quiet_seconds >= kPatience) {
    on_death(signal);
  }
}

extern "C" void pass_on(int signal) { kill(child, signal); }

void handle(int signal, void (*handler)(int)) {
  struct sigaction action{};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART | SA_ONSTACK;
  sigaction(signal, &action, nullptr);
}

void watch_deaths() {
  // Endless recursion leaves no room on the ordinary one.
  static std::array<char, 64 * 1024> stack;
  const stack_t alternative{.ss_sp = stack.data(), .ss_flags = 0, .ss_size = stack.size()};
  sigaltstack(&alternative, nullptr);
  for (const int signal : kDeadly) {
    handle(signal, &on_death);
  }
  handle(SIGVTALRM, &on_second);
  const itimerval timer{{1, 0}, {1, 0}};
  setitimer(ITIMER_VIRTUAL, &timer, nullptr);
}

Death told(const Scope& scope) {
  Death death;
  death.how = words->signal == SIGVTALRM ? "hang" : "signal-" + std::to_string(words->signal);
  death.space = words->space;
  death.failure.program = start_of(scope.spaces[words->space]);
  death.failure.program.operations.assign(
      words->program.begin(), words->program.begin() + static_cast<std::ptrdiff_t>(std::min(
                                                           words->operations, words->at.step + 1)));
  Failure& failure = death.failure.failure;
  failure.clause = {death.how, "a legal program ends"};
  failure.step = words->at.step;
  failure.code = words->at.code;
  failure.phase = words->at.phase;
  failure.expected = "an answer";
  failure.got = death.how;
  failure.subject = to_string(scope.spaces[words->space].row);
  return death;
}

}  // namespace

Exploring::Exploring(std::size_t space, const Explorer& explorer) {
  current_space = space;
  current = &explorer;
}
Exploring::~Exploring() { current = nullptr; }

void leave(int code) {
  std::fflush(nullptr);
  _exit(code);
}

GuardedEnd guarded(const Scope& scope, const std::function<int()>& work) {
  void* page =
      mmap(nullptr, sizeof(LastWords), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED) {
    stop(kEnvironment, "no shared memory: {}", std::strerror(errno));
  }
  words = new (page) LastWords;
  std::fflush(nullptr);
  child = fork();
  if (child < 0) {
    stop(kEnvironment, "cannot start the explorer's child: {}", std::strerror(errno));
  }
  if (child == 0) {
    watch_deaths();
    leave(work());
  }
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    handle(signal, &pass_on);
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (words->signal != 0) {
    return {.code = kFinding, .death = told(scope)};
  }
  if (!WIFEXITED(status)) {
    stop(kEnvironment, "the explorer was killed by signal {}: is memory short?", WTERMSIG(status));
  }
  return {.code = WEXITSTATUS(status), .death = std::nullopt};
}

}  // namespace mapfuzz::cli
