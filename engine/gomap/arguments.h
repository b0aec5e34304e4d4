// What the container face takes as arguments: keys of other types, pairs, and
// whatever a std::pair<Key, Elem> could be made from.
//
// Promises: where the key can be seen among the arguments of an emplace, it is
// looked for first; arguments are not touched if it is there, and otherwise
// used where the entry will stay. Elements need not even be movable.
#pragma once

#include <concepts>
#include <cstddef>
#include <iterator>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

#include "gomap/hash.h"
#include "gomap/table.h"

namespace gomap::detail {

// The type of a key parameter: deduced if other types may be looked for, else
// always Key, so that arguments convert to it.
template <bool kTransparent>
struct KeyArgument {
  template <class Q, class Key>
  using Type = Q;
};
template <>
struct KeyArgument<false> {
  template <class Q, class Key>
  using Type = Key;
};

template <class Q, class Key>
concept OtherThan = !std::same_as<std::remove_cvref_t<Q>, Key>;

template <class It>
concept IteratorOfPairs = (!std::integral<It>) && requires(It it) {
  (*it).first;
  (*it).second;
  ++it;
};

template <class It>
using KeyOf = std::remove_cvref_t<decltype((*std::declval<It&>()).first)>;
template <class It>
using ElemOf = std::remove_cvref_t<decltype((*std::declval<It&>()).second)>;

// The length of a range that may be walked twice; 0 of any other.
template <class It, class End>
[[nodiscard]] std::size_t countable(const It& first, const End& last) {
  if constexpr (std::forward_iterator<It>) {
    return static_cast<std::size_t>(std::ranges::distance(first, last));
  } else {
    return 0;
  }
}

// Can a table be searched for a Q without making a Key of it?
template <class Table, class Q>
inline constexpr bool kIsQuery = std::is_same_v<Q, typename Table::Key>;
template <class Key, class Elem, class Hash, class Equal, class Config, class Q>
  requires(!std::is_same_v<Q, Key>)
inline constexpr bool kIsQuery<Table<Key, Elem, Hash, Equal, Config>, Q> =
    requires(const Hash& hash, const Equal& equal, const Key& key, const Q& query) {
      typename Hash::is_transparent;
      typename Equal::is_transparent;
      call_hash(hash, query, 0U);
      equal(key, query);
    };

// What a table is asked for: the argument as it is, or a Key made from it.
// Characters behind a pointer are counted once.
template <class Table, class Q>
[[nodiscard]] decltype(auto) as_query(const Q& key) {
  using Key = typename Table::Key;
  if constexpr (!std::is_same_v<Q, Key> && !std::is_class_v<Q> &&
                std::is_convertible_v<const Q&, std::string_view> &&
                kIsQuery<Table, std::string_view>) {
    return std::string_view(key);
  } else if constexpr (kIsQuery<Table, Q>) {
    return (key);
  } else {
    return Key(key);
  }
}

// How an entry leaves its map. Its key is copied, if it can be: an iterator may still look at the
// original. So is an element whose move may throw, to have something to go back to.
template <class Key>
[[nodiscard]] std::conditional_t<std::is_copy_constructible_v<Key>, const Key&, Key&&> leaving_key(
    Key& key) {
  return static_cast<std::conditional_t<std::is_copy_constructible_v<Key>, const Key&, Key&&>>(key);
}
template <class Elem>
[[nodiscard]] decltype(auto) leaving_elem(Elem& elem) {
  return std::move_if_noexcept(elem);
}

template <class Table, class KeyArg, class... ElemArgs>
Placed emplace_keyed(Table& table, KeyArg&& key, ElemArgs&&... args) {
  using Key = typename Table::Key;
  if constexpr (std::is_reference_v<decltype(as_query<Table>(key))> ||
                !std::is_same_v<decltype(as_query<Table>(key)), Key>) {
    return table.emplace(as_query<Table>(key), std::forward<KeyArg>(key),
                         std::forward<ElemArgs>(args)...);
  } else {
    Key made(std::forward<KeyArg>(key));
    return table.emplace(made, std::move(made), std::forward<ElemArgs>(args)...);
  }
}

template <class Table, class... Args>
Placed emplace_pair(Table& table, Args&&... args) {
  std::pair<typename Table::Key, typename Table::Elem> made(std::forward<Args>(args)...);
  return table.emplace(made.first, std::move(made.first), std::move(made.second));
}

template <class Table>
Placed emplace_into(Table& table) {
  return emplace_keyed(table, typename Table::Key());
}

template <class Table, class Pair>
Placed emplace_into(Table& table, Pair&& pair) {
  if constexpr (requires { pair.first, pair.second; }) {
    return emplace_keyed(table, std::forward<Pair>(pair).first, std::forward<Pair>(pair).second);
  } else {
    return emplace_pair(table, std::forward<Pair>(pair));
  }
}

template <class Table, class KeyArg, class ElemArg>
Placed emplace_into(Table& table, KeyArg&& key, ElemArg&& elem) {
  return emplace_keyed(table, std::forward<KeyArg>(key), std::forward<ElemArg>(elem));
}

template <class Table, class... KeyArgs, class... ElemArgs>
Placed emplace_into(Table& table, std::piecewise_construct_t /*tag*/, std::tuple<KeyArgs...> key,
                    std::tuple<ElemArgs...> elem) {
  return std::apply(
      [&](KeyArgs&&... key_args) {
        return std::apply(
            [&](ElemArgs&&... elem_args) {
              if constexpr (sizeof...(KeyArgs) == 1) {
                return emplace_keyed(table, std::forward<KeyArgs>(key_args)...,
                                     std::forward<ElemArgs>(elem_args)...);
              } else {
                return emplace_keyed(table, typename Table::Key(std::forward<KeyArgs>(key_args)...),
                                     std::forward<ElemArgs>(elem_args)...);
              }
            },
            std::move(elem));
      },
      std::move(key));
}

}  // namespace gomap::detail
