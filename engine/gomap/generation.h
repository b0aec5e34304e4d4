// One bucket array with every overflow bucket ever linked to it, kept alive by reference counts.
//
// Go leaves this to its collector: an iterator may go on reading an array that the map has long
// outgrown. Here the map and its iterators each hold a reference, and the last one frees it all.
// Promises: memory starts zeroed; counts are atomic, so that iterators may open and close on a
// map that several threads read.
// Leaves to others: what the buckets hold (table.h) and when a generation retires (growth.h).
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>
#include <span>
#include <vector>

#include "gomap/graveyard.h"
#include "gomap/layout.h"

namespace gomap {

class Generation {
 public:
  // A generation with one reference, the caller's. Throws std::bad_alloc.
  [[nodiscard]] static Generation* create(std::uint8_t b, std::size_t bucket_size,
                                          Graveyard* graveyard = nullptr) {
    // An array of one bucket never has preallocated ones, and is the most common of all.
    return new Generation(b == 0 ? 1 : total_buckets(b, bucket_size), bucket_size, graveyard);
  }

  Generation(const Generation&) = delete;
  Generation& operator=(const Generation&) = delete;

  void acquire() { references_.fetch_add(1, std::memory_order_relaxed); }

  void release() {
    if (references_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
      delete this;
    }
  }

  [[nodiscard]] bool shared() const { return references_.load(std::memory_order_acquire) > 1; }

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

  [[nodiscard]] bool in_array(const std::byte* bucket) const {
    return bucket >= base_ && bucket < base_ + bytes();
  }

  // A zeroed overflow bucket outside the array, listed and owned. Throws std::bad_alloc.
  [[nodiscard]] std::byte* list_heap_bucket() {
    overflow_.push_back(nullptr);
    try {
      overflow_.back() = allocate(bucket_size_);
    } catch (...) {
      overflow_.pop_back();  // no listed place without a bucket
      throw;
    }
    return overflow_.back();
  }

  // Notes that a preallocated bucket has been handed out. Throws std::bad_alloc.
  void list_preallocated(std::byte* bucket) { overflow_.push_back(bucket); }

  // Overflow buckets in the order they were handed out since the last clear: Go's extra.overflow.
  [[nodiscard]] std::span<std::byte* const> listed() const {
    return std::span(overflow_).subspan(first_listed_);
  }

  // Clear starts a new list; what an iterator may still read stays owned until it lets go.
  void start_new_list() {
    if (!shared()) {
      free_heap_buckets();
      overflow_.clear();
    }
    first_listed_ = overflow_.size();
  }

 private:
  Generation(std::size_t total, std::size_t bucket_size, Graveyard* graveyard)
      : base_(allocate(total * bucket_size)),
        total_(total),
        bucket_size_(bucket_size),
        graveyard_(graveyard) {
    if (graveyard_ != nullptr) {
      graveyard_->acquire();
    }
  }

  ~Generation() {
    free_heap_buckets();
    std::free(base_);
    if (graveyard_ != nullptr) {
      graveyard_->release();
    }
  }

  // calloc: large arrays come as untouched pages, so a growth does not stop to clear them.
  [[nodiscard]] static std::byte* allocate(std::size_t bytes) {
    auto* memory = static_cast<std::byte*>(std::calloc(1, bytes));
    if (memory == nullptr) {
      throw std::bad_alloc();
    }
    return memory;
  }

  void free_heap_buckets() {
    for (std::byte* bucket : overflow_) {
      if (bucket != nullptr && !in_array(bucket)) {
        std::free(bucket);
      }
    }
  }

  std::byte* base_;
  std::size_t total_;
  std::size_t bucket_size_;
  Graveyard* graveyard_;  // of maps with indirect values; its cells may point into it
  std::vector<std::byte*> overflow_;
  std::size_t first_listed_ = 0;
  std::atomic<std::uint32_t> references_{1};
  std::atomic<std::uint32_t> sound_holders_{0};
};

}  // namespace gomap
