// Keys and elements on their way into and out of cells: made with the map's allocator, inline or
// behind a pointer (slot_traits.h).
//
// Promises: whatever may throw happens in the constructor of a Pending, before the map changes;
// settling it does not throw.
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <new>
#include <utility>

#include "gomap/slot_traits.h"

namespace gomap {

template <class T, class Allocator>
using AllocatorFor = typename std::allocator_traits<Allocator>::template rebind_alloc<T>;

template <class T, class Allocator, class... Args>
[[nodiscard]] T* make_object(const Allocator& allocator, Args&&... args) {
  using Traits = std::allocator_traits<AllocatorFor<T, Allocator>>;
  AllocatorFor<T, Allocator> own(allocator);
  struct Memory {
    AllocatorFor<T, Allocator>& own;
    T* at;
    ~Memory() {
      if (at != nullptr) {
        Traits::deallocate(own, at, 1);
      }
    }
  } memory{own, Traits::allocate(own, 1)};
  Traits::construct(own, memory.at, std::forward<Args>(args)...);
  return std::exchange(memory.at, nullptr);
}

template <class T, class Allocator>
void destroy_object(const Allocator& allocator, T* object) {
  if (object == nullptr) {
    return;
  }
  using Traits = std::allocator_traits<AllocatorFor<T, Allocator>>;
  AllocatorFor<T, Allocator> own(allocator);
  Traits::destroy(own, object);
  Traits::deallocate(own, object, 1);
}

// A value that is ready and has no cell yet.
template <class T, class Allocator, bool kIndirect = Slot<T>::indirect>
class Pending {
 public:
  // Throws what the constructor of T throws. Without arguments the value is T().
  template <class... Args>
  explicit Pending(const Allocator& /*allocator*/, Args&&... args)
      : value_(std::forward<Args>(args)...) {}

  // `slot` is free.
  void settle(std::byte* slot) noexcept {
    if constexpr (!Slot<T>::zero_width) {
      ::new (static_cast<void*>(slot)) T(value_);
    }
  }

 private:
  T value_;
};

template <class T, class Allocator>
class Pending<T, Allocator, true> {
 public:
  // Throws std::bad_alloc too.
  template <class... Args>
  explicit Pending(const Allocator& allocator, Args&&... args)
      : allocator_(allocator), object_(make_object<T>(allocator, std::forward<Args>(args)...)) {}
  Pending(const Pending&) = delete;
  Pending& operator=(const Pending&) = delete;
  ~Pending() { destroy_object(allocator_, object_); }

  void settle(std::byte* slot) noexcept {
    T* const object = std::exchange(object_, nullptr);
    std::memcpy(static_cast<void*>(slot), static_cast<const void*>(&object), sizeof object);
  }

 private:
  const Allocator& allocator_;
  T* object_;
};

}  // namespace gomap
