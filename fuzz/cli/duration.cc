#include "fuzz/cli/duration.h"

#include <fmt/format.h>

#include <charconv>
#include <cstdint>

#include "fuzz/cli/stop.h"

namespace mapfuzz::cli {

std::chrono::seconds parse_duration(std::string_view text) {
  constexpr std::uint32_t most = 1'000'000;  // in its unit; keeps the product in range
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const std::string_view unit = text.substr(static_cast<std::size_t>(end - text.data()));
  if (error == std::errc() && number > 0 && number <= most) {
    if (unit.empty() || unit == "s") {
      return std::chrono::seconds(number);
    }
    if (unit == "m") {
      return std::chrono::minutes(number);
    }
    if (unit == "h") {
      return std::chrono::hours(number);
    }
  }
  stop(kUsage, "'{}': expected a duration such as 90s, 10m or 2h", text);
}

std::string shown(std::chrono::seconds duration) {
  const auto seconds = duration.count();
  if (seconds < 60) {
    return fmt::format("{}s", seconds);
  }
  if (seconds < 3600) {
    return fmt::format("{}m{:02}s", seconds / 60, seconds % 60);
  }
  return fmt::format("{}h{:02}m", seconds / 3600, seconds / 60 % 60);
}

}  // namespace mapfuzz::cli
