// Implementation: anything that can run a Program step by step: the engine, the Go runtime, peers.
//
// Promises asked of one: `prepare` forgets all that went before, and `step` is a function of the
// program alone (no clock, no address, no global state).
#pragma once

#include <cstddef>
#include <cstdint>

#include "gomap/table_view.h"
#include "oracle/observation.h"
#include "oracle/program.h"

// For code that stands between the Runner and the engine and runs at every operation: ASan's and
// UBSan's checks and libFuzzer's edges belong in the engine, whose functions keep theirs (they are
// not inlined into one with other rules).
#if defined(__clang__)
#define MAPFUZZ_UNCHECKED [[clang::no_sanitize("address", "undefined", "coverage")]]
#else
#define MAPFUZZ_UNCHECKED
#endif

namespace mapfuzz {

[[nodiscard]] inline bool can_be_seen(const gomap::TableView& view) {
  return view.geometry != nullptr;
}

// What one step cost in calls to injected functions (spec 2.19).
struct StepCost {
  std::uint32_t hash_calls = 0;
  std::uint32_t draws = 0;
  std::uint64_t hash_trace = 0;  // digest of the hash calls' (key class, seed), in order
  std::uint64_t first_hash = 0;  // result of the first hash call, if there was one
  std::uint32_t last_draw = 0;   // the last draw, if there was one
};

// A live iterator's fields (Go's hiter, spec 1.5). `open` is false for a free slot.
struct IteratorView {
  bool open = false;
  bool started = false;  // has a place in the table: false on an empty map, and after the end
  std::uint8_t B = 0;
  std::uint8_t offset = 0;
  std::uint8_t i = 0;
  bool wrapped = false;
  bool under_doubling = false;  // of sound ones: it entered its bucket while a doubling was on
  std::size_t start_bucket = 0;
  std::size_t bucket = 0;
  std::size_t check_bucket = 0;
  const std::byte* buckets = nullptr;
  const std::byte* bptr = nullptr;
};

inline constexpr IteratorView kNoIterator;

// Instances of Counted (counted.h) since `prepare`: alive, those that the entries are owed, and
// uses of dead or misplaced ones. All 0 for kinds that are not counted.
struct Lifetimes {
  std::int64_t alive = 0;
  std::int64_t owed = 0;
  std::uint64_t misused = 0;
};

class Implementation {
 public:
  Implementation() = default;
  Implementation(const Implementation&) = delete;
  Implementation& operator=(const Implementation&) = delete;
  virtual ~Implementation() = default;

  // Starts a program, which outlives the run. The map of the header exists afterwards.
  virtual void prepare(const Program& program) = 0;

  // Runs operation `index` of the prepared program. Operations come in order, none is skipped.
  virtual Observation step(std::size_t index) = 0;

  // The inside of the (first) map. One that cannot be looked into (a peer) tells `count` alone, and
  // leaves `geometry` null: whoever needs more checks it with `can_be_seen`.
  virtual void look(gomap::TableView& view) const = 0;
  [[nodiscard]] gomap::TableView view() const {
    gomap::TableView view;
    look(view);
    return view;
  }

  [[nodiscard]] virtual IteratorView iterator(std::size_t slot) const = 0;

  // Bit s: slot s may be open. For those who look after every step.
  [[nodiscard]] virtual std::uint32_t open_slots() const { return ~std::uint32_t{0}; }

  // Of the last step, or of `prepare`.
  [[nodiscard]] virtual StepCost cost() const = 0;

  // Drops every map and iterator of the program; only `lifetimes` and `prepare` may follow.
  virtual void finish() {}
  [[nodiscard]] virtual Lifetimes lifetimes() const { return {}; }
};

}  // namespace mapfuzz
