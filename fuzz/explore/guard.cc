#include "fuzz/explore/guard.h"

#include <sys/time.h>

#include <array>
#include <csetjmp>
#include <csignal>

namespace mapfuzz::cli {
namespace {

constexpr std::array kDeadly = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT};
constexpr int kPatience = 10;  // seconds of CPU

sigjmp_buf way_out;
const std::function<unsigned long()>* pulse_of = nullptr;
unsigned long last_pulse = 0;
int quiet_seconds = 0;

extern "C" void on_death(int signal) { siglongjmp(way_out, signal); }

extern "C" void on_second(int signal) {
  const unsigned long pulse = (*pulse_of)();
  quiet_seconds = pulse == last_pulse ? quiet_seconds + 1 : 0;
  last_pulse = pulse;
  if (quiet_seconds >= kPatience) {
    siglongjmp(way_out, signal);
  }
}

void handle(int signal, void (*handler)(int)) {
  struct sigaction action{};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART | SA_ONSTACK;
  sigaction(signal, &action, nullptr);
}

void handle_all(void (*death)(int), void (*second)(int), int seconds) {
  for (const int signal : kDeadly) {
    handle(signal, death);
  }
  handle(SIGVTALRM, second);
  const itimerval timer{{seconds, 0}, {seconds, 0}};
  setitimer(ITIMER_VIRTUAL, &timer, nullptr);
}

}  // namespace

std::string guarded(const std::function<void()>& work,
                    const std::function<unsigned long()>& pulse) {
  // Endless recursion leaves no room on the ordinary one.
  static std::array<char, 64 * 1024> stack;
  const stack_t alternative{.ss_sp = stack.data(), .ss_flags = 0, .ss_size = stack.size()};
  sigaltstack(&alternative, nullptr);
  pulse_of = &pulse;
  quiet_seconds = 0;
  const int signal = sigsetjmp(way_out, 1);
  if (signal == 0) {
    handle_all(&on_death, &on_second, 1);
    work();
  }
  handle_all(SIG_DFL, SIG_IGN, 0);
  return signal == 0 ? "" : signal == SIGVTALRM ? "hang" : "signal-" + std::to_string(signal);
}

}  // namespace mapfuzz::cli
