#include "fuzz/cli/worker_protocol.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <type_traits>

#include "fuzz/cli/stop.h"

namespace mapfuzz::cli {
namespace {

constexpr std::array<std::string_view, 3> kWords = {"ok", "fail", "text"};

std::string_view take_word(std::string_view& line) {
  const std::string_view word = line.substr(0, line.find(' '));
  line.remove_prefix(std::min(line.size(), word.size() + 1));
  return word;
}

bool take_number(std::string_view& line, std::size_t& number) {
  const std::string_view word = take_word(line);
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
  return error == std::errc() && end == word.data() + word.size();
}

}  // namespace

std::string encode_answer(const Answer& answer) {
  return fmt::format("{} {} {} {} {}\n{}", kWords.at(static_cast<std::size_t>(answer.kind)),
                     answer.step, answer.phases, answer.body.size(), answer.signature, answer.body);
}

static_assert(std::is_trivially_copyable_v<TracePoint>);

std::string encode_trace(const Trace& trace) {
  std::string text(trace.size() * sizeof(TracePoint), '\0');
  if (!trace.empty()) {
    std::memcpy(text.data(), trace.data(), text.size());
  }
  return text;
}

Trace decode_trace(std::string_view text) {
  Trace trace(text.size() / sizeof(TracePoint));
  if (!trace.empty()) {
    std::memcpy(trace.data(), text.data(), trace.size() * sizeof(TracePoint));
  }
  return trace;
}

std::optional<Answer> take_answer(std::string& buffer) {
  const std::size_t newline = buffer.find('\n');
  if (newline == std::string::npos) {
    return std::nullopt;
  }
  std::string_view line(buffer.data(), newline);
  const auto kind = std::find(kWords.begin(), kWords.end(), take_word(line));
  Answer answer;
  std::size_t phases = 0;
  std::size_t size = 0;
  if (kind == kWords.end() || !take_number(line, answer.step) || !take_number(line, phases) ||
      !take_number(line, size)) {
    stop(kEnvironment, "a worker answered '{}'", buffer.substr(0, newline));
  }
  if (buffer.size() - newline - 1 < size) {
    return std::nullopt;
  }
  answer.kind = static_cast<AnswerKind>(kind - kWords.begin());
  answer.phases = static_cast<std::uint8_t>(phases);
  answer.signature = line;
  answer.body = buffer.substr(newline + 1, size);
  buffer.erase(0, newline + 1 + size);
  return answer;
}

}  // namespace mapfuzz::cli
