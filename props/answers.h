// The answers of a run that a caller could see, without the order of iteration.
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
// here, are empty. Fails the property that calls it where the run fails (judge.h).
[[nodiscard]] std::vector<Answer> answers_to(const Program& program);

// Fails the property where the two differ, up to the end of the shorter: programs are cut at a
// work budget that depends on the table.
void require_same(const std::vector<Answer>& some, const std::vector<Answer>& others);

}  // namespace mapfuzz
