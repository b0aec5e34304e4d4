// Throwing, for code that may also be compiled with -fno-exceptions: there, what would be thrown
// is printed and the process ends.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <utility>

namespace gomap::detail {

template <class Exception, class... Args>
[[noreturn]] inline void raise(Args&&... args) {
#if defined(__cpp_exceptions)
  throw Exception(std::forward<Args>(args)...);
#else
  std::fprintf(stderr, "gomap: %s\n", Exception(std::forward<Args>(args)...).what());
  std::abort();
#endif
}

}  // namespace gomap::detail
