// The numbers of Go's bucket map, and the few predicates that read them.
//
// Promises: the values and rules of go-map-spec 1.1 and 2.1; for width 8 they are Go's own.
// Leaves to others: where the cells lie (layout.h) and what changes them (table.h, growth.h).
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

namespace gomap {

static_assert(std::endian::native == std::endian::little && sizeof(void*) == 8,
              "gomap reads eight tophash bytes as one word: little-endian 64-bit only");

// State of a cell: one byte each, in the bucket's tophash word (spec 1.1).
inline constexpr std::uint8_t kEmptyRest = 0;   // empty, and so is every later cell of the chain
inline constexpr std::uint8_t kEmptyOne = 1;    // empty
inline constexpr std::uint8_t kEvacuatedX = 2;  // entry moved to the same index of the new array
inline constexpr std::uint8_t kEvacuatedY = 3;  // entry moved to index + old bucket count
inline constexpr std::uint8_t kEvacuatedEmpty = 4;  // was empty when its bucket was evacuated
inline constexpr std::uint8_t kMinTopHash = 5;      // smallest state of a filled cell

// Bits of the header's flags byte.
inline constexpr std::uint8_t kIterator = 1;      // an iterator may be using the current array
inline constexpr std::uint8_t kOldIterator = 2;   // an iterator may be using the old array
inline constexpr std::uint8_t kHashWriting = 4;   // a write is under way
inline constexpr std::uint8_t kSameSizeGrow = 8;  // the growth under way keeps the bucket count

// The tophash word is eight bytes at every width; narrower buckets leave the upper bytes 0.
inline constexpr int kTopHashBytes = 8;

// From this exponent on an array carries preallocated overflow buckets (spec 1.7).
inline constexpr std::uint8_t kPreallocatedFromB = 4;

// linux/amd64's bound on one allocation; a hint that asks for more is ignored (spec 2.2).
inline constexpr std::uint64_t kMaxAlloc = std::uint64_t{1} << 48;

// How far the evacuation mark looks ahead in one step (spec 2.10).
inline constexpr std::size_t kEvacuationLookAhead = 1024;

[[nodiscard]] constexpr bool is_empty(std::uint8_t state) { return state <= kEmptyOne; }

[[nodiscard]] constexpr bool is_evacuated_mark(std::uint8_t state) {
  return state > kEmptyOne && state < kMinTopHash;
}

[[nodiscard]] constexpr std::size_t bucket_count(std::uint8_t b) {
  return std::size_t{1} << (b & 63U);
}

// The state byte of an entry with this hash: its top byte, moved clear of the reserved states.
[[nodiscard]] constexpr std::uint8_t top_hash(std::uint64_t hash) {
  const auto top = static_cast<std::uint8_t>(hash >> 56U);
  return top < kMinTopHash ? static_cast<std::uint8_t>(top + kMinTopHash) : top;
}

// Would `count` entries be more than 6.5 a bucket (width 8; 13/16 full at any width)?
template <int Width>
[[nodiscard]] constexpr bool over_load_factor(std::uint64_t count, std::uint8_t b) {
  return count > Width && count > 13 * Width * bucket_count(b) / 16;
}

// About as many overflow buckets as buckets: the sign that holes need squeezing out.
[[nodiscard]] constexpr bool too_many_overflow_buckets(std::uint16_t noverflow, std::uint8_t b) {
  return noverflow >= std::uint32_t{1} << (b < 15 ? b : 15U);
}

}  // namespace gomap
