// The engine under test as an Implementation, for one row of kinds.def.
//
// Promises: the only place where Programs meet gomap::Map; each row is one translation unit.
// Hash, equality and draws are the program's, and every call is counted.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "gomap/inspect.h"
#include "gomap/map.h"
#include "gomap/panic.h"
#include "gomap/poison.h"
#include "oracle/counted.h"
#include "oracle/draws.h"
#include "oracle/faults.h"
#include "oracle/hash_plan.h"
#include "oracle/homes.h"
#include "oracle/implementation.h"
#include "oracle/interleaving.h"
#include "oracle/kinds.h"
#include "oracle/planned.h"
#include "oracle/scheduler.h"
#include "oracle/values.h"

namespace mapfuzz {

// A fatal error of the engine ends the step, not the process: it becomes the observation's fault.
struct EngineFatal {
  const char* text;
};
[[noreturn]] inline void throw_fatal(const char* text) { throw EngineFatal{text}; }

// libstdc++ wrote the end of the text, and MSan does not see what is written there.
inline const char* text_of(const gomap::Panic& panic) {
#if GOMAP_MSAN
  __msan_unpoison_string(panic.what());
#endif
  return panic.what();
}

template <KeyKind kKey, ElemKind kElem, int kWidth, class PointsT = gomap::NoPoints>
class EngineImpl final : public Implementation {
  using KeyV = KeyValue<kKey>;
  using ElemV = ElemValue<kElem>;
  using Key = typename KeyV::Type;
  using Elem = typename ElemV::Type;
  static constexpr bool kCountedKey = std::is_same_v<Key, Counted>;
  static constexpr bool kCountedElem = std::is_same_v<Elem, Counted>;
  struct Config : gomap::DefaultConfig {
    static constexpr int width = kWidth;
    // The audit reads dead cells; under MSan there is none.
    static constexpr bool poison = gomap::kUnderMsan;
    using Points = PointsT;
    using Random = PlannedRandom;
    using Allocator = std::conditional_t<kCountedKey || kCountedElem, FaultAllocator<std::byte>,
                                         gomap::DefaultConfig::Allocator>;
  };
  using Equal = PlannedEqual<kKey, gomap::kFamilyOf<Key, Elem>>;
  using Map = gomap::Map<Key, Elem, PlannedHash<kKey>, Equal, Config>;
  using SoundIter = typename Map::template Iter<gomap::Sound>;
  using ExactIter = typename Map::template Iter<gomap::GoExact>;  // where kGoExact
  // The engine refuses Go's own iterators over values with destructors.
  static constexpr bool kGoExact = !kCountedKey && !kCountedElem;
  using Slot = std::conditional_t<kGoExact, std::variant<std::monostate, SoundIter, ExactIter>,
                                  std::variant<std::monostate, SoundIter>>;

 public:
  EngineImpl() {
    gomap::set_fatal_handler(&throw_fatal);
    context_.self = this;
    context_.reenter = [](void* self) { static_cast<EngineImpl*>(self)->reenter(); };
    if constexpr (kCountedElem) {
      (void)make(0).access1(KeyV::make(0, false));  // makes the zero element that it answers with
    }
  }

  MAPFUZZ_UNCHECKED void prepare(const Program& program) override {
    finish();
    program_ = &program;
    context_.plan = HashPlan(program.header);
    begin(kPrepareId, std::nullopt);
    alive_before_ = Counted::alive();
    misused_before_ = Counted::misused();
    map_ = make(program.header.hint);
  }

  MAPFUZZ_UNCHECKED void finish() override {
    for (std::size_t slot = 0; slot < slots_.size(); ++slot) {
      close(slot);
    }
    homes_.close_all();
    nested_.reset();
    injection_.reset();
    companions_.clear();
    other_ = Map();
    map_ = Map();
  }

  MAPFUZZ_UNCHECKED Observation step(std::size_t index) override {
    const Operation& operation = program_->operations[index];
    begin(operation.id, operation.draw);
    reentered_ = false;
    try {
      if (!companions_.empty() && operation.code != OpCode::interleave) {
        return run_beside(operation);
      }
      if (injection_.has_value()) {
        return run_faulty(operation);
      }
      if (nested_.has_value()) {
        return run_armed(operation);
      }
      return run(operation);
    } catch (const EngineFatal& fatal) {
      Observation observation;
      observation.fault = fatal.text;
      observation.reentered = reentered_;
      return observation;
    } catch (const gomap::Panic& panic) {
      panic_ = text_of(panic);
      Observation observation;
      observation.panic = panic_.c_str();
      observation.reentered = reentered_;
      return observation;
    }
  }

  MAPFUZZ_UNCHECKED void look(gomap::TableView& view) const override {
    gomap::take_view(map_, view);
  }
  MAPFUZZ_UNCHECKED [[nodiscard]] StepCost cost() const override { return context_.cost; }

  [[nodiscard]] Lifetimes lifetimes() const override {
    constexpr int owed = (kCountedKey ? 1 : 0) + (kCountedElem ? 1 : 0);
    return {.alive = Counted::alive() - alive_before_,
            .owed = owed * static_cast<std::int64_t>(map_.size() + other_.size()),
            .misused = Counted::misused() - misused_before_};
  }

  [[nodiscard]] std::uint32_t open_slots() const override { return homes_.of_map(); }

  MAPFUZZ_UNCHECKED [[nodiscard]] IteratorView iterator(std::size_t slot) const override {
    if (homes_.of(slot) != Home::map) {
      return kNoIterator;
    }
    return std::visit(
        [&](const auto& iterator) -> IteratorView {
          if constexpr (std::is_same_v<std::decay_t<decltype(iterator)>, std::monostate>) {
            return {};
          } else {
            const auto& at = iterator.state();
            return {.open = homes_.of(slot) == Home::map,
                    .started = at.buckets != nullptr,
                    .B = at.B,
                    .offset = at.offset,
                    .i = at.i,
                    .wrapped = at.wrapped,
                    .under_doubling = at.under_doubling,
                    .start_bucket = at.start_bucket,
                    .bucket = at.bucket,
                    .check_bucket = at.check_bucket,
                    .buckets = at.buckets,
                    .bptr = at.bptr};
          }
        },
        slots_[slot]);
  }

 private:
  MAPFUZZ_UNCHECKED void begin(std::uint32_t id, std::optional<std::uint32_t> pinned) {
    context_.draws.start(program_->header.seed, id, pinned);
    context_.cost = {};
  }

  [[nodiscard]] Map make(std::int64_t hint) {
    return Map(hint, PlannedHash<kKey>{&context_}, Equal{&context_}, PlannedRandom{&context_});
  }

  // Look-ups and assigns alternate between the two copies of a text: equal, but not identical.
  MAPFUZZ_UNCHECKED [[nodiscard]] static Key key_of(const Operation& operation) {
    return KeyV::make(operation.key, operation.id % 2 != 0);
  }

  MAPFUZZ_UNCHECKED static void store(Elem& slot, std::uint64_t value) {
    if constexpr (!std::is_empty_v<Elem>) {
      slot = ElemV::make(value);
    }
  }

  MAPFUZZ_UNCHECKED static Observation lookup(const Elem* found) {
    Observation observation = kNothingSeen;
    observation.step = Step::lookup;
    observation.found = found != nullptr;
    observation.value = found == nullptr ? 0 : ElemV::read(*found);
    return observation;
  }

  MAPFUZZ_UNCHECKED Observation run(const Operation& operation);
  Observation open(std::size_t slot);
  void close(std::size_t slot) {
    slots_[slot] = std::monostate{};
    first_[slot].reset();
  }
  void reenter();
  MAPFUZZ_UNCHECKED Observation next(std::size_t slot);
  Observation run_armed(const Operation& operation);
  Observation run_faulty(const Operation& operation);
  Observation run_beside(const Operation& operation);
  Observation run_threads(const Schedule& schedule);
  Observation range();
  void fill_literal(const Operation& operation);

  template <class Iter>
  void collect(Iter iterator) {
    while (iterator.next()) {
      entries_.push_back({KeyV::read(iterator.key()), ElemV::read(iterator.elem())});
    }
  }

  const Program* program_ = nullptr;
  EngineContext context_;
  Map map_;
  Map other_;
  Homes homes_;
  std::array<Slot, kIteratorSlots> slots_;
  std::array<std::optional<Observation>, kIteratorSlots> first_;  // reached, and not yet given out
  std::vector<Entry> entries_;
  std::string panic_;
  std::int64_t alive_before_ = 0;
  std::uint64_t misused_before_ = 0;
  std::optional<Operation> nested_;  // of a reenter that the next operation is to meet
  bool reentered_ = false;
  std::optional<Operation> injection_;  // of an inject that the next operation is to meet
  boost::container::static_vector<Operation, kMaxThreads - 1> companions_;  // of interleaves
  Interleaving threads_;  // how the last operations that ran beside each other did
  std::array<Draws, kMaxThreads> draws_of_;
  std::unique_ptr<Scheduler> scheduler_;
};

template <KeyKind kKey, ElemKind kElem, int kWidth, class PointsT>
Observation EngineImpl<kKey, kElem, kWidth, PointsT>::run(const Operation& operation) {
  homes_.apply(operation.code, [this](std::size_t slot) { close(slot); });
  Observation observation = kNothingSeen;
  switch (operation.code) {
    case OpCode::len:
    case OpCode::expect_len:
      observation.step = Step::length;
      observation.length = map_.size();
      break;
    case OpCode::access1: {
      // access1 cannot tell a zero element from a missing one.
      observation.step = Step::lookup;
      observation.value = ElemV::read(map_.access1(key_of(operation)));
      break;
    }
    case OpCode::access2:
    case OpCode::expect_value:
    case OpCode::expect_absent:
      return lookup(map_.access2(key_of(operation)));
    case OpCode::assign: {
      Elem& slot = map_.assign(key_of(operation));
      Faults::disarm();  // what is stored there is no affair of the map's
      store(slot, elem_value(kElem, operation.value));
      break;
    }
    case OpCode::update: {
      Elem& slot = map_.assign(key_of(operation));
      Faults::disarm();
      store(slot, updated_value(kElem, ElemV::read(slot), operation.value));
      return lookup(&slot);
    }
    case OpCode::erase:
      observation.step = Step::lookup;
      observation.found = map_.erase(key_of(operation));
      break;
    case OpCode::clear:
      map_.clear();
      break;
    case OpCode::remake:
      map_ = make(operation.value);
      break;
    case OpCode::literal:
      fill_literal(operation);
      break;
    case OpCode::range:
      return range();
    case OpCode::iter:
      return open(operation.slot);
    case OpCode::next:
      return next(operation.slot);
    case OpCode::close:
      homes_.close(operation.slot);
      close(operation.slot);
      break;
    case OpCode::copy:
      other_ = map_;
      break;
    case OpCode::move:
      other_ = std::move(map_);
      map_ = make(0);
      break;
    case OpCode::swap:
      if (other_.inside() == nullptr) {
        other_ = make(0);
      }
      map_.swap(other_);
      break;
    case OpCode::nil:
      map_ = Map(gomap::kNilMap, PlannedHash<kKey>{&context_}, Equal{&context_},
                 PlannedRandom{&context_});
      break;
    case OpCode::reenter:
      nested_ = operation;
      break;
    case OpCode::inject:
      injection_ = operation;
      break;
    case OpCode::interleave:
      if (companions_.size() < companions_.capacity()) {
        companions_.push_back(operation);
      }
      break;
    case OpCode::expect_phase:
    case OpCode::expect_buckets:
    case OpCode::expect_overflow:
      break;
  }
  return observation;
}

// Go's range statement reaches the first entry as it opens the iterator, and the first `next` only
// tells it again; a sound one waits until it is asked.
template <KeyKind kKey, ElemKind kElem, int kWidth, class PointsT>
Observation EngineImpl<kKey, kElem, kWidth, PointsT>::open(std::size_t slot) {
  homes_.open(slot);
  first_[slot].reset();
  if constexpr (kGoExact) {
    if (program_->header.policy == Policy::go_exact) {
      slots_[slot].template emplace<ExactIter>(map_.template iter<gomap::GoExact>());
      const Observation first = next(slot);
      first_[slot] = first;
      return first;
    }
  }
  slots_[slot].template emplace<SoundIter>(map_.template iter<gomap::Sound>());
  return kNothingSeen;
}

template <KeyKind kKey, ElemKind kElem, int kWidth, class PointsT>
Observation EngineImpl<kKey, kElem, kWidth, PointsT>::run_armed(const Operation& operation) {
  if (operation.code == OpCode::reenter) {
    return run(operation);  // arms anew
  }
  context_.armed = nested_->value % 2 == 0 ? EngineContext::Site::hash : EngineContext::Site::equal;
  const struct Disarm {
    EngineImpl& engine;
    ~Disarm() {
      engine.context_.armed = EngineContext::Site::none;
      engine.nested_.reset();
    }
  } disarm{*this};
  Observation observation = run(operation);
  observation.reentered = reentered_;
  return observation;
}

// Operations that make maps and fill them have no state to go back to, and iterators promise
// nothing where a hash throws: the fault misses them.
template <KeyKind kKey, ElemKind kElem, int kWidth, class PointsT>
Observation EngineImpl<kKey, kElem, kWidth, PointsT>::run_faulty(const Operation& operation) {
  const std::int64_t fault = std::exchange(injection_, std::nullopt)->value;
  switch (operation.code) {
    case OpCode::access1:
    case OpCode::access2:
    case OpCode::assign:
    case OpCode::update:
    case OpCode::erase:
    case OpCode::clear:
    case OpCode::copy:
      break;
    default:
      return run(operation);
  }
  Faults::arm(static_cast<FaultSite>(fault % kFaultSites), fault / kFaultSites);
  const struct Disarm {
    ~Disarm() { Faults::disarm(); }
  } disarm;
  Observation observation;
  try {
    observation = run(operation);
    observation.swallowed = Faults::fired();
  } catch (const InjectedFault&) {
    observation.injected = true;
  }
  return observation;
}

// The hash or equality of a write that is under way starts an operation on the same map.
template <KeyKind kKey, ElemKind kElem, int kWidth, class PointsT>
void EngineImpl<kKey, kElem, kWidth, PointsT>::reenter() {
  if (!nested_.has_value() || map_.inside() == nullptr ||
      !map_.inside()->has_flag(gomap::kHashWriting)) {
    return;
  }
  context_.armed = EngineContext::Site::none;
  reentered_ = true;
  const Key key = KeyV::make(nested_->key, false);
  switch (nested_->value / 2) {
    case 0:
      (void)map_.access2(key);
      break;
    case 1:
      store(map_.assign(key), elem_value(kElem, 1));
      break;
    default:
      map_.erase(key);
  }
}

template <KeyKind kKey, ElemKind kElem, int kWidth, class PointsT>
Observation EngineImpl<kKey, kElem, kWidth, PointsT>::next(std::size_t slot) {
  if (first_[slot].has_value()) {
    const Observation first = *first_[slot];
    first_[slot].reset();
    return first;
  }
  Observation observation = kNothingSeen;
  observation.step = Step::closed;
  std::visit(
      [&](auto& iterator) {
        if constexpr (!std::is_same_v<std::decay_t<decltype(iterator)>, std::monostate>) {
          if (!iterator.next()) {
            observation.step = Step::end;
            return;
          }
          observation.step = Step::entry;
          observation.entry = {KeyV::read(iterator.key()), ElemV::read(iterator.elem())};
        }
      },
      slots_[slot]);
  return observation;
}

template <KeyKind kKey, ElemKind kElem, int kWidth, class PointsT>
Observation EngineImpl<kKey, kElem, kWidth, PointsT>::range() {
  entries_.clear();
  if (program_->header.policy == Policy::sound) {
    collect(map_.template iter<gomap::Sound>());
  } else if constexpr (kGoExact) {
    collect(map_.template iter<gomap::GoExact>());
  }
  Observation observation;
  observation.step = Step::entries;
  observation.entries = entries_;
  return observation;
}

// A literal makes its map with room for all its entries, then assigns them in order (spec 2.17).
template <KeyKind kKey, ElemKind kElem, int kWidth, class PointsT>
void EngineImpl<kKey, kElem, kWidth, PointsT>::fill_literal(const Operation& operation) {
  map_ = make(operation.value);
  for (std::uint32_t at = 0; at < operation.value; ++at) {
    const std::uint32_t key = literal_key(kKey, operation.key, at);
    store(map_.assign(KeyV::make(key, at % 2 != 0)), elem_value(kElem, key));
  }
}

}  // namespace mapfuzz

#include "oracle/engine_threads.h"
