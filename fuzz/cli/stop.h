// How a verb gives up: an exit code and a sentence, thrown to main.
#pragma once

#include <fmt/format.h>

#include <stdexcept>
#include <string>
#include <utility>

#include "fuzz/cli/exit_code.h"

namespace mapfuzz::cli {

class Stop : public std::runtime_error {
 public:
  Stop(ExitCode code, const std::string& message) : std::runtime_error(message), code_(code) {}
  [[nodiscard]] ExitCode code() const { return code_; }

 private:
  ExitCode code_;
};

template <class... Arguments>
[[noreturn]] void stop(ExitCode code, fmt::format_string<Arguments...> text,
                       Arguments&&... arguments) {
  throw Stop(code, fmt::format(text, std::forward<Arguments>(arguments)...));
}

// A line to stderr.
template <class... Arguments>
void note(fmt::format_string<Arguments...> text, Arguments&&... arguments) {
  fmt::print(stderr, "mapfuzz: {}\n", fmt::format(text, std::forward<Arguments>(arguments)...));
}

}  // namespace mapfuzz::cli
