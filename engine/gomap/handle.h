// How a Map owns its table: one pointer and the allocator, which costs nothing
// if it is empty.
//
// Promises: the standard's rules for containers with allocators, propagation
// included. Copying is all or nothing; moving and swapping move the table
// itself, so that iterators follow the contents. Only a move assignment between
// unequal allocators that do not propagate moves entry by entry; if that
// throws, both sides are still maps, and what was on its way is gone. Leaves to
// others: what the table does (table.h), what users call (map.h).
#pragma once

#include <cstdint>
#include <memory>
#include <type_traits>
#include <utility>

#include "gomap/config.h"
#include "gomap/exceptions.h"
#include "gomap/fatal.h"
#include "gomap/objects.h"
#include "gomap/panic.h"
#include "gomap/table.h"

namespace gomap {

// A Config that differs in the allocator.
template <class AllocatorT, class Base = DefaultConfig>
struct WithAllocator : Base {
  using Allocator = AllocatorT;
};

template <class Key, class Elem, class Hash, class Equal, class Config>
class TableHandle {
 public:
  using Table = gomap::Table<Key, Elem, Hash, Equal, Config>;
  using Allocator = AllocatorFor<std::byte, typename Config::Allocator>;
  using Random = typename Config::Random;
  using Traits = std::allocator_traits<Allocator>;

  static constexpr bool kMovesWhole =
      Traits::propagate_on_container_move_assignment::value || Traits::is_always_equal::value;

  TableHandle() = default;
  explicit TableHandle(const Allocator& allocator) noexcept : allocator_(allocator) {}

  // `what` is a hint or Table::Nil.
  template <class What>
  TableHandle(const Allocator& allocator, What what, Hash hash, Equal equal, Random random)
      : TableHandle(allocator) {
    table_ = make(what, std::move(hash), std::move(equal), std::move(random));
  }

  TableHandle(const TableHandle& other)
      : TableHandle(other, Traits::select_on_container_copy_construction(other.allocator_)) {}
  TableHandle(const TableHandle& other, const Allocator& allocator) : TableHandle(allocator) {
    copy_from(other);
  }

  TableHandle(TableHandle&& other) noexcept
      : allocator_(other.allocator_), table_(std::exchange(other.table_, nullptr)) {}
  TableHandle(TableHandle&& other, const Allocator& allocator) : TableHandle(allocator) {
    if (equal_allocators(other)) {
      table_ = std::exchange(other.table_, nullptr);
    } else {
      move_from(other);
    }
  }

  TableHandle& operator=(const TableHandle& other) {
    if (this == &other) {
      return *this;
    }
    if constexpr (Traits::propagate_on_container_copy_assignment::value) {
      TableHandle copy(other, other.allocator_);
      reset(nullptr);
      allocator_ = other.allocator_;
      table_ = std::exchange(copy.table_, nullptr);
    } else {
      TableHandle copy(other, allocator_);
      std::swap(table_, copy.table_);
    }
    return *this;
  }

  TableHandle& operator=(TableHandle&& other) noexcept(kMovesWhole) {
    if (this == &other) {
      return *this;
    }
    if constexpr (Traits::propagate_on_container_move_assignment::value) {
      reset(nullptr);
      allocator_ = other.allocator_;
      table_ = std::exchange(other.table_, nullptr);
    } else if constexpr (Traits::is_always_equal::value) {
      reset(std::exchange(other.table_, nullptr));
    } else if (equal_allocators(other)) {
      reset(std::exchange(other.table_, nullptr));
    } else {
      TableHandle moved(std::move(other), allocator_);
      std::swap(table_, moved.table_);
    }
    return *this;
  }

  ~TableHandle() { reset(nullptr); }

  // Allocators that are unequal and do not propagate must not meet here, as in
  // the standard.
  void swap(TableHandle& other) noexcept {
    if constexpr (Traits::propagate_on_container_swap::value) {
      using std::swap;
      swap(allocator_, other.allocator_);
    }
    std::swap(table_, other.table_);
  }

  [[nodiscard]] Table* get() const noexcept { return table_; }
  [[nodiscard]] const Allocator& allocator() const noexcept { return allocator_; }

  // The table, made now if there is none. Throws std::bad_alloc. A map that was
  // moved from has lost its hash and equality: it gets default ones, and where
  // there are none Panic is thrown.
  [[nodiscard]] Table& ensure(std::int64_t hint = 0) {
    if (table_ == nullptr) [[unlikely]] {
      if constexpr (std::is_default_constructible_v<Hash> &&
                    std::is_default_constructible_v<Equal> &&
                    std::is_default_constructible_v<Random>) {
        table_ = make(hint, Hash{}, Equal{}, Random{});
      } else {
        detail::raise<Panic>("assignment to a map without a hash: made without one, or moved from");
      }
    }
    return *table_;
  }

 private:
  template <class What>
  [[nodiscard]] Table* make(What what, Hash hash, Equal equal, Random random) {
    return make_object<Table>(allocator_, what, std::move(hash), std::move(equal),
                              std::move(random), allocator_);
  }

  // An empty table that works as `from` does, with room for as many entries.
  [[nodiscard]] Table* make_like(const Table& from) {
    if (from.is_nil) {
      return make(typename Table::Nil{}, from.hash, from.equal, from.random);
    }
    return make(static_cast<std::int64_t>(from.count), from.hash, from.equal, from.random);
  }

  void copy_from(const TableHandle& other) {
    if (other.table_ == nullptr) {
      return;
    }
    const Table& from = *other.table_;
    table_ = make_like(from);
    const std::uint64_t seen = from.modifications;
    from.for_each([&](const Key& key, const Elem& elem) {
      table_->emplace(key, key, elem);
      check_unwritten(from, seen);
    });
  }

  void move_from(TableHandle& other) {
    if (other.table_ == nullptr) {
      return;
    }
    Table& from = *other.table_;
    table_ = make_like(from);
    // Whatever happens, no key that has been moved from stays behind.
    struct Emptied {
      Table& table;
      ~Emptied() { table.clear(); }
    } emptied{from};
    const std::uint64_t seen = from.modifications;
    from.for_each([&](const Key& key, Elem& elem) {
      table_->emplace(key, std::move(const_cast<Key&>(key)), std::move(elem));
      check_unwritten(from, seen);
    });
  }

  // After a call of the user's constructors, hash or equality.
  static void check_unwritten(const Table& from, std::uint64_t seen) {
    if (from.modifications != seen) [[unlikely]] {
      fatal("concurrent map iteration and map write");
    }
  }

  [[nodiscard]] bool equal_allocators(const TableHandle& other) const {
    if constexpr (Traits::is_always_equal::value) {
      return true;
    } else {
      return allocator_ == other.allocator_;
    }
  }

  // The old table goes last: its destructors see a map that is as it will be.
  void reset(Table* next) { destroy_object(allocator_, std::exchange(table_, next)); }

  [[no_unique_address]] Allocator allocator_{};
  Table* table_ = nullptr;
};

}  // namespace gomap
