// Zeroed memory for buckets, from page calls and calloc where the map's allocator is
// std::allocator, and from the allocator itself where it is another.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <type_traits>

#include "gomap/exceptions.h"
#include "gomap/objects.h"
#include "gomap/pages.h"
#include "gomap/poison.h"

namespace gomap {

template <class Allocator>
struct ArrayMemory {
  static constexpr bool kOwnPages = std::is_same_v<Allocator, std::allocator<std::byte>>;

  // `bytes` is a multiple of eight. Throws std::bad_alloc.
  [[nodiscard]] static std::byte* allocate(const Allocator& allocator, std::size_t bytes,
                                           detail::PageKind kind) {
    if constexpr (kOwnPages) {
      std::byte* const memory = detail::allocate_zeroed(bytes, kind);
      if (memory == nullptr) {
        detail::raise<std::bad_alloc>();
      }
      return memory;
    } else {
      AllocatorFor<Word, Allocator> own(allocator);
      auto* const words = std::allocator_traits<decltype(own)>::allocate(own, bytes / sizeof(Word));
      return static_cast<std::byte*>(std::memset(static_cast<void*>(words), 0, bytes));
    }
  }

  static void deallocate(const Allocator& allocator, std::byte* memory, std::size_t bytes,
                         detail::PageKind kind, std::size_t given_back) {
    unpoison(memory, bytes);
    if constexpr (kOwnPages) {
      detail::free_zeroed(memory, bytes, kind, given_back);
    } else {
      AllocatorFor<Word, Allocator> own(allocator);
      std::allocator_traits<decltype(own)>::deallocate(own, reinterpret_cast<Word*>(memory),
                                                       bytes / sizeof(Word));
    }
  }

 private:
  using Word = std::uint64_t;
};

}  // namespace gomap
