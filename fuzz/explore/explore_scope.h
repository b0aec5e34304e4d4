// One run of the explorer: space after space of a scope, with progress, and files to go on from.
#pragma once

#include "fuzz/explore/options.h"

namespace mapfuzz::cli {

// An exit code.
[[nodiscard]] int explore_scope(const ExploreOptions& options);

}  // namespace mapfuzz::cli
