// What Go's type descriptor says of a key or element type, said for a C++ type (spec 1.4).
//
// Specialise `slot_traits` for a type whose answers differ: derive from default_slot_traits and
// state the differences.
#pragma once

#include <cstddef>
#include <string_view>
#include <type_traits>

namespace gomap {

// Which family of access functions Go's compiler would pick for a key (spec 1.6).
enum class KeyFamily {
  generic,
  word,    // 32- or 64-bit integers: mapaccess_fast32, _fast64
  string,  // mapaccess_faststr; such a type's traits have `bytes` and `forget`
};

template <class T>
struct default_slot_traits {
  // May a value be moved by copying its bytes? Wider than std::is_trivially_copyable: a std::pair
  // of numbers has an assignment of its own, which no cell ever uses.
  static constexpr bool bitwise = std::is_trivially_copy_constructible_v<T> &&
                                  std::is_trivially_move_constructible_v<T> &&
                                  std::is_trivially_destructible_v<T>;

  // An empty type takes no room in a bucket, as struct{} does in Go.
  static constexpr bool zero_width = std::is_empty_v<T> && bitwise;
  static constexpr std::size_t size = zero_width ? 0 : sizeof(T);
  static constexpr std::size_t align = zero_width ? 1 : alignof(T);

  // Go's sense of "the collector must look inside": decides extra.overflow and what is wiped. C++
  // has no collector, so types that do not ask for Go's answer are never wiped, and a reference
  // into the map survives the write that moves its entry.
  static constexpr bool has_pointers = false;

  // k == k for every value. False for floating point: a NaN differs from itself.
  static constexpr bool reflexive = !std::is_floating_point_v<T>;

  // Equal keys may differ in representation (+0 and -0), so an update rewrites the stored key.
  static constexpr bool needs_key_update = std::is_floating_point_v<T>;

  // Hashing may throw for some values (Go: an interface that holds a slice), so that a look-up
  // hashes its key even where there is nothing to find.
  static constexpr bool hash_might_throw = false;

  static constexpr KeyFamily family = std::is_integral_v<T> && (sizeof(T) == 4 || sizeof(T) == 8)
                                          ? KeyFamily::word
                                          : KeyFamily::generic;
};

template <class T>
struct slot_traits : default_slot_traits<T> {};

template <>
struct slot_traits<std::string_view> : default_slot_traits<std::string_view> {
  static constexpr KeyFamily family = KeyFamily::string;
  [[nodiscard]] static std::string_view bytes(std::string_view text) { return text; }
  static void forget(std::string_view& text) { text = {}; }
};

// What a cell holds of a T: the value, or a pointer to it. Behind a pointer lie values above 128
// bytes, as in Go, and all that cannot be moved by copying bytes or wants more alignment than a
// cell has.
template <class T>
struct Slot {
  static constexpr std::size_t kMaxInlineSize = 128;
  static constexpr bool indirect = !slot_traits<T>::bitwise ||
                                   slot_traits<T>::size > kMaxInlineSize ||
                                   slot_traits<T>::align > alignof(void*);
  static constexpr std::size_t size = indirect ? sizeof(T*) : slot_traits<T>::size;
  static constexpr std::size_t align = indirect ? alignof(T*) : slot_traits<T>::align;
  static constexpr bool zero_width = !indirect && slot_traits<T>::zero_width;
  static constexpr bool has_pointers = indirect || slot_traits<T>::has_pointers;
};

// The family of a map: an elem behind a pointer rules the fast ones out.
template <class Key, class Elem>
inline constexpr KeyFamily kFamilyOf =
    Slot<Key>::indirect || Slot<Elem>::indirect ? KeyFamily::generic : slot_traits<Key>::family;

}  // namespace gomap
