// Any key and elem kind, Go's own iterators: the engine against the Go runtime, cell by cell.
#include "fuzz/plans.h"
#include "fuzz/target.h"

const mapfuzz::RunPlan& mapfuzz::target_plan() { return *find_plan("lockstep"); }

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return mapfuzz::run_target(mapfuzz::target_plan(), data, size);
}
