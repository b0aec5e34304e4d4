// State cells: the states of a map that a run passes through, as a fixed list of counters. What a
// fuzzer is fed with beside edges, and the rows of a campaign's state coverage table.
//
// Promises: a cell is a function of header fields and answers alone; counting a step costs tens of
// nanoseconds whatever the size of the map; the order of cells is that of `describe_cell`.
// Leaves to others: where the counters lie (fuzz/feedback.h), adding them up (fuzz/cli/states.h).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "gomap/table_view.h"
#include "oracle/implementation.h"
#include "oracle/observation.h"
#include "oracle/program.h"

namespace mapfuzz {

inline constexpr std::size_t kMostCells = 1024;  // what all fuzzing engines have room for

// How many there are.
[[nodiscard]] std::size_t state_cells();

struct CellText {
  std::string group;   // "delete", "size", ...
  std::string state;   // "doubling: emptied"
  std::string reason;  // why no legal program reaches it; empty where one may
};
[[nodiscard]] CellText describe_cell(std::size_t cell);

// Counts the cells that one run of a program passes through. `counters` has state_cells() of them;
// they stop at 255.
class StateCounter {
 public:
  explicit StateCounter(std::span<std::uint8_t> counters) : counters_(counters) {}

  void start();
  // After each step. Of `before` only the fields are read: its arrays may be gone. Of a map that
  // cannot be seen nothing is counted.
  void count(const Operation& operation, const gomap::TableView& before, const Observation& seen,
             const gomap::TableView& after, const Implementation& engine);

 private:
  void hit(std::size_t cell) {
    std::uint8_t& counter = counters_[cell];
    counter = static_cast<std::uint8_t>(counter + (counter == 255 ? 0 : 1));
  }
  void count_shape(const gomap::TableView& after);
  void count_chain(const Operation& operation, const gomap::TableView& after, const StepCost& cost);
  void count_iterator(const Operation& operation, const gomap::TableView& before,
                      const Observation& seen, std::uint32_t open);
  void count_threads(const Interleaving& run, std::size_t phase);
  void age(std::uint32_t open, bool doubling);

  struct Birth {
    GrowthPhase phase = GrowthPhase::quiet;
    std::uint8_t history = 0;  // of the growths that have begun since
  };
  std::span<std::uint8_t> counters_;
  std::array<Birth, kIteratorSlots> births_;
};

}  // namespace mapfuzz
