#include "fuzz/cli/crash.h"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <cstring>
#include <vector>

namespace mapfuzz::cli {
namespace {

constexpr int kLibFuzzerTimeout = 70;
constexpr int kLibFuzzerMemory = 71;

std::string_view line_with(std::string_view text, std::string_view wanted) {
  const std::size_t at = text.find(wanted);
  if (at == std::string_view::npos) {
    return {};
  }
  const std::size_t before = text.rfind('\n', at);
  const std::size_t begin = before == std::string_view::npos ? 0 : before + 1;
  return text.substr(begin, text.find('\n', at) - begin);
}

// From the line of tell_death (target.cc): "... phase quiet: asan.heap-use-after-free in FILE".
std::string_view told_clause(std::string_view messages) {
  const std::string_view line = line_with(messages, "mapfuzz: died at step ");
  const std::size_t phase = line.find(") phase ");
  const std::size_t colon = line.find(": ", phase);
  if (phase == std::string_view::npos || colon == std::string_view::npos) {
    return {};
  }
  const std::string_view rest = line.substr(colon + 2);
  return rest.substr(0, rest.find(' '));
}

// From libFuzzer's copy of an oracle's line: "...: ASSERTION FAILED: oracle[I5] sentence".
Clause asserted_clause(std::string_view messages) {
  constexpr std::string_view mark = "ASSERTION FAILED: oracle[";
  const std::string_view line = line_with(messages, mark);
  const std::size_t at = line.find(mark);
  const std::size_t close = line.find(']', at);
  if (at == std::string_view::npos || close == std::string_view::npos) {
    return {};
  }
  const std::size_t begin = at + mark.size();
  const std::string_view sentence = line.substr(std::min(close + 2, line.size()));
  return {std::string(line.substr(begin, close - begin)), std::string(sentence)};
}

bool ran_out_of_memory(const Death& death, std::string_view told) {
  const auto says = [&](const char* text) {
    return death.messages.find(text) != std::string::npos;
  };
  return told == "asan.out-of-memory" || told == "asan.rss-limit-exceeded" ||
         says("hard rss limit exhausted") || says("libFuzzer: out-of-memory") ||
         (!death.status.signaled && death.status.code == kLibFuzzerMemory);
}

std::string last_line(std::string_view messages) {
  while (!messages.empty() && messages.back() == '\n') {
    messages.remove_suffix(1);
  }
  const std::size_t newline = messages.rfind('\n');
  return std::string(newline == std::string_view::npos ? messages : messages.substr(newline + 1));
}

std::string what_happened(const Death& death) {
  if (death.hung) {
    return "no answer in time";
  }
  // UBSan's summary says less than its first line, which names no sanitizer.
  for (const char* mark : {"runtime error: ", "ERROR: ", "Sanitizer: "}) {
    if (const std::string_view line = line_with(death.messages, mark); !line.empty()) {
      return std::string(line.substr(line.find_first_not_of("= 0123456789")));
    }
  }
  if (death.status.signaled) {
    return fmt::format("signal {} ({})", death.status.code, strsignal(death.status.code));
  }
  const std::string last = last_line(death.messages);
  return fmt::format("exit code {}{}{}", death.status.code, last.empty() ? "" : ": ", last);
}

bool is_frame(std::string_view line) {
  const std::size_t first = line.find_first_not_of(' ');
  return first != std::string_view::npos && line[first] == '#';
}

}  // namespace

Clause clause_of_death(const Death& death) {
  const std::string_view told = told_clause(death.messages);
  if (death.hung || (!death.status.signaled && death.status.code == kLibFuzzerTimeout)) {
    return {"hang", "a program ends in time"};
  }
  if (ran_out_of_memory(death, told)) {
    return {"oom", "a program stays within its memory"};
  }
  if (!told.empty()) {
    return {std::string(told), "no sanitizer has anything to report"};
  }
  if (Clause asserted = asserted_clause(death.messages); !asserted.id.empty()) {
    return asserted;
  }
  if (death.messages.find("LeakSanitizer: detected") != std::string::npos) {
    return {kLeakClause, "all memory is freed or still in use"};
  }
  const std::string sentence = "a program does not end the process that runs it";
  if (death.status.signaled) {
    return {fmt::format("signal-{}", death.status.code), sentence};
  }
  return {fmt::format("exit-{}", death.status.code), sentence};
}

Failure failure_of_death(const Program& program, const Death& death, const StatsPage& stats) {
  Failure failure;
  failure.clause = clause_of_death(death);
  failure.step = std::min<std::size_t>(stats.step, program.operations.size());
  failure.code = stats.code;
  failure.phase = stats.phase;
  failure.expected = death.hung ? "an answer" : "a process that lives on";
  failure.got = what_happened(death);
  failure.subject = "the process that ran the program";
  return failure;
}

std::string excerpt(std::string_view messages) {
  constexpr int most_lines = 40;
  constexpr std::size_t widest = 160;
  const std::size_t begin = std::min({messages.find("ERROR: "), messages.find("runtime error: "),
                                      messages.find("WARNING: ThreadSanitizer")});
  if (begin == std::string_view::npos) {
    return {};
  }
  const std::size_t newline = messages.rfind('\n', begin);
  std::string_view rest = messages.substr(newline == std::string_view::npos ? 0 : newline + 1);
  std::string out;
  bool ours = false;  // below the engine there is only the harness: the same in every stack
  for (int lines = 0; !rest.empty() && lines < most_lines;) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    if (line.starts_with("SUMMARY: ") || line.starts_with("Shadow bytes")) {
      break;
    }
    const bool frame = is_frame(line);
    ours = frame && ours;
    if (!ours && line.find_first_not_of("= ") != std::string_view::npos) {
      out += fmt::format("  {}\n", line.substr(0, widest));
      ++lines;
    }
    ours = ours || (frame && line.find("mapfuzz::EngineImpl<") != std::string_view::npos);
  }
  return out;
}

}  // namespace mapfuzz::cli
