// gomap::Map: Go's bucket map as a C++ type, with two faces.
//
// As a container of the standard library:
//   gomap::Map<std::string, int> m{{"a", 1}, {"b", 2}};
//   m["c"] += 3;
//   for (auto& [k, v] : m) { if (v == 2) m.erase(k); }   // writing meanwhile is legal
// And with Go's verbs: access1, access2, assign, erase, clear, iter.
//
// Promises: Go's behaviour (spec part 2) and, but for the differences that the README lists, the
// interface of std::unordered_map. A moved-from map is empty and usable; iterators follow the
// contents through move and swap, and must not outlive them. An empty map allocates nothing.
// Leaves to others: ownership and allocators (handle.h), iterators (entry.h), what arguments may be
// (arguments.h), pmr.h, format.h.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <optional>
#include <stdexcept>
#include <type_traits>
#include <utility>

#include "gomap/arguments.h"
#include "gomap/config.h"
#include "gomap/entry.h"
#include "gomap/exceptions.h"
#include "gomap/fatal.h"
#include "gomap/handle.h"
#include "gomap/hash.h"
#include "gomap/iterator.h"
#include "gomap/random.h"
#include "gomap/table.h"

namespace gomap {

// Says "the nil map" to a constructor.
struct NilMap {};
inline constexpr NilMap kNilMap;

template <class Key, class Elem, class Hash = DefaultHash<Key>, class Equal = DefaultEqual<Key>,
          class Config = DefaultConfig>
class Map {
 public:
  using Table = gomap::Table<Key, Elem, Hash, Equal, Config>;
  template <class Policy>
  using Iter = Iterator<Table, Policy>;
  using Random = typename Config::Random;

  using key_type = Key;
  using mapped_type = Elem;
  using value_type = std::pair<const Key, Elem>;
  using size_type = std::size_t;
  using difference_type = std::ptrdiff_t;
  using hasher = Hash;
  using key_equal = Equal;
  using allocator_type = AllocatorFor<value_type, typename Config::Allocator>;
  using reference = Entry<Key, Elem>&;
  using const_reference = Entry<Key, const Elem>&;
  using iterator = EntryIterator<Table, Elem>;
  using const_iterator = EntryIterator<Table, const Elem>;

  // May keys of other types be looked for? Then KeyArg<Q> is Q itself, otherwise always Key.
  static constexpr bool kTransparent = requires {
    typename Hash::is_transparent;
    typename Equal::is_transparent;
  };
  template <class Q>
  using KeyArg = typename detail::KeyArgument<kTransparent>::template Type<Q, Key>;

  // ---- Making one. What allocates throws std::bad_alloc.

  // A hash or equality without a default has to be given: without one, an assignment throws Panic.
  Map() noexcept(std::is_nothrow_default_constructible_v<allocator_type>) = default;
  explicit Map(const allocator_type& allocator) noexcept : handle_(allocator) {}

  // make(map, hint): room for `hint` entries; a bogus hint counts as 0.
  template <std::integral Hint>
  explicit Map(Hint hint, Hash hash = {}, Equal equal = {}, Random random = {},
               const allocator_type& allocator = allocator_type())
      : handle_(allocator, static_cast<std::int64_t>(hint), std::move(hash), std::move(equal),
                std::move(random)) {}
  template <std::integral Hint>
  Map(Hint hint, Hash hash, Equal equal, const allocator_type& allocator)
      : Map(hint, std::move(hash), std::move(equal), Random{}, allocator) {}
  template <std::integral Hint>
  Map(Hint hint, const allocator_type& allocator)
      : Map(hint, Hash{}, Equal{}, Random{}, allocator) {}

  // Go's nil map: reads find it empty, a write of an entry throws Panic.
  explicit Map(NilMap /*tag*/, Hash hash = {}, Equal equal = {}, Random random = {},
               const allocator_type& allocator = allocator_type())
      : handle_(allocator, typename Table::Nil{}, std::move(hash), std::move(equal),
                std::move(random)) {}

  // Of equal keys the first is taken. Room is made for as many as can be counted beforehand: a
  // list has Go's room for a literal.
  template <detail::IteratorOfPairs It, std::sentinel_for<It> End>
  Map(It first, End last, size_type hint = 0, Hash hash = {}, Equal equal = {},
      const allocator_type& allocator = allocator_type())
      : Map(std::max(hint, detail::countable(first, last)), std::move(hash), std::move(equal),
            Random{}, allocator) {
    insert(std::move(first), std::move(last));
  }
  template <detail::IteratorOfPairs It, std::sentinel_for<It> End>
  Map(It first, End last, const allocator_type& allocator)
      : Map(std::move(first), std::move(last), 0, Hash{}, Equal{}, allocator) {}
  Map(std::initializer_list<value_type> entries, size_type hint = 0, Hash hash = {},
      Equal equal = {}, const allocator_type& allocator = allocator_type())
      : Map(entries.begin(), entries.end(), hint, std::move(hash), std::move(equal), allocator) {}
  Map(std::initializer_list<value_type> entries, const allocator_type& allocator)
      : Map(entries, 0, Hash{}, Equal{}, allocator) {}

  // A copy has its own array and seed, and draws nothing from the original.
  Map(const Map&) = default;
  Map(const Map& other, const std::type_identity_t<allocator_type>& allocator)
      : handle_(other.handle_, allocator) {}
  Map(Map&&) noexcept = default;
  Map(Map&& other, const std::type_identity_t<allocator_type>& allocator)
      : handle_(std::move(other.handle_), allocator) {}
  Map& operator=(const Map&) = default;
  Map& operator=(Map&&) = default;
  Map& operator=(std::initializer_list<value_type> entries) {
    Map fresh(entries.size(), hash_function(), key_eq(), get_allocator());
    fresh.insert(entries);
    swap(fresh);
    return *this;
  }
  ~Map() = default;

  // Allocators that are unequal and do not propagate must not meet here, as in the standard.
  void swap(Map& other) noexcept { handle_.swap(other.handle_); }
  friend void swap(Map& a, Map& b) noexcept { a.swap(b); }

  [[nodiscard]] allocator_type get_allocator() const noexcept {
    return allocator_type(handle_.allocator());
  }
  [[nodiscard]] Hash hash_function() const { return t() == nullptr ? Hash{} : t()->hash; }
  [[nodiscard]] Equal key_eq() const { return t() == nullptr ? Equal{} : t()->equal; }

  // ---- Size

  [[nodiscard]] size_type size() const noexcept { return t() == nullptr ? 0 : t()->count; }
  [[nodiscard]] bool empty() const noexcept { return size() == 0; }
  [[nodiscard]] size_type max_size() const noexcept {
    return std::size_t{kMaxAlloc} / Table::Layout::size * Table::kWidth;
  }

  // Buckets hold several entries: eight, unless Config says otherwise.
  [[nodiscard]] size_type bucket_count() const noexcept {
    return t() == nullptr || t()->buckets == nullptr ? 0 : gomap::bucket_count(t()->B);
  }
  [[nodiscard]] float load_factor() const noexcept {
    return empty() ? 0 : static_cast<float>(size()) / static_cast<float>(bucket_count());
  }
  [[nodiscard]] float max_load_factor() const noexcept { return 13.0F * Table::kWidth / 16; }

  // Room for n entries in an empty map; a hint, as in make(map, n). A map with entries is left as
  // it is: it grows bit by bit, and no insert has to wait for it.
  void reserve(size_type n) {
    const auto hint = static_cast<std::int64_t>(n);
    t() == nullptr ? static_cast<void>(handle_.ensure(hint)) : t()->reserve(hint);
  }

  // ---- Iterating: any write is legal meanwhile, and what it means is in the README.

  [[nodiscard]] iterator begin() { return iterator(Cursor<Table>(t())); }
  [[nodiscard]] const_iterator begin() const { return const_iterator(Cursor<Table>(t())); }
  [[nodiscard]] const_iterator cbegin() const { return begin(); }
  [[nodiscard]] iterator end() noexcept { return {}; }
  [[nodiscard]] const_iterator end() const noexcept { return {}; }
  [[nodiscard]] const_iterator cend() const noexcept { return {}; }

  // Go's own loop, with a choice of policy: an iterator before the first entry. Shared readers may
  // open one each.
  template <class Policy = Sound>
  [[nodiscard]] Iter<Policy> iter() const {
    return Iter<Policy>(t());
  }

  // ---- Looking up

  template <class Q = Key>
  [[nodiscard]] iterator find(const KeyArg<Q>& key) {
    return iterator(locate(key));
  }
  template <class Q = Key>
  [[nodiscard]] const_iterator find(const KeyArg<Q>& key) const {
    return const_iterator(locate(key));
  }
  template <class Q = Key>
  [[nodiscard]] bool contains(const KeyArg<Q>& key) const {
    return access(key) != nullptr;
  }
  template <class Q = Key>
  [[nodiscard]] size_type count(const KeyArg<Q>& key) const {
    return access(key) == nullptr ? 0 : 1;
  }
  template <class Q = Key>
  [[nodiscard]] std::pair<iterator, iterator> equal_range(const KeyArg<Q>& key) {
    return {iterator(locate(key)), end()};
  }
  template <class Q = Key>
  [[nodiscard]] std::pair<const_iterator, const_iterator> equal_range(const KeyArg<Q>& key) const {
    return {const_iterator(locate(key)), end()};
  }

  // Throws std::out_of_range.
  template <class Q = Key>
  [[nodiscard]] Elem& at(const KeyArg<Q>& key) {
    return present(access(key));
  }
  template <class Q = Key>
  [[nodiscard]] const Elem& at(const KeyArg<Q>& key) const {
    return present(access(key));
  }

  // Go's m[k] as a value: the element, or a zero one. The reference holds until the next write.
  [[nodiscard]] const Elem& access1(const Key& key) const {
    static const Elem zero{};
    const Elem* there = access(key);
    return there == nullptr ? zero : *there;
  }

  // v, ok := m[k]: the element, or null. The pointer holds until the next write.
  [[nodiscard]] Elem* access2(const Key& key) const { return access(key); }

  // ---- Storing. All throw std::bad_alloc, Panic on the nil map, and what the types throw; the map
  // is then as it was.

  // Go's m[k] as a place to store to; a new one is Elem(). An equal key that is there is rewritten
  // if its representation may differ (+0 and -0).
  [[nodiscard]] Elem& assign(const Key& key) { return *handle_.ensure().assign(key); }
  Elem& operator[](const Key& key) { return *handle_.ensure().assign(key); }
  Elem& operator[](Key&& key) {
    if constexpr (Table::KeyTraits::needs_key_update) {
      return *handle_.ensure().assign(key);
    } else {
      return elem_at(handle_.ensure().emplace(key, std::move(key)));
    }
  }

  // Leave their arguments alone if the key is there.
  template <class... Args>
  std::pair<iterator, bool> try_emplace(const Key& key, Args&&... args) {
    return emplace_key(key, std::forward<Args>(args)...);
  }
  template <class... Args>
  std::pair<iterator, bool> try_emplace(Key&& key, Args&&... args) {
    return emplace_key(std::move(key), std::forward<Args>(args)...);
  }
  template <detail::OtherThan<Key> Q, class... Args>
    requires kTransparent
  std::pair<iterator, bool> try_emplace(Q&& key, Args&&... args) {
    return emplace_key(std::forward<Q>(key), std::forward<Args>(args)...);
  }

  template <class Value>
  std::pair<iterator, bool> insert_or_assign(const Key& key, Value&& value) {
    return store(key, std::forward<Value>(value));
  }
  template <class Value>
  std::pair<iterator, bool> insert_or_assign(Key&& key, Value&& value) {
    return store(std::move(key), std::forward<Value>(value));
  }
  template <detail::OtherThan<Key> Q, class Value>
    requires kTransparent
  std::pair<iterator, bool> insert_or_assign(Q&& key, Value&& value) {
    return store(std::forward<Q>(key), std::forward<Value>(value));
  }

  // The arguments of a std::pair<Key, Elem>: see arguments.h.
  template <class... Args>
  std::pair<iterator, bool> emplace(Args&&... args) {
    return placed(detail::emplace_into(handle_.ensure(), std::forward<Args>(args)...));
  }
  template <class... Args>
  iterator emplace_hint(const const_iterator& /*hint*/, Args&&... args) {
    return emplace(std::forward<Args>(args)...).first;
  }

  std::pair<iterator, bool> insert(const value_type& entry) { return emplace(entry); }
  std::pair<iterator, bool> insert(value_type&& entry) { return emplace(std::move(entry)); }
  template <class Pair>
    requires std::constructible_from<value_type, Pair&&>
  std::pair<iterator, bool> insert(Pair&& entry) {
    return emplace(std::forward<Pair>(entry));
  }
  iterator insert(const const_iterator& /*hint*/, const value_type& entry) {
    return emplace(entry).first;
  }
  template <class Pair>
    requires std::constructible_from<value_type, Pair&&>
  iterator insert(const const_iterator& /*hint*/, Pair&& entry) {
    return emplace(std::forward<Pair>(entry)).first;
  }
  template <detail::IteratorOfPairs It, std::sentinel_for<It> End>
  void insert(It first, End last) {
    for (; first != last; ++first) {
      emplace(*first);
    }
  }
  void insert(std::initializer_list<value_type> entries) { insert(entries.begin(), entries.end()); }

  // ---- Removing

  // delete(m, k): how many were there?
  template <class Q = Key>
    requires(!detail::EntryIteratorType<Q>)
  size_type erase(const KeyArg<Q>& key) {
    return t() != nullptr && t()->erase(query(key)) ? 1 : 0;
  }

  // The next entry of the walk that `at` is on; the end if it is on none. A key that equals nothing
  // leaves only by clear, as in Go: `at` is passed over.
  template <detail::EntryIteratorType It>
  iterator erase(It at) {
    Cursor<Table> cursor = std::move(at).cursor();
    t()->erase(cursor.lasting_key());
    cursor.step();
    return iterator(std::move(cursor));
  }
  iterator erase(const_iterator first, const const_iterator& last) {
    while (first != last) {
      first = erase(std::move(first));
    }
    return iterator(std::move(first).cursor());
  }

  // Removes all entries and keeps the array.
  void clear() {
    if (t() != nullptr) {
      t()->clear();
    }
  }

  // Takes the entry out, if it is there. Types that can be copied: an exception leaves the map as
  // it was.
  template <class Q = Key>
    requires(!detail::EntryIteratorType<Q>)
  [[nodiscard]] std::optional<std::pair<Key, Elem>> extract(const KeyArg<Q>& key) {
    return take_out(query(key));
  }
  template <detail::EntryIteratorType It>
  [[nodiscard]] std::optional<std::pair<Key, Elem>> extract(const It& at) {
    return take_out(at.cursor().lasting_key());
  }

  // Moves over what is not here yet. Types that can be copied: an exception leaves every entry in
  // one map or the other.
  template <class Hash2, class Equal2, class Config2>
  void merge(Map<Key, Elem, Hash2, Equal2, Config2>& source);
  template <class Hash2, class Equal2, class Config2>
  void merge(Map<Key, Elem, Hash2, Equal2, Config2>&& source) {
    merge(source);
  }

  // The same keys, with equal elements. A key that equals nothing makes maps unequal.
  [[nodiscard]] friend bool operator==(const Map& a, const Map& b) { return a.same_as(b); }

  // The inside, for inspect.h; null while nothing was ever made.
  [[nodiscard]] const Table* inside() const noexcept { return t(); }

 private:
  template <class K, class E, class H, class Q, class C>
  friend class Map;

  [[nodiscard]] Table* t() const noexcept { return handle_.get(); }

  template <class Q>
  [[nodiscard]] static decltype(auto) query(const Q& key) {
    return detail::as_query<Table>(key);
  }

  template <class Q>
  [[nodiscard]] Elem* access(const Q& key) const {
    return t() == nullptr ? nullptr : t()->find(query(key));
  }

  template <class Q>
  [[nodiscard]] Cursor<Table> locate(const Q& key) const {
    return t() == nullptr ? Cursor<Table>() : Cursor<Table>(t(), t()->locate(query(key)));
  }

  [[nodiscard]] static Elem& present(Elem* elem) {
    if (elem == nullptr) [[unlikely]] {
      detail::raise<std::out_of_range>("gomap::Map::at: no such key");
    }
    return *elem;
  }

  [[nodiscard]] static Elem& elem_at(Placed placed) {
    return *Table::Layout::elem(placed.at.bucket, placed.at.cell);
  }

  [[nodiscard]] std::pair<iterator, bool> placed(Placed placed) const {
    return {iterator(Cursor<Table>(t(), placed.at)), placed.inserted};
  }

  template <class K, class... Args>
  std::pair<iterator, bool> emplace_key(K&& key, Args&&... args) {
    return placed(
        detail::emplace_keyed(handle_.ensure(), std::forward<K>(key), std::forward<Args>(args)...));
  }

  template <class K, class Value>
  std::pair<iterator, bool> store(K&& key, Value&& value) {
    const Placed at =
        detail::emplace_keyed(handle_.ensure(), std::forward<K>(key), std::forward<Value>(value));
    if (!at.inserted) {
      elem_at(at) = std::forward<Value>(value);
    }
    return placed(at);
  }

  template <class Q>
  [[nodiscard]] std::optional<std::pair<Key, Elem>> take_out(const Q& key) {
    std::optional<std::pair<Key, Elem>> out;
    if (t() != nullptr) {
      t()->take(key, [&out](Key&& k, Elem&& e) {
        out.emplace(detail::leaving_key(k), detail::leaving_elem(e));
      });
    }
    return out;
  }

  [[nodiscard]] bool same_as(const Map& other) const;

  TableHandle<Key, Elem, Hash, Equal, Config> handle_;
};

template <class K, class E, class H, class Q, class C>
template <class H2, class Q2, class C2>
void Map<K, E, H, Q, C>::merge(Map<K, E, H2, Q2, C2>& source) {
  if (static_cast<const void*>(this) == static_cast<const void*>(&source)) {
    return;
  }
  for (auto it = source.template iter<Sound>(); it.next();) {
    if (!contains(it.key())) {
      source.t()->take(it.key(), [this](K&& key, E&& elem) {
        handle_.ensure().emplace(key, detail::leaving_key(key), detail::leaving_elem(elem));
      });
    }
  }
}

template <class K, class E, class H, class Q, class C>
bool Map<K, E, H, Q, C>::same_as(const Map& other) const {
  if (size() != other.size() || empty()) {
    return size() == other.size();
  }
  const std::uint64_t seen = t()->modifications;
  bool same = true;
  t()->for_each([&](const K& key, const E& elem) {
    const E* const theirs = same ? other.access(key) : nullptr;
    same = theirs != nullptr && *theirs == elem;
    if (t()->modifications != seen) [[unlikely]] {
      fatal("concurrent map iteration and map write");
    }
  });
  return same;
}

// Removes the entries that pred(entry) is true of; `entry` has first and second. How many were
// there? pred may write to the map.
template <class Key, class Elem, class Hash, class Equal, class Config, class Pred>
std::size_t erase_if(Map<Key, Elem, Hash, Equal, Config>& map, Pred pred) {
  std::size_t erased = 0;
  for (auto it = map.begin(); it != map.end();) {
    if (pred(*it)) {
      const std::size_t before = map.size();
      it = map.erase(std::move(it));
      erased += before - map.size();
    } else {
      ++it;
    }
  }
  return erased;
}

// ---- Deduction guides

template <std::input_iterator It, class Key = detail::KeyOf<It>, class Hash = DefaultHash<Key>,
          class Equal = DefaultEqual<Key>>
Map(It, It, std::size_t = 0, Hash = {}, Equal = {}) -> Map<Key, detail::ElemOf<It>, Hash, Equal>;
template <std::input_iterator It, class Allocator>
Map(It, It, Allocator) -> Map<detail::KeyOf<It>, detail::ElemOf<It>, DefaultHash<detail::KeyOf<It>>,
                              DefaultEqual<detail::KeyOf<It>>, WithAllocator<Allocator>>;
template <class Key, class Elem, class Hash = DefaultHash<std::remove_const_t<Key>>,
          class Equal = DefaultEqual<std::remove_const_t<Key>>>
Map(std::initializer_list<std::pair<Key, Elem>>, std::size_t = 0, Hash = {}, Equal = {})
    -> Map<std::remove_const_t<Key>, Elem, Hash, Equal>;

}  // namespace gomap
