// Telling AddressSanitizer which bytes of a bucket nobody may touch: the counterpart of the
// original's hooks for its own sanitizers.
//
// Promises: under ASan (and only there) the granules of dead keys and elements are poisoned, never
// tophash bytes or overflow links. Elsewhere all of this is nothing.
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
#endif
#endif
#if !defined(GOMAP_ASAN)
#define GOMAP_ASAN 0
#endif

#if GOMAP_ASAN
#include <sanitizer/asan_interface.h>
#endif

namespace gomap {

inline constexpr bool kUnderAsan = GOMAP_ASAN != 0;

inline void unpoison(const std::byte* start, std::size_t bytes) {
#if GOMAP_ASAN
  __asan_unpoison_memory_region(start, bytes);
#else
  (void)start, (void)bytes;
#endif
}

// One of the two arrays of slots in a bucket: `Width` slots of `size` bytes from `offset` on.
// Poisons its granules that hold no byte of a live cell, and unpoisons the others. A granule that
// it shares with what lies before or behind it stays as it is.
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
#else
  (void)bucket, (void)offset, (void)size;
#endif
}

}  // namespace gomap
