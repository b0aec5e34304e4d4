// What the explorer counts on its way: arrows between growth phases, and growths that become due
// while another one is still on (part 4 of the specification).
//
// Promises: plain numbers, so that they can be saved and added up. Due growths are told from the
// header alone: a delete of an absent key does the same growth work as an assign of that key, and
// then leaves the map as the assign would find it at its test.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "gomap/table_view.h"
#include "oracle/audit.h"
#include "oracle/program.h"

namespace mapfuzz {

inline constexpr std::size_t kPhases = 3;

// What an operation did to growths.
enum class Turn : std::uint8_t {
  none,   // nothing, or it brought one on
  begun,  // one began, and is still on
  whole,  // one or more began and ended within it
  ended,  // the one under way
  next,   // the one under way, and another began
  wiped,  // a clear took away all there was
};
inline constexpr std::size_t kTurns = 6;

[[nodiscard]] const char* to_string(Turn turn);

// The fields of a view that are compared across an operation.
struct Moment {
  GrowthPhase phase = GrowthPhase::quiet;
  bool made = false;  // has an array
  std::uint8_t B = 0;
  const std::byte* buckets = nullptr;
  std::size_t count = 0;
  std::size_t noverflow = 0;
  [[nodiscard]] bool growing() const { return phase != GrowthPhase::quiet; }
};
[[nodiscard]] Moment moment_of(const gomap::TableView& view);

[[nodiscard]] Turn turn_of(const Operation& operation, const Moment& before, const Moment& after);

enum class Due : std::uint8_t { load, overflow };
inline constexpr std::size_t kDues = 2;
[[nodiscard]] const char* to_string(Due due);

// A new key's assign would find this growth due, at this width.
[[nodiscard]] bool is_due(Due due, const Moment& at, int width);

struct PhaseGraph {
  // By operation: how many transitions. [from][to][turn][code]
  using Codes = std::array<std::uint64_t, kOpCodes>;
  std::array<std::array<std::array<Codes, kTurns>, kPhases>, kPhases> arrows{};

  void count(const Operation& operation, const Moment& before, const Moment& after);
  void add(const PhaseGraph& other);
  [[nodiscard]] std::uint64_t total(GrowthPhase from, GrowthPhase to, Turn turn) const;

  // A Graphviz drawing: a node a phase, an arrow for each way from one to another.
  [[nodiscard]] std::string dot(const std::string& title) const;
};

// Every way that there is for an operation to lead from phase to phase. Others: no program does it.
struct Arrow {
  GrowthPhase from;
  GrowthPhase to;
  Turn turn;
  const char* text;
};
[[nodiscard]] std::span<const Arrow> all_arrows();

}  // namespace mapfuzz
