// u64 -> u64 against std::map, width 8, with the audit on every operation.
#include "fuzz/plans.h"
#include "fuzz/target.h"

const mapfuzz::RunPlan& mapfuzz::target_plan() { return *find_plan("ops_u64"); }

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return mapfuzz::run_target(mapfuzz::target_plan(), data, size);
}
