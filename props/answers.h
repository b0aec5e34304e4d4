// The answers of a run that a caller could see, without the order of iteration.
//
// Nobody judges such a run: a property that compares two of them is an oracle of its own, and finds
// what the models and the audit would have to be wrong about as well.
#pragma once

#include <cstdint>
#include <vector>

#include "oracle/observation.h"
#include "oracle/program.h"

namespace mapfuzz {

struct Answer {
  Step step = Step::none;
  bool found = false;
  std::uint64_t value = 0;
  std::uint64_t length = 0;
  std::vector<Entry> entries;  // of a range, sorted
  friend bool operator==(const Answer&, const Answer&) = default;
};

// One for each operation that ran; those of `next` and of a skipped operation, which `inject` is
// here, are empty. Fails the property that calls it where the engine ends in a fatal error.
[[nodiscard]] std::vector<Answer> answers_to(const Program& program);

// Fails the property where the two programs answer differently, up to the end of the shorter run:
// programs are cut at a work budget that depends on the table.
void require_alike(const Program& some, const Program& other);

// Fails the property. Judges the program first: where a judge finds fault with it, the complaint,
// with its file and command, says more (judge.h).
[[noreturn]] void fail_over(const Program& program, const char* why);

}  // namespace mapfuzz
