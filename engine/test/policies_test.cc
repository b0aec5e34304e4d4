// The five places where Go's own iterator breaks its promise (spec 2.12, Q1 to Q5), each reached on
// purpose: a GoExact iterator shows the defect as Go does, a Sound one gives the right answer.

#include <algorithm>
#include <cmath>
#include <limits>

#include "test/support.h"

namespace gomap::test {
namespace {

using Keys = std::vector<std::uint64_t>;

// Q1 (Go issues 59411, 70189): clear wipes the current array alone, so an iterator that stands in
// an old one goes on producing what was cleared.
template <class Policy>
Keys clear_in_the_middle_of_a_doubling() {
  Rig<> rig(208);
  for (std::size_t n = 0; n < 208; ++n) {
    rig.put(n % 32, n);
  }
  rig.draws.next({5});
  auto it = rig.map.iter<Policy>();  // its snapshot is about to become the old array
  rig.put(0, 999);
  EXPECT_TRUE(rig.view().growing());
  EXPECT_TRUE(it.next());
  rig.map.clear();
  return rest_of(it);
}

TEST(Policies, Q1ClearUnderAnIteratorInAnOldArray) {
  // Buckets 0 and 1 have been moved: their entries are looked up, and not found. The rest is stale.
  EXPECT_EQ(clear_in_the_middle_of_a_doubling<GoExact>().size(), 208U - 1 - 7 - 7);
  EXPECT_EQ(clear_in_the_middle_of_a_doubling<Sound>(), Keys{});
}

template <class Policy>
Keys clear_while_parked_in_an_overflow_bucket() {
  Rig<> rig(26);
  rig.put(1, 0, 12);
  rig.draws.next({1});
  auto it = rig.map.iter<Policy>();
  for (int n = 0; n < 9; ++n) {
    EXPECT_TRUE(it.next());
  }
  rig.map.clear();
  return rest_of(it);
}

TEST(Policies, Q1ClearUnderAnIteratorInAnOverflowBucket) {
  Keys stale;
  for (std::size_t n = 9; n < 12; ++n) {
    stale.push_back(key_in<std::uint64_t>(1, n));
  }
  EXPECT_EQ(clear_while_parked_in_an_overflow_bucket<GoExact>(), stale);
  EXPECT_EQ(clear_while_parked_in_an_overflow_bucket<Sound>(), Keys{});
}

// Q2: clear makes the sentinel anew in the bucket where the iterator stands; it follows that into
// bucket 0, and comes there once more by itself.
template <class Policy>
Keys clear_while_parked_on_the_sentinel() {
  Rig<> rig(104);
  rig.put(1, 0, 9);
  rig.put(2, 0, 9);  // the ninth lies in the last preallocated bucket
  rig.draws.next({2});
  auto it = rig.map.iter<Policy>();
  for (int n = 0; n < 9; ++n) {
    EXPECT_TRUE(it.next());
  }
  rig.map.clear();
  rig.put(0, 77);
  return rest_of(it);
}

TEST(Policies, Q2ClearUnderAnIteratorOnTheSentinel) {
  const std::uint64_t added = key_in<std::uint64_t>(0, 77);
  EXPECT_EQ(clear_while_parked_on_the_sentinel<GoExact>(), (Keys{added, added}));
  EXPECT_EQ(clear_while_parked_on_the_sentinel<Sound>(), Keys{})
      << "added after the clear: it need not be produced";
}

// Q3: the filter of a bucket entered under a doubling is dropped while a later same-size growth is
// on, so entries of the other half come twice.
template <class Policy>
Keys pause_from_a_doubling_into_a_same_size_growth() {
  Rig<> rig(26);
  for (std::size_t n = 0; n < 4; ++n) {
    rig.put(n % 2 == 0 ? 2 : 6, n);  // bucket 2 of four; 2 and 6 of eight
  }
  rig.put(0, 0, 22);
  rig.put(0, 22);
  EXPECT_TRUE(rig.view().growing());
  rig.draws.next({2});
  auto it = rig.map.iter<Policy>();
  Keys produced;
  EXPECT_TRUE(it.next());  // stands in old bucket 2, checking for 2
  produced.push_back(it.key());
  rig.finish_growth();
  for (std::size_t n = 0; n < 23; ++n) {
    rig.drop(0, n);
  }
  rig.pile_up_overflow({0, 1});
  rig.put(4, 0);
  EXPECT_EQ(rig.view().flags & kSameSizeGrow, kSameSizeGrow);
  for (const std::uint64_t key : rest_of(it)) {
    produced.push_back(key);
  }
  std::erase(produced, key_in<std::uint64_t>(4, 0));
  std::sort(produced.begin(), produced.end());
  return produced;
}

TEST(Policies, Q3EntriesTwiceWhenASameSizeGrowthFollowsADoubling) {
  const std::uint64_t a = key_in<std::uint64_t>(2, 0);
  const std::uint64_t b = key_in<std::uint64_t>(6, 1);
  const std::uint64_t c = key_in<std::uint64_t>(2, 2);
  const std::uint64_t d = key_in<std::uint64_t>(6, 3);
  Keys once = {a, b, c, d};
  Keys twice = {a, b, b, c, d, d};
  std::sort(once.begin(), once.end());
  std::sort(twice.begin(), twice.end());
  EXPECT_EQ(pause_from_a_doubling_into_a_same_size_growth<GoExact>(), twice);
  EXPECT_EQ(pause_from_a_doubling_into_a_same_size_growth<Sound>(), once);
}

// Q4: the filter is applied to a bucket entered under a same-size growth once that has ended, and
// by the mark X every NaN seems to belong to the lower half.
template <class Policy>
std::size_t pause_over_the_end_of_a_same_size_growth(bool opened_before) {
  Rig<double> rig(26);
  rig.hashes.rule = [](double key) {
    return hash_with(kTop, std::isnan(key) ? 3 : static_cast<std::uint64_t>(key));
  };
  for (int n = 0; n < 5; ++n) {
    (void)rig.map.assign(std::nan(""));
  }
  rig.pile_up_overflow({0, 1});
  rig.draws.next({3, 3});
  auto early = rig.map.iter<Policy>();
  rig.put(1, 0);
  EXPECT_TRUE(rig.view().growing());
  auto late = rig.map.iter<Policy>();
  auto& it = opened_before ? early : late;
  EXPECT_TRUE(it.next());  // stands in old bucket 3 of four
  EXPECT_EQ(it.state().check_bucket, 3U);
  rig.finish_growth();
  std::size_t nans = 1;
  while (it.next()) {
    nans += std::isnan(it.key()) ? 1 : 0;
  }
  return nans;
}

TEST(Policies, Q4NansLostWhenASameSizeGrowthEnds) {
  for (const bool opened_before : {false, true}) {
    EXPECT_EQ(pause_over_the_end_of_a_same_size_growth<GoExact>(opened_before), 1U);
    EXPECT_EQ(pause_over_the_end_of_a_same_size_growth<Sound>(opened_before), 5U);
  }
}

// Q5: the flag that forbids wiping lasts for one growth, so under a second same-size growth the
// bucket where an iterator stands is wiped, and the rest is looked up by an all-zero key.
template <class Policy>
std::vector<Boxed> stand_in_a_bucket_that_is_wiped(bool with_zero_key) {
  Rig<Boxed, Boxed> rig(52);
  rig.put(1, 1);
  rig.put(7, 0, 4);
  if (with_zero_key) {
    (void)rig.map.assign(Boxed{0});
  }
  rig.draws.next({1});
  auto it = rig.map.iter<Policy>();
  EXPECT_TRUE(it.next());
  rig.pile_up_overflow({2, 3});
  rig.put(1, 2);  // the first same-size growth
  rig.finish_growth();
  EXPECT_EQ(rig.view().flags, kOldIterator);
  rig.pile_up_overflow({2, 3});
  rig.put(1, 3);  // the second
  EXPECT_EQ(rig.view().flags, kSameSizeGrow) << "nobody seems to be iterating";
  std::vector<Boxed> produced;
  while (it.next()) {
    produced.push_back(it.key());
    if (it.key() == key_in<Boxed>(7, 0)) {
      rig.drop(7, 999);  // moves the bucket under it
    }
  }
  return produced;
}

TEST(Policies, Q5EntriesLostWhenTheirBucketIsWiped) {
  const std::vector<Boxed> all = {key_in<Boxed>(7, 0), key_in<Boxed>(7, 1), key_in<Boxed>(7, 2),
                                  key_in<Boxed>(7, 3)};
  EXPECT_EQ(stand_in_a_bucket_that_is_wiped<GoExact>(false), std::vector<Boxed>{all[0]});
  EXPECT_EQ(stand_in_a_bucket_that_is_wiped<Sound>(false), all);
}

TEST(Policies, Q5WrongEntriesWhenThereIsAZeroKey) {
  const Boxed zero{0};
  EXPECT_EQ(stand_in_a_bucket_that_is_wiped<GoExact>(true),
            (std::vector<Boxed>{key_in<Boxed>(7, 0), zero, zero, zero, zero}));
  const std::vector<Boxed> sound = {key_in<Boxed>(7, 0), key_in<Boxed>(7, 1), key_in<Boxed>(7, 2),
                                    key_in<Boxed>(7, 3), zero};
  EXPECT_EQ(stand_in_a_bucket_that_is_wiped<Sound>(true), sound);
}

// Sound ends with the seed it was born under: also when the last entry is deleted.
TEST(Policies, SoundEndsWhenTheMapHasBeenEmptied) {
  Rig<> rig;
  rig.put(0, 0, 3);
  rig.draws.next({0});
  auto sound = rig.map.iter<Sound>();
  auto exact = rig.map.iter<GoExact>();
  ASSERT_TRUE(sound.next());
  for (std::size_t n = 0; n < 3; ++n) {
    rig.drop(0, n);
  }
  rig.put(0, 5);
  rig.put(0, 6);  // in a cell that it has not come to
  EXPECT_FALSE(sound.next());
  rig.put(0, 7);
  EXPECT_FALSE(sound.next());
  EXPECT_EQ(rest_of(exact).size(), 3U) << "Go's walks on";
}

TEST(Policies, ProduceTheSameWhereGoIsRight) {
  for (std::uint64_t draw = 0; draw < 64; ++draw) {
    Rig<> rig(52);
    for (std::size_t n = 0; n < 52; ++n) {
      rig.put(n % 11, n);
    }
    rig.draws.next({draw, draw, draw + 3, draw + 3});
    auto exact = rig.map.iter<GoExact>();
    auto sound = rig.map.iter<Sound>();
    for (std::size_t n = 0; n < 10; ++n) {
      ASSERT_TRUE(exact.next());
      ASSERT_TRUE(sound.next());
      rig.put(12, n);
    }
    auto exact_in_growth = rig.map.iter<GoExact>();
    auto sound_in_growth = rig.map.iter<Sound>();
    rig.put(13, 0);
    EXPECT_EQ(rest_of(exact), rest_of(sound));
    EXPECT_EQ(rest_of(exact_in_growth), rest_of(sound_in_growth));
  }
}

}  // namespace
}  // namespace gomap::test
