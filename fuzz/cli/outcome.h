// How a run of a program in another process ended.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "oracle/verdict.h"

namespace mapfuzz::cli {

struct Outcome {
  bool failed = false;
  Signature signature;        // of the failure
  bool lost_process = false;  // it crashed or hung, rather than failed an oracle
  std::size_t step = 0;       // of the failure; operations.size(): the check at the end
  std::string report;         // the screen, without what to do next
  std::size_t steps = 0;      // that were run
  std::uint8_t phases = 0;    // bit p: growth phase p was reached

  [[nodiscard]] bool ok() const { return !failed; }
};

}  // namespace mapfuzz::cli
