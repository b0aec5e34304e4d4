// gomap::Map: Go's bucket map as a C++ type.
//
//   gomap::Map<std::uint64_t, double> m;
//   m.assign(7) = 1.5;
//   if (const double* v = m.access2(7)) { ... }
//   for (auto it = m.iter(); it.next();) { m.erase(it.key()); }   // writing meanwhile is legal
//
// Promises: Go's verbs with Go's behaviour (spec part 2). A moved-from map is empty and usable; an
// iterator follows the contents through move and swap, and must not outlive them.
// Leaves to others: the container interface of the standard library.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <utility>

#include "gomap/config.h"
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

  // An empty map that allocates nothing until its first entry.
  Map() = default;

  // make(map, hint): room for `hint` entries; a bogus hint counts as 0. Throws std::bad_alloc.
  explicit Map(std::int64_t hint, Hash hash = {}, Equal equal = {}, Random random = {})
      : table_(
            std::make_unique<Table>(hint, std::move(hash), std::move(equal), std::move(random))) {}

  // Go's nil map: reads find it empty, assign throws Panic.
  explicit Map(NilMap /*tag*/, Hash hash = {}, Equal equal = {}, Random random = {})
      : table_(std::make_unique<Table>(typename Table::Nil{}, std::move(hash), std::move(equal),
                                       std::move(random))) {}

  // A copy has its own array and seed, and draws nothing from the original.
  Map(const Map& other) {
    if (other.table_ == nullptr) {
      return;
    }
    const Table& from = *other.table_;
    if (from.is_nil) {
      *this = Map(kNilMap, from.hash, from.equal, from.random);
      return;
    }
    *this = Map(static_cast<std::int64_t>(from.count), from.hash, from.equal, from.random);
    from.for_each([this](const Key& key, const Elem& elem) { assign(key) = elem; });
  }
  Map& operator=(const Map& other) {
    if (this != &other) {
      *this = Map(other);
    }
    return *this;
  }
  Map(Map&&) noexcept = default;
  Map& operator=(Map&&) noexcept = default;
  ~Map() = default;

  void swap(Map& other) noexcept { table_.swap(other.table_); }

  [[nodiscard]] std::size_t size() const { return table_ == nullptr ? 0 : table_->count; }
  [[nodiscard]] bool empty() const { return size() == 0; }

  // m[k] as a value: the element, or a zero one. The reference holds until the next write.
  [[nodiscard]] const Elem& access1(const Key& key) const {
    static const Elem zero{};
    const Elem* found = access2(key);
    return found == nullptr ? zero : *found;
  }

  // v, ok := m[k]: the element, or null. The pointer holds until the next write.
  [[nodiscard]] Elem* access2(const Key& key) const {
    return table_ == nullptr ? nullptr : table_->find(key);
  }

  // m[k] as a place to store to; a new one is zero. Throws std::bad_alloc.
  [[nodiscard]] Elem& assign(const Key& key) { return *table().assign(key); }

  // delete(m, k): was it there?
  bool erase(const Key& key) { return table_ != nullptr && table_->erase(key); }

  // Removes all entries and keeps the array.
  void clear() {
    if (table_ != nullptr) {
      table_->clear();
    }
  }

  // An iterator before the first entry. Shared readers may open one each.
  template <class Policy = Sound>
  [[nodiscard]] Iter<Policy> iter() const {
    return Iter<Policy>(table_.get());
  }

  // The inside, for inspect.h; null while nothing was ever made.
  [[nodiscard]] const Table* inside() const { return table_.get(); }

 private:
  [[nodiscard]] Table& table() {
    if (table_ == nullptr) {
      table_ = std::make_unique<Table>(0, Hash{}, Equal{}, Random{});
    }
    return *table_;
  }

  std::unique_ptr<Table> table_;
};

}  // namespace gomap
