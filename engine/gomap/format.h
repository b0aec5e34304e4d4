// Printing a map as Go's fmt does: map[k:v k:v], in the order of the keys where
// they have one.
//
//   std::cout << m;               // map[1:10 2:20]
//   std::format("{}", m);         // the same, where the library has <format>
//
// Promises: numbers of one byte are printed as numbers and bool as true or
// false, as in Go; all other keys and elements by their own operator<< or
// formatter. The stream's width is not used.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <ostream>
#include <type_traits>
#include <utility>
#include <vector>
#include <version>
#if defined(__cpp_lib_format)
#include <format>
#endif

#include "gomap/fatal.h"
#include "gomap/map.h"

namespace gomap {

namespace detail {

template <class T>
concept Streamable = requires(std::ostream& out, const T& value) { out << value; };

// What is printed for a value.
template <class T>
[[nodiscard]] decltype(auto) printable(const T& value) {
  if constexpr (std::is_same_v<T, bool>) {
    return value ? "true" : "false";
  } else if constexpr (std::is_same_v<T, signed char> || std::is_same_v<T, unsigned char>) {
    return static_cast<int>(value);
  } else {
    return (value);
  }
}

template <class Key>
[[nodiscard]] bool printed_before(const Key& a, const Key& b) {
  if constexpr (std::is_floating_point_v<Key>) {
    return a < b || (a != a && b == b);  // NaNs first
  } else {
    return a < b;
  }
}

// Calls visit(key, elem, is_first) for every entry in the order of printing.
// visit may not write.
template <class Map, class Visit>
void visit_in_order(const Map& map, Visit visit) {
  using Key = typename Map::key_type;
  using Elem = typename Map::mapped_type;
  if (map.empty()) {
    return;
  }
  const auto& table = *map.inside();
  std::vector<std::pair<const Key*, const Elem*>> entries;
  entries.reserve(map.size());
  table.for_each([&](const Key& key, const Elem& elem) { entries.emplace_back(&key, &elem); });
  const std::uint64_t seen = table.modifications;
  if constexpr (requires(const Key& a, const Key& b) { static_cast<bool>(a < b); }) {
    std::sort(entries.begin(), entries.end(),
              [](const auto& a, const auto& b) { return printed_before(*a.first, *b.first); });
  }
  bool is_first = true;
  for (const auto& [key, elem] : entries) {
    visit(*key, *elem, std::exchange(is_first, false));
    if (table.modifications != seen) [[unlikely]] {
      fatal("concurrent map iteration and map write");
    }
  }
}

}  // namespace detail

// One entry: k:v.
template <class Key, class Elem>
  requires detail::Streamable<Key> && detail::Streamable<Elem>
std::ostream& operator<<(std::ostream& out, const Entry<Key, Elem>& entry) {
  return out << detail::printable(entry.first) << ':'
             << detail::printable<std::remove_const_t<Elem>>(entry.second);
}

template <class Key, class Elem, class Hash, class Equal, class Config>
  requires detail::Streamable<Key> && detail::Streamable<Elem>
std::ostream& operator<<(std::ostream& out, const Map<Key, Elem, Hash, Equal, Config>& map) {
  out << "map[";
  detail::visit_in_order(map, [&out](const Key& key, const Elem& elem, bool is_first) {
    out << (is_first ? "" : " ") << Entry<Key, const Elem>(key, elem);
  });
  return out << ']';
}

}  // namespace gomap

#if defined(__cpp_lib_format)
template <class Key, class Elem, class Hash, class Equal, class Config>
  requires std::default_initializable<std::formatter<Key, char>> &&
           std::default_initializable<std::formatter<Elem, char>>
struct std::formatter<gomap::Map<Key, Elem, Hash, Equal, Config>, char> {
  // No format of its own: the one after the colon of "{:...}" has to be empty.
  constexpr auto parse(std::format_parse_context& context) {
    if (context.begin() != context.end() && *context.begin() != '}') {
      gomap::detail::raise<std::format_error>("gomap::Map takes no format specification");
    }
    return context.begin();
  }

  template <class Context>
  auto format(const gomap::Map<Key, Elem, Hash, Equal, Config>& map, Context& context) const {
    context.advance_to(std::format_to(context.out(), "map["));
    gomap::detail::visit_in_order(map, [&](const Key& key, const Elem& elem, bool is_first) {
      context.advance_to(std::format_to(context.out(), "{}{}:{}", is_first ? "" : " ",
                                        gomap::detail::printable(key),
                                        gomap::detail::printable(elem)));
    });
    return std::format_to(context.out(), "]");
  }
};
#endif
