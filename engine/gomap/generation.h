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
#include <cstddef>
#include <cstdint>
#include <limits>
#include <new>
#include <span>
#include <utility>
#include <vector>

#include "gomap/array_memory.h"
#include "gomap/layout.h"
#include "gomap/objects.h"
#include "gomap/page_map.h"
#include "gomap/references.h"
#include "gomap/slabs.h"

namespace gomap {

template <class GraveyardT, class Allocator>
class Generation {
 public:
  using Graveyard = GraveyardT;

  // A generation with one reference, the caller's. Throws std::bad_alloc.
  [[nodiscard]] static Generation* create(std::uint8_t b, std::size_t bucket_size,
                                          bool replaces_another, const Allocator& allocator,
                                          Graveyard* graveyard) {
    // An array of one bucket never has preallocated ones, and is the most common of all.
    const std::size_t total = b == 0 ? 1 : total_buckets(b, bucket_size);
    const std::size_t bytes = total * bucket_size;
    const auto kind = Memory::kOwnPages ? detail::page_kind(bytes, replaces_another) : kHeap;
    if (kind == kHeap) {
      // Behind its owner: one allocation less.
      std::byte* const memory = Memory::allocate(allocator, kHeader + bytes, kHeap);
      return ::new (static_cast<void*>(memory))
          Generation(total, bucket_size, memory + kHeader, kind, allocator, graveyard);
    }
    struct Array {
      std::byte* start;
      std::size_t bytes;
      detail::PageKind kind;
      ~Array() {
        if (start != nullptr) {
          detail::free_zeroed(start, bytes, kind, 0);
        }
      }
    } array{Memory::allocate(allocator, bytes, kind), bytes, kind};
    struct Made {
      Generation* generation;
      ~Made() {
        if (generation != nullptr) {
          generation->release();
        }
      }
    } made{make_object<Generation>(allocator, total, bucket_size, array.start, kind, allocator,
                                   graveyard)};
    array.start = nullptr;
    made.generation->prepare(total - bucket_count(b),
                             replaces_another ? bucket_count(b) / 2 * bucket_size : 0);
    return std::exchange(made.generation, nullptr);
  }

  // Called by create alone.
  Generation(std::size_t total, std::size_t bucket_size, std::byte* array, detail::PageKind kind,
             const Allocator& allocator, Graveyard* graveyard) noexcept
      : allocator_(allocator),
        total_(total),
        bucket_size_(bucket_size),
        base_(array),
        kind_(kind),
        graveyard_(graveyard),
        overflow_(allocator),
        slabs_(bucket_size, allocator) {
    if (graveyard_ != nullptr) {
      graveyard_->acquire();
    }
  }
  Generation(const Generation&) = delete;
  Generation& operator=(const Generation&) = delete;

  ~Generation() {
    if (graveyard_ != nullptr) {
      graveyard_->release();
    }
  }

  void acquire() { references_.add(); }

  void release() {
    if (!references_.drop()) {
      return;
    }
    const Allocator allocator = allocator_;
    if (kind_ == kHeap) {
      const std::size_t memory = kHeader + bytes();
      this->~Generation();
      Memory::deallocate(allocator, reinterpret_cast<std::byte*>(this), memory, kHeap, 0);
    } else {
      detail::free_zeroed(base_, bytes(), kind_, given_back_);
      destroy_object(allocator, this);
    }
  }

  // The same for an owner that can wait: frees a slab of overflow buckets or a piece of the array
  // at most, and says whether the reference has been given up.
  [[nodiscard]] bool release_in_steps() {
    if (!shared() && held_bytes() > kManyBytes) {
      if (!slabs_.empty()) {
        slabs_.free_one();
        return false;
      }
      if (kind_ != kHeap) {
        give_back_to(given_back_ + pages_.piece(given_back_));
        return false;
      }
    }
    release();
    return true;
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
  [[nodiscard]] std::size_t held_bytes() const { return bytes() - given_back_ + slabs_.bytes(); }

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
    while (give_back_at_ <= below) {
      give_back_to(give_back_at_);
      give_back_at_ += pages_.piece(given_back_);
    }
  }

  // A bucket of the array is about to be written to for the first time.
  void bring_in(const std::byte* bucket) { pages_.bring_in(bucket); }

  // Makes sure that so many overflow buckets can be listed, `outside` of them from outside the
  // array, without throwing. Throws std::bad_alloc.
  void reserve_overflow(std::size_t wanted, std::size_t outside) {
    if (overflow_.capacity() - overflow_.size() < wanted) {
      overflow_.reserve(overflow_.size() + std::max(wanted, overflow_.size()));
    }
    slabs_.reserve(outside);
  }

  // A zeroed overflow bucket outside the array, listed and owned. Room for it was reserved.
  [[nodiscard]] std::byte* list_heap_bucket() noexcept {
    overflow_.push_back(slabs_.hand_out());
    return overflow_.back();
  }

  // Notes that a preallocated bucket has been handed out. Room for it was reserved.
  void list_preallocated(std::byte* bucket) noexcept { overflow_.push_back(bucket); }

  // Overflow buckets in the order they were handed out since the last clear: Go's extra.overflow.
  [[nodiscard]] std::span<std::byte* const> listed() const {
    return std::span<std::byte* const>(overflow_).subspan(first_listed_);
  }

  // Overflow buckets that a clear took off the list, and that are still owned.
  [[nodiscard]] std::size_t unlisted() const { return first_listed_; }

  // Clear starts a new list; what an iterator may still read stays owned until it lets go.
  void start_new_list() {
    if (!shared()) {
      slabs_.free_all();
      overflow_.clear();
    }
    first_listed_ = overflow_.size();
  }

 private:
  // Of a mapped array: its pages, and room for the lists that it will need, so that no write stops
  // to copy one. Throws std::bad_alloc.
  void prepare(std::size_t preallocated, std::size_t upper_half) {
    pages_ = detail::PageMap(base_, bytes(), kind_, upper_half);
    give_back_at_ = pages_.piece(0);
    // At full load, 0.21 overflow buckets a bucket are in use, where 1/16 are preallocated.
    overflow_.reserve(4 * preallocated);
  }

  // `end`, in bytes, is where a page begins.
  void give_back_to(std::size_t end) {
    detail::give_back(base_, given_back_, end);
    given_back_ = end;
  }

  using Memory = ArrayMemory<Allocator>;
  static constexpr auto kHeap = detail::PageKind::heap;
  static constexpr std::size_t kHeader = round_up(sizeof(Generation), 16);
  static constexpr std::size_t kManyBytes = std::size_t{2} << 20U;  // worth several steps

  [[no_unique_address]] Allocator allocator_;
  std::size_t total_;
  std::size_t bucket_size_;
  std::byte* base_;
  detail::PageKind kind_;
  std::size_t given_back_ = 0;  // bytes at the start of the array
  std::size_t give_back_at_ = std::numeric_limits<std::size_t>::max();
  Graveyard* graveyard_;  // of maps with indirect values; its cells may point into it
  std::vector<std::byte*, AllocatorFor<std::byte*, Allocator>> overflow_;
  Slabs<Allocator> slabs_;
  std::size_t first_listed_ = 0;
  detail::PageMap pages_;
  ReferenceCount references_;
  std::atomic<std::uint32_t> sound_holders_{0};
};

}  // namespace gomap
