// clear: spec 2.13. The array stays and is wiped, preallocated overflow included; overflow buckets
// of their own leave; growth, lists and counters go; the seed is new. On an empty map it does
// nothing at all.

#include "test/support.h"

namespace gomap::test {
namespace {

TEST(Clear, KeepsTheArrayAndWipesIt) {
  Rig<> rig(104);
  rig.put(3, 0, 40);
  const std::byte* const buckets = rig.view().buckets;
  rig.map.clear();
  const TableView view = rig.view();
  EXPECT_EQ(view.buckets, buckets);
  EXPECT_EQ(view.B, 4);
  EXPECT_EQ(view.count, 0U);
  for (std::size_t at = 0; at < 18 * view.geometry->bucket_size - 8; ++at) {
    ASSERT_EQ(view.buckets[at], std::byte{0}) << at;
  }
  EXPECT_EQ(view.bucket(17).overflow(), view.bucket(0)) << "the sentinel is back";
}

TEST(Clear, HandsOutPreallocatedBucketsAnew) {
  Rig<> rig(104);
  rig.put(3, 0, 33);  // four buckets: both preallocated ones and one of its own
  ASSERT_EQ(rig.view().noverflow, 4);
  ASSERT_EQ(rig.view().next_overflow, nullptr);
  rig.map.clear();
  TableView view = rig.view();
  EXPECT_EQ(view.noverflow, 0);
  EXPECT_EQ(view.next_overflow, view.bucket(16).raw());
  EXPECT_TRUE(view.overflow.buckets.empty());
  rig.put(5, 0, 17);
  view = rig.view();
  const auto buckets = chain(view.bucket(5));
  ASSERT_EQ(buckets.size(), 3U);
  EXPECT_EQ(buckets[1], view.bucket(16));
  EXPECT_EQ(buckets[2], view.bucket(17));
}

TEST(Clear, KeepsExtraButNotItsLists) {
  Rig<> rig(26);
  rig.put(0, 0, 9);
  ASSERT_TRUE(rig.view().overflow.exists);
  rig.map.clear();
  const TableView view = rig.view();
  EXPECT_TRUE(view.has_extra);
  EXPECT_FALSE(view.overflow.exists);
  EXPECT_FALSE(view.oldoverflow.exists);
  EXPECT_EQ(view.next_overflow, nullptr);
}

TEST(Clear, OnAMapWithoutExtraMakesNone) {
  Rig<> rig;
  rig.put(0, 0);
  rig.map.clear();
  EXPECT_FALSE(rig.view().has_extra);
}

TEST(Clear, EndsADoubling) {
  Rig<> rig(26);
  rig.put(0, 0, 27);
  ASSERT_TRUE(rig.view().growing());
  rig.map.clear();
  const TableView view = rig.view();
  EXPECT_FALSE(view.growing());
  EXPECT_EQ(view.B, 3) << "a map never shrinks";
  EXPECT_EQ(view.nevacuate, 0U);
  EXPECT_FALSE(view.oldoverflow.exists);
  rig.put(1, 0, 20);
  EXPECT_EQ(rig.map.size(), 20U);
  expect_consistent(rig.view());
}

// C01 of the spec's mutants: the flag would outlive the growth.
TEST(Clear, EndsASameSizeGrowthAndItsFlag) {
  Rig<> rig(26);
  rig.put(3, 0);
  rig.pile_up_overflow({0, 1});
  rig.put(2, 0);
  ASSERT_TRUE(rig.view().growing());
  ASSERT_EQ(rig.view().flags, kSameSizeGrow);
  rig.map.clear();
  EXPECT_EQ(rig.view().flags, 0);
  EXPECT_FALSE(rig.view().growing());
}

TEST(Clear, LeavesTheIteratorFlagsAlone) {
  Rig<> rig;
  rig.put(0, 0);
  (void)rig.map.iter();
  rig.map.clear();
  EXPECT_EQ(rig.view().flags, kIterator | kOldIterator);
}

TEST(Clear, DrawsANewSeed) {
  Rig<> rig;
  rig.put(0, 0);
  const std::size_t taken = rig.draws.taken();
  rig.draws.next({777});
  rig.map.clear();
  EXPECT_EQ(rig.draws.taken(), taken + 1);
  EXPECT_EQ(rig.view().hash0, 777U);
  rig.put(0, 0);
  EXPECT_EQ(rig.hashes.last_seed, 777U);
}

// What the early return leaves: a growth that is on, its chains, its lists, the seed.
TEST(Clear, OfAMapEmptiedInTheMiddleOfAGrowthDoesNothing) {
  Rig<> rig(208);
  rig.put(3, 0);
  rig.pile_up_overflow({0, 1});
  rig.put(2, 0);
  rig.drop(2, 0);
  rig.drop(3, 0);
  ASSERT_TRUE(rig.map.empty());
  ASSERT_TRUE(rig.view().growing());
  const TableView before = rig.view();
  const std::size_t taken = rig.draws.taken();
  rig.map.clear();
  const TableView after = rig.view();
  EXPECT_EQ(rig.draws.taken(), taken);
  EXPECT_EQ(after.hash0, before.hash0);
  EXPECT_EQ(after.flags, kSameSizeGrow);
  EXPECT_EQ(after.oldbuckets, before.oldbuckets);
  EXPECT_EQ(after.nevacuate, before.nevacuate);
  EXPECT_EQ(after.oldoverflow.buckets.size(), before.oldoverflow.buckets.size());
}

TEST(Clear, OfAnEmptyMapKeepsOverflowBuckets) {
  Rig<> rig(26);
  rig.put(0, 0, 9);
  for (std::size_t n = 0; n < 9; ++n) {
    rig.drop(0, n);
  }
  rig.map.clear();
  EXPECT_EQ(rig.view().noverflow, 1);
  EXPECT_EQ(chain(rig.view().bucket(0)).size(), 2U);
}

TEST(Clear, WorksAgainAndAgain) {
  Rig<> rig;
  for (std::size_t round = 0; round < 50; ++round) {
    rig.put(round % 7, 0, 60);
    ASSERT_EQ(rig.map.size(), 60U);
    expect_consistent(rig.view());
    rig.map.clear();
    ASSERT_EQ(rig.map.size(), 0U);
    ASSERT_EQ(rig.map.access2(key_in<std::uint64_t>(round % 7, 1)), nullptr);
  }
}

}  // namespace
}  // namespace gomap::test
