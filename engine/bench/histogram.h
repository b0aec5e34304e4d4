// Percentiles of single inserts from the time stamps between them.
#pragma once

#include <vector>

#include "contender.h"

namespace gomap_bench {

// `stamps` holds one more than there were inserts; `took` is the time of all, in nanoseconds, and
// says how long a tick is.
Latency latency_of(const std::vector<std::uint64_t>& stamps, double took);

}  // namespace gomap_bench
