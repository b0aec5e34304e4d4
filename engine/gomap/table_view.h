// A map's insides as plain data: header fields, geometry, and chains of buckets, without a copy.
//
// Promises: no templates and no engine code, so a checker that reads a view shares nothing with
// what it checks. A view is valid until the next write to the map.
// Leaves to others: making one (inspect.h), judging one, keeping one (an owned copy).
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include "gomap/slot_traits.h"

namespace gomap {

// Offsets and sizes in bytes, and what the two types are like (slot_traits.h).
struct BucketGeometry {
  int width = 8;
  std::size_t key_size = 0;
  std::size_t elem_size = 0;
  std::size_t key_offset = 8;
  std::size_t elem_offset = 8;
  std::size_t overflow_offset = 8;
  std::size_t bucket_size = 16;
  bool has_pointers = false;
  bool key_has_pointers = false;
  bool indirect_key = false;   // the slot holds a pointer to the key
  bool indirect_elem = false;  // likewise
  bool reflexive = true;
  bool needs_key_update = false;
  bool hash_might_throw = false;
  KeyFamily family = KeyFamily::generic;  // which of Go's access functions serve it
};

// One bucket. `raw` may be null: then it is no bucket, and the end of a chain.
class BucketView {
 public:
  BucketView() = default;
  BucketView(const std::byte* raw, const BucketGeometry* geometry)
      : raw_(raw), geometry_(geometry) {}

  [[nodiscard]] const std::byte* raw() const { return raw_; }
  [[nodiscard]] explicit operator bool() const { return raw_ != nullptr; }
  friend bool operator==(BucketView a, BucketView b) { return a.raw_ == b.raw_; }

  [[nodiscard]] std::uint8_t state(int cell) const { return static_cast<std::uint8_t>(raw_[cell]); }

  [[nodiscard]] const std::byte* key(int cell) const {
    return raw_ + geometry_->key_offset + static_cast<std::size_t>(cell) * geometry_->key_size;
  }
  [[nodiscard]] const std::byte* elem(int cell) const {
    return raw_ + geometry_->elem_offset + static_cast<std::size_t>(cell) * geometry_->elem_size;
  }
  // The overflow word as it stands; the last preallocated bucket's holds a sentinel.
  [[nodiscard]] BucketView overflow() const {
    const std::byte* next = nullptr;
    std::memcpy(static_cast<void*>(&next), raw_ + geometry_->overflow_offset, sizeof next);
    return {next, geometry_};
  }

 private:
  const std::byte* raw_ = nullptr;
  const BucketGeometry* geometry_ = nullptr;
};

// Overflow buckets in hand-out order, and whether Go would hold a list object for them.
struct OverflowList {
  bool exists = false;
  std::span<std::byte* const> buckets;
  // The engine's own: buckets that a clear has taken off the list, while an iterator held the
  // array. They are still owned.
  std::size_t outlived = 0;
};

struct TableView {
  const BucketGeometry* geometry = nullptr;  // lives as long as the program
  // Go's hmap (spec 1.2).
  std::size_t count = 0;
  std::uint8_t flags = 0;
  std::uint8_t B = 0;
  std::uint16_t noverflow = 0;
  std::uint32_t hash0 = 0;
  const std::byte* buckets = nullptr;
  const std::byte* oldbuckets = nullptr;
  std::size_t nevacuate = 0;
  bool has_extra = false;
  // Go's mapextra. `overflow.buckets` and `oldoverflow.buckets` are filled for every kind of map;
  // Go keeps the lists only where `exists` says so.
  OverflowList overflow;
  OverflowList oldoverflow;
  const std::byte* next_overflow = nullptr;
  // The engine's own: buckets in the two arrays, preallocated ones included; replacements of the
  // seed so far; whether a live iterator forbids wiping the old array.
  std::size_t total = 0;
  std::size_t old_total = 0;
  std::uint64_t seed_epoch = 0;
  bool old_stays_readable = false;
  // Old buckets below this one have been given back: they were evacuated, and must not be read.
  std::size_t old_readable_from = 0;
  std::size_t held_bytes = 0;  // of the two arrays and their overflow buckets
  // Of the array whose growth ended last, which is kept until the next write.
  std::size_t retired_bytes = 0;

  [[nodiscard]] bool growing() const { return oldbuckets != nullptr; }
  [[nodiscard]] BucketView bucket(std::size_t index) const {
    return {buckets + index * geometry->bucket_size, geometry};
  }
  [[nodiscard]] BucketView old_bucket(std::size_t index) const {
    return {oldbuckets + index * geometry->bucket_size, geometry};
  }
};

}  // namespace gomap
