// What the map does when it finds itself misused or broken: Go's fatal errors.
//
// Promises: `fatal` never returns. The handler may be replaced; it may throw or end the process,
// and one that returns is followed by abort().
#pragma once

#include <atomic>
#include <cstdio>
#include <cstdlib>

namespace gomap {

// Receives Go's text without the "fatal error: " prefix, e.g. "concurrent map writes".
using FatalHandler = void (*)(const char* text);

namespace detail {

inline void print_fatal(const char* text) { std::fprintf(stderr, "fatal error: %s\n", text); }

inline std::atomic<FatalHandler> fatal_handler{&print_fatal};

}  // namespace detail

// Installs a handler for the whole process and returns the one it replaces.
inline FatalHandler set_fatal_handler(FatalHandler handler) {
  return detail::fatal_handler.exchange(handler);
}

[[noreturn]] inline void fatal(const char* text) {
  detail::fatal_handler.load(std::memory_order_relaxed)(text);
  std::abort();
}

}  // namespace gomap
