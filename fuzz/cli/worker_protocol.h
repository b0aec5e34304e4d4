// What a worker and its master say to each other, over pipes.
//
// A request is a RequestHead, the target's name and the program's bytes. An answer is a line
// "WORD A B SIZE REST" and SIZE bytes:
//   ok STEPS PHASES 0        all was well
//   fail STEP PHASES SIZE SIGNATURE   an oracle failed; the bytes are its report
//   text 0 0 SIZE            something to show meanwhile; the real answer is still to come
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "oracle/runner.h"

namespace mapfuzz::cli {

struct RequestHead {
  std::uint32_t flags = 0;
  std::uint32_t at = 0;  // explain: the step whose table to draw
  std::uint32_t target_bytes = 0;
  std::uint32_t program_bytes = 0;
};

enum RequestFlag : std::uint32_t {
  kExplain = 1,    // tell every step
  kFindLeaks = 2,  // look for leaked memory afterwards
  kTrace = 4,      // tell the trace, as one text
};
inline constexpr std::uint32_t kNoStep = 0xFFFFFFFF;

enum class AnswerKind : std::uint8_t { ok, fail, text };

struct Answer {
  AnswerKind kind = AnswerKind::ok;
  std::size_t step = 0;  // ok: how many; fail: which one
  std::uint8_t phases = 0;
  std::string signature;
  std::string body;
};

[[nodiscard]] std::string encode_answer(const Answer& answer);

// A trace as the text of an answer, for another process of the same program.
[[nodiscard]] std::string encode_trace(const Trace& trace);
[[nodiscard]] Trace decode_trace(std::string_view text);

// Cuts a whole answer off the front; nothing until there is one. Exit 3 on what is no answer.
[[nodiscard]] std::optional<Answer> take_answer(std::string& buffer);

}  // namespace mapfuzz::cli
