// What a trace (runner.h) says of one operation, in a word each: what it showed, what it cost, and
// the header of the table behind it.
//
// Promises: no address is in it, so that it is the same in every process.
#pragma once

#include <cstdint>

#include "gomap/table_view.h"
#include "oracle/implementation.h"
#include "oracle/observation.h"

namespace mapfuzz {

[[nodiscard]] std::uint64_t digest_of(const Entry& entry);
[[nodiscard]] std::uint64_t digest_of(const Observation& seen);
[[nodiscard]] std::uint64_t digest_of(const StepCost& cost);
[[nodiscard]] std::uint64_t digest_of(const gomap::TableView& view);

}  // namespace mapfuzz
