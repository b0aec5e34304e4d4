#include "oracle/kinds.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "oracle/text.h"
#include "oracle/values.h"

namespace mapfuzz {
namespace {

constexpr Row kRows[] = {
#define MAPFUZZ_ROW(key, elem, width) Row{KeyKind::key, ElemKind::elem, width},
#include "oracle/kinds.def"
#undef MAPFUZZ_ROW
};
constexpr std::size_t kMostRows = 16;
static_assert(std::size(kRows) <= kMostRows,
              "kinds.def is a closed list: every row is a slow compile");

// Filled by static initialisers, so it must be a function's local: order among files is open.
// Tests add rows of their own, which kinds.def does not list.
struct Registry {
  std::array<const EngineRow*, kMostRows + 4> engines{};
  std::size_t size = 0;
};

Registry& registry() {
  static Registry instance;
  return instance;
}

}  // namespace

std::span<const Row> all_rows() { return kRows; }

Row nearest_row(KeyKind key, ElemKind elem, std::uint8_t width) {
  const auto distance = [&](const Row& row) {
    return (row.key != key ? 1000 : 0) + (row.elem != elem ? 100 : 0) +
           std::abs(static_cast<int>(row.width) - static_cast<int>(width));
  };
  return *std::min_element(std::begin(kRows), std::end(kRows),
                           [&](const Row& a, const Row& b) { return distance(a) < distance(b); });
}

const EngineRow* find_engine(const Row& row, bool threads) {
  const Registry& all = registry();
  const auto end = all.engines.begin() + static_cast<std::ptrdiff_t>(all.size);
  const auto at = std::find_if(all.engines.begin(), end, [&](const EngineRow* engine) {
    return engine->row == row && engine->threads == threads;
  });
  return at == end ? nullptr : *at;
}

void add_engine(const EngineRow* engine) {
  Registry& all = registry();
  all.engines.at(all.size) = engine;
  ++all.size;
}

std::uint32_t literal_key(KeyKind kind, std::uint32_t first, std::uint32_t at) {
  return (first + at) % key_ids(kind);
}

const char* to_string(KeyKind kind) {
  constexpr std::array<const char*, kKeyKinds> names = {"u64", "str", "f64", "u32",
                                                        "big", "any", "obj"};
  return names.at(static_cast<std::size_t>(kind));
}

const char* to_string(ElemKind kind) {
  constexpr std::array<const char*, kElemKinds> names = {"u64", "str", "unit", "big", "fat", "obj"};
  return names.at(static_cast<std::size_t>(kind));
}

std::string to_string(const Row& row) {
  return cat(to_string(row.key), " -> ", to_string(row.elem), ", width ", row.width);
}

const StringPool& StringPool::get() {
  static const StringPool pool;
  return pool;
}

// A text is its number in decimal, repeated to its length: no two ids share one.
StringPool::StringPool() : bytes_(new char[2 * kStringKeys * kStride]) {
  for (std::uint32_t index = 0; index < 2 * kStringKeys; ++index) {
    const std::uint32_t id = index % kStringKeys;
    char* text = &bytes_[index * kStride];
    for (std::size_t at = 0; at < kStride; ++at) {
      constexpr std::size_t digits = 5;
      std::uint32_t rest = id;
      for (std::size_t skip = at % digits; skip + 1 < digits; ++skip) {
        rest /= 10;
      }
      text[at] = static_cast<char>('0' + rest % 10);
    }
  }
}

}  // namespace mapfuzz
