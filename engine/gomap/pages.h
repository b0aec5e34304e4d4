// Memory for bucket arrays: always zero at first, and for large arrays taken from and given back
// to the operating system in pages.
//
// A new array of hundreds of megabytes then costs a system call instead of a memset, and an old
// one is given back piece by piece while its growth goes on, so that no single write pays for all.
// Promises: `give_back` may be called for a prefix at a time; what was given back must not be
// touched again. Without page calls (not Linux, or under a sanitizer, whose allocator must see
// all) it does nothing, and everything still works.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>

#if !defined(GOMAP_SANITIZED)
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define GOMAP_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(memory_sanitizer) || \
    __has_feature(thread_sanitizer)
#define GOMAP_SANITIZED 1
#endif
#endif
#endif

#if defined(__linux__) && !defined(GOMAP_SANITIZED)
#include <sys/mman.h>
#define GOMAP_PAGE_CALLS 1
#else
#define GOMAP_PAGE_CALLS 0
#endif

namespace gomap::detail {

inline constexpr std::size_t kHugePage = std::size_t{2} << 20U;

// From this size on an array is mapped; smaller ones are the heap's, which reuses warm memory.
inline constexpr std::size_t kMappedFrom = std::size_t{1} << 20U;

// From this size on it starts at a huge page and asks for them: fewer faults, fewer TLB misses.
inline constexpr std::size_t kHugeFrom = 2 * kHugePage;

[[nodiscard]] constexpr bool is_mapped(std::size_t bytes) {
  return GOMAP_PAGE_CALLS != 0 && bytes >= kMappedFrom;
}

// Bytes in one piece of an array of this size: giving back takes some 60 us for 256 KiB of small
// pages, and about as long for a huge one.
[[nodiscard]] constexpr std::size_t piece_of(std::size_t bytes) {
  return bytes >= kHugeFrom ? kHugePage : std::size_t{256} << 10U;
}

// Zeroed memory, or null.
[[nodiscard]] inline std::byte* allocate_zeroed(std::size_t bytes) {
#if GOMAP_PAGE_CALLS
  if (is_mapped(bytes)) {
    const std::size_t slack = bytes >= kHugeFrom ? kHugePage : 0;
    void* const mapped = mmap(nullptr, bytes + slack, PROT_READ | PROT_WRITE,
                              MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (mapped == MAP_FAILED) {
      return nullptr;
    }
    auto* start = static_cast<std::byte*>(mapped);
    if (slack != 0) {
      const std::size_t skip = (kHugePage - reinterpret_cast<std::uintptr_t>(start)) % kHugePage;
      if (skip != 0) {
        munmap(start, skip);
      }
      start += skip;
      constexpr std::size_t page = 4096;
      const std::size_t used = (bytes + page - 1) / page * page;
      if (used < bytes + slack - skip) {
        munmap(start + used, bytes + slack - skip - used);
      }
      madvise(start, used, MADV_HUGEPAGE);
    }
    return start;
  }
#endif
  return static_cast<std::byte*>(std::calloc(1, bytes));
}

// Gives back [from, to) of a mapped array; both are multiples of its piece, or `to` is its end.
inline void give_back(std::byte* start, std::size_t from, std::size_t to) {
#if GOMAP_PAGE_CALLS
  munmap(start + from, to - from);
#else
  (void)start, (void)from, (void)to;
#endif
}

// Frees an array of which the first `given_back` bytes are gone already.
inline void free_zeroed(std::byte* start, std::size_t bytes, std::size_t given_back) {
  if (is_mapped(bytes)) {
    if (given_back < bytes) {
      give_back(start, given_back, bytes);
    }
    return;
  }
  std::free(start);
}

}  // namespace gomap::detail
