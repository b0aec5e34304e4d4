// Comparing and scanning the bytes of cells. Inline loops over words: bucket-sized pieces are too
// small to be worth a call, the more so into a sanitizer's interceptor.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace mapfuzz {

[[nodiscard]] inline std::uint64_t load_word(const std::byte* bytes) {
  std::uint64_t word = 0;
  std::memcpy(&word, bytes, sizeof word);
  return word;
}

inline void copy_bytes(std::byte* to, const std::byte* from, std::size_t size) {
  std::size_t at = 0;
  for (; at + 8 <= size; at += 8) {
    const std::uint64_t word = load_word(from + at);
    std::memcpy(to + at, &word, sizeof word);
  }
  for (; at < size; ++at) {
    to[at] = from[at];
  }
}

[[nodiscard]] inline bool same_bytes(const std::byte* a, const std::byte* b, std::size_t size) {
  std::size_t at = 0;
  for (; at + 8 <= size; at += 8) {
    if (load_word(a + at) != load_word(b + at)) {
      return false;
    }
  }
  for (; at < size; ++at) {
    if (a[at] != b[at]) {
      return false;
    }
  }
  return true;
}

[[nodiscard]] inline bool all_zero(const std::byte* bytes, std::size_t size) {
  std::size_t at = 0;
  for (; at + 8 <= size; at += 8) {
    if (load_word(bytes + at) != 0) {
      return false;
    }
  }
  for (; at < size; ++at) {
    if (bytes[at] != std::byte{0}) {
      return false;
    }
  }
  return true;
}

}  // namespace mapfuzz
