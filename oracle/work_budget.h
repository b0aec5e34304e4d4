// The bound on a run's work, whatever its program asks for.
#pragma once

#include <cstddef>

#include "oracle/implementation.h"
#include "oracle/program.h"

namespace mapfuzz {

// Visits of cells, roughly, that one run of a program may cost: far above any honest program, and
// under a second of the slowest build. Operations beyond it are not run.
inline constexpr std::size_t kWorkBudget = 400'000;

// What the operation will cost on a map that looks like this.
[[nodiscard]] std::size_t work_of(const Operation& operation, const gomap::TableView& view,
                                  const HashSpec& hash);

}  // namespace mapfuzz
