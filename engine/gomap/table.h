// The map proper: Go's header, and how arrays, overflow buckets and dead entries are handled.
//
// Promises: fed the same operations, hashes and draws, every field and cell is what Go 1.20's
// runtime would have (spec parts 1 and 2; the numbers in comments are its sections). Hash,
// equality, constructors and allocation may throw: the contents are then as they were before the
// call, though a growth may have begun or gone on. A write to a map from inside its own hash,
// equality or constructors is fatal, never undefined.
// Leaves to others: searching (table_search.h), writing (table_write.h), growing (growth.h),
// iterating (iterator.h), the face for users (map.h).
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <type_traits>
#include <utility>

#include "gomap/constants.h"
#include "gomap/exceptions.h"
#include "gomap/fatal.h"
#include "gomap/generation.h"
#include "gomap/graveyard.h"
#include "gomap/growth.h"
#include "gomap/hash.h"
#include "gomap/layout.h"
#include "gomap/objects.h"
#include "gomap/panic.h"
#include "gomap/points.h"
#include "gomap/poison.h"
#include "gomap/slot_traits.h"

namespace gomap {

// Where an entry is, and whether this call made it.
struct Placed {
  CellRef at;
  bool inserted = false;
};

template <class KeyT, class ElemT, class HashT, class EqualT, class ConfigT>
class Table {
 public:
  using Key = KeyT;
  using Elem = ElemT;
  using Config = ConfigT;
  using Allocator = AllocatorFor<std::byte, typename Config::Allocator>;
  using Layout = BucketLayout<Key, Elem, Config::width>;
  using KeyTraits = slot_traits<Key>;
  using Graveyard = gomap::Graveyard<Key, Elem, Allocator>;
  using Generation = gomap::Generation<Graveyard, Allocator>;
  static constexpr int kWidth = Config::width;
  static constexpr KeyFamily kFamily = kFamilyOf<Key, Elem>;

  // Go's own iterator may produce entries that have left the map: only values that are never
  // destroyed can stand that.
  static constexpr bool kAllowsGoExact = KeyTraits::bitwise && slot_traits<Elem>::bitwise;

  static constexpr bool kDecidingMayThrow =
      !hash_is_noexcept<HashT, Key>() ||
      (!KeyTraits::reflexive && !noexcept(std::declval<const EqualT&>()(
                                    std::declval<const Key&>(), std::declval<const Key&>())));

  // makemap (2.2). A hint that is negative or beyond any memory counts as 0. Throws std::bad_alloc.
  Table(std::int64_t hint, HashT hash_in, EqualT equal_in, typename Config::Random random_in,
        const Allocator& allocator_in = {})
      : allocator(allocator_in),
        hash(std::move(hash_in)),
        equal(std::move(equal_in)),
        random(std::move(random_in)) {
    hash0 = random();
    B = exponent_for(hint);
    if (B != 0) {
      struct Cleanup {
        Table* table;
        ~Cleanup() {
          if (table != nullptr) {
            table->release_memory();
          }
        }
      } cleanup{this};
      adopt_array(new_generation(B));
      cleanup.table = nullptr;
    }
  }

  // The nil map: reads find it empty, and it cannot be assigned to. Draws nothing.
  struct Nil {};
  Table(Nil /*tag*/, HashT hash_in, EqualT equal_in, typename Config::Random random_in,
        const Allocator& allocator_in = {})
      : is_nil(true),
        allocator(allocator_in),
        hash(std::move(hash_in)),
        equal(std::move(equal_in)),
        random(std::move(random_in)) {}

  Table(const Table&) = delete;
  Table& operator=(const Table&) = delete;

  ~Table() {
    if constexpr (Layout::has_indirect) {
      for_each_cell([this](CellRef at) { destroy(at); });
    }
    release_memory();
  }

  // mapaccess2 (2.4): the element, or null. Reads only, also in the middle of a growth.
  template <class Q>
  [[nodiscard]] Elem* find(const Q& key) {
    const CellRef at = locate(key);
    return at.bucket == nullptr ? nullptr : Layout::elem(at.bucket, at.cell);
  }

  // The same, as a cell; its bucket is null if the key is absent.
  template <class Q>
  [[nodiscard]] CellRef locate(const Q& key) {
    if (count == 0) {
      check_hashable(key);
      return {};
    }
    reach<Point::entry>();
    if (has_flag(kHashWriting)) [[unlikely]] {
      fatal("concurrent map read and map write");
    }
    reach<Point::checked>();
    if constexpr (kFamily != KeyFamily::generic) {
      if (B == 0) {
        return lookup_in_one(key);
      }
    }
    return lookup(key);
  }

  // mapassign (2.5): the key's element slot; a new one is Elem(). An equal key that is there is
  // rewritten if its representation may differ. Throws std::bad_alloc, and Panic on the nil map.
  [[nodiscard]] Elem* assign(const Key& key) {
    // A copy of an inline key: this very call may wipe or free the array that it was given from.
    const KeyCopy own(key);
    const CellRef at = place<KeyTraits::needs_key_update>(own, own).at;
    return Layout::elem(at.bucket, at.cell);
  }

  // Makes the entry Key(key_arg), Elem(elem_args...) if there is none equal to `query`; otherwise
  // touches nothing. Throws what they throw, and as assign.
  template <class Q, class KeyArg, class... ElemArgs>
  Placed emplace(const Q& query, KeyArg&& key_arg, ElemArgs&&... elem_args) {
    if constexpr (std::is_same_v<Q, Key> && !Layout::KeySlot::indirect) {
      const Key own(query);
      return place<false>(own, own, std::forward<ElemArgs>(elem_args)...);
    } else {
      return place<false>(query, std::forward<KeyArg>(key_arg),
                          std::forward<ElemArgs>(elem_args)...);
    }
  }

  // mapdelete (2.6): was the key there?
  template <class Q>
  bool erase(const Q& key) {
    return take(key, [](const Key& /*key*/, const Elem& /*elem*/) {});
  }

  // The same, but shows the entry to take(Key&&, Elem&&) just before it goes. If that throws, the
  // entry stays, as far as `take` has left something of it.
  template <class Q, class Take>
  bool take(const Q& key, Take take);

  // mapclear (2.13): the array stays and is wiped.
  void clear();

  // The array that makemap gives for this hint, if there is no entry and it is larger than the
  // present one. Otherwise, and on the nil map, nothing. Throws std::bad_alloc.
  void reserve(std::int64_t hint);

  // mapaccessK (2.4) on a map that is not empty: where the live cell of this key is now.
  template <class Q>
  [[nodiscard, gnu::always_inline]] inline CellRef lookup(const Q& key) const {
    const std::uint64_t h = hash_of(key);
    reach<Point::locate>();
    return search<Point::link>(home_for_read(h), top_hash(h), key);
  }

  // Calls visit(key, elem) for every live entry, in no useful order, and draws nothing.
  template <class Visit>
  void for_each(Visit visit) const {
    for_each_cell([&](CellRef at) {
      visit(*Layout::key(at.bucket, at.cell), *Layout::elem(at.bucket, at.cell));
    });
  }

  template <class Q>
  [[nodiscard, gnu::always_inline]] inline std::uint64_t hash_of(const Q& key) const {
    return call_hash(hash, key, hash0);
  }

  // Another thread may come in between here (points.h); nothing is left of this unless it may.
  template <Point kPoint>
  [[gnu::always_inline]] inline void reach() const {
    if constexpr (Config::Points::active) {
      const std::uint64_t seen = modifications;
      Config::Points::reach(kPoint);
      if (modifications != seen) {
        changed_at<kPoint>();
      }
    }
  }

  [[nodiscard]] bool growing() const { return oldbuckets != nullptr; }
  [[nodiscard]] bool same_size_grow() const { return has_flag(kSameSizeGrow); }
  [[nodiscard]] std::size_t mask() const { return bucket_count(B) - 1; }

  [[nodiscard]] std::size_t old_bucket_count() const {
    return same_size_grow() ? bucket_count(B) : bucket_count(static_cast<std::uint8_t>(B - 1));
  }

  // Buckets below the mark are not looked at: their memory may have been given back.
  [[nodiscard]] bool old_bucket_evacuated(std::size_t index) const {
    return index < nevacuate || is_evacuated(bucket_at(oldbuckets, index));
  }

  [[nodiscard]] bool has_flag(std::uint8_t flag) const {
    return (flags.load(std::memory_order_relaxed) & flag) != 0;
  }

  void set_flags(std::uint8_t value) { flags.store(value, std::memory_order_relaxed); }

  [[nodiscard]] static std::byte* bucket_at(std::byte* array, std::size_t index) {
    return array + index * Layout::size;
  }

  // Every change of a cell between live and dead goes through here.
  void set_state(std::byte* bucket, int cell, std::uint8_t state) {
    set_cell_state(bucket, cell, state);
    poison_dead_cells(bucket);
  }

  // An array of exponent b for this map. Throws std::bad_alloc.
  [[nodiscard]] Generation* new_generation(std::uint8_t b, bool replaces_another = false) {
    if constexpr (Layout::has_indirect) {
      if (graveyard == nullptr) {
        graveyard = Graveyard::create(allocator);
      }
    }
    return Generation::create(b, Layout::size, replaces_another, allocator, graveyard);
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
      has_extra.store(true, std::memory_order_relaxed);
    }
    if constexpr (kPoisons) {
      for (std::size_t index = 0; index < fresh->total(); ++index) {
        poison_dead_cells(fresh->bucket(index));
      }
    }
  }

  // Makes sure that so many overflow buckets can be appended without throwing.
  // Throws std::bad_alloc.
  void reserve_overflow(std::size_t wanted) {
    const std::size_t preallocated =
        next_overflow == nullptr
            ? 0
            : static_cast<std::size_t>(generation->bucket(generation->total()) - next_overflow) /
                  Layout::size;
    generation->reserve_overflow(wanted, wanted > preallocated ? wanted - preallocated : 0);
  }

  // newoverflow (2.3): one more bucket behind `last`. Room for it was reserved.
  [[nodiscard]] std::byte* append_overflow(std::byte* last) {
    std::byte* bucket = next_overflow;
    if (bucket != nullptr) {
      generation->bring_in(bucket);
      generation->list_preallocated(bucket);
      if (Layout::overflow(bucket) == nullptr) {
        next_overflow = bucket + Layout::size;
      } else {
        Layout::set_overflow(bucket, nullptr);
        next_overflow = nullptr;
      }
    } else {
      bucket = generation->list_heap_bucket();
      poison_dead_cells(bucket);
    }
    count_overflow();
    if constexpr (!Layout::has_pointers) {
      has_extra.store(true, std::memory_order_relaxed);
      overflow_listed.store(true, std::memory_order_relaxed);
    }
    Layout::set_overflow(last, bucket);
    return bucket;
  }

  // An old array whose growth has ended stays until the next write: the right side of
  // `m[k] = m[j]` may still be a reference into it.
  void retire(Generation* old) {
    if (retired != nullptr) {
      retired->release();
    }
    retired = old;
    if constexpr (kPoisons) {
      // This write may begin another growth, and its old array is not the one they lie in.
      evacuated_now = {};
    }
  }

  // Go's help for its collector (2.9): keys, elems and link of an evacuated base bucket go.
  void wipe_evacuated(std::byte* base) {
    unpoison(base, Layout::size);
    std::memset(static_cast<void*>(base + kTopHashBytes), 0, Layout::size - kTopHashBytes);
  }

  // An evacuated bucket is dead from the next write on (see retire).
  void note_evacuated(std::byte* base) {
    if constexpr (kPoisons) {
      evacuated_now[evacuated_now[0] == nullptr ? 0 : 1] = base;
    }
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
  const bool is_nil = false;

  // Ours: who owns the arrays, and how often map and seed have been changed.
  std::uint64_t modifications = 0;
  std::uint64_t seed_epoch = 0;
  Generation* generation = nullptr;
  Generation* old_generation = nullptr;
  Generation* retired = nullptr;
  Graveyard* graveyard = nullptr;  // exists with the first array, if values are indirect

  [[no_unique_address]] Allocator allocator;
  [[no_unique_address]] HashT hash;
  [[no_unique_address]] EqualT equal;
  [[no_unique_address]] typename Config::Random random;

  // For debuggers alone (gdb/gomap.py).
  [[no_unique_address]] LayoutNumbers<Layout> layout_numbers;

 private:
  using Word = TopHashWord<kWidth>;
  static constexpr bool kPoisons = (kUnderAsan || kUnderMsan) && Config::poison;
  struct Nothing {};

  // Equality of keys is that of their bits, and calls nothing.
  static constexpr bool kComparesBits =
      std::is_integral_v<Key> &&
      (std::is_same_v<EqualT, DefaultEqual<Key>> || std::is_same_v<EqualT, std::equal_to<Key>> ||
       std::is_same_v<EqualT, std::equal_to<>>);

  // What a key given by reference is kept as during a write.
  using KeyCopy = std::conditional_t<Layout::KeySlot::indirect, const Key&, const Key>;

  [[nodiscard]] static std::uint64_t usable_hint(std::int64_t hint) {
    const auto entries = static_cast<std::uint64_t>(hint);
    // Go multiplies by the bucket's size, not the entry's: only a guard against overflow.
    return entries > kMaxAlloc / Layout::size ? 0 : entries;
  }

  [[nodiscard]] static std::uint8_t exponent_for(std::int64_t hint) {
    const std::uint64_t entries = usable_hint(hint);
    std::uint8_t b = 0;
    while (over_load_factor<kWidth>(entries, b)) {
      ++b;
    }
    return b;
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

  // Go hashes the key of a look-up in an empty map where that may panic, and only there.
  template <class Q>
  void check_hashable(const Q& key) const {
    if constexpr (KeyTraits::hash_might_throw) {
      (void)call_hash(hash, key, 0);
    }
  }

  [[nodiscard]] std::byte* home_for_read(std::uint64_t h) const;
  // The map was changed while this operation waited: may it go on?
  template <Point kPoint>
  static void changed_at();
  template <Point kLink, class Q>
  [[nodiscard, gnu::always_inline]] inline CellRef search(std::byte* bucket, std::uint8_t top,
                                                          const Q& key) const;
  template <class Q>
  [[nodiscard, gnu::always_inline]] inline bool equals(std::byte* bucket, int cell,
                                                       const Q& key) const;
  template <class Q>
  [[nodiscard]] CellRef lookup_in_one(const Q& key) const;
  template <class Q>
  [[nodiscard, gnu::noinline]] CellRef lookup_long_string(const Q& key) const;

  class WriteScope;
  struct Spot;
  template <class Q>
  [[nodiscard]] Spot find_spot(std::byte* base, std::uint8_t top, const Q& query) const;
  template <bool kUpdateKey, class Q, class KeyArg, class... ElemArgs>
  Placed place(const Q& query, KeyArg&& key_arg, ElemArgs&&... elem_args);
  void mark_deleted(std::byte* base, CellRef at);
  void forget_entries();

  // May an iterator come across a pointer that lies in an old cell, or in this very array?
  [[nodiscard]] bool dead_may_be_met() const {
    return !graveyard->has_one_generation() || generation->shared();
  }

  // Must what an erase takes out be kept? Then there is room for it, else nothing is kept any more.
  // Throws std::bad_alloc.
  [[nodiscard]] bool prepare_graveyard() {
    if constexpr (Layout::has_indirect) {
      if (dead_may_be_met()) {
        graveyard->reserve(1);
        return true;
      }
      graveyard->free_all();
    }
    return false;
  }

  void destroy(CellRef at) {
    if constexpr (Layout::KeySlot::indirect) {
      destroy_object(allocator, Layout::key(at.bucket, at.cell));
    }
    if constexpr (Layout::ElemSlot::indirect) {
      destroy_object(allocator, Layout::elem(at.bucket, at.cell));
    }
  }

  void reseed() {
    hash0 = random();
    ++seed_epoch;
  }

  void release_retired() {
    if (retired != nullptr) [[unlikely]] {
      if (retired->release_in_steps()) {
        retired = nullptr;
      }
    }
  }

  void release_memory() {
    if (retired != nullptr) {
      retired->release();
    }
    if (old_generation != nullptr) {
      old_generation->release();
    }
    if (generation != nullptr) {
      generation->release();
    }
    if (graveyard != nullptr) {
      graveyard->release();
    }
  }

  void poison_dead_cells(const std::byte* bucket) {
    if constexpr (kPoisons) {
      if constexpr (!Layout::KeySlot::zero_width) {
        poison_dead_slots<kWidth>(bucket, Layout::key_offset, Layout::KeySlot::size);
      }
      if constexpr (!Layout::ElemSlot::zero_width) {
        poison_dead_slots<kWidth>(bucket, Layout::elem_offset, Layout::ElemSlot::size);
      }
    }
  }

  // At the start of a write: what the last one evacuated, unless an iterator reads it.
  void poison_evacuated() {
    if constexpr (kPoisons) {
      for (std::byte*& base : evacuated_now) {
        if (base != nullptr && old_generation != nullptr && !old_generation->shared()) {
          for (std::byte* b = base; b != nullptr; b = Layout::overflow(b)) {
            poison_dead_cells(b);
          }
        }
        base = nullptr;
      }
    }
  }

  template <class Visit>
  void for_each_cell(Visit visit) const {
    if (count == 0) {
      return;
    }
    for_each_in(buckets, 0, bucket_count(B), visit);
    if (growing()) {
      for_each_in(oldbuckets, nevacuate, old_bucket_count(), visit);
    }
  }

  template <class Visit>
  void for_each_in(std::byte* array, std::size_t from, std::size_t to, Visit& visit) const {
    for (std::size_t index = from; index < to; ++index) {
      for (std::byte* b = bucket_at(array, index); b != nullptr; b = Layout::overflow(b)) {
        for (int cell = 0; cell < kWidth; ++cell) {
          if (cell_state(b, cell) >= kMinTopHash) {
            visit(CellRef{b, cell});
          }
        }
      }
    }
  }

  [[no_unique_address]] std::conditional_t<kPoisons, std::array<std::byte*, 2>, Nothing>
      evacuated_now{};
};

}  // namespace gomap

#include "gomap/table_search.h"
#include "gomap/table_write.h"
