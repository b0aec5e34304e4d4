// What iterators of the container face point at, and the iterators themselves.
//
// Cells hold keys and elements apart, so there is no pair in the map to refer
// to: an iterator makes one of references, an Entry, and holds it while it
// stands there. Promises: an iterator is copyable and an input iterator. One
// from begin() walks with the Sound policy (iterator.h): writing meanwhile is
// legal. One from find, insert and the like points at that one entry, and its
// next step is the end. Both follow their entry through growth, move and swap:
// *it is the live entry until it is erased.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <memory>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>

#include "gomap/iterator.h"
#include "gomap/layout.h"

namespace gomap {

// A pair of references into the map. Copying one copies the references: `auto
// [k, v] = *it` names the entry itself. Bindings are const where the Entry is:
// `const auto& [k, v]` cannot write v.
template <class Key, class Elem>
struct Entry : std::pair<const Key&, Elem&> {
  using Value = std::pair<const Key, std::remove_const_t<Elem>>;
  using Base = std::pair<const Key&, Elem&>;

  Entry(const Key& key, Elem& elem) noexcept : Base(key, elem) {}
  Entry(const Entry&) = default;
  Entry& operator=(const Entry&) = delete;
  ~Entry() = default;

  // Read-only views of an entry and of a value; the latter is what makes the
  // two "have something in common", which the standard's concepts ask for.
  template <class Other>
    requires std::is_const_v<Elem> && std::same_as<Other, std::remove_const_t<Elem>>
  Entry(const Entry<Key, Other>& other) noexcept : Base(other.first, other.second) {}
  template <class Pair>
    requires std::is_const_v<Elem> && std::same_as<Pair, Value>
  Entry(const Pair& value) noexcept : Base(value.first, value.second) {}

  friend bool operator==(const Entry& a, const Entry& b)
    requires requires { static_cast<bool>(a.first == b.first && a.second == b.second); }
  {
    return a.first == b.first && a.second == b.second;
  }
  template <class First, class Second>
    requires(!std::is_reference_v<First>)
  friend bool operator==(const Entry& a, const std::pair<First, Second>& b) {
    return a.first == b.first && a.second == b.second;
  }
};

template <std::size_t I, class Key, class Elem>
[[nodiscard]] auto& get(const Entry<Key, Elem>& entry) noexcept {
  if constexpr (I == 0) {
    return entry.first;
  } else {
    return std::as_const(entry.second);
  }
}
template <std::size_t I, class Key, class Elem>
[[nodiscard]] auto& get(Entry<Key, Elem>& entry) noexcept {
  if constexpr (I == 0) {
    return entry.first;
  } else {
    return entry.second;
  }
}
template <std::size_t I, class Key, class Elem>
[[nodiscard]] auto& get(Entry<Key, Elem>&& entry) noexcept {
  return get<I>(entry);
}

// What both kinds of iterator hold: the table, the entry, and the walk if there
// is one.
template <class Table>
class Cursor {
 public:
  using Key = typename Table::Key;
  using Elem = typename Table::Elem;

  Cursor() = default;
  // std::optional does not say that copying one cannot throw.
  Cursor(const Cursor&) noexcept = default;
  Cursor(Cursor&&) noexcept = default;
  Cursor& operator=(const Cursor&) noexcept = default;
  Cursor& operator=(Cursor&&) noexcept = default;
  ~Cursor() = default;

  // At one entry, or at the end if the cell is none.
  Cursor(Table* table, CellRef at) {
    if (at.bucket != nullptr) {
      stand_at(table, Table::Layout::key(at.bucket, at.cell),
               Table::Layout::elem(at.bucket, at.cell));
    }
  }

  // Begins a walk.
  explicit Cursor(Table* table) : table_(table) {
    if (table != nullptr && table->count != 0) {
      walk_.emplace(table);
      step();
    }
  }

  [[nodiscard]] bool at_end() const noexcept { return key_ == nullptr; }

  void step() {
    if (walk_.has_value() && walk_->walk.next()) {
      stand_at(table_, &walk_->walk.key(), &walk_->walk.elem());
      // The entry may have come from an array that the walk itself does not read.
      walk_->current.reset(table_->generation);
      walk_->old.reset(table_->old_generation);
    } else {
      walk_.reset();
      key_ = nullptr;
    }
  }

  // The same entry without the walk.
  [[nodiscard]] Cursor standing() const {
    Cursor out;
    if (!at_end()) {
      out.stand_at(table_, key_, elem_);
      out.seen_ = seen_;
      out.kept_ = kept_;
    }
    return out;
  }

  // After a write the entry may be elsewhere.
  void refresh() const {
    if (table_->modifications != seen_) [[unlikely]] {
      find_again();
    }
  }

  // Only after refresh, if the map was written to since.
  [[nodiscard]] const Key& key() const noexcept { return *key_; }
  [[nodiscard]] Elem& elem() const noexcept { return *elem_; }

  // The key whatever was written since, for as long as the entry is there.
  [[nodiscard]] const Key& lasting_key() const noexcept {
    if constexpr (kKeepsKey) {
      return *reinterpret_cast<const Key*>(kept_.bytes);
    } else {
      return *key_;
    }
  }

  [[nodiscard]] bool same_entry(const Cursor& other) const {
    if (at_end() || other.at_end()) {
      return at_end() == other.at_end();
    }
    refresh();
    other.refresh();
    return key_ == other.key_;
  }

 private:
  // An inline key moves with its cell, so a copy is kept; one behind a pointer
  // stays where it is.
  static constexpr bool kKeepsKey =
      !Table::Layout::KeySlot::indirect && !Table::Layout::KeySlot::zero_width;
  // Zeroed, as an iterator at its end is copied whole: nothing indeterminate is ever read.
  struct KeptKey {
    alignas(Key) std::byte bytes[sizeof(Key)]{};
  };
  struct Nothing {};
  using Kept = std::conditional_t<kKeepsKey, KeptKey, Nothing>;

  // Holds all arrays that the present entry may lie in, so that what a loop calls k and v can be
  // read until the next step.
  struct Walk {
    using Hold = GenerationHold<typename Table::Generation, Sound>;
    explicit Walk(Table* table) : walk(table) {}
    Iterator<Table, Sound> walk;
    Hold current;
    Hold old;
  };

  void stand_at(Table* table, const Key* key, Elem* elem) {
    table_ = table;
    key_ = key;
    elem_ = elem;
    seen_ = table->modifications;
    if constexpr (kKeepsKey) {
      std::memcpy(static_cast<void*>(kept_.bytes), static_cast<const void*>(key), sizeof(Key));
    }
  }

  void find_again() const {
    // A key that equals nothing, not even itself, is where the walk found it.
    const CellRef at = table_->locate(lasting_key());
    seen_ = table_->modifications;
    if (at.bucket != nullptr) {
      key_ = Table::Layout::key(at.bucket, at.cell);
      elem_ = Table::Layout::elem(at.bucket, at.cell);
    }
  }

  Table* table_ = nullptr;
  mutable const Key* key_ = nullptr;  // null at the end
  mutable Elem* elem_ = nullptr;
  mutable std::uint64_t seen_ = 0;  // the table's count of modifications when these were right
  [[no_unique_address]] Kept kept_;
  std::optional<Walk> walk_;
};

// iterator (ElemView is Elem) and const_iterator (const Elem) of a Map.
template <class Table, class ElemView>
class EntryIterator {
 public:
  using Key = typename Table::Key;
  using Reference = Entry<Key, ElemView>;

  using iterator_category = std::input_iterator_tag;
  using iterator_concept = std::input_iterator_tag;
  using value_type = typename Reference::Value;
  using difference_type = std::ptrdiff_t;
  using pointer = Reference*;
  using reference = Reference&;

  EntryIterator() = default;
  explicit EntryIterator(Cursor<Table> cursor) noexcept : cursor_(std::move(cursor)) {}

  // To a const_iterator.
  template <class Other>
    requires std::is_const_v<ElemView> && (!std::is_const_v<Other>)
  EntryIterator(EntryIterator<Table, Other> other) noexcept : cursor_(std::move(other).cursor()) {}

  // The reference lies in the iterator and holds until its next step; its two
  // references hold until the map's next write. A temporary iterator gives the
  // pair away instead.
  [[nodiscard]] Reference& operator*() const& { return entry(); }
  [[nodiscard]] Reference operator*() const&& { return entry(); }
  [[nodiscard]] Reference* operator->() const { return &entry(); }

  EntryIterator& operator++() {
    cursor_.step();
    return *this;
  }

  // The old place as a found entry: good for `erase(it++)`, not for another
  // step.
  EntryIterator operator++(int) {
    EntryIterator old(cursor_.standing());
    cursor_.step();
    return old;
  }

  [[nodiscard]] friend bool operator==(const EntryIterator& a, const EntryIterator& b) {
    return a.cursor_.same_entry(b.cursor_);
  }
  [[nodiscard]] friend bool operator==(const EntryIterator& a,
                                       std::default_sentinel_t /*end*/) noexcept {
    return a.cursor_.at_end();
  }

  // For Map.
  [[nodiscard]] const Cursor<Table>& cursor() const& noexcept { return cursor_; }
  [[nodiscard]] Cursor<Table>&& cursor() && noexcept { return std::move(cursor_); }

 private:
  // Where the Entry is made; no part of the iterator's value.
  struct Stash {
    Stash() noexcept {}
    Stash(const Stash& /*other*/) noexcept {}
    Stash& operator=(const Stash& /*other*/) noexcept {
      return *this;
    }  // NOLINT(*-self-assignment)
    ~Stash() = default;
    union {
      char nothing;
      Reference entry;
    };
  };

  [[nodiscard]] Reference& entry() const {
    cursor_.refresh();
    return *std::construct_at(&stash_.entry, cursor_.key(), cursor_.elem());
  }

  Cursor<Table> cursor_;
  mutable Stash stash_;
};

namespace detail {
template <class T>
inline constexpr bool kIsEntryIterator = false;
template <class Table, class ElemView>
inline constexpr bool kIsEntryIterator<EntryIterator<Table, ElemView>> = true;

template <class T>
concept EntryIteratorType = kIsEntryIterator<T>;
}  // namespace detail

}  // namespace gomap

template <class Key, class Elem>
struct std::tuple_size<gomap::Entry<Key, Elem>> : std::integral_constant<std::size_t, 2> {};
template <class Key, class Elem>
struct std::tuple_element<0, gomap::Entry<Key, Elem>> {
  using type = const Key;
};
template <class Key, class Elem>
struct std::tuple_element<1, gomap::Entry<Key, Elem>> {
  using type = Elem;
};

template <class Key, class Elem, template <class> class A, template <class> class B>
struct std::basic_common_reference<gomap::Entry<Key, Elem>,
                                   std::pair<const Key, std::remove_const_t<Elem>>, A, B> {
  using type = gomap::Entry<Key, const Elem>;
};
template <class Key, class Elem, template <class> class A, template <class> class B>
struct std::basic_common_reference<std::pair<const Key, std::remove_const_t<Elem>>,
                                   gomap::Entry<Key, Elem>, A, B> {
  using type = gomap::Entry<Key, const Elem>;
};
