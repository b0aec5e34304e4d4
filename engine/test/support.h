// What the engine's tests share: draws and hashes that the test decides, and short words for what
// lies inside a map (gomap/inspect.h).
//
// A key made by key_in<Key>(bucket, n) has that bucket in the low bits of its hash, for any bucket
// count up to 2^16, and top byte 0x40, unless the test changes the rule.
#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <type_traits>
#include <vector>

#include "gomap/inspect.h"
#include "gomap/map.h"

namespace gomap::test {

// First the draws that were written down, then 0, 1, 2, ...
class Draws {
 public:
  void next(std::initializer_list<std::uint64_t> draws) { written_.insert(written_.end(), draws); }

  std::uint64_t take() {
    ++taken_;
    if (written_.empty()) {
      return counter_++;
    }
    const std::uint64_t draw = written_.front();
    written_.pop_front();
    return draw;
  }

  [[nodiscard]] std::size_t taken() const { return taken_; }

 private:
  std::deque<std::uint64_t> written_;
  std::uint64_t counter_ = 0;
  std::size_t taken_ = 0;
};

struct ScriptedRandom {
  Draws* draws = nullptr;
  std::uint32_t operator()() const { return static_cast<std::uint32_t>(wide()); }
  std::uint64_t wide() const { return draws == nullptr ? 0 : draws->take(); }
};

// For tests that look at dead cells.
struct UnpoisonedConfig : DefaultConfig {
  static constexpr bool poison = false;
};

template <int Width>
struct ScriptedConfig : UnpoisonedConfig {
  static constexpr int width = Width;
  using Random = ScriptedRandom;
};

// Counts as a type with pointers inside (below), and otherwise acts as a number.
struct Boxed {
  std::uint64_t value = 0;
  friend bool operator==(const Boxed&, const Boxed&) = default;
};

}  // namespace gomap::test

template <>
struct gomap::slot_traits<gomap::test::Boxed> : gomap::default_slot_traits<gomap::test::Boxed> {
  static constexpr bool has_pointers = true;
  static constexpr bool needs_key_update = true;
};

namespace gomap::test {

template <class Key>
[[nodiscard]] std::uint64_t number_of(const Key& key) {
  if constexpr (requires { key.value; }) {
    return key.value;
  } else if constexpr (std::is_arithmetic_v<Key>) {
    return static_cast<std::uint64_t>(key);
  } else {
    return 0;  // the test sets a rule of its own
  }
}

template <class Key>
[[nodiscard]] Key key_in(std::size_t bucket, std::size_t n) {
  const std::uint64_t number = (n << 16U) | bucket;
  if constexpr (std::is_class_v<Key>) {
    return Key{number};
  } else {
    return static_cast<Key>(number);
  }
}

inline constexpr std::uint8_t kTop = 0x40;

[[nodiscard]] constexpr std::uint64_t hash_with(std::uint8_t top, std::uint64_t low) {
  return (std::uint64_t{top} << 56U) | low;
}

// The hash of each key, and what the map asked for.
template <class Key>
struct Hashes {
  std::function<std::uint64_t(const Key&)> rule = [](const Key& key) {
    return hash_with(kTop, number_of(key));
  };
  std::size_t calls = 0;
  std::uint32_t last_seed = 0;
};

template <class Key>
struct ChosenHash {
  Hashes<Key>* hashes = nullptr;
  std::uint64_t operator()(const Key& key, std::uint32_t seed) const {
    ++hashes->calls;
    hashes->last_seed = seed;
    return hashes->rule(key);
  }
};

// A map together with all it is fed from.
template <class Key = std::uint64_t, class Elem = std::uint64_t, int Width = 8>
class Rig {
 public:
  using Map = gomap::Map<Key, Elem, ChosenHash<Key>, std::equal_to<Key>, ScriptedConfig<Width>>;

  explicit Rig(std::int64_t hint = 0) : map(make(hint)) {}

  [[nodiscard]] Map make(std::int64_t hint = 0) {
    return Map(hint, ChosenHash<Key>{&hashes}, {}, ScriptedRandom{&draws});
  }

  [[nodiscard]] TableView view() const { return view_of(map); }

  // Assigns key n of the bucket and says which key that was.
  Key put(std::size_t bucket, std::size_t n) {
    const Key key = key_in<Key>(bucket, n);
    (void)map.assign(key);
    return key;
  }
  void put(std::size_t bucket, std::size_t first, std::size_t last) {
    for (std::size_t n = first; n < last; ++n) {
      put(bucket, n);
    }
  }
  bool drop(std::size_t bucket, std::size_t n) { return map.erase(key_in<Key>(bucket, n)); }

  // Brings noverflow to the number of buckets, so that the next insert starts a same-size growth,
  // by filling the chains one after the other and emptying them again. Keys used: n >= 1000.
  void pile_up_overflow(std::initializer_list<std::size_t> chains) {
    const std::size_t wanted = std::size_t{1} << view().B;
    for (const std::size_t bucket : chains) {
      std::size_t n = 1000;
      while (view().noverflow < wanted && !over_load_factor<Width>(map.size() + 1, view().B)) {
        put(bucket, n++);
      }
      while (n > 1000) {
        drop(bucket, --n);
      }
    }
    ASSERT_EQ(view().noverflow, wanted) << "the chains given are too few";
    ASSERT_FALSE(view().growing());
  }

  // Deletes keys that are not there, in the given bucket, until no growth is on.
  std::size_t finish_growth(std::size_t bucket = 0) {
    std::size_t writes = 0;
    for (; view().growing(); ++writes) {
      drop(bucket, 999'999);
    }
    return writes;
  }

  Draws draws;
  Hashes<Key> hashes;
  Map map;
};

template <class T>
[[nodiscard]] T read(const std::byte* bytes) {
  T value;
  std::memcpy(&value, bytes, sizeof value);
  return value;
}

[[nodiscard]] inline std::vector<BucketView> chain(BucketView base) {
  std::vector<BucketView> buckets;
  for (; base; base = base.overflow()) {
    buckets.push_back(base);
  }
  return buckets;
}

// A chain in one line: '-' emptyRest, '.' emptyOne, '#' filled, 'X' 'Y' 'E' evacuated, '|' a link.
[[nodiscard]] inline std::string shape(const TableView& view, BucketView base) {
  std::string out;
  for (const BucketView bucket : chain(base)) {
    out += out.empty() ? "" : "|";
    for (int cell = 0; cell < view.geometry->width; ++cell) {
      const std::uint8_t state = bucket.state(cell);
      out += state >= kMinTopHash ? '#' : std::string("-.XYE")[state];
    }
  }
  return out;
}

// Keys of the filled cells of a chain, in order.
template <class Key>
[[nodiscard]] std::vector<Key> keys(const TableView& view, BucketView base) {
  std::vector<Key> out;
  for (const BucketView bucket : chain(base)) {
    for (int cell = 0; cell < view.geometry->width; ++cell) {
      if (bucket.state(cell) >= kMinTopHash) {
        out.push_back(read<Key>(bucket.key(cell)));
      }
    }
  }
  return out;
}

[[nodiscard]] inline std::size_t old_bucket_count(const TableView& view) {
  return std::size_t{1} << (view.B - ((view.flags & kSameSizeGrow) != 0 ? 0U : 1U));
}

// The table has to agree with itself: count (I1) and the order of states in every live chain (I5).
inline void expect_consistent(const TableView& view) {
  std::size_t live = 0;
  const auto check = [&](BucketView base) {
    std::string states;
    for (const char c : shape(view, base)) {
      states += c == '|' ? "" : std::string(1, c);
      live += c == '#' ? 1 : 0;
    }
    const std::size_t used = states.find_last_not_of('-') + 1;
    ASSERT_EQ(states.substr(0, used).find_first_not_of("#."), std::string::npos) << states;
    ASSERT_TRUE(used == 0 || states[used - 1] == '#') << states;
  };
  if (view.buckets != nullptr) {
    for (std::size_t index = 0; index < std::size_t{1} << view.B; ++index) {
      check(view.bucket(index));
    }
  }
  if (view.growing()) {
    for (std::size_t index = view.old_readable_from; index < old_bucket_count(view); ++index) {
      if (!is_evacuated_mark(view.old_bucket(index).state(0))) {
        check(view.old_bucket(index));
      }
    }
  }
  ASSERT_EQ(live, view.count);
}

// What an iterator still produces.
template <class Iter>
[[nodiscard]] auto rest_of(Iter& it) {
  std::vector<typename Iter::Key> out;
  while (it.next()) {
    out.push_back(it.key());
  }
  return out;
}

}  // namespace gomap::test
