#include "fuzz/cli/interrupt.h"

#include <atomic>
#include <csignal>

namespace mapfuzz::cli {
namespace {

std::atomic<bool> flag{false};
static_assert(std::atomic<bool>::is_always_lock_free);

extern "C" void on_interrupt(int /*signal*/) { flag = true; }

}  // namespace

void catch_interrupts() {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction action{};
    action.sa_handler = on_interrupt;
    sigaction(signal, &action, nullptr);
  }
}

bool interrupted() { return flag; }

}  // namespace mapfuzz::cli
