// When a growth starts, of which kind, what that does to the header, and how fast it ends:
// spec 2.1, 2.5.8, 2.7, 2.8, 2.10; I11, I11b, I21, I24, I30; what is held
// meanwhile: 2.21.8.

#include <algorithm>
#include <vector>

#include "test/support.h"

namespace gomap::test {
namespace {

TEST(Growth, DoublesAtTheNinthFourteenthTwentySeventhInsert) {
  Rig<> rig;
  std::size_t n = 0;
  int b = 0;
  for (const std::size_t last : {8U, 13U, 26U, 52U, 104U, 208U, 416U, 832U}) {
    for (; n < last; ++n) {
      (void)rig.map.assign(n);
      ASSERT_EQ(rig.view().B, b) << "insert " << n + 1;
    }
    (void)rig.map.assign(n++);
    ASSERT_EQ(rig.view().B, ++b) << "insert " << n;
  }
}

TEST(Growth, IsNotStartedByAnUpdateOrADelete) {
  Rig<> rig(26);
  rig.put(0, 0, 26);
  rig.put(0, 0, 26);
  rig.drop(0, 999);
  EXPECT_FALSE(rig.view().growing());
  EXPECT_EQ(rig.view().B, 2);
  EXPECT_EQ(rig.map.size(), 26U);
}

// The test comes before the free cell is used (W09 of the spec's mutants).
TEST(Growth, StartsThoughTheChainHasAFreeCell) {
  Rig<> rig(26);
  rig.put(0, 0, 24);
  rig.put(1, 0, 2);
  rig.put(1, 2);
  EXPECT_EQ(rig.view().B, 3);
}

TEST(Growth, WithAsManyOverflowBucketsAsBucketsKeepsTheSize) {
  Rig<> rig(26);
  rig.put(3, 0);
  rig.pile_up_overflow({0, 1});
  const std::byte* const before = rig.view().buckets;
  rig.put(2, 0);
  const TableView view = rig.view();
  EXPECT_TRUE(view.growing());
  EXPECT_EQ(view.B, 2);
  EXPECT_EQ(view.flags, kSameSizeGrow);
  EXPECT_EQ(view.oldbuckets, before);
  EXPECT_EQ(view.noverflow, 0) << "reset when the growth starts";
  rig.finish_growth();
  EXPECT_EQ(rig.view().B, 2);
  EXPECT_EQ(rig.view().flags, 0);
  EXPECT_EQ(rig.map.size(), 2U);
}

TEST(Growth, WithOneOverflowBucketLessDoesNotStart) {
  Rig<> rig(26);
  rig.put(0, 0, 9);
  rig.put(1, 0, 9);
  for (std::size_t n = 0; n < 9; ++n) {
    rig.drop(0, n);
  }
  rig.put(2, 0, 9);
  ASSERT_EQ(rig.view().noverflow, 3);
  rig.put(3, 0);
  EXPECT_FALSE(rig.view().growing());
}

TEST(Growth, UnderBothConditionsDoubles) {
  Rig<> rig(26);
  rig.put(0, 0, 25);  // three overflow buckets
  for (std::size_t n = 0; n < 16; ++n) {
    rig.drop(0, n);
  }
  rig.put(0, 0, 8);
  rig.put(1, 0, 9);  // the last of these makes the fourth
  ASSERT_EQ(rig.map.size(), 26U);
  ASSERT_EQ(rig.view().noverflow, 4);
  ASSERT_FALSE(rig.view().growing());
  rig.put(3, 0);
  EXPECT_EQ(rig.view().B, 3);
  EXPECT_EQ(rig.view().flags & kSameSizeGrow, 0);
}

TEST(Growth, OfUpToTwoOldBucketsEndsInTheCallThatStartsIt) {
  Rig<> rig;
  rig.put(0, 0, 9);
  EXPECT_EQ(rig.view().B, 1);
  EXPECT_FALSE(rig.view().growing());
  rig.put(0, 9, 14);
  EXPECT_EQ(rig.view().B, 2);
  EXPECT_FALSE(rig.view().growing());
  EXPECT_EQ(rig.view().nevacuate, 2U) << "stale: the old bucket count";
}

TEST(Growth, EndsWithinOneWriteLessThanItsOldBuckets) {
  for (const std::size_t old_count : {4U, 8U, 16U, 64U, 256U}) {
    const auto hint = static_cast<std::int64_t>(13 * old_count / 2);
    Rig<> rig(hint);
    rig.put(0, 0, static_cast<std::size_t>(hint) + 1);
    ASSERT_TRUE(rig.view().growing());
    EXPECT_EQ(rig.finish_growth(0) + 1, old_count - 1) << "always the same bucket: the slowest way";
    EXPECT_EQ(rig.view().oldbuckets, nullptr);
    EXPECT_EQ(rig.view().old_total, 0U);
  }
}

TEST(Growth, AdvancesByDeletesOfAbsentKeysAndByUpdatesButNotByReads) {
  Rig<> rig(208);
  rig.put(0, 0, 209);
  const std::size_t start = rig.view().nevacuate;
  EXPECT_EQ(start, 2U);
  rig.drop(5, 999'999);
  EXPECT_EQ(rig.view().nevacuate, 3U);
  rig.put(0, 7);
  EXPECT_EQ(rig.view().nevacuate, 4U);
  (void)rig.map.access2(1);
  (void)rig.map.access1(2);
  (void)rig.map.size();
  for (auto it = rig.map.iter(); it.next();) {
  }
  EXPECT_EQ(rig.view().nevacuate, 4U);
}

// "If a map is rarely written, does it hold twice the memory all that time?" Both arrays, down to
// the byte, until the writes come; the old one goes with the write after the last of those.
TEST(Growth, ARarelyWrittenMapKeepsBothArraysUntilItIsWrittenTo) {
  Rig<> rig(208);
  for (std::size_t n = 0; n < 209; ++n) {
    rig.put(n % 64, n);  // no chain is ever full
  }
  const TableView start = rig.view();
  ASSERT_TRUE(start.growing());
  const std::size_t size = start.geometry->bucket_size;
  const std::size_t both = (start.total + start.old_total) * size;
  ASSERT_EQ(start.total, 71U);
  ASSERT_EQ(start.old_total, 37U);
  for (int round = 0; round < 50; ++round) {
    for (std::size_t n = 0; n < 250; ++n) {
      ASSERT_EQ(rig.map.access2(key_in<std::uint64_t>(n % 64, n)) != nullptr, n < 209);
    }
    auto it = rig.map.iter();
    ASSERT_EQ(rest_of(it).size(), 209U);
    ASSERT_EQ(rig.view().held_bytes, both);
    ASSERT_EQ(rig.view().nevacuate, start.nevacuate);
  }
  for (std::size_t writes = 1; rig.view().growing(); ++writes) {
    ASSERT_LT(writes, 32U - 1) << "its first write has been";
    ASSERT_EQ(rig.view().held_bytes, both) << "an array this small goes as a whole";
    rig.drop(0, 999'999);
  }
  EXPECT_EQ(rig.view().held_bytes, start.total * size);
  EXPECT_EQ(rig.view().retired_bytes, start.old_total * size) << "until the next write";
  EXPECT_NE(rig.map.access2(key_in<std::uint64_t>(0, 0)), nullptr);
  EXPECT_EQ(rig.view().retired_bytes, start.old_total * size) << "which a read is not";
  rig.drop(0, 999'999);
  EXPECT_EQ(rig.view().retired_bytes, 0U);
  EXPECT_EQ(rig.view().held_bytes, start.total * size);
  EXPECT_EQ(rig.view().B, start.B);
}

TEST(Growth, MovesTheWrittenBucketAndTheOneAtTheMark) {
  Rig<> rig(208);
  rig.put(9, 0, 209);
  const auto evacuated = [&] {
    std::vector<std::size_t> out;
    for (std::size_t index = 0; index < 32; ++index) {
      if (is_evacuated_mark(rig.view().old_bucket(index).state(0))) {
        out.push_back(index);
      }
    }
    return out;
  };
  EXPECT_EQ(evacuated(), (std::vector<std::size_t>{0, 9}));
  rig.drop(20 + 32, 0);  // index in the new array: its old bucket is 20
  EXPECT_EQ(evacuated(), (std::vector<std::size_t>{0, 1, 9, 20}));
  rig.drop(2, 0);  // the bucket at the mark itself: the mark moves on, and takes 3 with it
  EXPECT_EQ(evacuated(), (std::vector<std::size_t>{0, 1, 2, 3, 9, 20}));
  EXPECT_EQ(rig.view().nevacuate, 4U);
}

// V04 of the spec's mutants: the mark passes over any run of evacuated buckets...
TEST(Growth, MarkPassesOverEvacuatedBuckets) {
  Rig<> rig(208);
  rig.put(0, 0, 209);
  for (std::size_t bucket = 8; bucket < 20; ++bucket) {
    rig.drop(bucket, 999'999);
    if (rig.view().nevacuate == 7) {
      break;
    }
  }
  ASSERT_EQ(rig.view().nevacuate, 7U);
  rig.drop(0, 999'999);
  EXPECT_EQ(rig.view().nevacuate, 13U);
}

// ... but over 1025 at most in one step.
TEST(Growth, MarkLooksAheadABoundedWay) {
  constexpr std::size_t old_count = 4096;
  Rig<> rig(26'624);
  for (std::size_t n = 0; n <= 26'624; ++n) {
    rig.put(n % old_count, n / old_count);
  }
  ASSERT_EQ(old_bucket_count(rig.view()), old_count);
  // From the top down and, at the mark, from the bottom up: they meet in the middle.
  std::size_t largest_step = 0;
  for (std::size_t bucket = old_count; rig.view().growing();) {
    const std::size_t before = rig.view().nevacuate;
    rig.drop(--bucket, 999);
    largest_step = std::max(largest_step, rig.view().nevacuate - before);
  }
  EXPECT_EQ(largest_step, 1025U);
}

TEST(Growth, MarkIsAtRestOnTheFirstUnevacuatedBucket) {
  Rig<> rig;
  for (std::uint64_t n = 0; n < 5000; ++n) {
    (void)rig.map.assign(n * 0x9E37'79B9U);
    const TableView view = rig.view();
    if (!view.growing()) {
      continue;
    }
    const std::size_t old_count = old_bucket_count(view);
    ASSERT_GE(old_count, 4U);
    ASSERT_GE(view.nevacuate, 1U);
    ASSERT_LT(view.nevacuate, old_count);
    ASSERT_FALSE(is_evacuated_mark(view.old_bucket(view.nevacuate).state(0)));
    for (std::size_t index = 0; index < view.nevacuate; ++index) {
      ASSERT_TRUE(is_evacuated_mark(view.old_bucket(index).state(0)));
    }
  }
}

TEST(Growth, PassesTheIteratorFlagOnOnce) {
  Rig<> rig(26);
  rig.put(0, 0, 26);
  EXPECT_EQ(rig.view().flags, 0);
  (void)rig.map.iter();
  EXPECT_EQ(rig.view().flags, kIterator | kOldIterator);
  rig.put(0, 26);
  EXPECT_EQ(rig.view().flags, kOldIterator);
  rig.finish_growth();
  EXPECT_EQ(rig.view().flags, kOldIterator) << "completion leaves the iterator flags alone";
  rig.put(0, 27, 53);
  ASSERT_TRUE(rig.view().growing());
  EXPECT_EQ(rig.view().flags, 0) << "the next growth does not";
  (void)rig.map.iter();
  EXPECT_EQ(rig.view().flags, kIterator | kOldIterator) << "in the middle of a growth too";
}

TEST(Growth, PassesTheIteratorFlagOnAlsoAtTheSameSize) {
  Rig<> rig(26);
  rig.put(3, 0);
  rig.pile_up_overflow({0, 1});
  (void)rig.map.iter();
  rig.put(2, 0);
  EXPECT_EQ(rig.view().flags, kOldIterator | kSameSizeGrow);
}

TEST(Growth, KeepsTheSeed) {
  Rig<> rig;
  const std::uint32_t seed = rig.view().hash0;
  rig.put(0, 0, 300);
  EXPECT_EQ(rig.view().hash0, seed);
}

TEST(Growth, ReplacesWhatIsLeftOfThePreallocatedBuckets) {
  Rig<> rig(104);
  rig.put(0, 0, 9);
  ASSERT_EQ(rig.view().next_overflow, rig.view().bucket(17).raw());
  for (std::size_t n = 0; n < 96; ++n) {
    rig.put(1 + n % 15, n);
  }
  const TableView view = rig.view();
  ASSERT_TRUE(view.growing());
  ASSERT_EQ(view.B, 5);
  const std::size_t used = view.overflow.buckets.size();
  EXPECT_EQ(view.next_overflow, view.bucket(32 + used).raw());
}

TEST(Growth, FromEightBucketsMakesTheFirstExtra) {
  Rig<> rig(52);
  for (std::size_t n = 0; n < 53; ++n) {
    ASSERT_FALSE(rig.view().has_extra);
    rig.put(n, 0);
  }
  EXPECT_TRUE(rig.view().has_extra);
  EXPECT_NE(rig.view().next_overflow, nullptr);
  EXPECT_FALSE(rig.view().overflow.exists);
}

}  // namespace
}  // namespace gomap::test
