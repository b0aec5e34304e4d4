// Memory for bucket arrays: always zero at first, and where large, taken from and given back to the
// operating system in pages.
//
// A new array of hundreds of megabytes then costs a system call instead of a memset, and an old one
// goes back piece by piece while its growth goes on, so that no single write pays for all of it.
// Promises: what was given back must not be touched again. Without page calls (not Linux, or under
// a sanitizer, whose allocator must see everything) all memory is the heap's, nothing is given back
// early, and everything still works.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define GOMAP_PAGE_CALLS 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(memory_sanitizer) || \
    __has_feature(thread_sanitizer)
#define GOMAP_PAGE_CALLS 0
#endif
#endif
#if !defined(GOMAP_PAGE_CALLS)
#if defined(__linux__)
#define GOMAP_PAGE_CALLS 1
#else
#define GOMAP_PAGE_CALLS 0
#endif
#endif

#if GOMAP_PAGE_CALLS
#include <sys/mman.h>
#endif

namespace gomap::detail {

// Where an array's memory comes from.
enum class PageKind : std::uint8_t {
  heap,   // calloc: reuses warm memory
  huge,   // mapped, huge pages asked for: fewest faults and TLB misses, but a fault may clear 2 MiB
  small,  // mapped, in blocks of small pages that are brought in as they are needed
};

inline constexpr std::size_t kHugePage = std::size_t{2} << 20U;

// Small pages are brought in so many bytes at a time: one by one, each would cost a fault.
inline constexpr std::size_t kPopulated = std::size_t{192} << 10U;

// The largest array that may replace another on huge pages: 32 of them.
inline constexpr std::size_t kLargestHugeGrowth = std::size_t{64} << 20U;

// For an array of this size. One that replaces another is filled at random places from the first
// write on: the more pages it has, the sooner one of them stops a write for long. On a machine
// whose own host brings memory in late, the fault of a huge page was seen to take 30 ms. But small
// pages cost every later look-up a TLB miss: at a million texts, 145 ns turn into 200.
[[nodiscard]] constexpr PageKind page_kind(std::size_t bytes, bool replaces_another) {
  if (GOMAP_PAGE_CALLS == 0 || bytes < kHugePage) {
    return PageKind::heap;
  }
  return replaces_another && bytes > kLargestHugeGrowth ? PageKind::small : PageKind::huge;
}

// Where a mapped array's small pages begin: a huge one ends in those that fill no huge page.
[[nodiscard]] constexpr std::size_t small_pages_from(std::size_t bytes, PageKind kind) {
  return kind == PageKind::huge ? bytes / kHugePage * kHugePage : 0;
}

// What is given back of small pages at once: some 100 us. A huge one costs less.
inline constexpr std::size_t kSmallPiece = std::size_t{512} << 10U;

// Zeroed memory, or null.
[[nodiscard]] inline std::byte* allocate_zeroed(std::size_t bytes, PageKind kind) {
#if GOMAP_PAGE_CALLS
  if (kind != PageKind::heap) {
    // More than asked for, so that it can begin at a huge page (and at a block of small ones).
    constexpr std::size_t page = 4096;
    const std::size_t used = (bytes + page - 1) / page * page;
    void* const mapped = mmap(nullptr, used + kHugePage, PROT_READ | PROT_WRITE,
                              MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (mapped == MAP_FAILED) {
      return nullptr;
    }
    auto* start = static_cast<std::byte*>(mapped);
    const std::size_t skip = (kHugePage - reinterpret_cast<std::uintptr_t>(start)) % kHugePage;
    if (skip != 0) {
      munmap(start, skip);
    }
    start += skip;
    if (skip != kHugePage) {
      munmap(start + used, kHugePage - skip);
    }
    madvise(start, used, kind == PageKind::huge ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
    return start;
  }
#endif
  (void)kind;
  return static_cast<std::byte*>(std::calloc(1, bytes));
}

// Brings in the small pages of [from, to), which is mapped; `from` is where a page begins.
inline void populate(std::byte* from, std::byte* to) {
#if GOMAP_PAGE_CALLS && defined(MADV_POPULATE_WRITE)
  madvise(from, static_cast<std::size_t>(to - from), MADV_POPULATE_WRITE);
#else
  (void)from, (void)to;
#endif
}

// Small pages for a part of a mapping that asked for huge ones. Both are multiples of a huge page.
inline void prefer_small_pages(std::byte* from, std::size_t bytes) {
#if GOMAP_PAGE_CALLS
  madvise(from, bytes, MADV_NOHUGEPAGE);
#else
  (void)from, (void)bytes;
#endif
}

// Gives back [from, to) of a mapped array: `from` is where a page begins, `to` too or its end.
inline void give_back(std::byte* start, std::size_t from, std::size_t to) {
#if GOMAP_PAGE_CALLS
  munmap(start + from, to - from);
#else
  (void)start, (void)from, (void)to;
#endif
}

// Frees an array of which the first `given_back` bytes are gone already.
inline void free_zeroed(std::byte* start, std::size_t bytes, PageKind kind,
                        std::size_t given_back) {
  if (kind == PageKind::heap) {
    std::free(start);
  } else if (given_back < bytes) {
    give_back(start, given_back, bytes);
  }
}

}  // namespace gomap::detail
