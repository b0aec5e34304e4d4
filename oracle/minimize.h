// Minimiser: the smallest program that still fails with the same signature.
//
// Ranges of operations go, then single ones and pairs; runs of assigns become literals; hash plan,
// seed, hint, kinds and width become the plain ones where they can; keys are merged and lowered,
// other operands lowered.
// Promises: the result fails with `wanted`, and no single operation can be taken away from it
// (1-minimal, Zeller and Hildebrandt 2002).
#pragma once

#include <cstddef>
#include <functional>
#include <optional>

#include "oracle/program.h"
#include "oracle/verdict.h"

namespace mapfuzz {

// Runs a program and says how it failed, if it did.
using Trial = std::function<std::optional<Signature>(const Program&)>;

// Makes a candidate a program that its target would run as it stands: `repair`, and what the plan
// does not leave open (adapt).
using Legalize = std::function<void(Program&)>;

struct MinimizeResult {
  Program program;
  std::size_t trials = 0;
};

// `program` must be what `legalize` makes of it.
[[nodiscard]] MinimizeResult minimize(const Program& program, const Signature& wanted,
                                      const Trial& trial, const Legalize& legalize);

}  // namespace mapfuzz
