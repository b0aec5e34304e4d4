// What is measured: the keys, and how many maps and queries a batch has. go/workload.go says the
// same in Go; a number changed here must change there.
//
// A key is made from a position by splitmix64, a bijection, so that keys are distinct, in no order,
// and the same in every process. A text is its 20 decimal digits. Queries are copies in an order
// and an arena of their own: a lookup never gets the very bytes that the map holds, and never
// walks them in the order in which they were inserted.
// Promises: small maps come many at a time, kSmallTotal entries in all, so that a branch predictor
// cannot learn one of them by heart and all of them together still fit a core's own cache.
#pragma once

#include <sys/mman.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <string_view>
#include <utility>
#include <vector>

namespace gomap_bench {

using Value = std::uint64_t;
using Text = std::string_view;

inline constexpr std::size_t kSmallTotal = 4096;
inline constexpr std::size_t kMaxQueries = std::size_t{1} << 20U;
inline constexpr std::size_t kLargestWarmed = 65536;  // larger maps grow into fresh pages
inline constexpr std::size_t kTextLength = 20;
inline constexpr std::uint64_t kAbsent = std::uint64_t{1} << 40U;   // where absent keys start
inline constexpr std::uint64_t kShuffle = std::uint64_t{1} << 50U;  // where draws for orders start

[[nodiscard]] constexpr std::uint64_t splitmix64(std::uint64_t position) {
  std::uint64_t z = (position + 1) * 0x9E3779B97F4A7C15U;
  z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
  z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
  return z ^ (z >> 31U);
}

// What an iteration adds up, so that it has to look at the key.
[[nodiscard]] inline std::uint64_t weigh(std::uint64_t key) { return key; }
[[nodiscard]] inline std::uint64_t weigh(Text key) { return key.size(); }

// Memory for keys, on huge pages where the system has them: Go's heap asks for those itself, and
// what a batch reads its keys from must not decide between two maps.
class Arena {
 public:
  explicit Arena(std::size_t bytes)
      : start_(static_cast<char*>(
            std::aligned_alloc(kHugePage, (bytes + kHugePage) / kHugePage * kHugePage))) {
    if (start_ == nullptr) {
      throw std::bad_alloc();
    }
    madvise(start_.get(), bytes, MADV_HUGEPAGE);
  }
  [[nodiscard]] char* data() const { return start_.get(); }

 private:
  static constexpr std::size_t kHugePage = std::size_t{2} << 20U;
  struct Free {
    void operator()(char* start) const { std::free(start); }
  };
  std::unique_ptr<char, Free> start_;
};

// Makes keys at given positions; owns the texts.
template <class Key>
class KeyArray;

template <>
class KeyArray<std::uint64_t> {
 public:
  explicit KeyArray(std::size_t count) : arena_(count * sizeof(std::uint64_t)) {}
  void add(std::uint64_t position) { new (data() + size_++) std::uint64_t(splitmix64(position)); }
  [[nodiscard]] std::uint64_t* data() const {
    return reinterpret_cast<std::uint64_t*>(arena_.data());
  }

 private:
  Arena arena_;
  std::size_t size_ = 0;
};

template <>
class KeyArray<Text> {
 public:
  explicit KeyArray(std::size_t count)
      : texts_(count * sizeof(Text)), arena_(count * kTextLength) {}
  void add(std::uint64_t position) {
    char* const text = arena_.data() + size_ * kTextLength;
    char digits[kTextLength];
    char* const end = std::to_chars(digits, digits + kTextLength, splitmix64(position)).ptr;
    const auto length = static_cast<std::size_t>(end - digits);
    std::memset(text, '0', kTextLength - length);
    std::memcpy(text + kTextLength - length, digits, length);
    new (data() + size_++) Text(text, kTextLength);
  }
  [[nodiscard]] Text* data() const { return reinterpret_cast<Text*>(texts_.data()); }

 private:
  Arena texts_;
  Arena arena_;
  std::size_t size_ = 0;
};

// The keys at positions 0 to count - 1: what a map is filled with.
template <class Key>
[[nodiscard]] KeyArray<Key> first_keys(std::size_t count) {
  KeyArray<Key> keys(count);
  for (std::size_t at = 0; at < count; ++at) {
    keys.add(at);
  }
  return keys;
}

// The keys of all maps of one size. Map m has those from m * size on; the value of a present key
// is its position.
template <class Key>
struct Workload {
  explicit Workload(std::size_t entries)
      : size(entries),
        maps(std::max<std::size_t>(1, kSmallTotal / entries)),
        total(size * maps),
        queries(std::min(size, kMaxQueries)),
        present(first_keys<Key>(total)),
        absent(total),
        shuffled(total) {
    for (std::size_t at = 0; at < total; ++at) {
      absent.add(kAbsent + at);
      weight += weigh(present.data()[at]) + at;
    }
    std::vector<std::uint32_t> order(size);
    std::uint64_t draw = kShuffle;
    for (std::size_t map = 0; map < maps; ++map) {
      for (std::size_t at = 0; at < size; ++at) {
        order[at] = static_cast<std::uint32_t>(map * size + at);
      }
      for (std::size_t at = size; at > 1; --at) {
        std::swap(order[at - 1], order[splitmix64(draw++) % at]);
      }
      for (std::size_t at = 0; at < size; ++at) {
        shuffled.add(order[at]);
        hit_sum += at < queries ? order[at] : 0;
      }
    }
  }

  std::size_t size;
  std::size_t maps;
  std::size_t total;    // entries in all maps
  std::size_t queries;  // a map, in a batch
  KeyArray<Key> present;
  KeyArray<Key> absent;
  KeyArray<Key> shuffled;     // the present keys again, another order within each map
  std::uint64_t hit_sum = 0;  // of the values that a batch of hits finds
  std::uint64_t weight = 0;   // what a batch of iterations adds up to
};

}  // namespace gomap_bench
