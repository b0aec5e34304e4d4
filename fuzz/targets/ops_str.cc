// str -> u64 against boost::container::flat_map: texts of several lengths, and equal ones at
// different addresses.
#include "fuzz/plans.h"
#include "fuzz/target.h"

const mapfuzz::RunPlan& mapfuzz::target_plan() { return *find_plan("ops_str"); }

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return mapfuzz::run_target(mapfuzz::target_plan(), data, size);
}
