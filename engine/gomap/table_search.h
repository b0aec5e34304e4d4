// Searching a Table: eight tophashes as one word, and the look-ups of Go's fast families, which
// do without a hash in a map of one bucket (spec 2.14).
//
// Promises: the map is only read; if an equality or a hash wrote to it meanwhile, that is fatal.
#pragma once

#include "gomap/table.h"

namespace gomap {

// The chain that holds the hash's entries: the old one until it has been evacuated.
template <class K, class E, class H, class Q, class C>
std::byte* Table<K, E, H, Q, C>::home_for_read(std::uint64_t h) const {
  if (growing()) {
    const std::size_t index = h & (old_bucket_count() - 1);
    if (!old_bucket_evacuated(index)) {
      return bucket_at(oldbuckets, index);
    }
  }
  return bucket_at(buckets, h & mask());
}

template <class K, class E, class H, class Q, class C>
template <class Query>
bool Table<K, E, H, Q, C>::equals(std::byte* bucket, int cell, const Query& key) const {
  if constexpr (kEqualIsBuiltIn<Q, K, Query>) {
    return equal(*Layout::key(bucket, cell), key);
  }
  const std::uint64_t seen = modifications;
  const bool equal_keys = equal(*Layout::key(bucket, cell), key);
  if (modifications != seen) [[unlikely]] {
    fatal("concurrent map read and map write");
  }
  return equal_keys;
}

// Only what a thread knew from before is at stake: a hash is no less the key's, but what was found
// in the map may have moved. A writer is let come to its last check.
template <class K, class E, class H, class Q, class C>
template <Point kPoint>
void Table<K, E, H, Q, C>::changed_at() {
  switch (kPoint) {
    case Point::toggled:
    case Point::grow:
    case Point::evacuated:
    case Point::grown:
    case Point::chain:
    case Point::claim:
    case Point::count:
      C::Points::reach(Point::exit);
      fatal("concurrent map writes");
    case Point::exit:
    case Point::lowering:
    case Point::lowered:
      fatal("concurrent map writes");
    case Point::link:
      fatal("concurrent map read and map write");
    case Point::bucket:
      fatal("concurrent map iteration and map write");
    default:
      break;
  }
}

template <class K, class E, class H, class Q, class C>
template <Point kLink, class Query>
CellRef Table<K, E, H, Q, C>::search(std::byte* bucket, std::uint8_t top, const Query& key) const {
  Layout::prefetch(bucket);
  for (; bucket != nullptr; bucket = Layout::overflow(bucket)) {
    const Word word(bucket);
    for (std::uint64_t hits = word.equal_to(top); hits != 0; hits &= hits - 1) {
      const int cell = Word::first_cell(hits);
      if (equals(bucket, cell, key)) {
        return {bucket, cell};
      }
    }
    if (word.empty_rest() != 0) {
      break;
    }
    reach<kLink>();
  }
  return {};
}

template <class K, class E, class H, class Q, class C>
template <class Query>
CellRef Table<K, E, H, Q, C>::lookup_in_one(const Query& key) const {
  if constexpr (kFamily == KeyFamily::string) {
    constexpr std::size_t long_string = 32;  // bytes; a shorter one is compared in full at once
    if (KeyTraits::bytes(key).size() >= long_string) {
      return lookup_long_string(key);
    }
  }
  if constexpr (kComparesBits && !kPoisons) {
    // All eight keys at once: which cell it will be cannot be predicted, so nothing is branched on.
    const K wanted = key;
    std::uint64_t equal_cells = 0;
    for (int cell = 0; cell < kWidth; ++cell) {
      const std::uint64_t same = *Layout::key(buckets, cell) == wanted ? 0x80 : 0;
      equal_cells |= same << (8U * static_cast<unsigned>(cell));
    }
    const std::uint64_t hits = equal_cells & Word(buckets).filled();
    if (hits != 0) {
      return {buckets, Word::first_cell(hits)};
    }
    if (Layout::overflow(buckets) == nullptr) [[likely]] {
      return {};
    }
  }
  for (std::byte* bucket = buckets; bucket != nullptr; bucket = Layout::overflow(bucket)) {
    for (std::uint64_t live = Word(bucket).filled(); live != 0; live &= live - 1) {
      const int cell = Word::first_cell(live);
      if (equals(bucket, cell, key)) {
        return {bucket, cell};
      }
    }
    reach<Point::link>();
  }
  return {};
}

// Long strings are compared in full at most once: by their ends first, and if two look alike the
// hash decides after all.
template <class K, class E, class H, class Q, class C>
template <class Query>
CellRef Table<K, E, H, Q, C>::lookup_long_string(const Query& key) const {
  CellRef candidate;
  if constexpr (kFamily == KeyFamily::string) {
    constexpr std::size_t end = 4;  // bytes compared at either end
    const auto wanted = KeyTraits::bytes(key);
    for (std::uint64_t live = Word(buckets).filled(); live != 0; live &= live - 1) {
      const int cell = Word::first_cell(live);
      const auto stored = KeyTraits::bytes(*Layout::key(buckets, cell));
      if (stored.size() != wanted.size()) {
        continue;
      }
      if (stored.data() == wanted.data()) {
        return {buckets, cell};
      }
      if (stored.substr(0, end) != wanted.substr(0, end) ||
          stored.substr(stored.size() - end) != wanted.substr(wanted.size() - end)) {
        continue;
      }
      if (candidate.bucket != nullptr) {
        return lookup(key);
      }
      candidate = {buckets, cell};
    }
    if (candidate.bucket != nullptr && !equals(candidate.bucket, candidate.cell, key)) {
      return {};
    }
  }
  return candidate;
}

}  // namespace gomap
