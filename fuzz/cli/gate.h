// The verb `gate`: is this tree fit to be merged? Every judge in turn, cheapest first; the first
// finding ends it.
//
// Promises: green means that every stage asked for did its work. A stage that ran nothing is
// exit 3. Leaves to others: what a stage does (gate_stage.h).
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace mapfuzz::cli {

struct GateOptions {
  std::optional<std::chrono::seconds> budget;  // of all fuzzing; 5 minutes without `runs`
  std::optional<std::uint64_t> runs;           // executions of each target, in place of `budget`
  std::optional<std::uint32_t> seed;
  std::vector<std::string> stages;   // empty: all
  std::vector<std::string> targets;  // empty: all
  unsigned jobs = 0;                 // at a time; 0: as many as processors
  std::filesystem::path out;         // empty: build/gate
  std::filesystem::path junit;       // empty: junit.xml in `out`
  std::filesystem::path campaign;    // its units are judged for determinism too; empty: none
};

int gate(GateOptions options);

// In the order in which they run.
[[nodiscard]] std::vector<std::string> gate_stages();

}  // namespace mapfuzz::cli
