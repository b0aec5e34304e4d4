// State cells on their way out of a target: to the fuzzing engine, as features beside edges, and to
// the supervisor, as the rows of a campaign's state coverage table.
//
// MAPFUZZ_FEEDBACK=0 keeps them from the engine: what they are worth is measured against that.
#pragma once

#include "fuzz/stats_page.h"
#include "oracle/state_cells.h"

namespace mapfuzz {

// Of this process: the Runner of its target counts into it.
[[nodiscard]] StateCounter& state_counter();

// Hands on what the program that has just ended passed through, and forgets it.
void publish_states(StatsPage& page);

}  // namespace mapfuzz
