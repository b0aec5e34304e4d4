// What Go's type descriptor says of a key or element type, said for a C++ type (spec 1.4).
//
// Specialise `slot_traits` for a class type whose answers differ from the cautious defaults.
#pragma once

#include <cstddef>
#include <type_traits>

namespace gomap {

template <class T>
struct slot_traits {
  static_assert(std::is_trivially_copyable_v<T> && std::is_trivially_destructible_v<T>,
                "gomap::Map stores plain values for now: T must be trivially copyable");
  static_assert(alignof(T) <= 8, "gomap::Map lays cells out as Go does: alignment is at most 8");

  // An empty type takes no room in a bucket, as struct{} does in Go.
  static constexpr bool zero_width = std::is_empty_v<T>;
  static constexpr std::size_t size = zero_width ? 0 : sizeof(T);
  static constexpr std::size_t align = zero_width ? 1 : alignof(T);

  // Go's sense of "the collector must look inside": decides extra.overflow and what is wiped.
  static constexpr bool has_pointers =
      !zero_width && !std::is_arithmetic_v<T> && !std::is_enum_v<T>;

  // k == k for every value. False for floating point: a NaN differs from itself.
  static constexpr bool reflexive = !std::is_floating_point_v<T>;

  // Equal keys may differ in representation (+0 and -0), so an update rewrites the stored key.
  static constexpr bool needs_key_update = std::is_floating_point_v<T> || std::is_class_v<T>;
};

}  // namespace gomap
