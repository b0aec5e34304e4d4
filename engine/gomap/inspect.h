// Looks inside a map: a TableView of its present state, for checkers, pictures and debuggers.
//
// Promises: reads only, copies no bucket. The engine never includes this header.
#pragma once

#include "gomap/map.h"
#include "gomap/table_view.h"

#if defined(__clang__)
#define GOMAP_UNCHECKED [[clang::no_sanitize("address", "undefined", "coverage")]]
#else
#define GOMAP_UNCHECKED
#endif

namespace gomap {

template <class Key, class Elem, int Width, class Layout = BucketLayout<Key, Elem, Width>,
          class Traits = slot_traits<Key>>
inline constexpr BucketGeometry kGeometryOf = {.width = Width,
                                               .key_size = Layout::KeySlot::size,
                                               .elem_size = Layout::ElemSlot::size,
                                               .key_offset = Layout::key_offset,
                                               .elem_offset = Layout::elem_offset,
                                               .overflow_offset = Layout::overflow_offset,
                                               .bucket_size = Layout::size,
                                               .has_pointers = Layout::has_pointers,
                                               .key_has_pointers = Layout::KeySlot::has_pointers,
                                               .indirect_key = Layout::KeySlot::indirect,
                                               .indirect_elem = Layout::ElemSlot::indirect,
                                               .reflexive = Traits::reflexive,
                                               .needs_key_update = Traits::needs_key_update,
                                               .hash_might_throw = Traits::hash_might_throw,
                                               .family = kFamilyOf<Key, Elem>};

inline constexpr TableView kEmptyView;

// Sets `view` to the map's present state. A map that never allocated its header looks like a fresh
// one: all fields zero. Checkers call this at every operation, and it reads nothing but header
// fields: no sanitizer.
template <class Key, class Elem, class Hash, class Equal, class Config>
GOMAP_UNCHECKED void take_view(const Map<Key, Elem, Hash, Equal, Config>& map, TableView& view) {
  using Table = typename Map<Key, Elem, Hash, Equal, Config>::Table;
  view = kEmptyView;
  view.geometry = &kGeometryOf<Key, Elem, Table::kWidth>;
  const Table* t = map.inside();
  if (t == nullptr) {
    return;
  }
  view.count = t->count;
  view.flags = t->flags.load(std::memory_order_relaxed);
  view.B = t->B;
  view.noverflow = t->noverflow;
  view.hash0 = t->hash0;
  view.buckets = t->buckets;
  view.oldbuckets = t->oldbuckets;
  view.nevacuate = t->nevacuate;
  view.has_extra = t->has_extra.load(std::memory_order_relaxed);
  view.overflow.exists = t->overflow_listed.load(std::memory_order_relaxed);
  view.oldoverflow.exists = t->oldoverflow_listed;
  view.next_overflow = t->next_overflow;
  view.seed_epoch = t->seed_epoch;
  if (t->generation != nullptr) {
    view.overflow.buckets = t->generation->listed();
    view.overflow.outlived = t->generation->unlisted();
    view.total = t->generation->total();
    view.held_bytes = t->generation->held_bytes();
  }
  if (t->old_generation != nullptr) {
    view.oldoverflow.buckets = t->old_generation->listed();
    view.oldoverflow.outlived = t->old_generation->unlisted();
    view.old_total = t->old_generation->total();
    view.old_stays_readable = t->old_generation->must_stay_readable();
    view.old_readable_from = t->old_generation->first_readable();
    view.held_bytes += t->old_generation->held_bytes();
  }
  if (t->retired != nullptr) {
    view.retired_bytes = t->retired->held_bytes();
  }
}

template <class Key, class Elem, class Hash, class Equal, class Config>
[[nodiscard]] TableView view_of(const Map<Key, Elem, Hash, Equal, Config>& map) {
  TableView view;
  take_view(map, view);
  return view;
}

}  // namespace gomap

#undef GOMAP_UNCHECKED
