// The questions that the founding notes leave open, answered by tests: may a growth begin while
// another goes on, what does a map that is rarely written keep, does it ever shrink, what does a
// look-up see in the middle of a growth.

#include <set>
#include <vector>

#include "test/support.h"

namespace gomap::test {
namespace {

// A growth may become due again before it is over: a same-size growth of a nearly full table, and
// as many inserts as make it too full. It begins only when the first has ended.
TEST(Notes, ASecondGrowthWaitsUntilTheFirstIsOver) {
  Rig<> rig(104);
  rig.put(0, 0, 104);  // twelve overflow buckets
  for (std::size_t n = 0; n < 104; ++n) {
    rig.drop(0, n);
  }
  rig.put(1, 0, 32);  // three more
  for (std::size_t n = 0; n < 66; ++n) {
    rig.put(2 + n % 14, n);
  }
  rig.put(1, 32);
  ASSERT_EQ(rig.view().noverflow, 16);
  rig.put(2, 100);
  ASSERT_EQ(rig.view().flags & kSameSizeGrow, kSameSizeGrow);
  ASSERT_EQ(rig.map.size(), 100U);

  rig.put(2, 101, 106);
  ASSERT_TRUE(over_load_factor<8>(rig.map.size(), rig.view().B));
  EXPECT_TRUE(rig.view().growing());
  EXPECT_EQ(rig.view().flags & kSameSizeGrow, kSameSizeGrow) << "still the first";
  EXPECT_EQ(rig.view().B, 4);
  expect_consistent(rig.view());

  rig.finish_growth();
  EXPECT_EQ(rig.view().B, 4);
  rig.put(2, 106);
  EXPECT_EQ(rig.view().B, 5);
  EXPECT_EQ(rig.map.size(), 106U);
  expect_consistent(rig.view());
}

// "If a map is rarely written, does it hold twice the memory all that time?" It does; the writes
// that end the growth free it.
TEST(Notes, AMapThatIsOnlyReadKeepsBothArrays) {
  Rig<> rig(208);
  rig.put(0, 0, 209);
  const TableView before = rig.view();
  ASSERT_TRUE(before.growing());
  for (std::size_t round = 0; round < 100; ++round) {
    for (std::size_t n = 0; n < 209; ++n) {
      ASSERT_NE(rig.map.access2(key_in<std::uint64_t>(0, n)), nullptr);
    }
    for (auto it = rig.map.iter(); it.next();) {
    }
  }
  EXPECT_EQ(rig.view().oldbuckets, before.oldbuckets);
  EXPECT_EQ(rig.view().nevacuate, before.nevacuate);
  EXPECT_EQ(rig.view().held_bytes, before.held_bytes);
  rig.finish_growth();
  EXPECT_LT(rig.view().held_bytes, before.held_bytes);
  EXPECT_EQ(rig.view().old_total, 0U);
}

TEST(Notes, AnEmptiedMapKeepsItsSize) {
  Rig<> rig;
  rig.put(0, 0, 300);
  const std::uint8_t b = rig.view().B;
  for (std::size_t n = 0; n < 300; ++n) {
    rig.drop(0, n);
  }
  EXPECT_TRUE(rig.map.empty());
  EXPECT_EQ(rig.view().B, b);
  rig.put(0, 0, 20);
  rig.map.clear();
  EXPECT_EQ(rig.view().B, b);
}

// A look-up goes to the old bucket until that has moved, and to the new one from then on.
TEST(Notes, ALookUpFindsWhatHasMovedAndWhatHasNot) {
  for (const bool same_size : {false, true}) {
    Rig<> rig(52);
    for (std::size_t n = 0; n < 40; ++n) {
      rig.map.assign(key_in<std::uint64_t>(n % 16, n)) = n;
    }
    if (same_size) {
      rig.pile_up_overflow({0, 1, 2, 3, 4, 5, 6});
      rig.put(7, 40);
    } else {
      for (std::size_t n = 40; n < 53; ++n) {
        rig.put(n % 8, n);
      }
    }
    ASSERT_EQ(rig.view().flags & kSameSizeGrow, same_size ? kSameSizeGrow : 0);
    while (rig.view().growing()) {
      for (std::size_t n = 0; n < 40; ++n) {
        ASSERT_EQ(rig.map.access1(key_in<std::uint64_t>(n % 16, n)), n);
      }
      rig.drop(3, 999'999);
    }
  }
}

// An old bucket feeds two new ones, and the walk comes to it twice.
TEST(Notes, AWalkInTheMiddleOfADoublingProducesEachEntryOnce) {
  for (std::uint64_t draw = 0; draw < 64; ++draw) {
    Rig<> rig(52);
    for (std::size_t n = 0; n < 53; ++n) {
      rig.put(n % 16, n);
    }
    ASSERT_TRUE(rig.view().growing());
    rig.draws.next({draw});
    auto it = rig.map.iter();
    const std::vector<std::uint64_t> produced = rest_of(it);
    EXPECT_EQ(produced.size(), 53U);
    EXPECT_EQ(std::set<std::uint64_t>(produced.begin(), produced.end()).size(), 53U);
  }
}

}  // namespace
}  // namespace gomap::test
