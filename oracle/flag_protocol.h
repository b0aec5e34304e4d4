// What Go's best-effort detection of concurrent use (spec 2.18) must say of an interleaving: a
// model of the writing flag and of nothing else, independent of the engine.
//
// It reads the events of a run, in order, as what each thread was about to do at its last point,
// and keeps one bit, a count of writes, and what each thread has read of them. From this follows at
// which event a thread must find a conflict, with which text, and who sees it: Go's own check, or
// only the engine's count of modifications, where Go would go on with what it knew of another map.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "oracle/interleaving.h"

namespace mapfuzz {

enum class SeenBy : std::uint8_t { nobody, check, count };

// Ways in which an operation can go wrong without anyone's noticing, as it can in Go.
struct BlindSpots {
  // The map was looked into while another thread was inside a write that Go had not seen, or had
  // passed: its entry may be there without its element, or uncounted.
  bool half_a_write = false;
  // A key was looked for, or put, by its hash under a seed that had been replaced meanwhile.
  bool stale_hash = false;
};

struct Detection {
  SeenBy seen_by = SeenBy::nobody;
  std::size_t thread = 0;                 // that found the conflict
  gomap::Point at = gomap::Point::entry;  // behind which point
  const char* text = nullptr;
  BlindSpots blind;
};

struct Disagreement {
  std::string expected;
  std::string got;
};

// Fills `detection`; where the run did something else than the model, says what.
[[nodiscard]] std::optional<Disagreement> follow(const Interleaving& run, Detection& detection);

}  // namespace mapfuzz
