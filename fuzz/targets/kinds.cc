// Every kind of key and element at width 8 against std::map, and what of them is alive.
#include "fuzz/plans.h"
#include "fuzz/target.h"

const mapfuzz::RunPlan& mapfuzz::target_plan() { return *find_plan("kinds"); }

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return mapfuzz::run_target(mapfuzz::target_plan(), data, size);
}
