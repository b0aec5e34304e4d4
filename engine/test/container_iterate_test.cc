// Iterators and ranges: what they model, the forms of a loop, algorithms of the standard library.

#include <gmock/gmock.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <memory>
#include <numeric>
#include <ranges>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "test/support.h"

namespace gomap::test {
namespace {

using testing::Pair;
using testing::UnorderedElementsAre;
using M = Map<int, int>;
using Owners = Map<std::string, std::unique_ptr<int>>;

static_assert(std::input_iterator<M::iterator> && std::input_iterator<M::const_iterator>);
static_assert(std::input_iterator<Owners::iterator> && std::input_iterator<Owners::const_iterator>);
static_assert(!std::forward_iterator<M::iterator>, "the reference lies in the iterator");
static_assert(std::ranges::input_range<M> && std::ranges::input_range<const M>);
static_assert(std::ranges::input_range<Owners> && std::ranges::input_range<const Owners>);
static_assert(std::ranges::common_range<M> && std::ranges::sized_range<M>);
static_assert(
    std::is_same_v<std::iterator_traits<M::iterator>::iterator_category, std::input_iterator_tag>);
static_assert(std::is_same_v<std::iter_value_t<M::iterator>, M::value_type>);
static_assert(std::is_convertible_v<M::iterator, M::const_iterator>);
static_assert(!std::is_convertible_v<M::const_iterator, M::iterator>);
static_assert(std::sentinel_for<std::default_sentinel_t, M::iterator>);

M squares(int n) {
  M map;
  for (int k = 0; k < n; ++k) {
    map[k] = k * k;
  }
  return map;
}

TEST(ContainerIterate, EachEntryComesOnce) {
  for (const int size : {0, 1, 8, 9, 53, 208, 1000}) {
    const M map = squares(size);
    std::map<int, int> seen;
    for (const auto& [key, elem] : map) {
      EXPECT_TRUE(seen.emplace(key, elem).second);
      EXPECT_EQ(elem, key * key);
    }
    EXPECT_EQ(seen.size(), static_cast<std::size_t>(size));
  }
}

TEST(ContainerIterate, EveryFormOfLoopNamesTheEntryItself) {
  M map = squares(20);
  for (auto& [key, elem] : map) {
    static_assert(std::is_same_v<decltype(key), const int>);
    static_assert(std::is_same_v<decltype(elem), int>);
    elem += 1;
  }
  for (auto&& [key, elem] : map) {
    elem += key < 100 ? 1 : 0;
  }
  for (auto& entry : map) {
    entry.second += 1;
  }
  for (auto [key, elem] : map) {
    elem += key < 100 ? 1 : 0;  // not a copy, as it would be with std::unordered_map
  }
  int sum = 0;
  for (const auto& [key, elem] : map) {
    static_assert(std::is_same_v<decltype(elem), const int>);
    sum += elem - key * key;
  }
  EXPECT_EQ(sum, 20 * 4);
}

TEST(ContainerIterate, AConstMapGivesConstElements) {
  const M map = squares(3);
  for (auto& [key, elem] : map) {
    static_assert(std::is_same_v<decltype(elem), const int>);
    EXPECT_EQ(elem, key * key);
  }
  static_assert(std::is_same_v<decltype((map.begin()->second)), const int&>);
  static_assert(std::is_same_v<decltype((M().cbegin()->second)), const int&>);
}

// What a temporary iterator points at is in the map, not in the iterator.
TEST(ContainerIterate, AnEntryOutlivesTheIteratorItCameFrom) {
  M map{{1, 10}};
  const int& key = map.begin()->first;
  int& elem = map.find(1)->second;
  auto [k, v] = *map.begin();
  auto&& [k2, v2] = *map.find(1);
  const auto& [k3, v3] = *map.find(1);
  elem = 11;
  EXPECT_EQ(key + k + k2 + k3, 4);
  EXPECT_EQ(v, 11);
  EXPECT_EQ(v2 + v3, 22);
  static_assert(!std::is_lvalue_reference_v<decltype(*map.begin())>);
}

TEST(ContainerIterate, IteratorsAreValues) {
  const M map = squares(100);
  auto it = map.begin();
  std::advance(it, 40);
  auto copy = it;
  EXPECT_EQ(copy, it);
  EXPECT_EQ(*copy, *it);
  ++it;
  EXPECT_NE(copy, it);
  EXPECT_EQ(std::distance(copy, map.end()), 60) << "a copy walks on by itself";
  EXPECT_EQ(std::distance(it, map.end()), 59);
  copy = it;
  EXPECT_EQ(std::distance(copy, map.end()), 59);
  const auto moved = std::move(copy);
  EXPECT_EQ(moved, it);
  EXPECT_EQ(M::const_iterator(), map.end());
  EXPECT_TRUE(M::const_iterator() == std::default_sentinel);
  EXPECT_FALSE(it == std::default_sentinel);
}

TEST(ContainerIterate, TheOldPlaceOfAPostfixStepIsStillThere) {
  M map = squares(30);
  for (auto it = map.begin(); it != map.end();) {
    const int key = it->first;
    const auto old = it++;
    EXPECT_EQ(old->first, key);
    if (key % 2 == 0) {
      map.erase(old);
    }
  }
  EXPECT_EQ(map.size(), 15U);
}

TEST(ContainerIterate, AlgorithmsOfBothKindsTakeIt) {
  const M map = squares(50);
  EXPECT_EQ(std::accumulate(map.begin(), map.end(), 0,
                            [](int sum, const auto& entry) { return sum + entry.first; }),
            49 * 25);
  const auto is_big = [](const auto& entry) { return entry.second > 400; };
  EXPECT_EQ(std::count_if(map.begin(), map.end(), is_big), 29);
  EXPECT_EQ(std::ranges::count_if(map, is_big), 29);
  EXPECT_TRUE(std::any_of(map.begin(), map.end(), is_big));
  const auto found = std::ranges::find_if(map, [](const auto& e) { return e.second == 49; });
  ASSERT_NE(found, map.end());
  EXPECT_EQ(found->first, 7);
  EXPECT_NE(std::find(map.begin(), map.end(), std::pair<const int, int>(7, 49)), map.end());
  EXPECT_EQ(std::find(map.begin(), map.end(), std::pair<const int, int>(7, 50)), map.end());
  std::vector<int> keys;
  std::transform(map.begin(), map.end(), std::back_inserter(keys),
                 [](const auto& entry) { return entry.first; });
  EXPECT_EQ(keys.size(), 50U);
  std::ranges::for_each(map, [&](const auto& entry) { keys.push_back(entry.first); });
  EXPECT_EQ(keys.size(), 100U);
  EXPECT_EQ(std::ranges::distance(map), 50);
}

TEST(ContainerIterate, OtherContainersAreMadeFromIt) {
  const M map = squares(10);
  const std::map<int, int> ordered(map.begin(), map.end());
  EXPECT_EQ(ordered.at(9), 81);
  const std::vector<std::pair<int, int>> pairs(map.begin(), map.end());
  EXPECT_EQ(pairs.size(), 10U);
  const std::vector copies(map.begin(), map.end());
  static_assert(std::is_same_v<decltype(copies), const std::vector<std::pair<const int, int>>>);
  const std::pair<const int, int> first = *map.begin();
  EXPECT_EQ(first.second, first.first * first.first);
  std::map<int, int> more;
  more.insert(map.begin(), map.end());
  for (const auto& entry : map) {
    more.insert(entry);
  }
  EXPECT_EQ(more, ordered);
}

TEST(ContainerIterate, MatchersTakeIt) {
  const Map<std::string, int> map{{"a", 1}, {"b", 2}};
  EXPECT_THAT(map, UnorderedElementsAre(Pair("a", 1), Pair("b", 2)));
  EXPECT_THAT(map, testing::Contains(Pair("a", testing::Gt(0))));
  EXPECT_THAT(map, testing::SizeIs(2));
  EXPECT_THAT(map, testing::Not(testing::IsEmpty()));
  EXPECT_EQ(*map.find("a"), (std::pair<const std::string, int>("a", 1)));
}

TEST(ContainerIterate, EachLoopStartsAtRandom) {
  const M map = squares(8);
  std::map<int, int> firsts;
  for (int n = 0; n < 200; ++n) {
    ++firsts[map.begin()->first];
  }
  EXPECT_EQ(firsts.size(), 8U) << "one in 10^11 runs misses a cell";
}

}  // namespace
}  // namespace gomap::test
