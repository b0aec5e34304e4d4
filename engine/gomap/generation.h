// One bucket array with every overflow bucket ever linked to it, kept alive by reference counts.
//
// Go leaves this to its collector: an iterator may go on reading an array that the map has long
// outgrown. Here the map and its iterators each hold a reference, and the last one frees it all.
// Promises: memory starts zeroed; what may throw throws before any change; a large array whose
// growth is under way is given back piece by piece (pages.h), unless an iterator holds it.
// Leaves to others: what the buckets hold (table.h) and when a generation retires (growth.h).
#pragma once

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <new>
#include <span>
#include <type_traits>
#include <vector>

#include "gomap/exceptions.h"
#include "gomap/layout.h"
#include "gomap/objects.h"
#include "gomap/pages.h"
#include "gomap/poison.h"
#include "gomap/references.h"

namespace gomap {

template <class GraveyardT, class Allocator>
class Generation {
 public:
  using Graveyard = GraveyardT;

  // A generation with one reference, the caller's. Throws std::bad_alloc.
  [[nodiscard]] static Generation* create(std::uint8_t b, std::size_t bucket_size,
                                          const Allocator& allocator, Graveyard* graveyard) {
    // An array of one bucket never has preallocated ones, and is the most common of all.
    return make_object<Generation>(allocator, b == 0 ? 1 : total_buckets(b, bucket_size),
                                   bucket_size, allocator, graveyard);
  }

  // Called by create alone.
  Generation(std::size_t total, std::size_t bucket_size, const Allocator& allocator,
             Graveyard* graveyard)
      : allocator_(allocator),
        total_(total),
        bucket_size_(bucket_size),
        base_(allocate(total * bucket_size)),
        graveyard_(graveyard),
        overflow_(allocator),
        slabs_(allocator) {
    if (graveyard_ != nullptr) {
      graveyard_->acquire();
    }
    if (kOwnPages && detail::is_mapped(bytes())) {
      give_back_at_ = detail::piece_of(bytes());
    }
  }
  Generation(const Generation&) = delete;
  Generation& operator=(const Generation&) = delete;

  ~Generation() {
    free_slabs();
    deallocate(base_, bytes(), given_back_);
    if (graveyard_ != nullptr) {
      graveyard_->release();
    }
  }

  void acquire() { references_.add(); }

  void release() {
    if (references_.drop()) {
      const Allocator allocator = allocator_;
      destroy_object(allocator, this);
    }
  }

  [[nodiscard]] bool shared() const { return references_.count() > 1; }

  // Sound iterators say so, because evacuation must leave readable what one of them may read.
  void acquire_readable() {
    acquire();
    sound_holders_.fetch_add(1, std::memory_order_relaxed);
  }

  void release_readable() {
    sound_holders_.fetch_sub(1, std::memory_order_relaxed);
    release();
  }

  [[nodiscard]] bool must_stay_readable() const {
    return sound_holders_.load(std::memory_order_relaxed) > 0;
  }

  [[nodiscard]] std::byte* bucket(std::size_t index) const { return base_ + index * bucket_size_; }
  [[nodiscard]] std::size_t total() const { return total_; }
  [[nodiscard]] std::size_t bytes() const { return total_ * bucket_size_; }

  // Bytes held at present: the array, less what was given back, and its other overflow buckets.
  [[nodiscard]] std::size_t held_bytes() const {
    return bytes() - given_back_ + ((std::size_t{1} << slabs_.size()) - 1) * bucket_size_;
  }

  // The first bucket that has not been given back.
  [[nodiscard]] std::size_t first_readable() const {
    return (given_back_ + bucket_size_ - 1) / bucket_size_;
  }

  // The buckets below `index` are evacuated, and have been since before the present write.
  void give_back_below(std::size_t index) {
    const std::size_t below = index * bucket_size_;
    if (below < give_back_at_ || shared()) {
      return;
    }
    const std::size_t piece = detail::piece_of(bytes());
    const std::size_t end = below / piece * piece;
    detail::give_back(base_, given_back_, end);
    given_back_ = end;
    give_back_at_ = end + piece;
  }

  // Makes sure that so many overflow buckets outside the array can be had without throwing.
  // Throws std::bad_alloc.
  void reserve_heap_buckets(std::size_t more) {
    reserve_listing(more);
    while ((std::size_t{1} << slabs_.size()) - 1 < heap_buckets_ + more) {
      slabs_.reserve(slabs_.size() + 1);
      slabs_.push_back(allocate(bucket_size_ << slabs_.size()));
    }
  }

  // A zeroed overflow bucket outside the array, listed and owned. Room for it was reserved.
  [[nodiscard]] std::byte* list_heap_bucket() noexcept {
    // Slab s holds 2^s buckets, the first of which is number 2^s - 1.
    const std::size_t number = heap_buckets_++ + 1;
    const auto slab = static_cast<std::size_t>(std::bit_width(number)) - 1;
    std::byte* const bucket = slabs_[slab] + (number - (std::size_t{1} << slab)) * bucket_size_;
    overflow_.push_back(bucket);
    return bucket;
  }

  // Notes that a preallocated bucket has been handed out. Room for it was reserved.
  void list_preallocated(std::byte* bucket) noexcept { overflow_.push_back(bucket); }

  // Throws std::bad_alloc.
  void reserve_listing(std::size_t more) {
    if (overflow_.capacity() - overflow_.size() < more) {
      overflow_.reserve(overflow_.size() + std::max(more, overflow_.size()));
    }
  }

  // Overflow buckets in the order they were handed out since the last clear: Go's extra.overflow.
  [[nodiscard]] std::span<std::byte* const> listed() const {
    return std::span<std::byte* const>(overflow_).subspan(first_listed_);
  }

  // Clear starts a new list; what an iterator may still read stays owned until it lets go.
  void start_new_list() {
    if (!shared()) {
      free_slabs();
      overflow_.clear();
    }
    first_listed_ = overflow_.size();
  }

 private:
  using Word = std::uint64_t;
  static constexpr bool kOwnPages = std::is_same_v<Allocator, std::allocator<std::byte>>;

  // calloc and page calls stand in for std::allocator: large arrays come as untouched pages.
  [[nodiscard]] std::byte* allocate(std::size_t bytes) {
    if constexpr (kOwnPages) {
      std::byte* const memory = detail::allocate_zeroed(bytes);
      if (memory == nullptr) {
        detail::raise<std::bad_alloc>();
      }
      return memory;
    } else {
      AllocatorFor<Word, Allocator> own(allocator_);
      auto* const words = std::allocator_traits<decltype(own)>::allocate(own, bytes / sizeof(Word));
      return static_cast<std::byte*>(std::memset(static_cast<void*>(words), 0, bytes));
    }
  }

  void deallocate(std::byte* memory, std::size_t bytes, std::size_t given_back) {
    unpoison(memory, bytes);
    if constexpr (kOwnPages) {
      detail::free_zeroed(memory, bytes, given_back);
    } else {
      AllocatorFor<Word, Allocator> own(allocator_);
      std::allocator_traits<decltype(own)>::deallocate(own, reinterpret_cast<Word*>(memory),
                                                       bytes / sizeof(Word));
    }
  }

  void free_slabs() {
    for (std::size_t slab = 0; slab < slabs_.size(); ++slab) {
      deallocate(slabs_[slab], bucket_size_ << slab, 0);
    }
    slabs_.clear();
    heap_buckets_ = 0;
  }

  [[no_unique_address]] Allocator allocator_;
  std::size_t total_;
  std::size_t bucket_size_;
  std::byte* base_;
  Graveyard* graveyard_;  // of maps with indirect values; its cells may point into it
  std::vector<std::byte*, AllocatorFor<std::byte*, Allocator>> overflow_;
  std::vector<std::byte*, AllocatorFor<std::byte*, Allocator>> slabs_;
  std::size_t first_listed_ = 0;
  std::size_t heap_buckets_ = 0;
  std::size_t given_back_ = 0;  // bytes at the start of the array
  std::size_t give_back_at_ = std::numeric_limits<std::size_t>::max();
  ReferenceCount references_;
  std::atomic<std::uint32_t> sound_holders_{0};
};

}  // namespace gomap
