// Rows: the instantiated (key kind, elem kind, width) combinations, and what a key id stands for.
//
// Promises: `make_engine` gives the engine under test for a row; key ids and elem values mean the
// same in every implementation.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "oracle/implementation.h"
#include "oracle/program.h"

namespace mapfuzz {

struct Row {
  KeyKind key;
  ElemKind elem;
  std::uint8_t width;
  friend bool operator==(const Row&, const Row&) = default;
};

// kinds.def, in order.
[[nodiscard]] std::span<const Row> all_rows();

// The row of kinds.def nearest to what was asked: first by key, then elem, then width.
[[nodiscard]] Row nearest_row(KeyKind key, ElemKind elem, std::uint8_t width);

// Reads key ids and elem values back from stored bytes (audit, pictures).
struct CellReader {
  std::uint32_t (*key_id)(const std::byte* slot);  // kNoKey: no key of ours
  std::uint64_t (*elem_value)(const std::byte* slot);
  // What a slot of a cell in this state holds, in a word that every implementation of a map would
  // give alike: no address, and for inline values without pointers their bits (snapshot.h).
  std::uint64_t (*key_word)(const std::byte* slot, std::uint8_t state);
  std::uint64_t (*elem_word)(const std::byte* slot, std::uint8_t state);
  bool plain;  // neither slot holds a pointer: the words are the slots' bits
};

struct EngineRow {
  Row row;
  std::unique_ptr<Implementation> (*make)();
  CellReader reader;
  bool threads = false;  // operations may run as threads: there are yield points (scheduler.h)
};

// Its keys or elements are objects that are counted (counted.h). What a destructor has destroyed
// no iterator may produce: these maps have sound ones alone.
[[nodiscard]] inline bool is_counted(const Row& row) {
  return row.key == KeyKind::obj || row.elem == ElemKind::obj;
}

// Go has no such objects. What differs is how they end; a cell holds a pointer to either.
[[nodiscard]] inline KeyKind kind_in_go(KeyKind kind) {
  return kind == KeyKind::obj ? KeyKind::big : kind;
}
[[nodiscard]] inline ElemKind kind_in_go(ElemKind kind) {
  return kind == ElemKind::obj ? ElemKind::big : kind;
}

// Row translation units add themselves; null where this program does not link the row.
[[nodiscard]] const EngineRow* find_engine(const Row& row, bool threads = false);
void add_engine(const EngineRow* engine);

inline constexpr std::uint32_t kStringKeys = 4096;

// How many key ids a kind has: they run from 0.
[[nodiscard]] inline std::uint32_t key_ids(KeyKind kind) {
  return kind == KeyKind::str ? kStringKeys : kMaxKey + 1;
}

// What an `any` key of an id holds, by id % 16: ints, but for these.
enum class AnyForm : std::uint8_t { integer, real, nan, text, slice };
[[nodiscard]] inline AnyForm any_form(std::uint32_t key) {
  if (key == kNoKey) {
    return AnyForm::integer;  // a key that was wiped under an iterator: nil
  }
  switch (key % 16) {
    case 12:
      return AnyForm::real;
    case 13:
      return AnyForm::nan;
    case 14:
      return AnyForm::text;
    case 15:
      return AnyForm::slice;
    default:
      return AnyForm::integer;
  }
}
// Of the reals, two are zeros: equal, and yet not the same.
inline constexpr std::uint32_t kAnyPlusZero = 12;
inline constexpr std::uint32_t kAnyMinusZero = 28;

// The id that reading a stored key gives back: that of the text, where a text has several.
[[nodiscard]] inline std::uint32_t stored_id(KeyKind kind, std::uint32_t key) {
  return kind == KeyKind::any && any_form(key) == AnyForm::text ? key % kStringKeys : key;
}

// Keys that compare equal share a class: of f64 keys, 0 and 1 are +0 and -0.
[[nodiscard]] inline std::uint32_t key_class(KeyKind kind, std::uint32_t key) {
  if (kind == KeyKind::f64) {
    return key == 1 ? 0 : key;
  }
  if (kind == KeyKind::any) {
    return key == kAnyMinusZero ? kAnyPlusZero : stored_id(kind, key);
  }
  return key;
}

// A never-equal key differs from itself: of f64 keys, each eighth is a NaN.
[[nodiscard]] inline bool never_equal(KeyKind kind, std::uint32_t key) {
  return (kind == KeyKind::f64 && key % 8 == 7) ||
         (kind == KeyKind::any && any_form(key) == AnyForm::nan);
}

// An unhashable key panics wherever it would be hashed.
[[nodiscard]] inline bool unhashable(KeyKind kind, std::uint32_t key) {
  return kind == KeyKind::any && any_form(key) == AnyForm::slice;
}

// Go's texts of the recoverable panics.
inline constexpr const char* kNilMapPanic = "assignment to entry in nil map";
inline constexpr const char* kUnhashablePanic = "runtime error: hash of unhashable type []int";

// The key of entry `at` of a literal that starts at `first`: ids wrap around within the kind.
[[nodiscard]] std::uint32_t literal_key(KeyKind kind, std::uint32_t first, std::uint32_t at);

// What an elem of this kind makes of a value.
[[nodiscard]] inline std::uint64_t elem_value(ElemKind kind, std::int64_t value) {
  switch (kind) {
    case ElemKind::u64:
    case ElemKind::big:
    case ElemKind::fat:
    case ElemKind::obj:
      return static_cast<std::uint64_t>(value);
    case ElemKind::str:
      return static_cast<std::uint64_t>(value) % kStringKeys;
    case ElemKind::unit:
      break;
  }
  return 0;
}

// What `m[k] op= value` makes of an old element.
[[nodiscard]] inline std::uint64_t updated_value(ElemKind kind, std::uint64_t old,
                                                 std::int64_t value) {
  const bool adds = kind != ElemKind::str && kind != ElemKind::unit;
  return adds ? old + static_cast<std::uint64_t>(value) : elem_value(kind, value);
}

[[nodiscard]] const char* to_string(KeyKind kind);
[[nodiscard]] const char* to_string(ElemKind kind);
[[nodiscard]] std::string to_string(const Row& row);  // "u64 -> u64, width 8"

}  // namespace mapfuzz
