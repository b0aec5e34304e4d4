// Random draws and hash calls, operation by operation: spec 2.19, I23, I33. A draw too many shifts
// every later one of a recorded run, so these are exact.

#include <cmath>

#include "test/support.h"

namespace gomap::test {
namespace {

// What one operation cost.
struct Cost {
  std::size_t hashes = 0;
  std::size_t draws = 0;
  friend bool operator==(const Cost&, const Cost&) = default;
  friend void PrintTo(const Cost& cost, std::ostream* out) {
    *out << cost.hashes << " hash calls, " << cost.draws << " draws";
  }
};

template <class R, class Operation>
Cost cost_of(R& rig, Operation operation) {
  const std::size_t hashes = rig.hashes.calls;
  const std::size_t draws = rig.draws.taken();
  operation();
  return {rig.hashes.calls - hashes, rig.draws.taken() - draws};
}

TEST(Draws, AnEmptyMapCostsNothing) {
  Rig<> rig(26);
  EXPECT_EQ(cost_of(rig, [&] { (void)rig.map.access2(1); }), Cost{});
  EXPECT_EQ(cost_of(rig, [&] { (void)rig.map.access1(1); }), Cost{});
  EXPECT_EQ(cost_of(rig, [&] { rig.map.erase(1); }), Cost{});
  EXPECT_EQ(cost_of(rig, [&] { rig.map.clear(); }), Cost{});
  EXPECT_EQ(cost_of(rig, [&] { (void)rig.map.iter().next(); }), Cost{});
  EXPECT_EQ(rig.view().flags, 0);
}

TEST(Draws, OneKeyOneHashCall) {
  Rig<> rig(26);
  EXPECT_EQ(cost_of(rig, [&] { rig.put(0, 1); }), (Cost{1, 0}));
  rig.put(0, 2, 12);
  EXPECT_EQ(cost_of(rig, [&] { rig.put(0, 1); }), (Cost{1, 0})) << "update";
  EXPECT_EQ(cost_of(rig, [&] { (void)rig.map.access2(1); }), (Cost{1, 0}));
  EXPECT_EQ(cost_of(rig, [&] { rig.drop(0, 1); }), (Cost{1, 0}));
  EXPECT_EQ(cost_of(rig, [&] { rig.drop(0, 1); }), (Cost{1, 0})) << "absent";
}

TEST(Draws, AGrowthThatStartsDoesNotHashTheKeyAgain) {
  Rig<> rig(26);
  rig.put(1, 0, 10);
  rig.put(2, 0, 16);
  // Old buckets 3 and 0 are empty: nothing is moved.
  EXPECT_EQ(cost_of(rig, [&] { rig.put(3, 0); }), (Cost{1, 0}));
  ASSERT_TRUE(rig.view().growing());
}

TEST(Draws, ADoublingHashesEachEntryItMoves) {
  Rig<> rig(26);
  rig.put(1, 0, 10);
  rig.put(2, 0, 16);
  rig.put(3, 0);
  EXPECT_EQ(cost_of(rig, [&] { rig.drop(2, 999); }), (Cost{1 + 16 + 10, 0}))
      << "bucket 2, and 1 at the mark";
}

TEST(Draws, AnAccessInTheMiddleOfAGrowthHashesOnce) {
  Rig<> rig(26);
  rig.put(1, 0, 10);
  rig.put(2, 0, 16);
  rig.put(3, 0);
  EXPECT_EQ(cost_of(rig, [&] { EXPECT_NE(rig.map.access2(key_in<std::uint64_t>(1, 1)), nullptr); }),
            (Cost{1, 0}));
  EXPECT_EQ(cost_of(rig, [&] { EXPECT_NE(rig.map.access2(key_in<std::uint64_t>(3, 0)), nullptr); }),
            (Cost{1, 0}));
}

TEST(Draws, TheSeedIsTheOneGivenToTheHash) {
  Draws draws;
  Hashes<std::uint64_t> hashes;
  draws.next({0xABCDEF01});
  Rig<>::Map map(26, {&hashes}, {}, {&draws});
  (void)map.assign(1);
  EXPECT_EQ(hashes.last_seed, 0xABCDEF01U);
}

TEST(Draws, TheSeedChangesExactlyWhenTheMapBecomesEmpty) {
  Rig<> rig;
  const std::uint32_t first = rig.view().hash0;
  const std::uint64_t epoch = rig.view().seed_epoch;
  rig.put(0, 0, 2);
  EXPECT_EQ(cost_of(rig, [&] { rig.drop(0, 0); }), (Cost{1, 0}));
  EXPECT_EQ(rig.view().hash0, first);
  rig.draws.next({4711});
  EXPECT_EQ(cost_of(rig, [&] { rig.drop(0, 1); }), (Cost{1, 1}));
  EXPECT_EQ(rig.view().hash0, 4711U);
  EXPECT_EQ(rig.view().seed_epoch, epoch + 1);
  EXPECT_EQ(cost_of(rig, [&] { rig.drop(0, 1); }), Cost{});
  EXPECT_EQ(rig.view().hash0, 4711U);
  rig.put(0, 0);
  EXPECT_EQ(cost_of(rig, [&] { rig.map.clear(); }), (Cost{0, 1}));
  EXPECT_EQ(rig.view().seed_epoch, epoch + 2);
}

TEST(Draws, TheSeedChangesAlsoInTheMiddleOfAGrowth) {
  Rig<> rig(208);
  rig.put(3, 0);
  rig.pile_up_overflow({0, 1});
  rig.put(2, 0);
  rig.drop(2, 0);
  rig.draws.next({99});
  rig.drop(3, 0);
  ASSERT_TRUE(rig.view().growing());
  EXPECT_EQ(rig.view().hash0, 99U);
}

TEST(Draws, OpeningAnIteratorDrawsOnceAndHashesNothing) {
  Rig<> rig(26);
  rig.put(0, 0, 5);
  EXPECT_EQ(cost_of(rig, [&] { (void)rig.map.iter(); }), (Cost{0, 1}));
  auto it = rig.map.iter();
  EXPECT_EQ(cost_of(rig, [&] { (void)rest_of(it); }), Cost{}) << "live cells are golden";
}

TEST(Draws, AnIteratorHashesWhatItFiltersAndWhatItLooksUp) {
  Rig<> rig(26);
  rig.put(1, 0, 6);  // odd n goes to the upper half
  rig.hashes.rule = [](std::uint64_t key) {
    return hash_with(kTop, (key & 3U) + ((key >> 16U) % 2 != 0 ? 4 : 0));
  };
  rig.put(2, 0, 20);
  rig.draws.next({1});  // starts in bucket 1, at cell 0
  auto before = rig.map.iter();
  rig.put(3, 0);
  ASSERT_TRUE(rig.view().growing());
  rig.draws.next({1});
  auto during = rig.map.iter();

  // In unevacuated bucket 1 the first entry stays, the second is filtered, the third stays.
  EXPECT_EQ(cost_of(rig, [&] { (void)during.next(); }), (Cost{1, 0}));
  EXPECT_EQ(cost_of(rig, [&] { (void)during.next(); }), (Cost{2, 0}));
  // The older one walks its snapshot, which nothing has moved out of yet.
  EXPECT_EQ(cost_of(rig, [&] { (void)before.next(); }), Cost{});

  rig.drop(1, 999);
  // Moved now: looked up, and for the newer one filtered as well.
  EXPECT_EQ(cost_of(rig, [&] { (void)before.next(); }), (Cost{1, 0}));
  EXPECT_EQ(cost_of(rig, [&] { (void)during.next(); }), (Cost{3, 0}));
}

TEST(Draws, AnIteratorLooksNothingUpInAnEmptyMap) {
  Rig<> rig(26);
  rig.put(1, 0, 4);
  rig.draws.next({1});
  auto it = rig.map.iter<GoExact>();
  ASSERT_TRUE(it.next());
  rig.put(2, 0, 23);
  ASSERT_TRUE(rig.view().growing());
  for (std::size_t n = 0; n < 23; ++n) {
    rig.drop(2, n);
  }
  for (std::size_t n = 0; n < 4; ++n) {
    rig.drop(1, n);
  }
  ASSERT_TRUE(rig.map.empty());
  EXPECT_EQ(cost_of(rig, [&] { EXPECT_FALSE(it.next()); }), Cost{});
}

TEST(Draws, NansAreNeverHashedByAnIterator) {
  Rig<double> rig(26);
  rig.hashes.rule = [](double key) {
    return hash_with(kTop, std::isnan(key) ? 1 : static_cast<std::uint64_t>(key));
  };
  for (int n = 0; n < 5; ++n) {
    (void)rig.map.assign(std::nan(""));
  }
  rig.put(2, 0, 21);
  rig.put(3, 0);
  ASSERT_TRUE(rig.view().growing());
  rig.draws.next({1});
  auto it = rig.map.iter();
  // All five are filtered by a bit of their top hash, and none could be looked up.
  EXPECT_EQ(cost_of(rig,
                    [&] {
                      for (int n = 0; n < 5; ++n) {
                        ASSERT_TRUE(it.next());
                        EXPECT_TRUE(std::isnan(it.key()));
                      }
                    }),
            Cost{});
}

// A source that is a value of its own, not a pointer to one.
struct Counting {
  std::uint32_t state = 0;
  std::uint32_t operator()() { return ++state; }
  std::uint64_t wide() { return ++state; }
};
struct CountingConfig : DefaultConfig {
  static constexpr int width = 8;
  using Random = Counting;
};

TEST(Draws, ACopyDrawsFromItsOwnSource) {
  using Counted = Map<int, int, std::hash<int>, std::equal_to<int>, CountingConfig>;
  Counted map(0, {}, {}, Counting{100});
  ASSERT_EQ(map.inside()->hash0, 101U);
  map.assign(1) = 1;
  const Counted copy(map);
  EXPECT_EQ(copy.inside()->hash0, 102U);
  map.erase(1);
  EXPECT_EQ(map.inside()->hash0, 102U) << "the copy took no draw away";
}

}  // namespace
}  // namespace gomap::test
