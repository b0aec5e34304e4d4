// What evacuation does to an old chain and its destinations: spec 2.9; I9, I10, I26 to I28.

#include <cmath>

#include "test/support.h"

namespace gomap::test {
namespace {

// A table of eight buckets one insert before it doubles; bucket 1 holds keys of both halves, and
// bucket 6 the rest. An insert into bucket 3 starts the growth, and moves 0 and 3.
template <class Key, class Elem>
void fill_to_the_brim(Rig<Key, Elem>& rig) {
  for (std::size_t n = 0; n < 10; ++n) {
    rig.put(n % 3 == 1 ? 9 : 1, n);  // 1 stays in the lower half, 9 moves to the upper
  }
  rig.put(6, 0, 42);
  ASSERT_EQ(rig.map.size(), 52U);
}

TEST(Evacuation, SplitsAChainInOrderAndWithoutHoles) {
  Rig<> rig(52);
  fill_to_the_brim(rig);
  rig.drop(1, 2);
  rig.put(3, 0);
  rig.put(3, 1);
  ASSERT_TRUE(rig.view().growing());
  rig.drop(1, 999);
  const TableView view = rig.view();
  const auto ns = [&](std::size_t bucket) {
    std::vector<std::uint64_t> out;
    for (const std::uint64_t key : keys<std::uint64_t>(view, view.bucket(bucket))) {
      EXPECT_EQ(key & 15U, bucket);
      out.push_back(key >> 16U);
    }
    return out;
  };
  EXPECT_EQ(ns(1), (std::vector<std::uint64_t>{0, 3, 5, 6, 8, 9}));
  EXPECT_EQ(ns(9), (std::vector<std::uint64_t>{1, 4, 7}));
  EXPECT_EQ(shape(view, view.bucket(1)), "######--");
  EXPECT_EQ(shape(view, view.bucket(9)), "###-----");
}

TEST(Evacuation, MarksTellTheHalf) {
  Rig<> rig(52);
  fill_to_the_brim(rig);
  rig.drop(1, 2);
  rig.put(3, 0);
  rig.put(3, 1);
  rig.drop(1, 999);
  const TableView view = rig.view();
  EXPECT_EQ(shape(view, view.old_bucket(1)), "XYEXYXXY|XXEEEEEE");
  EXPECT_EQ(shape(view, view.old_bucket(3)), "XEEEEEEE") << "the insert came after the move";
  EXPECT_EQ(shape(view, view.old_bucket(6)).substr(0, 17), "########|########");
}

TEST(Evacuation, AtTheSameSizeMarksOnlyXAndCallsNoHash) {
  Rig<> rig(26);
  rig.put(3, 0, 5);
  rig.drop(3, 1);
  rig.drop(3, 3);
  rig.pile_up_overflow({0, 1});
  rig.put(2, 0);
  const std::size_t calls = rig.hashes.calls;
  rig.drop(3, 999);
  EXPECT_EQ(rig.hashes.calls, calls + 1) << "the key's own";
  EXPECT_FALSE(rig.view().growing()) << "buckets 0 and 2, then 3 and 1";
  const TableView view = rig.view();
  EXPECT_EQ(shape(view, view.bucket(3)), "###-----") << "holes are squeezed out";
  EXPECT_EQ(keys<std::uint64_t>(view, view.bucket(3)),
            (std::vector<std::uint64_t>{key_in<std::uint64_t>(3, 0), key_in<std::uint64_t>(3, 2),
                                        key_in<std::uint64_t>(3, 4)}));
}

TEST(Evacuation, AtTheSameSizeLeavesXAndEmptyBehind) {
  Rig<> rig(52);
  rig.put(7, 0, 3);
  rig.drop(7, 1);
  rig.pile_up_overflow({0, 1});
  rig.put(2, 0);
  rig.drop(7, 999);
  const TableView view = rig.view();
  EXPECT_EQ(shape(view, view.old_bucket(7)), "XEXEEEEE");
}

TEST(Evacuation, MarksEveryBucketOfTheChain) {
  Rig<> rig(26);
  rig.put(0, 0, 26);
  const std::size_t links = rig.view().overflow.buckets.size();
  ASSERT_EQ(links, 3U);
  rig.put(0, 26);
  const TableView view = rig.view();
  ASSERT_TRUE(view.growing());
  EXPECT_EQ(shape(view, view.old_bucket(0)), "XXXXXXXX|XXXXXXXX|XXXXXXXX|XXEEEEEE");
  EXPECT_EQ(shape(view, view.bucket(0)), "########|########|########|###-----");
}

TEST(Evacuation, KeepsElemsAndTopHashes) {
  Rig<> rig(26);
  rig.hashes.rule = [](std::uint64_t key) {
    return hash_with(static_cast<std::uint8_t>(key >> 16U), key);
  };
  for (std::size_t n = 0; n < 26; ++n) {
    rig.map.assign(key_in<std::uint64_t>(1, n)) = n + 100;
  }
  rig.put(1, 26);
  const TableView view = rig.view();
  std::size_t n = 0;
  for (const BucketView bucket : chain(view.bucket(1))) {
    for (int cell = 0; cell < 8 && n < 26; ++cell, ++n) {
      EXPECT_EQ(bucket.state(cell), n < 5 ? n + 5 : n);
      EXPECT_EQ(read<std::uint64_t>(bucket.elem(cell)), n + 100);
    }
  }
}

TEST(Evacuation, DestinationsAreUntouchedBefore) {
  Rig<> rig(208);
  rig.put(0, 0, 209);
  const TableView view = rig.view();
  for (std::size_t index = 2; index < 32; ++index) {
    for (const std::size_t to : {index, index + 32}) {
      for (std::size_t at = 0; at < view.geometry->bucket_size; ++at) {
        ASSERT_EQ(view.bucket(to).raw()[at], std::byte{0});
      }
    }
  }
}

// NaN-like keys hash anew at every call. Bucket 1 holds NaNs with odd and even top hashes.
class NanEvacuation : public testing::Test {
 protected:
  void SetUp() override {
    rig_.hashes.rule = [this](double key) {
      return std::isnan(key) ? nan_hash_ : hash_with(kTop, static_cast<std::uint64_t>(key));
    };
    for (const unsigned top : {0x60U, 0x61U, 0x70U, 0x71U}) {
      nan_hash_ = hash_with(static_cast<std::uint8_t>(top), 1);
      rig_.map.assign(std::nan("")) = top;
    }
    rig_.put(6, 0, 48);
    rig_.put(3, 0);
    ASSERT_TRUE(rig_.view().growing());
    ASSERT_EQ(rig_.view().old_bucket(1).state(0), 0x60);
    nan_hash_ = hash_with(0x99, 9);  // as it hashes now: to the upper half
  }

  Rig<double> rig_{52};
  std::uint64_t nan_hash_ = 0;
};

TEST_F(NanEvacuation, FollowsTheNewHashWhereNoIteratorMayCare) {
  rig_.drop(1, 999);
  const TableView view = rig_.view();
  EXPECT_EQ(shape(view, view.old_bucket(1)), "YYYYEEEE");
  EXPECT_EQ(shape(view, view.bucket(1)), "--------");
  EXPECT_EQ(view.bucket(9).state(0), 0x60) << "the old top hash stays";
  EXPECT_EQ(view.bucket(9).state(3), 0x71);
}

TEST_F(NanEvacuation, FollowsTheOldTopHashUnderAnIterator) {
  const auto it = rig_.map.iter<GoExact>();
  rig_.drop(1, 999);
  const TableView view = rig_.view();
  EXPECT_EQ(shape(view, view.old_bucket(1)), "XYXYEEEE");
  EXPECT_EQ(shape(view, view.bucket(1)), "##------");
  EXPECT_EQ(shape(view, view.bucket(9)), "##------");
  EXPECT_EQ(view.bucket(1).state(0), 0x99) << "a new top hash for the next growth";
  EXPECT_EQ(read<std::uint64_t>(view.bucket(1).elem(1)), 0x70U);
  EXPECT_EQ(read<std::uint64_t>(view.bucket(9).elem(1)), 0x71U);
}

TEST(Evacuation, AnIteratorFromBeforeTheGrowthDoesNotBindNans) {
  Rig<double> rig(52);
  std::uint64_t nan_hash = hash_with(0x60, 1);
  rig.hashes.rule = [&](double key) {
    return std::isnan(key) ? nan_hash : hash_with(kTop, static_cast<std::uint64_t>(key));
  };
  (void)rig.map.assign(std::nan(""));
  rig.put(6, 0, 51);
  (void)rig.map.iter<GoExact>();
  rig.put(3, 0);
  nan_hash = hash_with(0x99, 9);
  rig.drop(1, 999);
  const TableView view = rig.view();
  EXPECT_EQ(shape(view, view.old_bucket(1)), "YEEEEEEE");
  EXPECT_EQ(view.bucket(9).state(0), 0x60);
}

bool all_zero(const std::byte* bytes, std::size_t n) {
  for (std::size_t at = 0; at < n; ++at) {
    if (bytes[at] != std::byte{0}) {
      return false;
    }
  }
  return true;
}

bool base_is_wiped(const TableView& view, std::size_t index) {
  return all_zero(view.old_bucket(index).raw() + kTopHashBytes,
                  view.geometry->bucket_size - kTopHashBytes);
}

TEST(Evacuation, WipesTheOldBaseBucketWhereThereArePointers) {
  Rig<std::uint64_t, Boxed> rig(52);
  fill_to_the_brim(rig);
  rig.put(3, 0);
  rig.drop(1, 999);
  const TableView view = rig.view();
  ASSERT_TRUE(view.growing());
  EXPECT_TRUE(base_is_wiped(view, 1));
  EXPECT_EQ(shape(view, view.old_bucket(1)), "XYXXYXXY") << "the link is gone, the marks stay";
  EXPECT_FALSE(base_is_wiped(view, 6)) << "not evacuated";
  const BucketView overflow(view.oldoverflow.buckets[0], view.geometry);
  EXPECT_EQ(read<std::uint64_t>(overflow.key(0)), key_in<std::uint64_t>(1, 8))
      << "overflow buckets are not wiped";
}

TEST(Evacuation, WipesNothingWithoutPointers) {
  Rig<> rig(52);
  fill_to_the_brim(rig);
  rig.put(3, 0);
  rig.drop(1, 999);
  const TableView view = rig.view();
  EXPECT_EQ(read<std::uint64_t>(view.old_bucket(1).key(0)), key_in<std::uint64_t>(1, 0));
  EXPECT_EQ(shape(view, view.old_bucket(1)), "XYXXYXXY|XXEEEEEE");
}

TEST(Evacuation, WipesNothingThatAnIteratorFromBeforeTheGrowthMayRead) {
  Rig<std::uint64_t, Boxed> rig(52);
  fill_to_the_brim(rig);
  (void)rig.map.iter<GoExact>();
  rig.put(3, 0);
  ASSERT_EQ(rig.view().flags, kOldIterator);
  rig.drop(1, 999);
  EXPECT_FALSE(base_is_wiped(rig.view(), 1));
}

// mapiterinit sets both flags, so an iterator born in the middle stops the wiping as well.
TEST(Evacuation, WipesNothingOnceAnIteratorIsOpenedInTheMiddle) {
  Rig<std::uint64_t, Boxed> rig(52);
  fill_to_the_brim(rig);
  rig.put(3, 0);
  (void)rig.map.iter<GoExact>();
  rig.drop(1, 999);
  EXPECT_FALSE(base_is_wiped(rig.view(), 1));
  EXPECT_TRUE(base_is_wiped(rig.view(), 3)) << "moved before it was opened";
}

}  // namespace
}  // namespace gomap::test
