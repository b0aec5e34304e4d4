// Durations as users write them.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace mapfuzz::cli {

// "90", "90s", "10m", "2h": whole seconds, at least one. Exit 2 otherwise.
[[nodiscard]] std::chrono::seconds parse_duration(std::string_view text);

// "2m05s"
[[nodiscard]] std::string shown(std::chrono::seconds duration);

}  // namespace mapfuzz::cli
