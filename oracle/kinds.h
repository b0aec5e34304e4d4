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
  std::uint32_t (*key_id)(const std::byte* key);  // kNoKey: no key of ours
  std::uint64_t (*elem_value)(const std::byte* elem);
};

struct EngineRow {
  Row row;
  std::unique_ptr<Implementation> (*make)();
  CellReader reader;
};

// Row translation units add themselves; null where this program does not link the row.
[[nodiscard]] const EngineRow* find_engine(const Row& row);
void add_engine(const EngineRow* engine);

inline constexpr std::uint32_t kStringKeys = 4096;

// How many key ids a kind has: they run from 0.
[[nodiscard]] inline std::uint32_t key_ids(KeyKind kind) {
  return kind == KeyKind::str ? kStringKeys : kMaxKey + 1;
}

// Keys that compare equal share a class: of f64 keys, 0 and 1 are +0 and -0.
[[nodiscard]] inline std::uint32_t key_class(KeyKind kind, std::uint32_t key) {
  return kind == KeyKind::f64 && key == 1 ? 0 : key;
}

// A never-equal key differs from itself: of f64 keys, each eighth is a NaN.
[[nodiscard]] inline bool never_equal(KeyKind kind, std::uint32_t key) {
  return kind == KeyKind::f64 && key % 8 == 7;
}

// The key of entry `at` of a literal that starts at `first`: ids wrap around within the kind.
[[nodiscard]] std::uint32_t literal_key(KeyKind kind, std::uint32_t first, std::uint32_t at);

// What an elem of this kind makes of a value.
[[nodiscard]] inline std::uint64_t elem_value(ElemKind kind, std::int64_t value) {
  switch (kind) {
    case ElemKind::u64:
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
  return kind == ElemKind::u64 ? old + static_cast<std::uint64_t>(value) : elem_value(kind, value);
}

[[nodiscard]] const char* to_string(KeyKind kind);
[[nodiscard]] const char* to_string(ElemKind kind);

}  // namespace mapfuzz
