// gomap::pmr::Map: the map with std::pmr's allocator.
//
//   std::pmr::monotonic_buffer_resource pool;
//   gomap::pmr::Map<int, std::pmr::string> m(&pool);
//
// Promises: all memory comes from the resource, and keys and elements that use
// such allocators get it too, but for what one growth step keeps while it
// decides (a vector of a few bytes).
#pragma once

#include <cstddef>
#include <memory_resource>

#include "gomap/map.h"

namespace gomap::pmr {

template <class Key, class Elem, class Hash = DefaultHash<Key>, class Equal = DefaultEqual<Key>>
using Map =
    gomap::Map<Key, Elem, Hash, Equal, WithAllocator<std::pmr::polymorphic_allocator<std::byte>>>;

}  // namespace gomap::pmr
