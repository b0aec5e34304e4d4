// What the engine under test is given: hash, equality and draws, all the program's.
//
// Promises: each is a function of the program alone, every call is counted, and at each of them an
// injected fault (faults.h) or an operation of its own (OpCode::reenter) may start.
#pragma once

#include <cstdint>

#include "gomap/panic.h"
#include "gomap/slot_traits.h"
#include "oracle/draws.h"
#include "oracle/faults.h"
#include "oracle/hash_plan.h"
#include "oracle/implementation.h"
#include "oracle/values.h"

namespace mapfuzz {

// What hash and draws share for the length of a program.
struct EngineContext {
  HashPlan plan;
  Draws draws;
  StepCost cost;
  // From where an operation of its own is to be started, once (OpCode::reenter).
  enum class Site : std::uint8_t { none, hash, equal };
  Site armed = Site::none;
  void* self = nullptr;
  void (*reenter)(void* self) = nullptr;

  MAPFUZZ_UNCHECKED std::uint32_t draw() {
    cost.last_draw = draws.next();
    cost.draws = draws.taken();
    return cost.last_draw;
  }
};

template <KeyKind kind>
struct PlannedHash {
  EngineContext* context = nullptr;

  MAPFUZZ_UNCHECKED std::uint64_t operator()(const typename KeyValue<kind>::Type& key,
                                             std::uint32_t seed) const {
    const std::uint32_t id = KeyValue<kind>::read(key);
    if (unhashable(kind, id)) {
      throw gomap::Panic(kUnhashablePanic);
    }
    Faults::at(FaultSite::hash);
    if (context->armed == EngineContext::Site::hash) [[unlikely]] {
      context->reenter(context->self);
    }
    const std::uint64_t argument = std::uint64_t{key_class(kind, id)} << 32U | seed;
    context->cost.hash_trace = mix(context->cost.hash_trace ^ argument) + 1;
    std::uint64_t h = context->plan.hash(id, seed);
    if (never_equal(kind, id)) {
      h = mix(h ^ context->draw());  // a NaN hashes anew at every call
    }
    if (context->cost.hash_calls++ == 0) {
      context->cost.first_hash = h;
    }
    return h;
  }
};

// Go's fast families compare without calling anything: nothing can reenter from there.
template <KeyKind kind, gomap::KeyFamily family>
struct PlannedEqual {
  EngineContext* context = nullptr;
  using Key = typename KeyValue<kind>::Type;

  bool operator()(const Key& a, const Key& b) const {
    Faults::at(FaultSite::equal);
    if (family == gomap::KeyFamily::generic && context->armed == EngineContext::Site::equal)
        [[unlikely]] {
      context->reenter(context->self);
    }
    return typename KeyValue<kind>::Equal{}(a, b);
  }
};

struct PlannedRandom {
  EngineContext* context = nullptr;

  std::uint32_t operator()() const { return context->draw(); }
  std::uint64_t wide() const {
    const std::uint64_t upper = context->draw();
    return (upper << 32U) | context->draw();
  }
};

}  // namespace mapfuzz
