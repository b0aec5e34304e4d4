// Writing to a Table: assign, delete, clear.
//
// Promises: Go's order of steps. Whatever may throw runs before the entry concerned changes.
#pragma once

#include "gomap/table.h"

namespace gomap {

// Go's hashWriting flag for the length of a write, taken down by an exception too.
template <class K, class E, class H, class Q, class C>
class Table<K, E, H, Q, C>::WriteScope {
 public:
  explicit WriteScope(Table& table) : table_(table) {
    table_.template reach<Point::toggle>();
    // XOR, not OR: of two racing writers each must see the other's flag gone at its exit.
    std::uint8_t seen = table_.flags.load(std::memory_order_relaxed);
    if constexpr (C::Points::active) {
      table_.template reach<Point::toggling>();
      // Of what another thread did meanwhile only the writing flag is overwritten: a map that takes
      // a growth that has ended for one that is on would be undefined.
      seen =
          static_cast<std::uint8_t>((table_.flags.load() & ~kHashWriting) | (seen & kHashWriting));
    }
    table_.set_flags(static_cast<std::uint8_t>(seen ^ kHashWriting));
    ++table_.modifications;
    table_.poison_evacuated();
    table_.release_retired();
  }
  WriteScope(const WriteScope&) = delete;
  WriteScope& operator=(const WriteScope&) = delete;

  ~WriteScope() {
    if (!finished_) {
      lower();
    }
  }

  // Another writer has been here if the flag is gone.
  void finish() {
    table_.template reach<Point::exit>();
    finished_ = true;
    if (!table_.has_flag(kHashWriting)) [[unlikely]] {
      fatal("concurrent map writes");
    }
    table_.template reach<Point::lowering>();
    lower();
  }

 private:
  void lower() {
    table_.set_flags(
        static_cast<std::uint8_t>(table_.flags.load(std::memory_order_relaxed) & ~kHashWriting));
  }

  Table& table_;
  bool finished_ = false;
};

// What a walk along a chain finds: the key's own cell, or where a new one may go.
template <class K, class E, class H, class Q, class C>
struct Table<K, E, H, Q, C>::Spot {
  CellRef at;                 // the key's cell, or the first free one; its bucket may be null
  std::byte* last = nullptr;  // where the walk ended
  bool found = false;
};

template <class K, class E, class H, class Q, class C>
template <class Query>
typename Table<K, E, H, Q, C>::Spot Table<K, E, H, Q, C>::find_spot(std::byte* base,
                                                                    std::uint8_t top,
                                                                    const Query& query) const {
  Layout::prefetch(base);
  Spot spot{.at = {}, .last = base, .found = false};
  for (;;) {
    const Word word(spot.last);
    for (std::uint64_t hits = word.equal_to(top); hits != 0; hits &= hits - 1) {
      const int cell = Word::first_cell(hits);
      if (equals(spot.last, cell, query)) {
        return {.at = {spot.last, cell}, .last = spot.last, .found = true};
      }
    }
    if (spot.at.bucket == nullptr && word.empty() != 0) {
      spot.at = {spot.last, Word::first_cell(word.empty())};
    }
    std::byte* const next = word.empty_rest() != 0 ? nullptr : Layout::overflow(spot.last);
    if (next == nullptr) {
      return spot;
    }
    reach<Point::chain>();
    spot.last = next;
  }
}

template <class K, class E, class H, class Q, class C>
template <bool kUpdateKey, class Query, class KeyArg, class... ElemArgs>
Placed Table<K, E, H, Q, C>::place(const Query& query, KeyArg&& key_arg, ElemArgs&&... elem_args) {
  if (is_nil) [[unlikely]] {
    detail::raise<Panic>("assignment to entry in nil map");
  }
  reach<Point::entry>();
  if (has_flag(kHashWriting)) [[unlikely]] {
    fatal("concurrent map writes");
  }
  reach<Point::checked>();
  const std::uint64_t h = hash_of(query);
  WriteScope scope(*this);
  reach<Point::toggled>();
  if (buckets == nullptr) {
    adopt_array(new_generation(0));
  }
  const std::uint8_t top = top_hash(h);
  for (;;) {
    const std::size_t index = h & mask();
    if (growing()) {
      grow_work(*this, index);
    }
    Spot spot = find_spot(bucket_at(buckets, index), top, query);
    if (spot.found) {
      if constexpr (kUpdateKey) {
        Layout::set_key(spot.at.bucket, spot.at.cell, key_arg);
      }
      scope.finish();
      reach<Point::lowered>();
      return {spot.at, false};
    }
    if (!growing() &&
        (over_load_factor<kWidth>(count + 1, B) || too_many_overflow_buckets(noverflow, B))) {
      start_growth(*this);
      continue;
    }
    reach<Point::claim>();
    const bool chain_is_full = spot.at.bucket == nullptr;
    if (chain_is_full) {
      // Before anything is moved out of the arguments.
      reserve_overflow(1);
    }
    Pending<Key, Allocator> key(allocator, std::forward<KeyArg>(key_arg));
    Pending<Elem, Allocator> elem(allocator, std::forward<ElemArgs>(elem_args)...);
    if (chain_is_full) {
      spot.at = {append_overflow(spot.last), 0};
    }
    set_state(spot.at.bucket, spot.at.cell, top);
    key.settle(Layout::key_slot(spot.at.bucket, spot.at.cell));
    elem.settle(Layout::elem_slot(spot.at.bucket, spot.at.cell));
    reach<Point::count>();
    ++count;
    scope.finish();
    reach<Point::lowered>();
    return {spot.at, true};
  }
}

template <class K, class E, class H, class Q, class C>
template <class Query, class Take>
bool Table<K, E, H, Q, C>::take(const Query& key, Take take) {
  if (count == 0) {
    check_hashable(key);
    return false;
  }
  reach<Point::entry>();
  if (has_flag(kHashWriting)) [[unlikely]] {
    fatal("concurrent map writes");
  }
  reach<Point::checked>();
  // As in assign: an inline key may have been given from a cell.
  std::conditional_t<std::is_same_v<Query, Key>, KeyCopy, const Query&> own(key);
  const std::uint64_t h = hash_of(own);
  WriteScope scope(*this);
  reach<Point::toggled>();
  const std::size_t index = h & mask();
  if (growing()) {
    grow_work(*this, index);
  }
  std::byte* const base = bucket_at(buckets, index);
  const CellRef at = search<Point::chain>(base, top_hash(h), own);
  if (at.bucket == nullptr) {
    scope.finish();
    return false;
  }
  Key* const dead_key = Layout::key(at.bucket, at.cell);
  Elem* const dead_elem = Layout::elem(at.bucket, at.cell);
  const bool keep = prepare_graveyard();
  take(std::move(*dead_key), std::move(*dead_elem));
  if constexpr (kFamily == KeyFamily::string) {
    KeyTraits::forget(*dead_key);
  } else if constexpr (Layout::KeySlot::has_pointers) {
    Layout::zero_key(at.bucket, at.cell);
  }
  Layout::zero_elem(at.bucket, at.cell);
  mark_deleted(base, at);
  reach<Point::count>();
  --count;
  if (count == 0) {
    // A fresh seed makes hash-flooding an emptied map start over.
    reseed();
  }
  scope.finish();
  // Destructors may use the map again: it is as it will be.
  if constexpr (Layout::KeySlot::indirect) {
    keep ? graveyard->keep_key(dead_key) : destroy_object(allocator, dead_key);
  }
  if constexpr (Layout::ElemSlot::indirect) {
    keep&& kAllowsGoExact ? graveyard->keep_elem(dead_elem) : destroy_object(allocator, dead_elem);
  }
  return true;
}

// emptyOne, and where the cell ended the used part of its chain, emptyRest back to the new end.
template <class K, class E, class H, class Q, class C>
void Table<K, E, H, Q, C>::mark_deleted(std::byte* base, CellRef at) {
  set_state(at.bucket, at.cell, kEmptyOne);
  if (at.cell == kWidth - 1) {
    const std::byte* next = Layout::overflow(at.bucket);
    if (next != nullptr && cell_state(next, 0) != kEmptyRest) {
      return;
    }
  } else if (cell_state(at.bucket, at.cell + 1) != kEmptyRest) {
    return;
  }
  std::byte* bucket = at.bucket;
  while (!Word::trim(bucket) && bucket != base) {
    std::byte* before = base;
    while (Layout::overflow(before) != bucket) {
      before = Layout::overflow(before);
    }
    bucket = before;
  }
}

// The header of a map without entries, but for its array.
template <class K, class E, class H, class Q, class C>
void Table<K, E, H, Q, C>::forget_entries() {
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
  overflow_listed.store(false, std::memory_order_relaxed);
  oldoverflow_listed = false;
}

template <class K, class E, class H, class Q, class C>
void Table<K, E, H, Q, C>::reserve(std::int64_t hint) {
  const std::uint8_t wanted = exponent_for(hint);
  if (is_nil || count != 0 || wanted <= B) {
    return;
  }
  if (has_flag(kHashWriting)) [[unlikely]] {
    fatal("concurrent map writes");
  }
  Generation* const fresh = new_generation(wanted);
  WriteScope scope(*this);
  forget_entries();
  if (generation != nullptr) {
    generation->release();
  }
  has_extra.store(false, std::memory_order_relaxed);
  B = wanted;
  adopt_array(fresh);
  scope.finish();
}

template <class K, class E, class H, class Q, class C>
void Table<K, E, H, Q, C>::clear() {
  if (count == 0) {
    return;
  }
  reach<Point::entry>();
  if (has_flag(kHashWriting)) [[unlikely]] {
    fatal("concurrent map writes");
  }
  WriteScope scope(*this);
  reach<Point::toggled>();
  if constexpr (Layout::has_indirect) {
    // Go's own iterator may still produce what was cleared; a sound one ends at its next step.
    if (kAllowsGoExact && dead_may_be_met()) {
      graveyard->reserve(count);
      for_each_cell([this](CellRef at) {
        if constexpr (Layout::KeySlot::indirect) {
          graveyard->keep_key(Layout::key(at.bucket, at.cell));
        }
        if constexpr (Layout::ElemSlot::indirect) {
          graveyard->keep_elem(Layout::elem(at.bucket, at.cell));
        }
      });
    } else {
      for_each_cell([this](CellRef at) { destroy(at); });
    }
  }
  forget_entries();
  // Only the array is wiped: overflow buckets of its own leave with the old list.
  generation->start_new_list();
  unpoison(buckets, generation->bytes());
  std::memset(static_cast<void*>(buckets), 0, generation->bytes());
  adopt_array(generation);
  scope.finish();
}

}  // namespace gomap
