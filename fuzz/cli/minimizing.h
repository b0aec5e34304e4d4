// Minimising by way of a worker, so that crashes and hangs can be minimised as well.
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "fuzz/cli/outcome.h"
#include "oracle/minimize.h"
#include "oracle/program.h"

namespace mapfuzz::cli {

struct Minimized {
  Program program;
  std::size_t trials = 0;
  bool complete = true;  // false: out of time; perhaps not the smallest
};

struct MinimizeLimits {
  std::chrono::seconds time = std::chrono::hours(1);
  std::function<bool()> interrupted;  // true: Stop with exit 130
};

[[nodiscard]] Minimized minimize_in_worker(const Program& program, const std::string& target,
                                           const Signature& wanted, const MinimizeLimits& limits);

// The indexes of operations that can go and leave the same failure; empty: 1-minimal.
[[nodiscard]] std::vector<std::size_t> superfluous(const Program& program,
                                                   const std::string& target,
                                                   const Signature& wanted);

}  // namespace mapfuzz::cli
