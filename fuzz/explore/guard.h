// Deaths of the engine as findings: the explorer works in a child process, whose last words are the
// program that it was running. Whatever the engine did to the child's memory, the parent tells of
// it.
//
// Promises: a signal, an abort and a hang are told; SIGINT and SIGTERM are passed on to the child,
// which puts its work away.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>

#include "oracle/explore.h"

namespace mapfuzz::cli {

struct Death {
  std::string how;         // "signal-11", "hang"
  std::size_t space = 0;   // its number in the scope
  ExploreFailure failure;  // the program up to the operation that did not end
};

// In the child: what is being explored, as long as this lives.
class Exploring {
 public:
  Exploring(std::size_t space, const Explorer& explorer);
  Exploring(const Exploring&) = delete;
  Exploring& operator=(const Exploring&) = delete;
  ~Exploring();
};

// In the child: ends it here. After a finding nothing of the engine's is to be destroyed.
[[noreturn]] void leave(int code);

// Runs `work` in a child. Its exit code, or how it died.
struct GuardedEnd {
  int code = 0;
  std::optional<Death> death;
};
[[nodiscard]] GuardedEnd guarded(const Scope& scope, const std::function<int()>& work);

}  // namespace mapfuzz::cli
