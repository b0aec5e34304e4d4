// A count of references, for what a map shares with its iterators.
#pragma once

#include <atomic>
#include <cstdint>

namespace gomap {

// Starts at one, the maker's. Atomic: iterators open and close on maps that several threads read.
class ReferenceCount {
 public:
  void add() { count_.fetch_add(1, std::memory_order_relaxed); }

  // Was that the last one?
  [[nodiscard]] bool drop() { return count_.fetch_sub(1, std::memory_order_acq_rel) == 1; }

  [[nodiscard]] std::uint32_t count() const { return count_.load(std::memory_order_acquire); }

 private:
  std::atomic<std::uint32_t> count_{1};
};

}  // namespace gomap
