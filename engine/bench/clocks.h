// Two clocks. Throughput is measured in CPU time of the process, which a neighbour on the machine
// cannot stretch by taking the core away; the latency of one insert in ticks of the time stamp
// counter, which costs a few nanoseconds to read, and therefore does include such an absence.
#pragma once

#include <chrono>
#include <cstdint>
#include <ctime>
#if defined(__x86_64__)
#include <x86intrin.h>
#endif

namespace gomap_bench {

// Nanoseconds of CPU time. About a third of a microsecond a call: measure at least some 50.
[[nodiscard]] inline double cpu_nanoseconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

[[nodiscard]] inline std::uint64_t wall_nanoseconds() {
  return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(
                                        std::chrono::steady_clock::now().time_since_epoch())
                                        .count());
}

[[nodiscard]] inline std::uint64_t ticks() {
#if defined(__x86_64__)
  return __rdtsc();
#else
  return wall_nanoseconds();
#endif
}

}  // namespace gomap_bench
