// mapfuzz explore: every program of a scope (oracle/explore.h).
#pragma once

#include "fuzz/explore/options.h"

namespace mapfuzz::cli {

// Becomes the program `explorer` that lies beside this one: the engine runs there at full speed.
[[nodiscard]] int explore(const ExploreOptions& options);

}  // namespace mapfuzz::cli
