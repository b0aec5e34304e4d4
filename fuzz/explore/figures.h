// What an exploration has found out, as text and as JSON.
#pragma once

#include <string>
#include <vector>

#include "oracle/explore.h"

namespace mapfuzz::cli {

struct SpaceFigures {
  const Space* space = nullptr;
  ExploreStats stats;
  bool closed = false;
};

// A growth found due while another was on, and the file that shows it.
struct DueFigures {
  const Space* space = nullptr;
  Due due = Due::load;
  GrowthPhase phase = GrowthPhase::quiet;
  std::uint64_t times = 0;
  std::size_t operations = 0;  // of the shortest program
  std::string file;
};

struct ScopeFigures {
  const Scope* scope = nullptr;
  std::vector<SpaceFigures> spaces;
  std::vector<DueFigures> dues;
  double seconds = 0;      // of this run
  double cpu_seconds = 0;  // and of them, those that it was at work

  [[nodiscard]] bool closed() const;
  [[nodiscard]] PhaseGraph graph() const;  // of all spaces together
};

[[nodiscard]] std::string as_text(const ScopeFigures& figures);
[[nodiscard]] std::string as_json(const ScopeFigures& figures);

}  // namespace mapfuzz::cli
