// The mutator as AFL++ loads it (AFL_CUSTOM_MUTATOR_LIBRARY): the mutations and crossings of
// programs that libfuzzer_hooks.cc gives to libFuzzer.
//
// Promises: programs are those of the target that MAPFUZZ_TARGET names (run.py sets it), of any row
// where there is none. All is a function of that, AFL++'s seed (-s) and its inputs. AFL++ mutates
// nothing itself (AFL_CUSTOM_MUTATOR_ONLY in run.py); its own byte mutations, one in kBytesOneIn,
// are made here.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "fuzz/mutate_bytes.h"
#include "fuzz/plans.h"
#include "oracle/author.h"
#include "oracle/peer.h"
#include "oracle/reference.h"

namespace {

// Plans are those of what a program links, and here nothing is run.
constexpr mapfuzz::Peer kNoPeer = {mapfuzz::kPeers.front(), nullptr};
[[maybe_unused]] const bool has_every_plan =
    mapfuzz::add_peer(&kNoPeer) &&
    mapfuzz::add_reference([] { return std::unique_ptr<mapfuzz::Reference>(); });

struct State {
  State(unsigned seed, const mapfuzz::RunPlan* target) : choice(seed), plan(target) {}

  mapfuzz::Choice choice;
  const mapfuzz::RunPlan* plan;  // null: no target is known
  std::array<std::uint8_t, mapfuzz::kMaxInputBytes> out;
};

constexpr unsigned kCrossOneIn = 2;  // libFuzzer's share

// Mutants of an input before AFL++ goes on to the next. Left to itself it stays with the first,
// which is next to empty, for tens of thousands, as long as they are new.
constexpr unsigned kMutants = 32;

// One byte set, put in, or taken out; returns the new size.
std::size_t mutate_raw(State& state, std::size_t size, std::size_t most) {
  enum : std::uint8_t { set, insert, erase, count };
  const auto change = state.choice.below(count);
  std::uint8_t* const at = state.out.data() + state.choice.below(size + 1);
  std::uint8_t* const end = state.out.data() + size;
  const auto value = static_cast<std::uint8_t>(state.choice.bits());
  if (at == end || change == insert) {
    if (size == most) {
      return size;
    }
    std::copy_backward(at, end, end + 1);
    *at = value;
    return size + 1;
  }
  if (change == set) {
    *at = value;
    return size;
  }
  std::copy(at + 1, end, at);
  return size - 1;
}

}  // namespace

extern "C" {
void* afl_custom_init(void* afl, unsigned seed);
void afl_custom_deinit(void* state);
unsigned afl_custom_fuzz_count(void* state, const std::uint8_t* input, std::size_t size);
std::size_t afl_custom_fuzz(void* data, std::uint8_t* input, std::size_t size, std::uint8_t** out,
                            std::uint8_t* other, std::size_t other_size, std::size_t most);
}

// Null, where AFL++ gives up, for a target that is none.
void* afl_custom_init(void* /*afl*/, unsigned seed) {
  const char* const target = std::getenv("MAPFUZZ_TARGET");
  const mapfuzz::RunPlan* const plan = target == nullptr ? nullptr : mapfuzz::find_plan(target);
  if (target != nullptr && plan == nullptr) {
    std::fprintf(stderr,
                 "mapfuzz: MAPFUZZ_TARGET is '%s', which is no target; ci/mapfuzz targets lists "
                 "them\n",
                 target);
    return nullptr;
  }
  return new State(seed, plan);
}

void afl_custom_deinit(void* state) { delete static_cast<State*>(state); }

unsigned afl_custom_fuzz_count(void* /*state*/, const std::uint8_t* /*input*/,
                               std::size_t /*size*/) {
  return kMutants;
}

std::size_t afl_custom_fuzz(void* data, std::uint8_t* input, std::size_t size, std::uint8_t** out,
                            std::uint8_t* other, std::size_t other_size, std::size_t most) {
  State& state = *static_cast<State*>(data);
  most = std::min(most, state.out.size());
  *out = state.out.data();
  if (other != nullptr && state.choice.one_in(kCrossOneIn)) {
    return mapfuzz::cross_bytes({input, size}, {other, other_size}, {state.out.data(), most},
                                state.choice.bits());
  }
  size = std::min(size, most);
  std::memcpy(state.out.data(), input, size);
  return state.choice.one_in(mapfuzz::kBytesOneIn)
             ? mutate_raw(state, size, most)
             : mapfuzz::mutate_bytes(state.out.data(), size, most, state.choice.bits(), state.plan);
}
