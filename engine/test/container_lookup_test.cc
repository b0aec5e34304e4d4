// Finding entries, and the ways to put them in: what each returns, what it does to its arguments.

#include <gmock/gmock.h>

#include <iterator>
#include <memory>
#include <stdexcept>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "test/support.h"

namespace gomap::test {
namespace {

using testing::Pair;
using testing::UnorderedElementsAre;
using M = Map<int, std::string>;

TEST(ContainerLookup, FindPointsAtTheEntry) {
  M map{{1, "one"}, {2, "two"}};
  const M::iterator it = map.find(1);
  ASSERT_NE(it, map.end());
  EXPECT_EQ(it->first, 1);
  EXPECT_EQ((*it).second, "one");
  it->second = "changed";
  EXPECT_EQ(map.at(1), "changed");
  EXPECT_EQ(map.find(3), map.end());
  const M& read = map;
  const M::const_iterator there = read.find(2);
  static_assert(std::is_same_v<decltype((there->second)), const std::string&>);
  EXPECT_EQ(there->second, "two");
  EXPECT_EQ(read.find(3), read.end());
  EXPECT_EQ(M::const_iterator(it), read.find(1));
  EXPECT_NE(read.find(1), read.find(2));
}

TEST(ContainerLookup, EveryKeyIsFoundAtEverySizeAndInMidGrowth) {
  Map<int, int> map;
  for (int n = 0; n < 300; ++n) {
    EXPECT_FALSE(map.contains(n));
    EXPECT_EQ(map.count(n), 0U);
    map[n] = -n;
    for (int k = 0; k <= n; k += 7) {
      ASSERT_NE(map.find(k), map.end());
      ASSERT_EQ(map.find(k)->second, -k);
      ASSERT_EQ(map.count(k), 1U);
    }
  }
}

TEST(ContainerLookup, AtThrowsWhereThereIsNothing) {
  M map{{1, "one"}};
  map.at(1) += "!";
  EXPECT_EQ(std::as_const(map).at(1), "one!");
  EXPECT_THROW((void)map.at(2), std::out_of_range);
  EXPECT_THROW((void)std::as_const(map).at(2), std::out_of_range);
  EXPECT_THROW((void)M().at(2), std::out_of_range);
  EXPECT_EQ(map.size(), 1U);
}

TEST(ContainerLookup, EqualRangeHoldsOneEntryOrNone) {
  M map{{1, "one"}, {2, "two"}};
  std::size_t seen = 0;
  for (auto [it, end] = map.equal_range(1); it != end; ++it) {
    EXPECT_EQ(it->second, "one");
    ++seen;
  }
  EXPECT_EQ(seen, 1U);
  const auto [first, last] = std::as_const(map).equal_range(3);
  EXPECT_EQ(first, last);
}

TEST(ContainerLookup, AFoundEntryIsOneStepFromTheEnd) {
  M map{{1, "one"}, {2, "two"}};
  auto it = map.find(1);
  EXPECT_EQ(++it, map.end());
}

TEST(ContainerStore, SubscriptMakesAZeroOnce) {
  Map<std::string, int> map;
  ++map["a"];
  ++map["a"];
  const std::string b = "b";
  map[b] = 5;
  map["c"];
  EXPECT_THAT(map, UnorderedElementsAre(Pair("a", 2), Pair("b", 5), Pair("c", 0)));
  std::string moved = "a name that is moved into the map, as it is long";
  map[std::move(moved)] = 1;
  EXPECT_TRUE(moved.empty());  // NOLINT(bugprone-use-after-move)
}

// Where std::unordered_map would have references that last; growth starts at every size here.
TEST(ContainerStore, AnEntryMayBeMadeFromAnother) {
  Map<int, int> map{{0, 1}};
  for (int n = 1; n < 500; ++n) {
    map[n] = map[n - 1];
    map[n] += 1;
  }
  EXPECT_EQ(map.at(499), 500);
  Map<int, std::string> texts{{0, "a text that is longer than the short ones"}};
  for (int n = 1; n < 500; ++n) {
    texts.try_emplace(n, texts.at(n - 1));
  }
  EXPECT_EQ(texts.at(499), texts.at(0));
  Map<int, int> more{{0, 7}};
  for (int n = 1; n < 500; ++n) {
    more.try_emplace(n, more.at(n - 1));
    more.insert_or_assign(n, more.at(0));
  }
  EXPECT_EQ(more.at(499), 7);
}

// Go's rule for keys that are equal and look different (spec 2.5).
TEST(ContainerStore, SubscriptRewritesTheKeyAndInsertDoesNot) {
  Map<double, int> map;
  map[0.0] = 1;
  map.insert({-0.0, 2});
  EXPECT_FALSE(std::signbit(map.begin()->first));
  map[-0.0] = 3;
  EXPECT_TRUE(std::signbit(map.begin()->first));
  EXPECT_EQ(map.size(), 1U);
}

TEST(ContainerStore, InsertTakesTheFirst) {
  M map;
  const auto [it, inserted] = map.insert({1, "one"});
  EXPECT_TRUE(inserted);
  EXPECT_EQ(it->second, "one");
  const M::value_type again(1, "again");
  const auto [there, second] = map.insert(again);
  EXPECT_FALSE(second);
  EXPECT_EQ(there->second, "one");
  EXPECT_EQ(there, it);
  EXPECT_EQ(map.insert(std::pair(2, "two")).first->second, "two") << "a pair of other types";
  map.insert({{3, "three"}, {1, "x"}});
  const std::vector<std::pair<int, const char*>> pairs{{4, "four"}, {3, "x"}};
  map.insert(pairs.begin(), pairs.end());
  EXPECT_THAT(
      map, UnorderedElementsAre(Pair(1, "one"), Pair(2, "two"), Pair(3, "three"), Pair(4, "four")));
}

TEST(ContainerStore, AHintIsTakenAndIgnored) {
  M map;
  EXPECT_EQ(map.insert(map.end(), {1, "one"})->second, "one");
  EXPECT_EQ(map.insert(map.cbegin(), M::value_type(1, "x"))->second, "one");
  EXPECT_EQ(map.emplace_hint(map.begin(), 2, "two")->second, "two");
  const std::vector<std::pair<int, std::string>> pairs{{3, "three"}, {4, "four"}};
  std::copy(pairs.begin(), pairs.end(), std::inserter(map, map.end()));
  EXPECT_EQ(map.size(), 4U);
}

TEST(ContainerStore, EntriesOfAnotherMapCanBeInserted) {
  M from{{1, "one"}, {2, "two"}};
  M to;
  to.insert(from.begin(), from.end());
  to.insert(*from.begin());
  for (const auto& entry : from) {
    to.insert(entry);
  }
  EXPECT_EQ(to, from);
}

TEST(ContainerStore, InsertOrAssignTakesTheLast) {
  M map;
  EXPECT_TRUE(map.insert_or_assign(1, "one").second);
  const auto [it, inserted] = map.insert_or_assign(1, "uno");
  EXPECT_FALSE(inserted);
  EXPECT_EQ(it->second, "uno");
  EXPECT_EQ(map.at(1), "uno");
}

TEST(ContainerStore, WhatIsThereLeavesTheArgumentsAlone) {
  Map<std::string, std::unique_ptr<int>> map;
  map.try_emplace("k", std::make_unique<int>(1));
  auto owner = std::make_unique<int>(2);
  std::string key = "k";
  EXPECT_FALSE(map.try_emplace(std::move(key), std::move(owner)).second);
  EXPECT_EQ(key, "k");        // NOLINT(bugprone-use-after-move)
  ASSERT_NE(owner, nullptr);  // NOLINT(bugprone-use-after-move)
  EXPECT_FALSE(map.emplace(std::move(key), std::move(owner)).second);
  EXPECT_FALSE(map.insert(std::pair("k", nullptr)).second);
  ASSERT_NE(owner, nullptr);
  EXPECT_EQ(*map.at("k"), 1);
  map.insert_or_assign("k", std::move(owner));
  EXPECT_EQ(*map.at("k"), 2);
}

TEST(ContainerStore, EmplaceTakesWhatAPairTakes) {
  M map;
  EXPECT_TRUE(map.emplace(1, "one").second);
  EXPECT_TRUE(map.emplace(std::pair(2, "two")).second);
  EXPECT_TRUE(map.emplace(std::piecewise_construct, std::tuple(3), std::tuple(3, 'c')).second);
  EXPECT_TRUE(map.emplace(std::piecewise_construct, std::tuple(), std::tuple()).second);
  EXPECT_FALSE(map.emplace().second) << "the zero key is there by now";
  EXPECT_TRUE(map.emplace(short{7}, std::string("seven")).second) << "a key that converts";
  EXPECT_THAT(map, UnorderedElementsAre(Pair(0, ""), Pair(1, "one"), Pair(2, "two"), Pair(3, "ccc"),
                                        Pair(7, "seven")));
}

// Keys and elements whose constructors count.
struct Counted {
  static inline int made = 0;
  int value;
  explicit Counted(int v) : value(v) { ++made; }
  Counted(const Counted& other) : value(other.value) { ++made; }
  Counted& operator=(const Counted&) = default;
  ~Counted() = default;
  friend bool operator==(const Counted&, const Counted&) = default;
};
struct CountedHash {
  std::size_t operator()(const Counted& key) const { return static_cast<std::size_t>(key.value); }
};

TEST(ContainerStore, NothingIsMadeThatIsNotNeeded) {
  Map<int, Counted> elems;
  Counted::made = 0;
  elems.try_emplace(1, 10);
  EXPECT_EQ(Counted::made, 1) << "where it stays";
  elems.try_emplace(1, 11);
  elems.emplace(1, 12);
  EXPECT_EQ(Counted::made, 1);
  EXPECT_EQ(elems.at(1).value, 10);
  Map<Counted, int, CountedHash> keys;
  const Counted one(1);
  Counted::made = 0;
  keys.try_emplace(one, 1);
  EXPECT_EQ(Counted::made, 1);
  keys[one] = 2;
  keys.insert_or_assign(one, 3);
  (void)keys.find(one);
  EXPECT_EQ(Counted::made, 1);
}

}  // namespace
}  // namespace gomap::test
