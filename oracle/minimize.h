// Minimiser: the smallest program that still fails with the same signature.
//
// Promises: the result fails with `wanted` in every trial that was made of it, and no single
// operation can be taken away from it (1-minimal, Zeller and Hildebrandt 2002).
#pragma once

#include <cstddef>
#include <functional>
#include <optional>

#include "oracle/program.h"
#include "oracle/verdict.h"

namespace mapfuzz {

// Runs a program and says how it failed, if it did.
using Trial = std::function<std::optional<Signature>(const Program&)>;

struct MinimizeResult {
  Program program;
  std::size_t trials = 0;
};

[[nodiscard]] MinimizeResult minimize(const Program& program, const Signature& wanted,
                                      const Trial& trial);

}  // namespace mapfuzz
