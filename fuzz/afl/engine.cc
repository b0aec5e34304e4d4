// main of NAME_afl: the objects of NAME_fuzzer, driven by AFL++ in persistent mode with inputs in
// shared memory (libAFLDriver.a).
//
// Promises: AFL++ is guided by what guides libFuzzer, edges and state cells (fuzz/feedback.h), from
// the same counters: they are copied into AFL++'s map after every input, and at abort(), so that it
// tells failures apart. MAPFUZZ_FEEDBACK=0 keeps the cells back as it does there.
// Leaves to others: mutation (custom_mutator.cc), starting afl-fuzz (run.py).
//
// Why no instrumentation of AFL++'s own: it would compile all a second time, with a compiler of
// another age, and the two engines would no longer be guided alike.
#include <algorithm>
#include <array>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <span>

extern "C" {
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

// Of libAFLDriver.a and afl-compiler-rt.o.
int LLVMFuzzerRunDriver(int* argc, char*** argv, int (*callback)(const std::uint8_t*, std::size_t));
void __sanitizer_cov_trace_pc_guard_init(std::uint32_t* start, std::uint32_t* stop);
extern std::uint8_t* afl_map asm("__afl_area_ptr");

// The section of fuzz/feedback.cc, found as libFuzzer finds it.
extern std::uint8_t cells_begin asm("__start___libfuzzer_extra_counters");
extern std::uint8_t cells_end asm("__stop___libfuzzer_extra_counters");

// Called once by every instrumented object, before main, always with all counters of the program.
void __sanitizer_cov_8bit_counters_init(std::uint8_t* start, std::uint8_t* stop);
}

namespace {

// Constant initialization alone: the counters are announced before anything else of C++ has run.
constexpr std::size_t kMostCounters = std::size_t{1} << 17U;
std::array<std::uint32_t, kMostCounters> ids;  // of counters, in AFL++'s map: edges, then cells
constinit std::span<std::uint8_t> edges;

std::span<std::uint8_t> cells() { return {&cells_begin, &cells_end}; }

[[noreturn]] void refuse(const char* what) {
  std::fprintf(stderr, "mapfuzz: AFL++ cannot be guided: %s\n", what);
  std::_Exit(3);
}

// Safe in a signal handler.
void hand_over() {
  std::memcpy(afl_map + ids[0], edges.data(), edges.size());
  std::memcpy(afl_map + ids[edges.size()], cells().data(), cells().size());
}

int run_input(const std::uint8_t* data, std::size_t size) {
  std::ranges::fill(edges, std::uint8_t{0});
  std::ranges::fill(cells(), std::uint8_t{0});
  LLVMFuzzerTestOneInput(data, size);
  hand_over();
  return 0;
}

}  // namespace

void __sanitizer_cov_8bit_counters_init(std::uint8_t* start, std::uint8_t* stop) {
  if (!edges.empty()) {
    return;
  }
  edges = {start, stop};
  const std::size_t count = edges.size() + cells().size();
  if (count > ids.size()) {
    refuse("more edges than kMostCounters (fuzz/afl/engine.cc)");
  }
  __sanitizer_cov_trace_pc_guard_init(ids.data(), ids.data() + count);
  if (ids[count - 1] - ids[0] != count - 1) {
    refuse("its map does not hold all edges: unset AFL_INST_RATIO");
  }
}

int main(int argc, char** argv) {
  if (edges.empty()) {
    refuse("this program counts no edges");
  }
  // abort() itself ends the process when this returns.
  std::signal(SIGABRT, [](int) { hand_over(); });
  return LLVMFuzzerRunDriver(&argc, &argv, run_input);
}
