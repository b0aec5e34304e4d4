// Where things lie in a bucket, and how many buckets an array has.
//
// Promises: for Go-sized types at width 8, Go's layout to the byte (spec 1.3) and Go's array
// sizes with their size-class rounding (spec 1.7).
// Leaves to others: who owns the memory (generation.h), what the bytes mean over time (table.h).
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "gomap/constants.h"
#include "gomap/slot_traits.h"

namespace gomap {

// Go's allocator hands out these sizes, in bytes, below 32 KiB; larger ones are whole pages.
inline constexpr std::array<std::uint16_t, 67> kSizeClasses = {
    8,     16,    24,    32,    48,    64,    80,    96,    112,   128,   144,  160,   176,   192,
    208,   224,   240,   256,   288,   320,   352,   384,   416,   448,   480,  512,   576,   640,
    704,   768,   896,   1024,  1152,  1280,  1408,  1536,  1792,  2048,  2304, 2688,  3072,  3200,
    3456,  4096,  4864,  5376,  6144,  6528,  6784,  6912,  8192,  9472,  9728, 10240, 10880, 12288,
    13568, 14336, 16384, 18432, 19072, 20480, 21760, 24576, 27264, 28672, 32768};

inline constexpr std::size_t kPageSize = 8192;

[[nodiscard]] constexpr std::size_t round_up(std::size_t n, std::size_t multiple) {
  return (n + multiple - 1) / multiple * multiple;
}

// Bytes Go's allocator would really hand out for a request of `size` bytes.
[[nodiscard]] constexpr std::size_t round_up_size(std::size_t size) {
  if (size < kSizeClasses.back()) {
    return *std::lower_bound(kSizeClasses.begin(), kSizeClasses.end(), size);
  }
  return size + kPageSize < size ? size : round_up(size, kPageSize);
}

// Buckets in an array of exponent b, preallocated overflow buckets included.
[[nodiscard]] constexpr std::size_t total_buckets(std::uint8_t b, std::size_t bucket_size) {
  const std::size_t base = bucket_count(b);
  if (b < kPreallocatedFromB) {
    return base;
  }
  const std::size_t wanted = base + bucket_count(static_cast<std::uint8_t>(b - kPreallocatedFromB));
  const std::size_t bytes = wanted * bucket_size;
  const std::size_t rounded = round_up_size(bytes);
  return rounded == bytes ? wanted : rounded / bucket_size;
}

// A bucket is raw bytes: tophash[8], W keys, W elems, overflow pointer last (spec 1.3).
template <class Key, class Elem, int Width>
struct BucketLayout {
  static_assert(Width == 1 || Width == 2 || Width == 4 || Width == 8);

  using KeySlot = Slot<Key>;
  using ElemSlot = Slot<Elem>;

  static constexpr int width = Width;
  static constexpr std::size_t key_offset = kTopHashBytes;
  static constexpr std::size_t elem_offset =
      round_up(key_offset + Width * KeySlot::size, ElemSlot::align);
  static constexpr std::size_t overflow_offset =
      round_up(elem_offset + Width * ElemSlot::size, alignof(void*));
  static constexpr std::size_t size = overflow_offset + sizeof(void*);
  static constexpr bool has_pointers = KeySlot::has_pointers || ElemSlot::has_pointers;
  static constexpr bool has_indirect = KeySlot::indirect || ElemSlot::indirect;

  // A bucket's first lines, about to be needed in any case: all, or those behind the tophashes,
  // which the caller reads at once.
  static void prefetch([[maybe_unused]] const std::byte* bucket,
                       [[maybe_unused]] bool behind_tophashes = true) {
#if defined(__GNUC__)
    constexpr std::size_t line = 64;
    for (std::size_t at = behind_tophashes ? line : 0; at < size && at <= 3 * line; at += line) {
      __builtin_prefetch(bucket + at);
    }
#endif
  }

  [[nodiscard]] static std::byte* key_slot(std::byte* bucket, int cell) {
    return bucket + key_offset + static_cast<std::size_t>(cell) * KeySlot::size;
  }
  [[nodiscard]] static std::byte* elem_slot(std::byte* bucket, int cell) {
    return bucket + elem_offset + static_cast<std::size_t>(cell) * ElemSlot::size;
  }

  // The value, behind its pointer if it is indirect: then null in a wiped cell.
  [[nodiscard]] static Key* key(std::byte* bucket, int cell) {
    return value_in<Key>(key_slot(bucket, cell));
  }
  [[nodiscard]] static Elem* elem(std::byte* bucket, int cell) {
    return value_in<Elem>(elem_slot(bucket, cell));
  }

  // A slot without its pointer, or of zero bytes; an indirect value is the caller's to free.
  static void zero_key(std::byte* bucket, int cell) {
    std::memset(static_cast<void*>(key_slot(bucket, cell)), 0, KeySlot::size);
  }
  static void zero_elem(std::byte* bucket, int cell) {
    std::memset(static_cast<void*>(elem_slot(bucket, cell)), 0, ElemSlot::size);
  }

  // Overwrites a key that is there by an equal one.
  static void set_key(std::byte* bucket, int cell, const Key& value) {
    // A zero-width value has no bytes of its own: writing one would touch its neighbour's.
    if constexpr (!KeySlot::zero_width) {
      *key(bucket, cell) = value;
    }
  }

  // Copies a cell's slots as they are: an indirect value has one pointer more afterwards.
  static void copy_cell(std::byte* to, int to_cell, std::byte* from, int from_cell) {
    std::memcpy(key_slot(to, to_cell), key_slot(from, from_cell), KeySlot::size);
    std::memcpy(elem_slot(to, to_cell), elem_slot(from, from_cell), ElemSlot::size);
  }

  [[nodiscard]] static std::byte* overflow(const std::byte* bucket) {
    std::byte* next = nullptr;
    std::memcpy(static_cast<void*>(&next), bucket + overflow_offset, sizeof next);
    return next;
  }

  static void set_overflow(std::byte* bucket, std::byte* next) {
    std::memcpy(bucket + overflow_offset, static_cast<const void*>(&next), sizeof next);
  }

 private:
  template <class T>
  [[nodiscard]] static T* value_in(std::byte* slot) {
    if constexpr (Slot<T>::indirect) {
      T* object = nullptr;
      std::memcpy(static_cast<void*>(&object), slot, sizeof(T*));
      return object;
    } else {
      return reinterpret_cast<T*>(slot);
    }
  }
};

// A layout as template arguments, which debug information keeps where it drops constants.
template <int kWidth, std::size_t kKeyOffset, std::size_t kElemOffset, std::size_t kOverflowOffset,
          std::size_t kSize, std::size_t kKeySize, std::size_t kElemSize, bool kKeyIndirect,
          bool kElemIndirect>
struct NumbersOfLayout {};
template <class Layout>
using LayoutNumbers =
    NumbersOfLayout<Layout::width, Layout::key_offset, Layout::elem_offset, Layout::overflow_offset,
                    Layout::size, Layout::KeySlot::size, Layout::ElemSlot::size,
                    Layout::KeySlot::indirect, Layout::ElemSlot::indirect>;

// One cell of one bucket; `bucket` is null where a search found nothing.
struct CellRef {
  std::byte* bucket = nullptr;
  int cell = 0;
};

[[nodiscard]] inline std::uint8_t cell_state(const std::byte* bucket, int cell) {
  return static_cast<std::uint8_t>(bucket[cell]);
}

// Stores all eight: the next look at this bucket loads them as one word, and a load that finds only
// a byte of its word on the way to the cache has to wait for it.
inline void set_cell_state(std::byte* bucket, int cell, std::uint8_t state) {
  std::uint64_t word = 0;
  std::memcpy(&word, bucket, sizeof word);
  const unsigned shift = 8U * static_cast<unsigned>(cell);
  word = (word & ~(std::uint64_t{0xFF} << shift)) | std::uint64_t{state} << shift;
  std::memcpy(bucket, &word, sizeof word);
}

// Has this base bucket been evacuated? Its first cell tells for the whole chain (spec 1.1).
[[nodiscard]] inline bool is_evacuated(const std::byte* base_bucket) {
  return is_evacuated_mark(cell_state(base_bucket, 0));
}

// The eight states of a bucket looked at as one word: bit 7 of byte i answers for cell i.
template <int Width>
class TopHashWord {
 public:
  explicit TopHashWord(const std::byte* bucket) { std::memcpy(&word_, bucket, sizeof word_); }

  // Cells whose state is exactly `state`.
  [[nodiscard]] std::uint64_t equal_to(std::uint8_t state) const {
    return zero_bytes(word_ ^ (kLowBits * state));
  }

  // Cells that are emptyRest or emptyOne.
  [[nodiscard]] std::uint64_t empty() const { return zero_bytes(word_ & ~kLowBits); }

  // Cells that hold an entry, given that none of the bucket is evacuated.
  [[nodiscard]] std::uint64_t filled() const { return ~empty() & kCells; }

  [[nodiscard]] std::uint64_t empty_rest() const { return zero_bytes(word_); }

  // In a bucket with nothing filled behind it: gives emptyRest to all that follows its last filled
  // cell. Is there one?
  static bool trim(std::byte* bucket) {
    std::uint64_t word = 0;
    std::memcpy(&word, bucket, sizeof word);
    const std::uint64_t filled = TopHashWord(bucket).filled();
    const int unused = std::countl_zero(filled);  // bits above the last filled cell's
    word = filled == 0 ? 0 : word << static_cast<unsigned>(unused) >> static_cast<unsigned>(unused);
    std::memcpy(bucket, &word, sizeof word);
    return filled != 0;
  }

  [[nodiscard]] static int first_cell(std::uint64_t cells) { return std::countr_zero(cells) / 8; }

 private:
  static constexpr std::uint64_t kLowBits = 0x0101010101010101U;
  static constexpr std::uint64_t kSevenBits = 0x7F7F7F7F7F7F7F7FU;
  static constexpr std::uint64_t kCells = 0x8080808080808080U >> (8U * (kTopHashBytes - Width));

  // Exact at every byte: no carry leaves its byte, so a match never taints the next one.
  [[nodiscard]] static std::uint64_t zero_bytes(std::uint64_t word) {
    return ~(((word & kSevenBits) + kSevenBits) | word | kSevenBits) & kCells;
  }

  std::uint64_t word_ = 0;
};

}  // namespace gomap
