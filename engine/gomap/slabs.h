// Overflow buckets that are no part of an array, in slabs of 1, 2, 4, ... buckets up to 1 MiB.
//
// Promises: buckets start zeroed and are handed out in order of their memory; room is made ahead,
// so that handing out does not throw; slabs can be freed one by one.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "gomap/array_memory.h"
#include "gomap/objects.h"

namespace gomap {

template <class Allocator>
class Slabs {
 public:
  Slabs(std::size_t bucket_size, const Allocator& allocator)
      : bucket_size_(bucket_size),
        largest_(static_cast<unsigned>(std::bit_width(kLargest / bucket_size)) - 1U),
        allocator_(allocator),
        slabs_(allocator) {}
  Slabs(const Slabs&) = delete;
  Slabs& operator=(const Slabs&) = delete;
  ~Slabs() { free_all(); }

  // Makes sure that so many more buckets can be had. Throws std::bad_alloc.
  void reserve(std::size_t more) {
    while (room_ < used_ + more) {
      slabs_.reserve(slabs_.size() + 1);
      const std::size_t buckets = buckets_of(slabs_.size());
      slabs_.push_back(Memory::allocate(allocator_, buckets * bucket_size_, kind_of(buckets)));
      room_ += buckets;
    }
  }

  // Room for it was reserved.
  [[nodiscard]] std::byte* hand_out() noexcept {
    const auto [slab, index] = place_of(used_++);
    std::byte* const bucket = slabs_[slab] + index * bucket_size_;
    const std::size_t buckets = buckets_of(slab);
    if (kind_of(buckets) == detail::PageKind::small) {
      // The first bucket that begins in a block brings all of the block in.
      const std::size_t at = index * bucket_size_;
      const std::size_t block = at / detail::kPopulated * detail::kPopulated;
      if (at - block < bucket_size_) {
        const std::size_t end = std::min(block + detail::kPopulated, buckets * bucket_size_);
        detail::populate(slabs_[slab] + block, slabs_[slab] + end);
      }
    }
    return bucket;
  }

  [[nodiscard]] bool empty() const { return slabs_.empty(); }
  [[nodiscard]] std::size_t bytes() const { return room_ * bucket_size_; }

  // The last one. No bucket of it is in use.
  void free_one() {
    const std::size_t buckets = buckets_of(slabs_.size() - 1);
    Memory::deallocate(allocator_, slabs_.back(), buckets * bucket_size_, kind_of(buckets), 0);
    slabs_.pop_back();
    room_ -= buckets;
    used_ = room_ < used_ ? room_ : used_;
  }

  void free_all() {
    while (!empty()) {
      free_one();
    }
    used_ = 0;
  }

 private:
  using Memory = ArrayMemory<Allocator>;
  static constexpr std::size_t kLargest = std::size_t{1} << 20U;

  [[nodiscard]] std::size_t buckets_of(std::size_t slab) const {
    return std::size_t{1} << (slab < largest_ ? slab : largest_);
  }

  [[nodiscard]] detail::PageKind kind_of(std::size_t buckets) const {
    return Memory::kOwnPages && GOMAP_PAGE_CALLS != 0 && buckets == std::size_t{1} << largest_
               ? detail::PageKind::small
               : detail::PageKind::heap;
  }

  // Slab and index of bucket number n.
  [[nodiscard]] std::pair<std::size_t, std::size_t> place_of(std::size_t n) const {
    const std::size_t doubling = (std::size_t{1} << largest_) - 1;  // buckets in smaller slabs
    if (n < doubling) {
      const auto slab = static_cast<std::size_t>(std::bit_width(n + 1)) - 1;
      return {slab, n + 1 - (std::size_t{1} << slab)};
    }
    return {largest_ + ((n - doubling) >> largest_), (n - doubling) & doubling};
  }

  std::size_t bucket_size_;
  unsigned largest_;  // slabs from this one on are of the same size
  std::size_t room_ = 0;
  std::size_t used_ = 0;
  [[no_unique_address]] Allocator allocator_;
  std::vector<std::byte*, AllocatorFor<std::byte*, Allocator>> slabs_;
};

}  // namespace gomap
