// The entry point of every fuzz target. MAPFUZZ_TARGET, from CMake, names its plan (plans.cc).
#include "fuzz/plans.h"
#include "fuzz/target.h"

const mapfuzz::RunPlan& mapfuzz::target_plan() { return *find_plan(MAPFUZZ_TARGET); }

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return mapfuzz::run_target(mapfuzz::target_plan(), data, size);
}
