// Typed maps for properties: what is a key, what is an element, and a std::map that says what a map
// of them must hold.
//
// Promises: a run is a function of the history, the spread and the seed: draws and the hashes of
// NaN come from numbers that each map carries, never from the system.
#pragma once

#include <rapidcheck.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <ostream>
#include <set>
#include <string>
#include <type_traits>

#include "gomap/inspect.h"
#include "gomap/map.h"
#include "props/acts.h"
#include "props/met.h"

namespace mapfuzz {

// A source of draws that starts from a number (Config::Random).
struct NumberedDraws {
  std::uint64_t state = 0;
  std::uint32_t operator()() { return static_cast<std::uint32_t>(wide() >> 32U); }
  std::uint64_t wide() { return gomap::hash_word(++state, 1); }
};

// How keys spread over buckets.
enum class Spread : std::uint8_t { mixed, clumped, one_bucket, one_top };

[[nodiscard]] inline rc::Gen<Spread> any_spread() {
  return rc::gen::weightedElement<Spread>(
      {{3, Spread::mixed}, {4, Spread::clumped}, {1, Spread::one_bucket}, {1, Spread::one_top}});
}

inline void showValue(Spread spread, std::ostream& os) {  // NOLINT(readability-identifier-naming)
  os << std::array{"mixed", "clumped", "one bucket", "one top hash"}.at(
      static_cast<std::size_t>(spread));
}

// The seeded hash of a kind's keys. Clumped: the low bits are the key's number, so that a stride of
// 2^B puts a whole act into one bucket.
template <class Kind>
struct SpreadHash {
  Spread spread = Spread::mixed;
  mutable std::uint64_t unequal = 0;  // hashes of NaN so far: each is new, as in Go

  std::uint64_t operator()(const typename Kind::Key& key, std::uint32_t seed) const {
    const std::optional<unsigned> number = Kind::number(key);
    const std::uint64_t mixed =
        gomap::hash_word(number ? *number : ~++unequal, std::uint64_t{seed} + 1);
    switch (spread) {
      case Spread::clumped:
        return (mixed & ~std::uint64_t{0xFFFF}) | (number ? *number : unequal & 0xFFFFU);
      case Spread::one_bucket:
        return mixed & ~std::uint64_t{0xFFFF};
      case Spread::one_top:
        return mixed >> 8U;
      case Spread::mixed:
        break;
    }
    return mixed;
  }
};

// A kind says what the key and the element of a number are, and which number a key is: nothing if
// it equals nothing.
struct Words {  // Go's fast family
  using Key = std::uint64_t;
  using Elem = int;
  static Key key(unsigned number) { return number; }
  static std::optional<unsigned> number(Key key) { return static_cast<unsigned>(key); }
};

struct Texts {  // behind pointers; empty, short, and too long to lie in the string itself
  using Key = std::string;
  using Elem = int;
  static Key key(unsigned number) {
    return number == 0 ? Key() : std::string(number % 3 * 20, '-') + std::to_string(number);
  }
  static std::optional<unsigned> number(const Key& key) {
    const std::size_t digits = key.find_first_not_of('-');
    return digits == Key::npos ? 0U : static_cast<unsigned>(std::stoul(key.substr(digits)));
  }
};

struct Doubles {  // +0 and -0 are one key in two forms, every NaN is a key of its own
  using Key = double;
  using Elem = int;
  static Key key(unsigned number) {
    switch (number) {
      case 1:
        return -0.0;
      case 2:
        return std::numeric_limits<double>::quiet_NaN();
      case 3:
        return -std::numeric_limits<double>::quiet_NaN();
      case 4:
        return std::numeric_limits<double>::infinity();
      default:
        return number / 2.0;
    }
  }
  static std::optional<unsigned> number(Key key) {
    if (std::isnan(key)) {
      return std::nullopt;
    }
    return std::isinf(key) ? 4U : static_cast<unsigned>(key * 2);
  }
};

struct Owned {  // elements that can be moved and not copied
  using Key = std::uint32_t;
  using Elem = std::unique_ptr<int>;
  static Key key(unsigned number) { return number; }
  static std::optional<unsigned> number(Key key) { return key; }
};

struct Bulk {  // a key of Go's generic family, and an element above 128 bytes
  struct Key {
    std::array<std::uint16_t, 5> parts{};
    friend bool operator==(const Key&, const Key&) = default;
  };
  struct Elem {
    std::array<int, 40> copies{};
    friend bool operator==(const Elem&, const Elem&) = default;
  };
  static Key key(unsigned number) { return {{0, 0, static_cast<std::uint16_t>(number), 0, 1}}; }
  static std::optional<unsigned> number(const Key& key) { return key.parts[2]; }
};

template <class Elem>
[[nodiscard]] Elem elem_of(int value) {
  if constexpr (std::is_same_v<Elem, Owned::Elem>) {
    return std::make_unique<int>(value);
  } else if constexpr (std::is_same_v<Elem, Bulk::Elem>) {
    Elem elem;
    elem.copies.fill(value);
    return elem;
  } else {
    return value;
  }
}

// 0 of an element that is still what a new one starts from.
template <class Elem>
[[nodiscard]] int value_of(const Elem& elem) {
  if constexpr (std::is_same_v<Elem, Owned::Elem>) {
    return elem == nullptr ? 0 : *elem;
  } else if constexpr (std::is_same_v<Elem, Bulk::Elem>) {
    return elem.copies.front() == elem.copies.back() ? elem.copies.front() : -1;
  } else {
    return elem;
  }
}

template <int Width>
struct TypedConfig : gomap::DefaultConfig {
  static constexpr int width = Width;
  // Checkers read dead cells.
  static constexpr bool poison = false;
  using Random = NumberedDraws;
};

template <class Kind, int Width = 8>
using TypedMap = gomap::Map<typename Kind::Key, typename Kind::Elem, SpreadHash<Kind>,
                            gomap::DefaultEqual<typename Kind::Key>, TypedConfig<Width>>;

// A map of the kind, with nothing in it.
template <class Kind, int Width = 8>
[[nodiscard]] TypedMap<Kind, Width> typed_map(Spread spread, std::uint64_t seed = 0,
                                              std::int64_t hint = 0) {
  return TypedMap<Kind, Width>(hint, SpreadHash<Kind>{spread}, {}, NumberedDraws{seed});
}

// What a map holds, by the numbers of its keys, and what it must hold after a write.
struct Contents {
  std::map<unsigned, int> entries;
  std::multiset<int> unequal;  // elements of keys that equal nothing
  friend bool operator==(const Contents&, const Contents&) = default;

  [[nodiscard]] std::size_t size() const { return entries.size() + unequal.size(); }

  template <class Kind>
  void apply(const Write& write) {
    const std::optional<unsigned> number = Kind::number(Kind::key(write.key));
    if (write.verb == Verb::clear) {
      *this = {};
    } else if (write.verb == Verb::assign && !number) {
      unequal.insert(write.value);
    } else if (write.verb == Verb::assign) {
      entries[*number] = write.value;
    } else if (number) {
      entries.erase(*number);
    }
  }
};

inline void showValue(const Contents& held, std::ostream& os) {  // NOLINT: RapidCheck's name
  rc::show(held.entries, os);
  os << " and, of keys that equal nothing, ";
  rc::show(held.unequal, os);
}

template <class Kind, class Map>
void apply(Map& map, const Write& write) {
  switch (write.verb) {
    case Verb::assign:
      map.assign(Kind::key(write.key)) = elem_of<typename Kind::Elem>(write.value);
      break;
    case Verb::erase:
      map.erase(Kind::key(write.key));
      break;
    case Verb::clear:
      map.clear();
      break;
  }
}

template <class Kind, class Map>
void run(Map& map, const Acts& acts) {
  for_each_write(acts, [&](const Write& write) { apply<Kind>(map, write); });
}

template <class Kind>
[[nodiscard]] Contents contents_after(const Acts& acts) {
  Contents held;
  for_each_write(acts, [&](const Write& write) { held.apply<Kind>(write); });
  return held;
}

// What one walk of the map produces. Fails the property that calls it where a key comes twice.
template <class Kind, class Map>
[[nodiscard]] Contents contents_of(const Map& map) {
  Contents held;
  for (auto it = map.iter(); it.next();) {
    const std::optional<unsigned> number = Kind::number(it.key());
    if (!number) {
      held.unequal.insert(value_of(it.elem()));
    } else if (!held.entries.emplace(*number, value_of(it.elem())).second) {
      RC_FAIL("a walk produced one key twice");
    }
  }
  return held;
}

// Fails the property that calls it, unless walk, look-ups and len agree on `wanted`.
template <class Kind, class Map>
void require_holds(const Map& map, const Contents& wanted) {
  RC_ASSERT(contents_of<Kind>(map) == wanted);
  RC_ASSERT(map.size() == wanted.size());
  for (const auto& [number, value] : wanted.entries) {
    const auto* elem = map.access2(Kind::key(number));
    RC_ASSERT(elem != nullptr);
    RC_ASSERT(value_of(*elem) == value);
  }
}

// A map after a generated history, half of them in the middle of a growth, and what it must hold.
template <class Kind>
struct Filled {
  TypedMap<Kind> map;
  Contents held;

  void write(const Write& write) {
    held.apply<Kind>(write);
    apply<Kind>(map, write);
  }
};

template <class Kind>
[[nodiscard]] Filled<Kind> any_filled(std::uint64_t seed = 0) {
  constexpr unsigned unused = 2000;
  constexpr unsigned enough = 200;
  Filled<Kind> made{typed_map<Kind>(*any_spread(), seed), {}};
  for_each_write(*any_acts(), [&](const Write& write) { made.write(write); });
  if (*rc::gen::arbitrary<bool>()) {
    for (unsigned n = 0; n < enough && !gomap::view_of(made.map).growing(); ++n) {
      made.write({Verb::assign, unused + n, 1});
    }
  }
  RC_CLASSIFY(gomap::view_of(made.map).growing(), "in the middle of a growth");
  return made;
}

// Hints that give 1 to 64 buckets.
[[nodiscard]] inline rc::Gen<std::int64_t> table_hint() {
  return rc::gen::element<std::int64_t>(0, 0, 0, 9, 14, 27, 53, 105, 209);
}

// Runs a generated history, and calls check(before, write, map) after each write: of `before` the
// numbers are those before it, what they point to may be gone.
template <class Kind, class Check>
void watch_writes(std::int64_t hint, Check check) {
  const Acts acts = *any_acts();
  auto map = typed_map<Kind>(*any_spread(), 0, hint);
  Met met;
  for_each_write(acts, [&](const Write& write) {
    const gomap::TableView before = gomap::view_of(map);
    apply<Kind>(map, write);
    check(before, write, map);
    met.look(gomap::view_of(map));
  });
  met.classify();
}

[[nodiscard]] inline bool same_size(const gomap::TableView& view) {
  return (view.flags & gomap::kSameSizeGrow) != 0;
}

[[nodiscard]] inline std::size_t old_buckets(const gomap::TableView& view) {
  return gomap::bucket_count(view.B) / (same_size(view) ? 1 : 2);
}

// The exponent that makemap gives for so many entries (spec 2.2).
[[nodiscard]] inline std::uint8_t exponent_for(std::size_t entries) {
  std::uint8_t b = 0;
  while (gomap::over_load_factor<8>(entries, b)) {
    ++b;
  }
  return b;
}

}  // namespace mapfuzz
