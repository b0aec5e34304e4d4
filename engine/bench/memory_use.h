// Bytes per entry while a map grows to a power of two entries.
//
// Two answers, because they differ. Allocated: what malloc has given out and not got back, with
// operator new, calloc and malloc's own mappings, and besides what the program has mapped itself
// (memory_use.cc stands in for mmap and munmap), touched or not. Resident: pages of the process,
// which leaves out what was never touched and counts what was freed but kept.
// Promises: exact only in a process that has measured nothing before.
#pragma once

#include <cstddef>

#include "contender.h"

namespace gomap_bench {

class MemoryUse {
 public:
  // Takes the baseline.
  explicit MemoryUse(std::size_t entries);
  MemoryUse(const MemoryUse&) = delete;
  MemoryUse& operator=(const MemoryUse&) = delete;
  ~MemoryUse();

  // `grew`: the insert just made has begun, or done, a growth.
  void after_insert(std::size_t size, bool grew);
  [[nodiscard]] Memory result() const;

 private:
  void sample(std::size_t size);

  std::size_t entries_;
  double resident_base_;
  double samples_ = 0;
  Memory sums_;
};

}  // namespace gomap_bench
