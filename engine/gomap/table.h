// The map proper: Go's header and the operations that search, assign, delete and clear.
//
// Promises: fed the same operations, hashes and draws, every field and cell is what Go 1.20's
// runtime would have (spec parts 1 and 2; the numbers in comments are its sections). How cells
// are searched is our own: eight tophashes as one word.
// Leaves to others: growing (growth.h), iterating (iterator.h), the face for users (map.h).
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <utility>

#include "gomap/constants.h"
#include "gomap/fatal.h"
#include "gomap/generation.h"
#include "gomap/growth.h"
#include "gomap/layout.h"
#include "gomap/panic.h"
#include "gomap/slot_traits.h"

namespace gomap {

template <class KeyT, class ElemT, class HashT, class EqualT, class ConfigT>
class Table {
 public:
  using Key = KeyT;
  using Elem = ElemT;
  using Config = ConfigT;
  using Layout = BucketLayout<Key, Elem, Config::width>;
  using KeyTraits = slot_traits<Key>;
  static constexpr int kWidth = Config::width;
  static constexpr KeyFamily kFamily = kFamilyOf<Key, Elem>;

  // makemap (2.2). A hint that is negative or beyond any memory counts as 0. Throws std::bad_alloc.
  Table(std::int64_t hint, HashT hash_in, EqualT equal_in, typename Config::Random random_in)
      : hash(std::move(hash_in)), equal(std::move(equal_in)), random(std::move(random_in)) {
    hash0 = random();
    const std::uint64_t entries = usable_hint(hint);
    while (over_load_factor<kWidth>(entries, B)) {
      ++B;
    }
    if (B != 0) {
      adopt_array(new_generation(B));
    }
  }

  // The nil map: reads find it empty, and it cannot be assigned to. Draws nothing.
  struct Nil {};
  Table(Nil /*tag*/, HashT hash_in, EqualT equal_in, typename Config::Random random_in)
      : is_nil(true),
        hash(std::move(hash_in)),
        equal(std::move(equal_in)),
        random(std::move(random_in)) {}

  Table(const Table&) = delete;
  Table& operator=(const Table&) = delete;

  ~Table() {
    bury_all();
    if (graveyard != nullptr) {
      graveyard->release();
    }
    if (generation != nullptr) {
      generation->release();
    }
    if (old_generation != nullptr) {
      old_generation->release();
    }
  }

  // mapaccess2 (2.4): the element, or null. Reads only, also in the middle of a growth.
  [[nodiscard]] Elem* find(const Key& key) {
    if (count == 0) {
      check_hashable(key);
      return nullptr;
    }
    if (has_flag(kHashWriting)) {
      fatal("concurrent map read and map write");
    }
    const CellRef at = B == 0 && kFamily != KeyFamily::generic ? lookup_in_one(key) : lookup(key);
    return at.bucket == nullptr ? nullptr : Layout::elem(at.bucket, at.cell);
  }

  // Writes take the key by value: given as it.key() it may lie in an array that this very call
  // wipes or frees.

  // mapassign (2.5): the key's element slot; a new one is all zero. Throws std::bad_alloc, and
  // Panic on the nil map.
  [[nodiscard]] Elem* assign(Key key);

  // mapdelete (2.6): was the key there?
  bool erase(Key key);

  // mapclear (2.13): the array stays and is wiped.
  void clear();

  // mapaccessK (2.4) on a map that is not empty: where the live cell of this key is now.
  [[nodiscard]] CellRef lookup(const Key& key) {
    const std::uint64_t h = hash(key, hash0);
    return search(home_for_read(h), top_hash(h), key);
  }

  // Calls visit(key, elem) for every live entry, in no useful order, and draws nothing.
  template <class Visit>
  void for_each(Visit visit) const {
    for_each_cell([&](CellRef at) {
      visit(*Layout::key(at.bucket, at.cell), *Layout::elem(at.bucket, at.cell));
    });
  }

  [[nodiscard]] bool growing() const { return oldbuckets != nullptr; }
  [[nodiscard]] bool same_size_grow() const { return has_flag(kSameSizeGrow); }
  [[nodiscard]] std::size_t mask() const { return bucket_count(B) - 1; }

  [[nodiscard]] std::size_t old_bucket_count() const {
    return same_size_grow() ? bucket_count(B) : bucket_count(static_cast<std::uint8_t>(B - 1));
  }

  [[nodiscard]] bool has_flag(std::uint8_t flag) const {
    return (flags.load(std::memory_order_relaxed) & flag) != 0;
  }

  void set_flags(std::uint8_t value) { flags.store(value, std::memory_order_relaxed); }

  [[nodiscard]] std::byte* bucket_at(std::byte* array, std::size_t index) const {
    return array + index * Layout::size;
  }

  // An array of exponent b for this map. Throws std::bad_alloc.
  [[nodiscard]] Generation* new_generation(std::uint8_t b) {
    if constexpr (Layout::has_indirect) {
      if (graveyard == nullptr) {
        graveyard = Graveyard::create();
      }
    }
    return Generation::create(b, Layout::size, graveyard);
  }

  // Takes over a fresh or freshly wiped array and sets up its preallocated overflow buckets (2.2).
  void adopt_array(Generation* fresh) {
    generation = fresh;
    buckets = fresh->bucket(0);
    const std::size_t base = bucket_count(B);
    if (fresh->total() != base) {
      // A non-null link in the last preallocated bucket says "no more after me"; any will do.
      Layout::set_overflow(fresh->bucket(fresh->total() - 1), buckets);
      next_overflow = fresh->bucket(base);
      has_extra = true;
    }
  }

  // newoverflow (2.3): one more bucket behind `last`. Throws std::bad_alloc.
  [[nodiscard]] std::byte* append_overflow(std::byte* last) {
    std::byte* bucket = next_overflow;
    if (bucket != nullptr) {
      generation->list_preallocated(bucket);
      if (Layout::overflow(bucket) == nullptr) {
        next_overflow = bucket + Layout::size;
      } else {
        Layout::set_overflow(bucket, nullptr);
        next_overflow = nullptr;
      }
    } else {
      bucket = generation->list_heap_bucket();
    }
    count_overflow();
    if constexpr (!Layout::has_pointers) {
      has_extra = true;
      overflow_listed.store(true, std::memory_order_relaxed);
    }
    Layout::set_overflow(last, bucket);
    return bucket;
  }

  // Go's hmap (1.2), in its order.
  std::size_t count = 0;
  std::atomic<std::uint8_t> flags{0};
  std::uint8_t B = 0;
  std::uint16_t noverflow = 0;
  std::uint32_t hash0 = 0;
  std::byte* buckets = nullptr;
  std::byte* oldbuckets = nullptr;
  std::size_t nevacuate = 0;
  // Go's mapextra. The lists themselves live in the generations; the bits say whether Go would
  // have created them.
  std::byte* next_overflow = nullptr;
  std::atomic<bool> has_extra{false};
  std::atomic<bool> overflow_listed{false};
  bool oldoverflow_listed = false;

  // Ours: who owns the arrays, and how often the seed has been replaced.
  Generation* generation = nullptr;
  Generation* old_generation = nullptr;
  Graveyard* graveyard = nullptr;  // exists with the first array, if values are indirect
  std::uint64_t seed_epoch = 0;
  const bool is_nil = false;

  [[no_unique_address]] HashT hash;
  [[no_unique_address]] EqualT equal;
  [[no_unique_address]] typename Config::Random random;

 private:
  using Word = TopHashWord<kWidth>;

  [[nodiscard]] static std::uint64_t usable_hint(std::int64_t hint) {
    const auto entries = static_cast<std::uint64_t>(hint);
    // Go multiplies by the bucket's size, not the entry's: only a guard against overflow.
    return entries > kMaxAlloc / Layout::size ? 0 : entries;
  }

  // incrnoverflow: exact below 2^16 buckets, sampled above.
  void count_overflow() {
    if (B < 16) {
      ++noverflow;
      return;
    }
    const std::uint32_t sample = (std::uint32_t{1} << (B - 15U)) - 1;
    if ((random() & sample) == 0) {
      ++noverflow;
    }
  }

  // The chain that holds the hash's entries: the old one until it has been evacuated.
  [[nodiscard]] std::byte* home_for_read(std::uint64_t h) const {
    if (growing()) {
      std::byte* old = bucket_at(oldbuckets, h & (old_bucket_count() - 1));
      if (!is_evacuated(old)) {
        return old;
      }
    }
    return bucket_at(buckets, h & mask());
  }

  [[nodiscard]] CellRef search(std::byte* bucket, std::uint8_t top, const Key& key) const {
    for (; bucket != nullptr; bucket = Layout::overflow(bucket)) {
      const Word word(bucket);
      for (std::uint64_t hits = word.equal_to(top); hits != 0; hits &= hits - 1) {
        const int cell = Word::first_cell(hits);
        if (equal(*Layout::key(bucket, cell), key)) {
          return {bucket, cell};
        }
      }
      if (word.empty_rest() != 0) {
        break;
      }
    }
    return {};
  }

  // Go hashes the key of a look-up in an empty map where that may panic, and only there.
  void check_hashable(const Key& key) const {
    if constexpr (KeyTraits::hash_might_throw) {
      (void)hash(key, 0);
    }
  }

  // A look-up in a map of one bucket by Go's fast families, which do without a hash (2.14).
  [[nodiscard]] CellRef lookup_in_one(const Key& key);
  [[nodiscard]] CellRef lookup_long_string(const Key& key);

  // Disposes of a cell's indirect values. They stay readable while an iterator may come across
  // them: while any generation but the current one is alive, or someone else holds that.
  void bury(CellRef at) {
    if constexpr (Layout::has_indirect) {
      void* const key_object =
          Layout::KeySlot::indirect ? static_cast<void*>(Layout::key(at.bucket, at.cell)) : nullptr;
      void* const elem_object = Layout::ElemSlot::indirect
                                    ? static_cast<void*>(Layout::elem(at.bucket, at.cell))
                                    : nullptr;
      if (graveyard->has_one_generation() && !generation->shared()) {
        graveyard->free_all();
        std::free(key_object);
        std::free(elem_object);
      } else {
        graveyard->keep(key_object);
        graveyard->keep(elem_object);
      }
    }
  }

  void bury_all() {
    if constexpr (Layout::has_indirect) {
      for_each_cell([this](CellRef at) { bury(at); });
    }
  }

  void begin_write() {
    // XOR, not OR: of two racing writers each must see the other's flag gone at its exit.
    flags.store(static_cast<std::uint8_t>(flags.load(std::memory_order_relaxed) ^ kHashWriting),
                std::memory_order_relaxed);
  }

  void end_write() {
    if (!has_flag(kHashWriting)) {
      fatal("concurrent map writes");
    }
    set_flags(static_cast<std::uint8_t>(flags.load(std::memory_order_relaxed) & ~kHashWriting));
  }

  void reseed() {
    hash0 = random();
    ++seed_epoch;
  }

  void mark_deleted(std::byte* base, CellRef at);

  template <class Visit>
  void for_each_cell(Visit visit) const {
    if (count == 0) {
      return;
    }
    for_each_in(buckets, bucket_count(B), visit);
    if (growing()) {
      for_each_in(oldbuckets, old_bucket_count(), visit);
    }
  }

  template <class Visit>
  void for_each_in(std::byte* array, std::size_t n, Visit& visit) const {
    for (std::size_t index = 0; index < n; ++index) {
      for (std::byte* b = bucket_at(array, index); b != nullptr; b = Layout::overflow(b)) {
        for (int cell = 0; cell < kWidth; ++cell) {
          if (cell_state(b, cell) >= kMinTopHash) {
            visit(CellRef{b, cell});
          }
        }
      }
    }
  }
};

template <class K, class E, class H, class Q, class C>
E* Table<K, E, H, Q, C>::assign(K key) {
  if (is_nil) {
    throw Panic("assignment to entry in nil map");
  }
  if (has_flag(kHashWriting)) {
    fatal("concurrent map writes");
  }
  const std::uint64_t h = hash(key, hash0);
  begin_write();
  if (buckets == nullptr) {
    adopt_array(new_generation(0));
  }
  const std::uint8_t top = top_hash(h);
  CellRef found;  // the first empty cell of the chain, then the key's own
  bool is_new = false;
  for (;;) {
    const std::size_t index = h & mask();
    if (growing()) {
      grow_work(*this, index);
    }
    std::byte* last = bucket_at(buckets, index);
    found = {};
    is_new = true;
    for (;;) {
      const Word word(last);
      for (std::uint64_t hits = word.equal_to(top); hits != 0; hits &= hits - 1) {
        const int cell = Word::first_cell(hits);
        if (equal(*Layout::key(last, cell), key)) {
          found = {last, cell};
          is_new = false;
          break;
        }
      }
      if (!is_new) {
        break;
      }
      if (found.bucket == nullptr && word.empty() != 0) {
        found = {last, Word::first_cell(word.empty())};
      }
      std::byte* next = word.empty_rest() != 0 ? nullptr : Layout::overflow(last);
      if (next == nullptr) {
        break;
      }
      last = next;
    }
    if (!is_new) {
      if constexpr (KeyTraits::needs_key_update) {
        Layout::set_key(found.bucket, found.cell, key);
      }
      break;
    }
    if (!growing() &&
        (over_load_factor<kWidth>(count + 1, B) || too_many_overflow_buckets(noverflow, B))) {
      start_growth(*this);
      continue;
    }
    if (found.bucket == nullptr) {
      found = {append_overflow(last), 0};
    }
    Layout::emplace(found.bucket, found.cell, key);
    set_cell_state(found.bucket, found.cell, top);
    ++count;
    break;
  }
  end_write();
  return Layout::elem(found.bucket, found.cell);
}

template <class K, class E, class H, class Q, class C>
bool Table<K, E, H, Q, C>::erase(K key) {
  if (count == 0) {
    check_hashable(key);
    return false;
  }
  if (has_flag(kHashWriting)) {
    fatal("concurrent map writes");
  }
  const std::uint64_t h = hash(key, hash0);
  begin_write();
  const std::size_t index = h & mask();
  if (growing()) {
    grow_work(*this, index);
  }
  std::byte* base = bucket_at(buckets, index);
  const CellRef at = search(base, top_hash(h), key);
  if (at.bucket != nullptr) {
    bury(at);
    if constexpr (kFamily == KeyFamily::string) {
      KeyTraits::forget(*Layout::key(at.bucket, at.cell));
    } else if constexpr (Layout::KeySlot::has_pointers) {
      Layout::zero_key(at.bucket, at.cell);
    }
    Layout::zero_elem(at.bucket, at.cell);
    mark_deleted(base, at);
    --count;
    if (count == 0) {
      // A fresh seed makes hash-flooding an emptied map start over.
      reseed();
    }
  }
  end_write();
  return at.bucket != nullptr;
}

template <class K, class E, class H, class Q, class C>
CellRef Table<K, E, H, Q, C>::lookup_in_one(const K& key) {
  if constexpr (kFamily == KeyFamily::string) {
    constexpr std::size_t long_string = 32;  // bytes; a shorter one is compared in full at once
    if (KeyTraits::bytes(key).size() >= long_string) {
      return lookup_long_string(key);
    }
  }
  for (std::byte* bucket = buckets; bucket != nullptr; bucket = Layout::overflow(bucket)) {
    for (std::uint64_t live = Word(bucket).filled(); live != 0; live &= live - 1) {
      const int cell = Word::first_cell(live);
      if (equal(*Layout::key(bucket, cell), key)) {
        return {bucket, cell};
      }
    }
  }
  return {};
}

// Long strings are compared in full at most once: by their ends first, and if two look alike the
// hash decides after all.
template <class K, class E, class H, class Q, class C>
CellRef Table<K, E, H, Q, C>::lookup_long_string(const K& key) {
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
    if (candidate.bucket != nullptr &&
        !equal(*Layout::key(candidate.bucket, candidate.cell), key)) {
      return {};
    }
  }
  return candidate;
}

// emptyOne, and where the cell ended the used part of its chain, emptyRest back to the new end.
template <class K, class E, class H, class Q, class C>
void Table<K, E, H, Q, C>::mark_deleted(std::byte* base, CellRef at) {
  set_cell_state(at.bucket, at.cell, kEmptyOne);
  if (at.cell == kWidth - 1) {
    const std::byte* next = Layout::overflow(at.bucket);
    if (next != nullptr && cell_state(next, 0) != kEmptyRest) {
      return;
    }
  } else if (cell_state(at.bucket, at.cell + 1) != kEmptyRest) {
    return;
  }
  std::byte* bucket = at.bucket;
  int cell = at.cell;
  do {
    set_cell_state(bucket, cell, kEmptyRest);
    if (cell > 0) {
      --cell;
      continue;
    }
    if (bucket == base) {
      return;
    }
    std::byte* before = base;
    while (Layout::overflow(before) != bucket) {
      before = Layout::overflow(before);
    }
    bucket = before;
    cell = kWidth - 1;
  } while (cell_state(bucket, cell) == kEmptyOne);
}

template <class K, class E, class H, class Q, class C>
void Table<K, E, H, Q, C>::clear() {
  if (count == 0) {
    return;
  }
  if (has_flag(kHashWriting)) {
    fatal("concurrent map writes");
  }
  begin_write();
  bury_all();
  set_flags(static_cast<std::uint8_t>(flags.load(std::memory_order_relaxed) & ~kSameSizeGrow));
  oldbuckets = nullptr;
  if (old_generation != nullptr) {
    std::exchange(old_generation, nullptr)->release();
  }
  nevacuate = 0;
  noverflow = 0;
  count = 0;
  reseed();
  next_overflow = nullptr;
  overflow_listed = false;
  oldoverflow_listed = false;
  // Only the array is wiped: overflow buckets of its own leave with the old list.
  generation->start_new_list();
  std::memset(static_cast<void*>(buckets), 0, generation->bytes());
  adopt_array(generation);
  end_write();
}

}  // namespace gomap
