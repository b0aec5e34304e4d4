// What a delete leaves behind: spec 2.6.6 to 2.6.8, I5, I25. emptyOne where entries follow,
// emptyRest from the last entry of a chain on, over bucket borders both ways; deleted elems are
// zero, because `m[k] += x` and append build on that (Go issue 25936).

#include <random>

#include "test/support.h"

namespace gomap::test {
namespace {

std::string first_chain(const Rig<>& rig, std::size_t index = 0) {
  const TableView view = rig.view();
  return shape(view, view.bucket(index));
}

TEST(Tombstones, DeleteBeforeAnEntryLeavesEmptyOne) {
  Rig<> rig;
  rig.put(0, 0, 3);
  rig.drop(0, 1);
  EXPECT_EQ(first_chain(rig), "#.#-----");
  rig.drop(0, 0);
  EXPECT_EQ(first_chain(rig), "..#-----");
}

TEST(Tombstones, DeleteOfTheLastEntryTakesEarlierOnesWithIt) {
  Rig<> rig;
  rig.put(0, 0, 4);
  rig.drop(0, 1);
  rig.drop(0, 2);
  EXPECT_EQ(first_chain(rig), "#..#----");
  rig.drop(0, 3);
  EXPECT_EQ(first_chain(rig), "#-------");
}

TEST(Tombstones, TheSweepStopsAtTheStartOfTheChain) {
  Rig<> rig;
  rig.put(0, 0, 4);
  rig.drop(0, 0);
  rig.drop(0, 1);
  rig.drop(0, 2);
  EXPECT_EQ(first_chain(rig), "...#----");
  rig.drop(0, 3);
  EXPECT_EQ(first_chain(rig), "--------");
}

TEST(Tombstones, SlotSevenWithoutOverflowIsTheEnd) {
  Rig<> rig;
  rig.put(0, 0, 8);
  rig.drop(0, 6);
  rig.drop(0, 7);
  EXPECT_EQ(first_chain(rig), "######--");
}

TEST(Tombstones, SlotSevenBeforeAFilledOverflowBucketIsNotTheEnd) {
  Rig<> rig(26);
  rig.put(0, 0, 9);
  rig.drop(0, 7);
  EXPECT_EQ(first_chain(rig), "#######.|#-------");
}

TEST(Tombstones, SlotSevenBeforeAnOverflowBucketOfHolesIsNotTheEnd) {
  Rig<> rig(26);
  rig.put(0, 0, 10);
  rig.drop(0, 8);
  rig.drop(0, 7);
  EXPECT_EQ(first_chain(rig), "#######.|.#------");
  rig.drop(0, 9);
  EXPECT_EQ(first_chain(rig), "#######-|--------");
}

TEST(Tombstones, SlotSevenBeforeAnEmptyOverflowBucketIsTheEnd) {
  Rig<> rig(26);
  rig.put(0, 0, 9);
  rig.drop(0, 8);
  EXPECT_EQ(first_chain(rig), "########|--------");
  rig.drop(0, 7);
  EXPECT_EQ(first_chain(rig), "#######-|--------");
}

TEST(Tombstones, TheSweepCrossesTwoOverflowBuckets) {
  Rig<> rig(26);
  rig.put(0, 0, 18);
  for (std::size_t n = 5; n < 17; ++n) {
    rig.drop(0, n);
  }
  EXPECT_EQ(first_chain(rig), "#####...|........|.#------");
  rig.drop(0, 17);
  EXPECT_EQ(first_chain(rig), "#####---|--------|--------");
}

TEST(Tombstones, TheSweepOverTwoOverflowBucketsStopsAtTheBase) {
  Rig<> rig(26);
  rig.put(1, 0);  // so that the map, and with it the seed, outlives the chain
  rig.put(0, 0, 18);
  for (std::size_t n = 0; n < 18; ++n) {
    rig.drop(0, n);
  }
  EXPECT_EQ(first_chain(rig), "--------|--------|--------");
  EXPECT_EQ(first_chain(rig, 1), "#-------");
}

TEST(Tombstones, TheSweepStopsAtAnEntryInTheMiddleBucket) {
  Rig<> rig(26);
  rig.put(0, 0, 18);
  for (const std::size_t n : {0U, 3U, 9U, 12U, 13U, 14U, 15U, 16U}) {
    rig.drop(0, n);
  }
  rig.drop(0, 17);
  EXPECT_EQ(first_chain(rig), ".##.####|#.##----|--------");
}

TEST(Tombstones, OverflowBucketsAreNeverUnlinkedOrUncounted) {
  Rig<> rig(26);
  rig.put(0, 0, 18);
  ASSERT_EQ(rig.view().noverflow, 2);
  for (std::size_t n = 0; n < 18; ++n) {
    rig.drop(0, n);
  }
  EXPECT_EQ(rig.view().noverflow, 2);
  EXPECT_EQ(chain(rig.view().bucket(0)).size(), 3U);
}

TEST(Tombstones, InsertTakesTheFirstFreeCellOfTheChain) {
  Rig<> rig(26);
  rig.put(0, 0, 10);
  rig.drop(0, 4);
  rig.drop(0, 2);
  rig.put(0, 20);
  EXPECT_EQ(first_chain(rig), "####.###|##------");
  EXPECT_EQ(keys<std::uint64_t>(rig.view(), rig.view().bucket(0))[2], key_in<std::uint64_t>(0, 20));
}

// W11 of the spec's mutants: the free cell must be remembered past a top hash that is another's.
TEST(Tombstones, FreeCellIsRememberedPastCollidingEntries) {
  Rig<> rig(26);
  rig.put(0, 0, 18);
  rig.drop(0, 1);
  rig.put(0, 30);
  EXPECT_EQ(first_chain(rig), "########|########|##------");
}

TEST(Tombstones, EntriesBehindHolesAreFound) {
  Rig<> rig(26);
  rig.put(0, 0, 18);
  for (const std::size_t n : {0U, 7U, 8U, 15U, 16U}) {
    rig.drop(0, n);
  }
  for (std::size_t n = 0; n < 18; ++n) {
    const bool dropped = n == 0 || n == 7 || n == 8 || n == 15 || n == 16;
    EXPECT_EQ(rig.map.access2(key_in<std::uint64_t>(0, n)) == nullptr, dropped) << n;
  }
  (void)rig.map.assign(key_in<std::uint64_t>(0, 17));
  EXPECT_EQ(rig.map.size(), 13U) << "an update although free cells come first";
}

TEST(Tombstones, TopHashMatchWithAnotherKeyIsNoMatch) {
  Rig<> rig;
  rig.put(0, 0, 5);
  EXPECT_FALSE(rig.drop(0, 7));
  EXPECT_TRUE(rig.drop(0, 3));
  EXPECT_EQ(first_chain(rig), "###.#---");
}

TEST(Tombstones, DeletedElemIsZeroAndThePlainKeyStays) {
  Rig<> rig;
  rig.map.assign(rig.put(0, 1)) = 42;
  rig.put(0, 2);
  rig.drop(0, 1);
  const TableView view = rig.view();
  const BucketView bucket = view.bucket(0);
  EXPECT_EQ(read<std::uint64_t>(bucket.elem(0)), 0U);
  EXPECT_EQ(read<std::uint64_t>(bucket.key(0)), key_in<std::uint64_t>(0, 1)) << "stale, as in Go";
  EXPECT_EQ(rig.map.assign(key_in<std::uint64_t>(0, 3)) += 1, 1U) << "the slot starts from zero";
}

TEST(Tombstones, DeletedKeyWithPointersIsZero) {
  Rig<Boxed, Boxed> rig;
  rig.map.assign(rig.put(0, 1)) = Boxed{42};
  rig.put(0, 2);
  rig.drop(0, 1);
  const TableView view = rig.view();
  const BucketView bucket = view.bucket(0);
  EXPECT_EQ(read<Boxed>(bucket.elem(0)), Boxed{});
  EXPECT_EQ(read<Boxed>(bucket.key(0)), Boxed{});
  EXPECT_EQ(read<Boxed>(bucket.key(1)), (key_in<Boxed>(0, 2)));
}

template <int Width>
void fill_and_empty_at_random() {
  Rig<std::uint64_t, std::uint64_t, Width> rig;
  std::mt19937 random(Width);
  for (int step = 0; step < 20'000; ++step) {
    const std::size_t bucket = random() % 3;
    const std::size_t n = random() % (5 * Width);
    if (random() % 5 < (step / 1000 % 2 == 0 ? 3U : 2U)) {
      rig.put(bucket, n);
    } else {
      rig.drop(bucket, n);
    }
    expect_consistent(rig.view());
    if (testing::Test::HasFatalFailure()) {
      return;
    }
  }
}

TEST(Tombstones, StatesStayCanonicalAtEveryWidth) {
  fill_and_empty_at_random<1>();
  fill_and_empty_at_random<2>();
  fill_and_empty_at_random<4>();
  fill_and_empty_at_random<8>();
}

// TestMapTombstones of Go's own suite.
TEST(Tombstones, StayCanonicalThroughGrowthAndRefill) {
  Rig<> rig;
  const auto all = [&](auto visit) {
    for (std::size_t n = 0; n < 10'000; ++n) {
      visit(key_in<std::uint64_t>(n, 0));
    }
    expect_consistent(rig.view());
  };
  all([&](std::uint64_t key) { (void)rig.map.assign(key); });
  all([&](std::uint64_t key) { return key % 2 == 0 && rig.map.erase(key); });
  all([&](std::uint64_t key) { (void)rig.map.assign(key); });
  all([&](std::uint64_t key) { return rig.map.erase(key); });
  EXPECT_TRUE(rig.map.empty());
}

}  // namespace
}  // namespace gomap::test
