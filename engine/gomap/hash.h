// Hashes: how the map calls one, and the ones it brings.
//
// The map's contract is h(key, seed) with all 64 bits used: the top byte marks a cell, the low bits
// choose the bucket. DefaultHash keeps it for numbers, pointers, enumerations and texts; for other
// types it asks std::hash. A hash of one argument, which may be as weak as the identity, is mixed
// with the seed.
// Promises: equal keys hash alike, +0 and -0 too; every NaN hashes anew, as in Go (spec 1.8).
#pragma once

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <string>
#include <string_view>
#include <type_traits>

#include "gomap/random.h"

namespace gomap {

namespace detail {

// Odd numbers with as many ones as zeros: the fractional parts of the square roots of 2, 3 and 5,
// made odd.
inline constexpr std::uint64_t kRoot2 = 0x6A09E667F3BCC909U;
inline constexpr std::uint64_t kRoot3 = 0xBB67AE8584CAA73BU;
inline constexpr std::uint64_t kRoot5 = 0x3C6EF372FE94F82BU;

// Both halves of the 128-bit product, folded: every bit of the result depends on every bit of a.
[[nodiscard]] inline std::uint64_t fold_multiply(std::uint64_t a, std::uint64_t b) {
  __extension__ using Wide = unsigned __int128;
  const Wide product = static_cast<Wide>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64U);
}

[[nodiscard]] inline std::uint64_t load64(const char* bytes) {
  std::uint64_t word = 0;
  std::memcpy(&word, bytes, sizeof word);
  return word;
}

[[nodiscard]] inline std::uint64_t load32(const char* bytes) {
  std::uint32_t word = 0;
  std::memcpy(&word, bytes, sizeof word);
  return word;
}

}  // namespace detail

// A word with a seed.
[[nodiscard]] inline std::uint64_t hash_word(std::uint64_t word, std::uint64_t seed) {
  return detail::fold_multiply(word ^ detail::kRoot3, detail::kRoot2 ^ (seed << 1U));
}

// A text with a seed: 16 bytes a multiplication. The last 16 do not wait for those before them.
[[nodiscard, gnu::always_inline]] inline std::uint64_t hash_bytes(std::string_view text,
                                                                  std::uint64_t seed) {
  using detail::fold_multiply, detail::load32, detail::load64;
  const char* at = text.data();
  const std::size_t size = text.size();
  const std::uint64_t start = seed ^ detail::kRoot5;
  if (size > 16) {
    const char* const last = at + size - 16;
    const std::uint64_t tail =
        fold_multiply(load64(last) ^ detail::kRoot3, load64(last + 8) ^ start);
    std::uint64_t state = fold_multiply(load64(at) ^ detail::kRoot2, load64(at + 8) ^ start);
    if (size > 32) [[unlikely]] {
      for (at += 16; at < last; at += 16) {
        state = fold_multiply(load64(at) ^ detail::kRoot2, load64(at + 8) ^ state);
      }
    }
    return fold_multiply(state ^ detail::kRoot3, tail ^ size ^ detail::kRoot2);
  }
  std::uint64_t first = 0;
  std::uint64_t second = 0;
  if (size >= 8) {
    first = load64(at);
    second = load64(at + size - 8);
  } else if (size >= 4) {
    first = load32(at);
    second = load32(at + size - 4);
  } else if (size > 0) {
    first = static_cast<unsigned char>(at[0]) |
            std::uint64_t{static_cast<unsigned char>(at[size / 2])} << 8U |
            std::uint64_t{static_cast<unsigned char>(at[size - 1])} << 16U;
  }
  const std::uint64_t state = fold_multiply(first ^ detail::kRoot2, second ^ start);
  return fold_multiply(state ^ detail::kRoot3, size ^ detail::kRoot2);
}

template <class Key>
struct DefaultHash {
  [[nodiscard]] std::uint64_t operator()(const Key& key, std::uint32_t seed) const
      noexcept(noexcept(std::hash<Key>{}(key))) {
    return hash_word(std::hash<Key>{}(key), seed);
  }
};

template <class Key>
  requires std::integral<Key> || std::is_enum_v<Key>
struct DefaultHash<Key> {
  [[nodiscard]] std::uint64_t operator()(Key key, std::uint32_t seed) const noexcept {
    return hash_word(static_cast<std::uint64_t>(key), seed);
  }
};

template <class T>
struct DefaultHash<T*> {
  [[nodiscard]] std::uint64_t operator()(T* key, std::uint32_t seed) const noexcept {
    return hash_word(reinterpret_cast<std::uintptr_t>(key), seed);
  }
};

template <std::floating_point Key>
struct DefaultHash<Key> {
  [[nodiscard]] std::uint64_t operator()(Key key, std::uint32_t seed) const {
    if (key != key) {
      return hash_word(SystemRandom{}.wide(), seed);
    }
    // long double has padding, which std::hash knows to leave out.
    return hash_word(key == 0 ? 0 : std::hash<Key>{}(key), seed);
  }
};

// Transparent: a map keyed by std::string is searched by anything that is a std::string_view.
struct StringHash {
  using is_transparent = void;
  [[nodiscard, gnu::always_inline]] inline std::uint64_t operator()(
      std::string_view text, std::uint32_t seed) const noexcept {
    return hash_bytes(text, seed);
  }
};
template <class Traits, class Allocator>
struct DefaultHash<std::basic_string<char, Traits, Allocator>> : StringHash {};
template <>
struct DefaultHash<std::string_view> : StringHash {};

template <class Key>
struct DefaultEqual : std::equal_to<Key> {};

// Two views of the same bytes need no look at them. Up to 32 bytes are compared as words from both
// ends, which may overlap: a call of memcmp would cost more than they do.
struct StringEqual {
  using is_transparent = void;
  [[nodiscard, gnu::always_inline]] inline bool operator()(std::string_view a,
                                                           std::string_view b) const noexcept {
    const std::size_t size = a.size();
    if (size != b.size()) {
      return false;
    }
    const char* const left = a.data();
    const char* const right = b.data();
    if (left == right) {
      return true;
    }
    if (size <= 2 * kHalf) {
      return size >= kHalf ? same_ends<kHalf>(left, right, size)
                           : size == 0 || same_bytes(left, right, size);
    }
    return size <= 4 * kHalf ? same_ends<2 * kHalf>(left, right, size)
                             : same_bytes(left, right, size);
  }

 private:
  // Out of line and saving all registers itself: short texts do not pay for a call that others
  // make.
#if defined(__clang__)
  [[clang::preserve_most]]
#endif
  [[nodiscard, gnu::noinline]] static bool
  same_bytes(const char* a, const char* b, std::size_t size) {
    return std::memcmp(a, b, size) == 0;
  }

  // So many bytes from either end, which may overlap; a length known here is no call.
  template <std::size_t kBytes>
  [[nodiscard, gnu::always_inline]] static inline bool same_ends(const char* a, const char* b,
                                                                 std::size_t size) {
    const std::size_t last = size - kBytes;
    const bool starts = std::memcmp(a, b, kBytes) == 0;
    const bool ends = std::memcmp(a + last, b + last, kBytes) == 0;
    return starts & ends;
  }

  static constexpr std::size_t kHalf = sizeof(std::uint64_t);
};
template <class Traits, class Allocator>
struct DefaultEqual<std::basic_string<char, Traits, Allocator>> : StringEqual {};
template <>
struct DefaultEqual<std::string_view> : StringEqual {};

// An equality that calls nothing of a user's, and so cannot write to the map that asks it.
template <class Equal, class Key, class Query>
inline constexpr bool kEqualIsBuiltIn =
    (std::is_arithmetic_v<Key> && std::is_arithmetic_v<Query> &&
     (std::is_same_v<Equal, DefaultEqual<Key>> || std::is_same_v<Equal, std::equal_to<Key>> ||
      std::is_same_v<Equal, std::equal_to<>>)) ||
    (std::is_same_v<Equal, DefaultEqual<Key>> && std::is_base_of_v<StringEqual, Equal> &&
     (std::is_same_v<Query, Key> || std::is_same_v<Query, std::string_view>));

// Calls a hash of either shape.
template <class Hash, class Key>
inline constexpr bool kTakesSeed = std::is_invocable_v<const Hash&, const Key&, std::uint32_t>;

template <class Hash, class Key>
[[nodiscard, gnu::always_inline]] inline std::uint64_t call_hash(const Hash& hash, const Key& key,
                                                                 std::uint32_t seed) {
  if constexpr (kTakesSeed<Hash, Key>) {
    return hash(key, seed);
  } else {
    return hash_word(static_cast<std::uint64_t>(hash(key)), seed);
  }
}

template <class Hash, class Key>
[[nodiscard]] constexpr bool hash_is_noexcept() {
  if constexpr (kTakesSeed<Hash, Key>) {
    return std::is_nothrow_invocable_v<const Hash&, const Key&, std::uint32_t>;
  } else {
    return std::is_nothrow_invocable_v<const Hash&, const Key&>;
  }
}

}  // namespace gomap
