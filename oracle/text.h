// Small text building for reports: fuzz targets link no formatting library.
#pragma once

#include <array>
#include <charconv>
#include <concepts>
#include <string>
#include <string_view>

namespace mapfuzz {

inline void append(std::string& out, std::string_view text) { out += text; }
inline void append(std::string& out, char c) { out += c; }

template <std::integral T>
void append(std::string& out, T number) {
  std::array<char, 24> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out.append(digits.data(), end);
}

// cat("bucket ", 3, ", cell ", 5)
template <class... Parts>
[[nodiscard]] std::string cat(const Parts&... parts) {
  std::string out;
  (append(out, parts), ...);
  return out;
}

[[nodiscard]] inline std::string hex(std::uint64_t number, std::size_t digits) {
  std::string out(digits, '0');
  for (std::size_t at = digits; at > 0; --at, number >>= 4U) {
    out[at - 1] = "0123456789abcdef"[number & 15U];
  }
  return out;
}

}  // namespace mapfuzz
