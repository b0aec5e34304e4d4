// Any map with the interface of std::unordered_map as an Implementation, u64 -> u64.
//
// Promises: hashes are the program's, so the collisions that it plans reach the peer; entries of a
// range come sorted by key, because the peer's order may depend on addresses.
// Leaves to others: looking inside, which nobody can: the view tells the number of entries alone.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "oracle/hash_plan.h"
#include "oracle/implementation.h"
#include "oracle/kinds.h"
#include "oracle/peer.h"
#include "oracle/values.h"

namespace mapfuzz {

using PeerKeyValue = KeyValue<KeyKind::u64>;
using PeerElemValue = ElemValue<ElemKind::u64>;
using PeerKey = PeerKeyValue::Type;
using PeerElem = PeerElemValue::Type;
using PeerEqual = PeerKeyValue::Equal;

// Peers have one seed for all their maps, that of the program: only Go draws one for each.
struct PeerHash {
  const HashPlan* plan = nullptr;
  std::uint32_t seed = 0;

  std::size_t operator()(PeerKey key) const { return plan->hash(PeerKeyValue::read(key), seed); }
};

template <class Map>
class PeerImpl final : public Implementation {
 public:
  void prepare(const Program& program) override {
    program_ = &program;
    plan_ = HashPlan(program.header);
    other_ = make(0);
    map_ = make(program.header.hint);
  }

  Observation step(std::size_t index) override;

  void look(gomap::TableView& view) const override {
    view = {};
    view.count = map_.size();
  }
  [[nodiscard]] IteratorView iterator(std::size_t /*slot*/) const override { return kNoIterator; }
  [[nodiscard]] StepCost cost() const override { return {}; }

 private:
  // As Go does, it takes a hint that makes no sense for none.
  [[nodiscard]] Map make(std::int64_t hint) const {
    Map map(0, PeerHash{&plan_, program_->header.seed}, PeerEqual{});
    if (hint > 0 && hint <= kMaxHint) {
      map.reserve(static_cast<std::size_t>(hint));
    }
    return map;
  }

  [[nodiscard]] Observation lookup(std::uint32_t key) const {
    const auto at = map_.find(PeerKeyValue::make(key, false));
    Observation observation;
    observation.step = Step::lookup;
    observation.found = at != map_.end();
    observation.value = observation.found ? PeerElemValue::read(at->second) : 0;
    return observation;
  }

  void assign(std::uint32_t key, std::uint64_t value) {
    map_.insert_or_assign(PeerKeyValue::make(key, false), PeerElemValue::make(value));
  }

  void fill_literal(const Operation& operation);
  [[nodiscard]] Observation range();

  const Program* program_ = nullptr;
  HashPlan plan_;
  Map map_{0, PeerHash{}, PeerEqual{}};
  Map other_{0, PeerHash{}, PeerEqual{}};
  std::vector<Entry> entries_;
};

template <class Map>
Observation PeerImpl<Map>::step(std::size_t index) {
  const Operation& operation = program_->operations[index];
  const std::uint64_t value = elem_value(ElemKind::u64, operation.value);
  Observation observation;
  switch (operation.code) {
    case OpCode::len:
    case OpCode::expect_len:
      observation.step = Step::length;
      observation.length = map_.size();
      break;
    case OpCode::access1:
    case OpCode::access2:
    case OpCode::expect_value:
    case OpCode::expect_absent:
      return lookup(operation.key);
    case OpCode::assign:
      assign(operation.key, value);
      break;
    case OpCode::update: {
      PeerElem& slot = map_[PeerKeyValue::make(operation.key, false)];
      slot = PeerElemValue::make(
          updated_value(ElemKind::u64, PeerElemValue::read(slot), operation.value));
      return lookup(operation.key);
    }
    case OpCode::erase:
      observation.step = Step::lookup;
      observation.found = map_.erase(PeerKeyValue::make(operation.key, false)) != 0;
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
    case OpCode::copy:
      other_ = map_;
      break;
    case OpCode::move:
      other_ = std::move(map_);
      map_ = make(0);
      break;
    case OpCode::swap:
      map_.swap(other_);
      break;
    case OpCode::iter:
    case OpCode::next:
    case OpCode::close:
    case OpCode::nil:
    case OpCode::reenter:
    case OpCode::inject:
    case OpCode::interleave:
    case OpCode::expect_phase:
    case OpCode::expect_buckets:
    case OpCode::expect_overflow:
      observation.fault = "no peer runs this operation: the plan must have it off (kOffForPeers)";
      break;
  }
  return observation;
}

template <class Map>
void PeerImpl<Map>::fill_literal(const Operation& operation) {
  map_ = make(operation.value);
  for (std::uint32_t at = 0; at < operation.value; ++at) {
    const std::uint32_t key = literal_key(KeyKind::u64, operation.key, at);
    assign(key, elem_value(ElemKind::u64, key));
  }
}

template <class Map>
Observation PeerImpl<Map>::range() {
  entries_.clear();
  for (const auto& [key, elem] : map_) {
    entries_.push_back({PeerKeyValue::read(key), PeerElemValue::read(elem)});
  }
  std::sort(entries_.begin(), entries_.end(),
            [](const Entry& a, const Entry& b) { return a.key < b.key; });
  Observation observation;
  observation.step = Step::entries;
  observation.entries = entries_;
  return observation;
}

// What a peer's translation unit registers.
template <class Map>
[[nodiscard]] constexpr Peer peer_of(const char* name) {
  return {name,
          []() -> std::unique_ptr<Implementation> { return std::make_unique<PeerImpl<Map>>(); }};
}

}  // namespace mapfuzz
