#include "fuzz/cli/live_view.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>

#include "fuzz/cli/duration.h"

namespace mapfuzz::cli {
namespace {

constexpr auto kTerminalPause = std::chrono::seconds(1);
constexpr auto kPlainPause = std::chrono::seconds(10);

std::size_t terminal_width() {
  winsize size{};
  return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

std::chrono::seconds whole(std::chrono::duration<double> duration) {
  return std::chrono::duration_cast<std::chrono::seconds>(duration);
}

}  // namespace

std::string_view to_string(TargetState state) {
  switch (state) {
    case TargetState::waiting:
      return "waiting";
    case TargetState::running:
      return "running";
    case TargetState::minimizing:
      return "minimising";
    case TargetState::done:
      return "done";
    case TargetState::stopped:
      return "finding";
    case TargetState::broken:
      return "BROKEN";
    case TargetState::interrupted:
      return "interrupted";
  }
  return "";
}

LiveView::LiveView()
    : terminal_(isatty(STDERR_FILENO) != 0),
      next_(Clock::now() + (terminal_ ? kTerminalPause : kPlainPause)) {}

void LiveView::tick(const std::vector<Score>& scores) {
  const std::lock_guard lock(mutex_);
  const Clock::time_point now = Clock::now();
  if (now < next_) {
    return;
  }
  next_ = now + (terminal_ ? kTerminalPause : kPlainPause);
  before_.resize(scores.size(), {.at = now - std::chrono::hours(1)});
  erase();
  std::string out;
  const std::size_t width = terminal_width();
  for (std::size_t at = 0; at < scores.size(); ++at) {
    const Score& score = scores[at];
    const bool moves =
        score.state == TargetState::running || score.state == TargetState::minimizing;
    if (terminal_ || moves) {
      const std::string text = line(score, before_[at], now);
      out += fmt::format("{}\n", terminal_ ? text.substr(0, width - 1) : text);
      drawn_ += terminal_ ? 1 : 0;
    }
    before_[at] = {now, score.execs, score.operations};
  }
  fmt::print(stderr, "{}", out);
}

std::string LiveView::line(const Score& score, const Speed& before, Clock::time_point now) const {
  double execs = score.per_second(score.execs);
  double operations = score.per_second(score.operations);
  const std::chrono::duration<double> passed = now - before.at;
  if (passed < 2 * kPlainPause && before.execs > 0 && score.state == TargetState::running) {
    execs = static_cast<double>(score.execs - before.execs) / passed.count();
    operations = static_cast<double>(score.operations - before.operations) / passed.count();
  }
  return fmt::format(
      "{:<8} {:<10} {:>6}  {:>9} execs {:>7.0f} exec/s {:>8.0f} ops/s  edges {:>5}  corpus {:>5}  "
      "findings {}",
      score.target, to_string(score.state), shown(whole(score.busy)), score.execs, execs,
      operations, score.edges, score.corpus, score.findings);
}

void LiveView::say(std::string_view text) {
  const std::lock_guard lock(mutex_);
  erase();
  fmt::print("{}", text);
  std::fflush(stdout);
}

void LiveView::finish() {
  const std::lock_guard lock(mutex_);
  erase();
}

// Up over the lines drawn last, and clear from there on.
void LiveView::erase() {
  if (drawn_ > 0) {
    fmt::print(stderr, "\x1b[{}A\x1b[J", drawn_);
    drawn_ = 0;
  }
}

std::string summary_table(const std::vector<Score>& scores) {
  std::string out = fmt::format("{:<9}{:>8}{:>12}{:>9}{:>13}{:>10}{:>7}{:>8}{:>10}  {}\n", "target",
                                "time", "execs", "exec/s", "operations", "ops/s", "edges", "corpus",
                                "findings", "result");
  for (const Score& score : scores) {
    out += fmt::format(
        "{:<9}{:>8}{:>12}{:>9.0f}{:>13}{:>10.0f}{:>7}{:>8}{:>10}  {}{}{}\n", score.target,
        shown(whole(score.busy)), score.execs, score.per_second(score.execs), score.operations,
        score.per_second(score.operations), score.edges, score.corpus, score.findings,
        to_string(score.state), score.problem.empty() ? "" : ": ", score.problem);
  }
  return out;
}

}  // namespace mapfuzz::cli
