// The explorer: breadth first through all programs of a space, on the real engine, to the end.
//
// A state is reached by the first program that leads to it, which is a shortest one. Each of its
// operations is tried by running that program and the operation anew, judged by model and audit as
// any other program is; each new state is also looked at from outside: every key is looked up, all
// entries are iterated, and a map of another width must answer alike.
// Promises: the first failure is told by a program than which none is shorter; the same space gives
// the same states and numbers; what was saved goes on where it stopped.
// Leaves to others: which spaces there are (explore_scopes.cc), files and words (fuzz/explore).
#pragma once

#include <cstdint>
#include <functional>
#include <iosfwd>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "oracle/explore_graph.h"
#include "oracle/explore_space.h"
#include "oracle/explore_state.h"
#include "oracle/verdict.h"

namespace mapfuzz {

struct ExploreStats {
  std::uint64_t states = 0;
  std::uint64_t expanded = 0;  // of them: all their operations have been tried
  std::uint64_t transitions = 0;
  std::uint64_t depth = 0;  // operations to the farthest state
  std::uint64_t most_entries = 0;
  std::uint64_t longest_chain = 0;  // in buckets
  std::uint64_t largest_B = 0;
  PhaseGraph graph;
  // How often an assign of a new key found a growth due while another was on: [trigger][phase].
  std::array<std::array<std::uint64_t, kPhases>, kDues> dues{};
};

struct ExploreFailure {
  Program program;
  Failure failure;
};

class Explorer {
 public:
  explicit Explorer(const Space& space);
  ~Explorer();

  enum class End : std::uint8_t { closed, failed, paused };
  // Until no state is left, something fails, or `pause` says so (asked before each state).
  [[nodiscard]] End run(const std::function<bool(const ExploreStats&)>& pause);

  [[nodiscard]] const ExploreStats& stats() const;
  [[nodiscard]] const ExploreFailure& failure() const;  // after End::failed

  // The shortest program whose last operation is an assign that finds the growth due, if one does.
  [[nodiscard]] std::optional<Program> witness(Due due, GrowthPhase phase) const;

  // Is this a state that has been found?
  [[nodiscard]] bool knows(const StateDigest& state) const;

  // What is being run: whoever has to tell of a crash asks that.
  [[nodiscard]] const Program& running() const;

  // All that is needed to go on; false where `in` is not what `save` wrote.
  void save(std::ostream& out) const;
  [[nodiscard]] bool load(std::istream& in);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace mapfuzz
