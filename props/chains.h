// Chains of a table, cell by cell, and maps that count their allocations: for the claims.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "gomap/inspect.h"
#include "gomap/map.h"
#include "props/typed_maps.h"

namespace mapfuzz {

// The buckets of a chain, base bucket first.
[[nodiscard]] inline std::vector<gomap::BucketView> chain_of(gomap::BucketView base) {
  std::vector<gomap::BucketView> buckets;
  for (; base; base = base.overflow()) {
    buckets.push_back(base);
  }
  return buckets;
}

// Of an old bucket. What has been given back has moved.
[[nodiscard]] inline bool has_moved(const gomap::TableView& view, std::size_t index) {
  return index < view.old_readable_from ||
         gomap::is_evacuated_mark(view.old_bucket(index).state(0));
}

// Old buckets that have not moved yet; none where no growth is on.
[[nodiscard]] inline std::size_t unmoved_buckets(const gomap::TableView& view) {
  std::size_t unmoved = 0;
  for (std::size_t index = 0; view.growing() && index < old_buckets(view); ++index) {
    unmoved += has_moved(view, index) ? 0 : 1;
  }
  return unmoved;
}

// Every chain that look-ups may read: of the array, and of old buckets that have not moved.
[[nodiscard]] inline std::vector<std::vector<gomap::BucketView>> live_chains(
    const gomap::TableView& view) {
  std::vector<std::vector<gomap::BucketView>> chains;
  for (std::size_t index = 0; view.buckets != nullptr && index < gomap::bucket_count(view.B);
       ++index) {
    chains.push_back(chain_of(view.bucket(index)));
  }
  for (std::size_t index = 0; view.growing() && index < old_buckets(view); ++index) {
    if (!has_moved(view, index)) {
      chains.push_back(chain_of(view.old_bucket(index)));
    }
  }
  return chains;
}

inline std::size_t allocations_made = 0;

template <class T>
struct CountingAllocator {
  using value_type = T;
  CountingAllocator() = default;
  template <class U>
  CountingAllocator(const CountingAllocator<U>& /*other*/) {}  // NOLINT: converts, as they do

  [[nodiscard]] T* allocate(std::size_t n) {
    ++allocations_made;
    return std::allocator<T>().allocate(n);
  }
  void deallocate(T* memory, std::size_t n) { std::allocator<T>().deallocate(memory, n); }
  friend bool operator==(const CountingAllocator&, const CountingAllocator&) { return true; }
};

struct CountingConfig : gomap::DefaultConfig {
  using Random = NumberedDraws;
  using Allocator = CountingAllocator<std::byte>;
};

template <class Key, class Elem>
using CountingMap =
    gomap::Map<Key, Elem, gomap::DefaultHash<Key>, gomap::DefaultEqual<Key>, CountingConfig>;

}  // namespace mapfuzz
