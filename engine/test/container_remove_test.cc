// Taking entries out: erase in all its forms, extract, merge, erase_if.

#include <gmock/gmock.h>

#include <limits>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

#include "test/support.h"

namespace gomap::test {
namespace {

using testing::Pair;
using testing::UnorderedElementsAre;
using M = Map<int, std::string>;

// What must be there; a test that is wrong about it ends there.
template <class T>
[[nodiscard]] T present(std::optional<T> value) {
  if (!value.has_value()) {
    throw std::logic_error("nothing was taken out");
  }
  return *std::move(value);
}

M numbered(int from, int to) {
  M map;
  for (int n = from; n < to; ++n) {
    map[n] = std::to_string(n);
  }
  return map;
}

TEST(ContainerRemove, EraseSaysHowMany) {
  M map = numbered(0, 10);
  EXPECT_EQ(map.erase(3), 1U);
  EXPECT_EQ(map.erase(3), 0U);
  EXPECT_EQ(M().erase(3), 0U);
  EXPECT_EQ(map.erase({}), 1U) << "the zero key, not an iterator";
  EXPECT_EQ(map.size(), 8U);
}

TEST(ContainerRemove, ErasingInALoopByIterator) {
  for (const int size : {1, 8, 9, 100, 1000}) {
    M map = numbered(0, size);
    int steps = 0;
    for (auto it = map.begin(); it != map.end(); ++steps) {
      if (it->first % 3 == 0) {
        it = map.erase(it);
      } else {
        ++it;
      }
    }
    EXPECT_EQ(steps, size);
    EXPECT_EQ(map.size(), static_cast<std::size_t>(size - (size + 2) / 3));
    for (M::const_iterator it = map.cbegin(); it != map.cend();) {
      it = map.erase(it);
    }
    EXPECT_TRUE(map.empty());
  }
}

TEST(ContainerRemove, ErasingARange) {
  M map = numbered(0, 100);
  auto from = map.begin();
  std::advance(from, 30);
  EXPECT_EQ(map.erase(from, map.end()), map.end());
  EXPECT_EQ(map.size(), 30U);
  map.erase(map.begin(), map.end());
  EXPECT_TRUE(map.empty());
  map.erase(map.begin(), map.end());
  EXPECT_TRUE(map.empty());
}

TEST(ContainerRemove, ErasingWhatWasFoundEndsThere) {
  M map = numbered(0, 10);
  EXPECT_EQ(map.erase(map.find(4)), map.end());
  EXPECT_EQ(map.size(), 9U);
}

TEST(ContainerRemove, ANeverEqualKeyGoesOnlyWithAll) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  Map<double, int> map{{nan, 1}, {nan, 2}, {1.0, 3}};
  EXPECT_EQ(map.erase(nan), 0U);
  for (auto it = map.begin(); it != map.end();) {
    it = map.erase(it);
  }
  EXPECT_EQ(map.size(), 2U);
  EXPECT_EQ(erase_if(map, [](const auto&) { return true; }), 0U);
  EXPECT_FALSE(map.extract(map.begin()).has_value());
  map.clear();
  EXPECT_TRUE(map.empty());
}

TEST(ContainerRemove, ExtractGivesTheEntryAway) {
  M map = numbered(0, 30);
  auto taken = present(map.extract(7));
  EXPECT_EQ(taken, (std::pair<int, std::string>(7, "7")));
  EXPECT_FALSE(map.contains(7));
  EXPECT_FALSE(map.extract(7).has_value());
  EXPECT_FALSE(M().extract(7).has_value());
  EXPECT_EQ(present(map.extract(map.find(8))).second, "8");
  EXPECT_EQ(present(map.extract(std::as_const(map).find(9))).second, "9");
  EXPECT_EQ(map.size(), 27U);
  taken.first = 700;
  EXPECT_TRUE(map.insert(std::move(taken)).second) << "how a key is changed";
  EXPECT_EQ(map.at(700), "7");
}

TEST(ContainerRemove, WhatCannotBeCopiedIsMovedOut) {
  Map<int, std::unique_ptr<int>> map;
  map.try_emplace(1, std::make_unique<int>(5));
  const int* const value = map.at(1).get();
  EXPECT_EQ(present(map.extract(1)).second.get(), value);
}

// An iterator may look at keys that have left; extract must not have emptied them.
TEST(ContainerRemove, ExtractingInALoopOverAGrowingMap) {
  for (int size = 1; size < 150; ++size) {
    Map<std::string, int> map;
    for (int n = 0; n < size; ++n) {
      map["a long text, so that moving it leaves it empty " + std::to_string(n)] = n;
    }
    map[""] = -1;
    int empties = 0;
    auto it = map.begin();
    for (int n = 0; n < size; ++n) {
      map["more of them, to start a growth " + std::to_string(n)] = 0;
    }
    for (; it != map.end(); ++it) {
      const int n = it->second;
      empties += n == -1 ? 1 : 0;
      if (n > 0) {
        EXPECT_EQ(present(map.extract(it)).second, n);
      }
      (void)map.extract("a long text, so that moving it leaves it empty " + std::to_string(n + 1));
    }
    ASSERT_EQ(empties, 1) << size;
  }
}

TEST(ContainerRemove, MergeTakesWhatIsMissing) {
  M a = numbered(0, 60);
  M b = numbered(40, 100);
  b[50] = "b's";
  a.merge(b);
  EXPECT_EQ(a.size(), 100U);
  EXPECT_EQ(a.at(50), "50");
  EXPECT_EQ(a.at(99), "99");
  EXPECT_EQ(b.size(), 20U);
  EXPECT_EQ(b.at(50), "b's");
  a.merge(a);
  EXPECT_EQ(a.size(), 100U);
  a.merge(M{{100, "hundred"}});
  EXPECT_EQ(a.at(100), "hundred");
  M none;
  none.merge(a);
  EXPECT_EQ(none.size(), 101U);
  EXPECT_TRUE(a.empty());
}

TEST(ContainerRemove, MergeBetweenMapsOfOtherHashes) {
  M a{{1, "one"}};
  Map<int, std::string, std::hash<int>> b{{1, "uno"}, {2, "dos"}};
  a.merge(b);
  EXPECT_THAT(a, UnorderedElementsAre(Pair(1, "one"), Pair(2, "dos")));
  EXPECT_THAT(b, UnorderedElementsAre(Pair(1, "uno")));
}

// Throws at the k-th copy; moving throws nothing.
struct Brittle {
  static inline int until_throw = -1;
  std::string text;

  explicit Brittle(std::string t) : text(std::move(t)) {}
  Brittle(const Brittle& other) : text(other.text) {
    if (until_throw-- == 0) {
      throw std::runtime_error("copy");
    }
  }
  Brittle(Brittle&& other) noexcept = default;
  Brittle& operator=(const Brittle&) = default;
  Brittle& operator=(Brittle&&) = default;
  ~Brittle() = default;
  friend bool operator==(const Brittle&, const Brittle&) = default;
};
struct BrittleHash {
  std::size_t operator()(const Brittle& key) const { return std::hash<std::string>{}(key.text); }
};

TEST(ContainerRemove, AMergeThatThrowsLosesNothing) {
  for (int k = 0; k < 40; ++k) {
    Map<Brittle, std::string, BrittleHash> a;
    Map<Brittle, std::string, BrittleHash> b;
    for (int n = 0; n < 30; ++n) {
      b.try_emplace(Brittle(std::to_string(n)), std::to_string(n));
    }
    Brittle::until_throw = k;
    try {
      a.merge(b);
      EXPECT_EQ(k, 30 + (k - 30));
    } catch (const std::runtime_error&) {
      EXPECT_EQ(a.size(), static_cast<std::size_t>(k));
    }
    Brittle::until_throw = -1;
    EXPECT_EQ(a.size() + b.size(), 30U);
    for (int n = 0; n < 30; ++n) {
      const Brittle key(std::to_string(n));
      const auto& there = a.contains(key) ? a : b;
      EXPECT_EQ(there.at(key), std::to_string(n));
    }
  }
}

TEST(ContainerRemove, EraseIfCountsWhatItErases) {
  M map = numbered(0, 200);
  EXPECT_EQ(erase_if(map, [](const auto& entry) { return entry.first % 4 != 0; }), 150U);
  EXPECT_EQ(map.size(), 50U);
  EXPECT_EQ(erase_if(map, [](auto& entry) { return entry.second == "0"; }), 1U);
  EXPECT_EQ(erase_if(map, [](const M::value_type& entry) { return entry.first == 4; }), 1U)
      << "a predicate written for std::unordered_map";
  EXPECT_EQ(std::as_const(map).size(), 48U);
}

TEST(ContainerRemove, ThePredicateMayWrite) {
  M map = numbered(0, 50);
  const std::size_t erased = erase_if(map, [&](const auto& entry) {
    const int key = entry.first;
    if (key < 50) {
      map[key + 100] = "new";
      map[key + 200] = "new";
    }
    return key < 50;
  });
  EXPECT_EQ(erased, 50U);
  EXPECT_EQ(map.size(), 100U);
}

}  // namespace
}  // namespace gomap::test
