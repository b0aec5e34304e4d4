// Keys and elements of every kind: move-only, immovable, over-aligned, empty, large, without a
// default, throwing, and types that contain a map of themselves.

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "test/support.h"

namespace gomap::test {
namespace {

TEST(ContainerTypes, MoveOnlyKeysAndElements) {
  Map<std::unique_ptr<int>, std::unique_ptr<int>> map;
  std::vector<const int*> raw;
  for (int n = 0; n < 200; ++n) {
    auto key = std::make_unique<int>(n);
    raw.push_back(key.get());
    EXPECT_TRUE(map.emplace(std::move(key), std::make_unique<int>(-n)).second);
  }
  map[std::make_unique<int>(1)] = nullptr;
  EXPECT_TRUE(map.insert(std::pair(std::make_unique<int>(2), nullptr)).second);
  EXPECT_EQ(map.size(), 202U);
  int sum = 0;
  for (auto& [key, elem] : map) {
    sum += elem == nullptr ? 0 : *key + *elem;
  }
  EXPECT_EQ(sum, 0);
  auto other = std::move(map);
  map.merge(other);
  EXPECT_EQ(map.size(), 202U);
  std::size_t taken = 0;
  for (auto it = map.begin(); it != map.end(); ++it) {
    taken += map.extract(it).has_value() ? 1 : 0;
  }
  EXPECT_EQ(taken, 202U);
  EXPECT_TRUE(map.empty());
}

struct Immovable {
  explicit Immovable(int a, int b = 0) : sum(a + b) {}
  Immovable(const Immovable&) = delete;
  Immovable& operator=(const Immovable&) = delete;
  ~Immovable() = default;
  int sum;
};

TEST(ContainerTypes, ImmovableElementsAreMadeWhereTheyStay) {
  Map<int, Immovable> map;
  for (int n = 0; n < 300; ++n) {
    map.try_emplace(n, n, 1);
  }
  map.emplace(std::piecewise_construct, std::tuple(300), std::tuple(300, 1));
  const Immovable* const first = &map.at(0);
  EXPECT_EQ(map.at(300).sum, 301);
  map.erase(7);
  EXPECT_EQ(&map.at(0), first) << "and never move";
  const Map<int, Immovable> moved(std::move(map));
  EXPECT_EQ(&moved.at(0), first);
}

template <std::size_t kAlign>
struct alignas(kAlign) Aligned {
  std::uint64_t value = 0;
  friend bool operator==(const Aligned&, const Aligned&) = default;
};
struct AlignedHash {
  template <std::size_t kAlign>
  std::size_t operator()(const Aligned<kAlign>& key) const {
    return key.value;
  }
};

template <std::size_t kAlign>
void aligned_keys_and_elements() {
  Map<Aligned<kAlign>, Aligned<2 * kAlign>, AlignedHash> map;
  for (std::uint64_t n = 0; n < 100; ++n) {
    map[Aligned<kAlign>{n}].value = n * n;
  }
  for (const auto& [key, elem] : map) {
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(&key) % kAlign, 0U);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(&elem) % (2 * kAlign), 0U);
    EXPECT_EQ(elem.value, key.value * key.value);
  }
  EXPECT_EQ(map.find(Aligned<kAlign>{9})->second.value, 81U);
  const auto it = map.find(Aligned<kAlign>{10});
  map.clear();
}

TEST(ContainerTypes, OverAlignedOnesAreAligned) {
  aligned_keys_and_elements<8>();
  aligned_keys_and_elements<16>();
  aligned_keys_and_elements<64>();
  aligned_keys_and_elements<4096>();
}

struct NoDefault {
  explicit NoDefault(int v) : value(v) {}
  int value;
  friend bool operator==(const NoDefault&, const NoDefault&) = default;
};
struct NoDefaultHash {
  std::size_t operator()(NoDefault key) const { return static_cast<std::size_t>(key.value); }
};

TEST(ContainerTypes, NoDefaultIsAsked) {
  Map<NoDefault, NoDefault, NoDefaultHash> map{{NoDefault(1), NoDefault(10)}};
  map.insert_or_assign(NoDefault(2), NoDefault(20));
  map.try_emplace(NoDefault(3), 30);
  EXPECT_EQ(map.at(NoDefault(3)).value, 30);
  auto copy = map;
  EXPECT_EQ(copy, map);
  const auto taken = copy.extract(NoDefault(2));
  EXPECT_TRUE(taken.has_value() && taken->second.value == 20);
  copy.merge(map);
  EXPECT_EQ(copy.size(), 3U);
}

struct Nothing {
  friend bool operator==(Nothing, Nothing) { return true; }
};
struct NothingHash {
  std::size_t operator()(Nothing) const { return 0; }
};

TEST(ContainerTypes, EmptyOnesTakeNoRoom) {
  Map<int, Nothing> set;
  for (int n = 0; n < 100; ++n) {
    set[n];
  }
  EXPECT_EQ(std::distance(set.begin(), set.end()), 100);
  auto it = set.find(5);
  set.erase(it);
  EXPECT_EQ(set.size(), 99U);
  Map<Nothing, int, NothingHash> one;
  one[Nothing()] = 1;
  one[Nothing()] += 1;
  EXPECT_EQ(one.begin()->second, 2);
  EXPECT_EQ(one.find(Nothing()), one.begin());
  Map<Nothing, Nothing, NothingHash> none{{Nothing(), Nothing()}};
  EXPECT_EQ(none.size(), 1U);
  EXPECT_NE(none.begin(), none.end());
}

TEST(ContainerTypes, LargeOnesLieBehindPointers) {
  using Large = std::array<std::uint64_t, 200>;
  struct LargeHash {
    std::size_t operator()(const Large& key) const { return key[0]; }
  };
  Map<Large, Large, LargeHash> map;
  for (std::uint64_t n = 0; n < 50; ++n) {
    map[Large{n}][199] = n;
  }
  const Large* const elem = &map.at(Large{7});
  for (std::uint64_t n = 50; n < 500; ++n) {
    map[Large{n}];
  }
  EXPECT_EQ(&map.at(Large{7}), elem);
  EXPECT_EQ((*elem)[199], 7U);
}

// A tree of maps: the element's type is not complete where the map is named.
struct Node {
  int value = 0;
  Map<std::string, Node> children;
  Map<int, std::unique_ptr<Node>> others;
};

TEST(ContainerTypes, ATypeMayContainAMapOfItself) {
  Node root;
  root.children["a"].children["b"].value = 7;
  root.others.try_emplace(1, std::make_unique<Node>());
  EXPECT_EQ(root.children.at("a").children.at("b").value, 7);
  Node moved = std::move(root);
  EXPECT_EQ(moved.children.at("a").children.size(), 1U);
}

// Counts itself; every k-th construction of any kind throws.
struct Trouble {
  static inline int alive = 0;
  static inline int until_throw = -1;
  int value;

  explicit Trouble(int v) : value(v) { born(); }
  Trouble(const Trouble& other) : value(other.value) { born(); }
  Trouble(Trouble&& other) noexcept(false) : value(other.value) { born(); }
  Trouble& operator=(const Trouble&) = default;
  Trouble& operator=(Trouble&&) = default;
  ~Trouble() { --alive; }
  friend bool operator==(const Trouble&, const Trouble&) = default;

 private:
  static void born() {
    if (until_throw-- == 0) {
      throw std::runtime_error("no");
    }
    ++alive;
  }
};
struct TroubleHash {
  std::size_t operator()(const Trouble& key) const { return static_cast<std::size_t>(key.value); }
};
using Troubled = Map<Trouble, Trouble, TroubleHash>;

// Runs `change` with the k-th construction failing, for every k until it gets through.
template <class Change>
void strong(Change change) {
  for (int k = 0;; ++k) {
    Trouble::until_throw = -1;
    Troubled map;
    for (int n = 0; n < 26; ++n) {
      map.try_emplace(Trouble(n), n);
    }
    const Troubled before(map);
    const int alive = Trouble::alive;
    Trouble::until_throw = k;
    try {
      change(map);
      Trouble::until_throw = -1;
      EXPECT_GT(k, 0);
      return;
    } catch (const std::runtime_error&) {
      Trouble::until_throw = -1;
      EXPECT_EQ(Trouble::alive, alive);
      EXPECT_EQ(map, before);
    }
  }
}

TEST(ContainerTypes, WhatThrowsChangesNothing) {
  strong([](Troubled& map) { map.try_emplace(Trouble(100), 1); });
  strong([](Troubled& map) { map.emplace(100, 1); });
  strong([](Troubled& map) { map.insert({Trouble(100), Trouble(1)}); });
  strong([](Troubled& map) { map.insert_or_assign(Trouble(100), Trouble(1)); });
  strong([](Troubled& map) { (void)map.extract(Trouble(3)); });
  strong([](Troubled& map) { map = Troubled(map); });
  Trouble::until_throw = -1;
  EXPECT_EQ(Trouble::alive, 0);
}

}  // namespace
}  // namespace gomap::test
