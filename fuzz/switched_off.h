// Environment variables that take a part of the fuzzing away, to measure what it is worth.
#pragma once

#include <cstdlib>
#include <cstring>

namespace mapfuzz {

// True if the variable is set to 0.
[[nodiscard]] inline bool switched_off(const char* variable) {
  const char* const value = std::getenv(variable);
  return value != nullptr && std::strcmp(value, "0") == 0;
}

}  // namespace mapfuzz
