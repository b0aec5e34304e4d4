// Telling AddressSanitizer and MemorySanitizer which bytes of a bucket nobody may use: the
// counterpart of the original's hooks for its own sanitizers.
//
// Promises: under ASan the granules of dead keys and elements are poisoned, never tophash bytes or
// overflow links. Under MSan every dead key and element counts as never written, so that it may be
// copied, but nothing may depend on it. Elsewhere all of this is nothing.
// Leaves to others: when (Table calls it where cells come and go), and TSan, which sees the
// engine's plain reads and writes by itself.
#pragma once

#include <cstddef>
#include <cstdint>

#include "gomap/constants.h"

#if defined(__SANITIZE_ADDRESS__)
#define GOMAP_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define GOMAP_ASAN 1
#elif __has_feature(memory_sanitizer)
#define GOMAP_MSAN 1
#endif
#endif
#if !defined(GOMAP_ASAN)
#define GOMAP_ASAN 0
#endif
#if !defined(GOMAP_MSAN)
#define GOMAP_MSAN 0
#endif

#if GOMAP_ASAN
#include <sanitizer/asan_interface.h>
#elif GOMAP_MSAN
#include <sanitizer/msan_interface.h>
#endif

namespace gomap {

inline constexpr bool kUnderAsan = GOMAP_ASAN != 0;
inline constexpr bool kUnderMsan = GOMAP_MSAN != 0;

// MSan needs no word for it: who writes a byte makes it usable.
inline void unpoison(const std::byte* start, std::size_t bytes) {
#if GOMAP_ASAN
  __asan_unpoison_memory_region(start, bytes);
#else
  (void)start, (void)bytes;
#endif
}

// One of the two arrays of slots in a bucket: `Width` slots of `size` bytes from `offset` on.
// Poisons what belongs to dead cells alone. ASan knows granules only: one that holds a byte of a
// live cell is unpoisoned, and one shared with what lies before or behind the array stays as it is.
template <int Width>
void poison_dead_slots(const std::byte* bucket, std::size_t offset, std::size_t size) {
#if GOMAP_ASAN
  constexpr std::size_t granule = 8;
  const std::size_t end = offset + Width * size;
  for (std::size_t at = (offset + granule - 1) / granule * granule; at + granule <= end;
       at += granule) {
    bool live = false;
    for (std::size_t cell = (at - offset) / size; cell <= (at + granule - 1 - offset) / size;
         ++cell) {
      live = live || static_cast<std::uint8_t>(bucket[cell]) >= kMinTopHash;
    }
    live ? __asan_unpoison_memory_region(bucket + at, granule)
         : __asan_poison_memory_region(bucket + at, granule);
  }
#elif GOMAP_MSAN
  const auto dead = [bucket](std::size_t cell) {
    return cell < Width && static_cast<std::uint8_t>(bucket[cell]) < kMinTopHash;
  };
  for (std::size_t cell = 0; cell < Width; ++cell) {
    const std::size_t first = cell;
    while (dead(cell)) {
      ++cell;
    }
    if (cell != first) {
      // Unlike __msan_poison it notes its callers, and a report says where the cell died.
      __msan_allocated_memory(bucket + offset + first * size, (cell - first) * size);
    }
  }
#else
  (void)bucket, (void)offset, (void)size;
#endif
}

}  // namespace gomap
