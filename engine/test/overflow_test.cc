// Overflow buckets: where they come from, in which order, who lists them, and how they are counted:
// spec 2.3; I14, I14b, I15, I18, I20. From B = 16 on the count is sampled by draws.

#include "test/support.h"

namespace gomap::test {
namespace {

TEST(Overflow, TakesPreallocatedBucketsInOrderThenItsOwn) {
  Rig<> rig(104);
  rig.put(2, 0, 9);
  TableView view = rig.view();
  EXPECT_EQ(chain(view.bucket(2))[1], view.bucket(16));
  EXPECT_EQ(view.next_overflow, view.bucket(17).raw());

  rig.put(5, 0, 9);
  view = rig.view();
  EXPECT_EQ(chain(view.bucket(5))[1], view.bucket(17)) << "the sentinel's bucket serves once";
  EXPECT_EQ(view.next_overflow, nullptr);
  EXPECT_FALSE(view.bucket(17).overflow()) << "and loses the sentinel";

  rig.put(2, 9, 17);
  view = rig.view();
  const BucketView own = chain(view.bucket(2))[2];
  EXPECT_TRUE(own.raw() < view.buckets ||
              own.raw() >= view.buckets + view.total * view.geometry->bucket_size);
  EXPECT_EQ(view.next_overflow, nullptr);
  EXPECT_EQ(rig.map.size(), 26U);
}

TEST(Overflow, IsListedInTheOrderOfHandingOut) {
  Rig<> rig(104);
  rig.put(2, 0, 9);
  rig.put(5, 0, 9);
  rig.put(2, 9, 17);
  rig.put(5, 9, 17);
  const TableView view = rig.view();
  EXPECT_TRUE(view.overflow.exists);
  const std::vector<const std::byte*> listed(view.overflow.buckets.begin(),
                                             view.overflow.buckets.end());
  const auto two = chain(view.bucket(2));
  const auto five = chain(view.bucket(5));
  EXPECT_EQ(listed, (std::vector<const std::byte*>{two[1].raw(), five[1].raw(), two[2].raw(),
                                                   five[2].raw()}));
}

TEST(Overflow, MakesExtraWhenTheFirstIsNeeded) {
  Rig<> rig(26);
  rig.put(0, 0, 8);
  EXPECT_FALSE(rig.view().has_extra);
  EXPECT_EQ(rig.view().noverflow, 0);
  rig.put(0, 8);
  EXPECT_TRUE(rig.view().has_extra);
  EXPECT_TRUE(rig.view().overflow.exists);
  EXPECT_EQ(rig.view().noverflow, 1);
}

// A15 of the spec's mutants.
TEST(Overflow, OfAMapWithPointersIsListedByNobody) {
  Rig<std::uint64_t, Boxed> rig(26);
  rig.put(0, 0, 9);
  (void)rig.map.iter();
  EXPECT_FALSE(rig.view().has_extra);
  EXPECT_FALSE(rig.view().overflow.exists);
  EXPECT_EQ(rig.view().noverflow, 1);
  rig.put(0, 9, 27);
  ASSERT_TRUE(rig.view().growing());
  EXPECT_FALSE(rig.view().oldoverflow.exists);
  EXPECT_FALSE(rig.view().has_extra);
}

TEST(Overflow, ListBecomesTheOldListWhenAGrowthStarts) {
  Rig<> rig(26);
  rig.put(1, 0, 9);
  rig.put(2, 0, 17);
  const std::byte* const first = rig.view().overflow.buckets[0];
  rig.put(3, 0);
  TableView view = rig.view();
  ASSERT_TRUE(view.growing());
  EXPECT_TRUE(view.oldoverflow.exists);
  EXPECT_EQ(view.oldoverflow.buckets.size(), 3U);
  EXPECT_EQ(view.oldoverflow.buckets[0], first);
  EXPECT_FALSE(view.overflow.exists);
  EXPECT_EQ(view.noverflow, 0);
  rig.finish_growth();
  view = rig.view();
  EXPECT_FALSE(view.oldoverflow.exists);
  EXPECT_TRUE(view.oldoverflow.buckets.empty());
  EXPECT_EQ(view.overflow.buckets.size(), 3U) << "evacuation needed as many: all stay in one half";
  EXPECT_EQ(view.noverflow, 3);
}

TEST(Overflow, ListCreatedByAnIteratorIsEmptyAndMovesAlongToo) {
  Rig<> rig(26);
  rig.put(0, 0);
  (void)rig.map.iter();
  EXPECT_TRUE(rig.view().has_extra);
  EXPECT_TRUE(rig.view().overflow.exists);
  EXPECT_TRUE(rig.view().overflow.buckets.empty());
  for (std::size_t n = 1; n < 27; ++n) {
    rig.put(n % 4, n);
  }
  ASSERT_TRUE(rig.view().growing());
  EXPECT_TRUE(rig.view().oldoverflow.exists);
}

TEST(Overflow, IsOnlyAppendedToAFullChain) {
  Rig<> rig(26);
  rig.put(0, 0, 16);
  rig.drop(0, 5);
  rig.put(0, 16);
  EXPECT_EQ(chain(rig.view().bucket(0)).size(), 2U);
  rig.put(0, 17);
  EXPECT_EQ(chain(rig.view().bucket(0)).size(), 3U);
}

TEST(Overflow, CountIsExactWhileBIsBelowSixteen) {
  Rig<> rig(200'000);
  ASSERT_EQ(rig.view().B, 15);
  const std::size_t taken = rig.draws.taken();
  rig.put(0, 0, 8 * 11);
  EXPECT_EQ(rig.view().noverflow, 10);
  EXPECT_EQ(rig.draws.taken(), taken) << "and costs no draw";
}

TEST(Overflow, CountIsSampledFromSixteenOn) {
  Rig<> rig(400'000);
  ASSERT_EQ(rig.view().B, 16);
  const std::size_t taken = rig.draws.taken();
  // One bit of each draw decides: even ones count.
  rig.draws.next({1, 2, 3, 0, 0xFFFF'FFFE, 7, 8});
  rig.put(0, 0, 8);
  EXPECT_EQ(rig.draws.taken(), taken);
  rig.put(0, 8, 8 * 8);
  EXPECT_EQ(rig.draws.taken(), taken + 7) << "one draw a bucket";
  EXPECT_EQ(rig.view().noverflow, 4);
  EXPECT_EQ(rig.view().overflow.buckets.size(), 7U);
}

TEST(Overflow, CountIsSampledByMoreBitsInLargerTables) {
  Rig<> rig(1'700'000);
  rig.hashes.rule = [](std::uint64_t) { return hash_with(kTop, 0); };
  ASSERT_EQ(rig.view().B, 18);
  rig.draws.next({0, 1, 2, 4, 8, 15, 16});  // three bits
  rig.put(0, 0, 8 * 8);
  EXPECT_EQ(rig.view().noverflow, 3);
}

TEST(Overflow, SampledCountStillBringsOnASameSizeGrowth) {
  Rig<> rig(400'000);
  auto* table = const_cast<Rig<>::Map::Table*>(rig.map.inside());
  table->noverflow = 32'767;  // filling that many chains would take minutes
  rig.put(0, 0, 8);
  ASSERT_FALSE(rig.view().growing());
  rig.draws.next({0});
  rig.put(0, 8);
  ASSERT_EQ(rig.view().noverflow, 32'768);
  rig.put(0, 9);
  EXPECT_TRUE(rig.view().growing());
  EXPECT_EQ(rig.view().B, 16);
  EXPECT_EQ(rig.view().noverflow, 0) << "the two-bucket chain: its draw was odd";
}

template <int Width>
void expect_exact_count() {
  Rig<std::uint64_t, std::uint64_t, Width> rig;
  for (std::size_t n = 0; n < 400; ++n) {
    rig.put(n * n % 5, n % 90);
    if (n % 3 == 0) {
      rig.drop(n % 5, n % 60);
    }
    const TableView view = rig.view();
    std::size_t linked = 0;
    for (std::size_t index = 0; index < std::size_t{1} << view.B; ++index) {
      linked += chain(view.bucket(index)).size() - 1;
    }
    ASSERT_EQ(view.noverflow, linked);
    ASSERT_EQ(view.overflow.buckets.size(), linked);
  }
}

TEST(Overflow, CountAndListAgreeWithTheLinksAtEveryWidth) {
  expect_exact_count<1>();
  expect_exact_count<2>();
  expect_exact_count<4>();
  expect_exact_count<8>();
}

}  // namespace
}  // namespace gomap::test
