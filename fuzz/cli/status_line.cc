#include "fuzz/cli/status_line.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

namespace mapfuzz::cli {
namespace {

constexpr std::size_t kWidth = 79;  // a full line would wrap, and could not be taken back

}  // namespace

StatusLine::StatusLine() : terminal_(isatty(STDERR_FILENO) != 0) {}

void StatusLine::show(std::string_view text) {
  const std::lock_guard lock(mutex_);
  if (terminal_) {
    fmt::print(stderr, "\r\x1b[K{}", text.substr(0, kWidth));
    std::fflush(stderr);
    drawn_ = true;
  }
}

void StatusLine::clear() {
  const std::lock_guard lock(mutex_);
  if (drawn_) {
    fmt::print(stderr, "\r\x1b[K");
    std::fflush(stderr);
    drawn_ = false;
  }
}

}  // namespace mapfuzz::cli
