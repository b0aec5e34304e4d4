// What libFuzzer asks a target for besides its body: how to mutate and cross inputs.
//
// MAPFUZZ_MUTATOR=0 leaves both to libFuzzer: what the mutator is worth is measured against that.
#include <cstddef>
#include <cstdint>

#include "fuzz/mutate_bytes.h"
#include "fuzz/switched_off.h"
#include "fuzz/target.h"
#include "oracle/run_plan.h"

// libFuzzer's own mutations; other engines that call these hooks may not have it.
extern "C" [[gnu::weak]] std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size,
                                                      std::size_t max_size);

namespace mapfuzz {
[[gnu::weak]] const RunPlan& target_plan();  // `readers` has none
}

namespace {

const mapfuzz::RunPlan* plan() {
  static const mapfuzz::RunPlan* const found =
      mapfuzz::target_plan == nullptr ? nullptr : &mapfuzz::target_plan();
  return found;
}

// libFuzzer asks for a cross as often as for a mutation. Of those asked for, one in so many is
// made; at a 0 it asks again.
constexpr unsigned kCrossOneIn = 4;

bool wanted() {
  static const bool answer = !mapfuzz::switched_off("MAPFUZZ_MUTATOR");
  return answer;
}

}  // namespace

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                               std::size_t max_size, unsigned seed) {
  if (LLVMFuzzerMutate != nullptr && (!wanted() || seed % mapfuzz::kBytesOneIn == 0)) {
    return LLVMFuzzerMutate(data, size, max_size);
  }
  return mapfuzz::mutate_bytes(data, size, max_size, seed, plan());
}

extern "C" std::size_t LLVMFuzzerCustomCrossOver(const std::uint8_t* a, std::size_t a_size,
                                                 const std::uint8_t* b, std::size_t b_size,
                                                 std::uint8_t* out, std::size_t max_size,
                                                 unsigned seed) {
  return wanted() && seed % kCrossOneIn == 0
             ? mapfuzz::cross_bytes({a, a_size}, {b, b_size}, {out, max_size}, seed)
             : 0;
}
