// Maps as values: copy, move and swap; what iterators do meanwhile. An iterator follows the
// contents; a moved-from map is empty and usable.

#include <limits>
#include <map>
#include <set>
#include <type_traits>
#include <utility>

#include "test/support.h"

namespace gomap::test {
namespace {

using Keys = std::vector<std::uint64_t>;
using M = Map<std::uint64_t, std::uint64_t>;
static_assert(std::is_nothrow_move_constructible_v<M> && std::is_nothrow_move_assignable_v<M>);
static_assert(std::is_copy_constructible_v<M> && std::is_copy_assignable_v<M>);
static_assert(std::is_copy_constructible_v<M::Iter<Sound>> &&
              std::is_nothrow_move_constructible_v<M::Iter<Sound>>);

template <class Anything>
std::map<std::uint64_t, std::uint64_t> contents(const Anything& map) {
  std::map<std::uint64_t, std::uint64_t> out;
  for (auto it = map.iter(); it.next();) {
    EXPECT_TRUE(out.emplace(it.key(), it.elem()).second);
  }
  EXPECT_EQ(out.size(), map.size());
  return out;
}

M filled(std::uint64_t n) {
  M map;
  for (std::uint64_t k = 0; k < n; ++k) {
    map.assign(k) = k * k;
  }
  return map;
}

TEST(Values, ACopyIsEqualAndApart) {
  for (const std::uint64_t n : {0U, 1U, 8U, 9U, 27U, 60U, 1000U}) {
    M map = filled(n);
    M copy(map);
    EXPECT_EQ(contents(copy), contents(map)) << n;
    copy.assign(5000) = 1;
    map.erase(0);
    EXPECT_EQ(map.access2(5000), nullptr);
    EXPECT_EQ(copy.access2(0) != nullptr, n > 0);
  }
}

TEST(Values, ACopyTakenInTheMiddleOfAGrowthIsWhole) {
  Rig<> rig(208);
  for (std::size_t n = 0; n < 209; ++n) {
    rig.map.assign(key_in<std::uint64_t>(n % 40, n)) = n;
  }
  rig.drop(3, 3);
  ASSERT_TRUE(rig.view().growing());
  const Rig<>::Map copy(rig.map);
  EXPECT_EQ(contents(copy), contents(rig.map));
  EXPECT_FALSE(view_of(copy).growing());
  EXPECT_TRUE(rig.view().growing()) << "copying only reads";
  EXPECT_EQ(view_of(copy).B, 5) << "made with room for all";
}

TEST(Values, ACopyKeepsNans) {
  Map<double, int> map;
  for (int n = 0; n < 20; ++n) {
    map.assign(std::numeric_limits<double>::quiet_NaN()) = n;
  }
  const Map<double, int> copy(map);
  std::set<int> elems;
  for (auto it = copy.iter(); it.next();) {
    elems.insert(it.elem());
  }
  EXPECT_EQ(elems.size(), 20U);
}

TEST(Values, CopyAssignmentReplacesAndSurvivesItself) {
  M a = filled(30);
  M b = filled(3);
  b = a;
  EXPECT_EQ(contents(b), contents(a));
  const M& same = b;
  b = same;
  EXPECT_EQ(b.size(), 30U);
  a = M();
  EXPECT_TRUE(a.empty());
  b = a;
  EXPECT_TRUE(b.empty());
  b.assign(1) = 1;
  EXPECT_EQ(b.size(), 1U);
}

TEST(Values, AMovedFromMapIsEmptyAndUsable) {
  M a = filled(30);
  M b(std::move(a));
  EXPECT_EQ(b.size(), 30U);
  EXPECT_TRUE(a.empty());  // NOLINT(bugprone-use-after-move)
  EXPECT_EQ(a.access2(1), nullptr);
  EXPECT_FALSE(a.erase(1));
  a.clear();
  EXPECT_FALSE(a.iter().next());
  EXPECT_TRUE(M(a).empty());
  a.assign(7) = 7;
  EXPECT_EQ(a.size(), 1U);
  b = std::move(a);
  EXPECT_EQ(contents(b), (std::map<std::uint64_t, std::uint64_t>{{7, 7}}));
}

template <class Policy>
void iterator_follows_a_move() {
  Rig<> rig;
  for (std::size_t n = 0; n < 8; ++n) {
    rig.map.assign(n) = n;
  }
  rig.draws.next({0});
  auto it = rig.map.template iter<Policy>();
  ASSERT_TRUE(it.next());
  Rig<>::Map other(std::move(rig.map));
  rig.map = rig.make();
  rig.map.assign(100) = 100;
  for (std::uint64_t n = 8; n < 30; ++n) {
    other.assign(n) = n;  // grows under the iterator
  }
  other.erase(3);
  const Keys rest = rest_of(it);
  EXPECT_EQ(rest, (Keys{1, 2, 4, 5, 6, 7}));
}

TEST(Values, AnIteratorFollowsAMove) {
  iterator_follows_a_move<Sound>();
  iterator_follows_a_move<GoExact>();
}

TEST(Values, IteratorsFollowASwap) {
  Rig<> rig;
  Rig<>::Map other = rig.make();
  for (std::uint64_t n = 0; n < 5; ++n) {
    (void)rig.map.assign(n);
    (void)other.assign(n + 100);
  }
  rig.draws.next({0, 0});
  auto first = rig.map.iter();
  auto second = other.iter();
  ASSERT_TRUE(first.next());
  rig.map.swap(other);
  rig.map.erase(103);
  other.erase(3);
  EXPECT_EQ(rest_of(first), (Keys{1, 2, 4}));
  EXPECT_EQ(rest_of(second), (Keys{100, 101, 102, 104}));
  EXPECT_EQ(rig.map.size(), 4U);
  rig.map.swap(rig.map);
  EXPECT_EQ(rig.map.size(), 4U);
}

TEST(Values, AnIteratorCanBeMoved) {
  Rig<> rig;
  rig.put(0, 0, 5);
  rig.draws.next({0});
  auto a = rig.map.iter();
  ASSERT_TRUE(a.next());
  auto b = std::move(a);
  EXPECT_EQ(rest_of(b).size(), 4U);
  b = rig.map.iter();
  EXPECT_EQ(rest_of(b).size(), 5U);
}

}  // namespace
}  // namespace gomap::test
