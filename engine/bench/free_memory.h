// Free memory in one known state before a map grows into it.
//
// On a virtual machine whose host takes back what its guest has freed, the first touch of a huge
// page costs several milliseconds after some seconds of rest, and a fifth of one right after it was
// freed (7 and 0.5 ms where this was found: more than a map of a million entries costs). Which of
// the two a contender met was chance, or its place in the row. So before each one this much is
// taken from the system, touched and given back: whoever grows next, in this process or in Go's,
// finds pages at hand.
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <new>

namespace gomap_bench {

// More than any of the maps needs while it grows, the outgrown array included.
inline constexpr std::size_t kGrownBytesPerEntry = 128;

// Throws std::bad_alloc.
inline void bring_in_free_memory(std::size_t entries) {
  const std::size_t bytes = entries * kGrownBytesPerEntry;
  void* const memory =
      mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) {
    throw std::bad_alloc();
  }
  madvise(memory, bytes, MADV_HUGEPAGE);
  constexpr std::size_t page = 4096;
  auto* const first = static_cast<volatile char*>(memory);
  for (std::size_t at = 0; at < bytes; at += page) {
    first[at] = 1;
  }
  munmap(memory, bytes);
}

}  // namespace gomap_bench
