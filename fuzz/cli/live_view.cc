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
// Columns fit what they hold at its longest; a name is cut, a time may take the rest of the line.
constexpr std::string_view kLiveLine = "{:<12.12} {:<11} {:>7} {:>5} {:>6} {:>5} {:>5} {:>6} {:>8}";
constexpr double kFourDigits = 999.5;  // rounds to 1000

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

LiveView::LiveView(Where where)
    : terminal_(isatty(STDERR_FILENO) != 0),
      silent_(where == Where::terminal && !terminal_),
      next_(Clock::now() + (terminal_ ? kTerminalPause : kPlainPause)) {}

void LiveView::tick(const std::vector<Score>& scores) {
  const std::lock_guard lock(mutex_);
  const Clock::time_point now = Clock::now();
  if (silent_ || now < next_) {
    return;
  }
  next_ = now + (terminal_ ? kTerminalPause : kPlainPause);
  before_.resize(scores.size(), {.at = now - std::chrono::hours(1)});
  erase();
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < scores.size(); ++at) {
    const Score& score = scores[at];
    const bool moves =
        score.state == TargetState::running || score.state == TargetState::minimizing;
    if (terminal_ || moves) {
      lines.push_back(line(score, before_[at], now));
    }
    before_[at] = {now, score.execs, score.operations};
  }
  if (lines.empty()) {
    return;
  }
  lines.insert(lines.begin(), live_heading());
  std::string out;
  const std::size_t width = terminal_width();
  for (const std::string& text : lines) {
    out += fmt::format("{}\n", terminal_ ? text.substr(0, width - 1) : text);
  }
  drawn_ = terminal_ ? lines.size() : 0;
  fmt::print(stderr, "{}", out);
}

std::string LiveView::line(const Score& score, const Speed& before, Clock::time_point now) {
  double execs = score.per_second(score.execs);
  double operations = score.per_second(score.operations);
  const std::chrono::duration<double> passed = now - before.at;
  if (passed < 2 * kPlainPause && before.execs > 0 && score.state == TargetState::running) {
    execs = static_cast<double>(score.execs - before.execs) / passed.count();
    operations = static_cast<double>(score.operations - before.operations) / passed.count();
  }
  return live_line(score, execs, operations);
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

std::string abbreviated(double count) {
  if (count < kFourDigits) {
    return fmt::format("{:.0f}", count);
  }
  std::string_view units = "kMGTPE";
  count /= 1000;
  while (count >= kFourDigits && units.size() > 1) {
    count /= 1000;
    units.remove_prefix(1);
  }
  constexpr double two_digits = 9.95;  // rounds to 10
  return count < two_digits ? fmt::format("{:.1f}{}", count, units.front())
                            : fmt::format("{:.0f}{}", count, units.front());
}

std::string live_heading() {
  return fmt::format(kLiveLine, "target", "state", "time", "execs", "exec/s", "ops/s", "edges",
                     "corpus", "findings");
}

std::string live_line(const Score& score, double execs_per_second, double operations_per_second) {
  const auto count = [](std::uint64_t number) { return abbreviated(static_cast<double>(number)); };
  return fmt::format(kLiveLine, score.target, to_string(score.state), shown(whole(score.busy)),
                     count(score.execs), abbreviated(execs_per_second),
                     abbreviated(operations_per_second), count(score.edges), count(score.corpus),
                     count(score.findings));
}

std::string summary_table(const std::vector<Score>& scores) {
  std::string out = fmt::format("{:<9}{:>8}{:>12}{:>9}{:>13}{:>10}{:>7}{:>8}{:>8}{:>10}  {}\n",
                                "target", "time", "execs", "exec/s", "operations", "ops/s", "edges",
                                "states", "corpus", "findings", "result");
  for (const Score& score : scores) {
    out += fmt::format("{:<9}{:>8}{:>12}{:>9.0f}{:>13}{:>10.0f}{:>7}{:>8}{:>8}{:>10}  {}{}{}\n",
                       score.target, shown(whole(score.busy)), score.execs,
                       score.per_second(score.execs), score.operations,
                       score.per_second(score.operations), score.edges,
                       coverage(score.states).reached, score.corpus, score.findings,
                       to_string(score.state), score.problem.empty() ? "" : ": ", score.problem);
  }
  return out;
}

}  // namespace mapfuzz::cli
