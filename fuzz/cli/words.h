// A program's steps in words, for `explain`.
#pragma once

#include <cstddef>
#include <string>

#include "gomap/table_view.h"
#include "oracle/observation.h"
#include "oracle/program.h"

namespace mapfuzz::cli {

// "delete key 3"
[[nodiscard]] std::string in_words(const Operation& operation);

// "found, value 10"; empty where there is nothing to see.
[[nodiscard]] std::string in_words(const Operation& operation, const Observation& seen);

// One line: number, operation, observation, the map afterwards.
[[nodiscard]] std::string step_in_words(const Program& program, std::size_t step,
                                        const Observation& seen, const gomap::TableView& view);

[[nodiscard]] std::string table_after(std::size_t step, const std::string& picture);

}  // namespace mapfuzz::cli
