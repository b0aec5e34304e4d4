// What the histories of the typed properties reach, counted over some of one fixed random.
#include "props/acts.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <array>
#include <set>
#include <string>

#include "props/typed_maps.h"

namespace mapfuzz {
namespace {

struct Reached {
  std::array<int, 4> kinds{};
  int inserts = 0;
  int updates = 0;
  int removals = 0;
  int absent = 0;
  int clears = 0;
  int doublings = 0;
  int same_sizes = 0;
  int overflows = 0;
  std::set<std::uint8_t> exponents;
};

const Reached& reached() {
  static const Reached counted = [] {
    Reached made;
    rc::Random random(20230609);
    for (int at = 0; at < 100; ++at) {
      const Acts acts = any_acts()(random.split(), at).value();
      for (const Act& act : acts) {
        ++made.kinds.at(static_cast<std::size_t>(act.kind));
      }
      auto map = typed_map<Words>(any_spread()(random.split(), at).value());
      Met met;
      for_each_write(acts, [&](const Write& write) {
        const bool there = map.contains(Words::key(write.key));
        made.inserts += write.verb == Verb::assign && !there ? 1 : 0;
        made.updates += write.verb == Verb::assign && there ? 1 : 0;
        made.removals += write.verb == Verb::erase && there ? 1 : 0;
        made.absent += write.verb == Verb::erase && !there ? 1 : 0;
        made.clears += write.verb == Verb::clear ? 1 : 0;
        apply<Words>(map, write);
        met.look(gomap::view_of(map));
        made.exponents.insert(gomap::view_of(map).B);
      });
      made.doublings += met.doubling() ? 1 : 0;
      made.same_sizes += met.same_size() ? 1 : 0;
      made.overflows += met.overflow() ? 1 : 0;
    }
    return made;
  }();
  return counted;
}

TEST(ActsGenerator, MakesEveryKindOfAct) {
  for (const int count : reached().kinds) {
    EXPECT_GE(count, 20);
  }
}

TEST(ActsGenerator, MakesEveryKindOfWrite) {
  EXPECT_GE(reached().inserts, 5000);
  EXPECT_GE(reached().updates, 3000);
  EXPECT_GE(reached().removals, 5000);
  EXPECT_GE(reached().absent, 1000);
  EXPECT_GE(reached().clears, 20);
}

TEST(ActsGenerator, HistoriesReachBothGrowthsAndOverflow) {
  EXPECT_GE(reached().doublings, 70);
  EXPECT_GE(reached().same_sizes, 10);
  EXPECT_GE(reached().overflows, 40);
  EXPECT_GE(reached().exponents.size(), 6U);
}

TEST(ActsGenerator, IsAFunctionOfRandomAndSize) {
  const auto text = [] { return rc::toString(any_acts()(rc::Random(7), 50).value()); };
  EXPECT_EQ(text(), text());
}

TEST(ActsGenerator, HistoriesShrinkToShorterOnes) {
  const auto history = any_acts()(rc::Random(7), 50);
  const std::size_t length = history.value().size();
  ASSERT_GT(length, 0U);
  const auto first = history.shrinks().next();
  ASSERT_TRUE(first);
  EXPECT_LT(first->value().size(), length);
}

}  // namespace
}  // namespace mapfuzz
