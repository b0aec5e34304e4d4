// make(map, hint): spec 1.2, 2.2 and the first assign of 2.5.4. A hint decides B and nothing else;
// a bogus one is ignored (Go issue 19926), never an error.

#include <limits>
#include <utility>
#include <vector>

#include "test/support.h"

namespace gomap::test {
namespace {

TEST(Creation, HintGivesTheSmallestTableThatHoldsIt) {
  const std::vector<std::pair<std::int64_t, int>> table = {
      {0, 0},   {1, 0},   {8, 0},   {9, 1},   {13, 1},   {14, 2},   {26, 2},
      {27, 3},  {52, 3},  {53, 4},  {104, 4}, {105, 5},  {208, 5},  {209, 6},
      {416, 6}, {417, 7}, {832, 7}, {833, 8}, {1664, 8}, {1665, 9}, {3328, 9}};
  for (const auto& [hint, b] : table) {
    EXPECT_EQ(Rig<>(hint).view().B, b) << hint;
  }
}

// B right after make, not after inserts: those would grow a table that was made too small.
TEST(Creation, TableOfTheRightHintNeedsNoGrowth) {
  for (const std::int64_t hint : {8, 9, 13, 14, 26, 27, 52, 53, 104, 105, 208}) {
    Rig<> rig(hint);
    const auto b = rig.view().B;
    for (std::int64_t n = 0; n < hint; ++n) {
      (void)rig.map.assign(static_cast<std::uint64_t>(n));
    }
    EXPECT_EQ(rig.view().B, b) << hint;
    EXPECT_FALSE(rig.view().growing());
  }
}

TEST(Creation, BogusHintsCountAsZero) {
  // 2^48 bytes of 144-byte buckets: the largest hint that is honoured is one less than this.
  constexpr std::int64_t too_large = 1'954'687'338'269;
  for (const std::int64_t hint :
       {std::int64_t{-1}, -(std::int64_t{1} << 30), std::numeric_limits<std::int64_t>::min(),
        std::int64_t{1} << 62, std::numeric_limits<std::int64_t>::max(), too_large}) {
    Rig<> rig(hint);
    EXPECT_EQ(rig.view().B, 0) << hint;
    EXPECT_EQ(rig.view().buckets, nullptr) << hint;
    *rig.map.access2(rig.put(0, 1)) = 5;
    EXPECT_EQ(rig.map.access1(key_in<std::uint64_t>(0, 1)), 5U);
  }
}

TEST(Creation, DefaultMapHasNoInsideAndIsEmpty) {
  Map<std::uint64_t, std::uint64_t> map;
  EXPECT_EQ(map.inside(), nullptr);
  EXPECT_EQ(map.size(), 0U);
  EXPECT_EQ(map.access2(1), nullptr);
  EXPECT_EQ(map.access1(1), 0U);
  EXPECT_FALSE(map.erase(1));
  map.clear();
  EXPECT_FALSE(map.iter().next());
  EXPECT_EQ(map.inside(), nullptr) << "none of these needs a table";
  map.assign(1) = 2;
  EXPECT_EQ(map.access1(1), 2U);
  const TableView none = view_of(Map<std::uint64_t, std::uint64_t>());
  EXPECT_EQ(none.buckets, nullptr);
}

TEST(Creation, FirstBucketComesWithTheFirstEntry) {
  Rig<> rig;
  const TableView before = rig.view();
  EXPECT_EQ(before.buckets, nullptr);
  EXPECT_EQ(before.total, 0U);
  EXPECT_FALSE(before.has_extra);
  EXPECT_EQ(before.flags, 0);
  (void)rig.map.access2(1);
  (void)rig.map.erase(1);
  rig.map.clear();
  EXPECT_EQ(rig.view().buckets, nullptr);

  rig.put(0, 1);
  const TableView after = rig.view();
  ASSERT_NE(after.buckets, nullptr);
  EXPECT_EQ(after.total, 1U);
  EXPECT_EQ(after.B, 0);
  EXPECT_FALSE(after.has_extra);
  EXPECT_EQ(after.next_overflow, nullptr);
  EXPECT_EQ(shape(after, after.bucket(0)), "#-------");
}

TEST(Creation, DrawsTheSeedAndNothingElse) {
  Draws draws;
  Hashes<std::uint64_t> hashes;
  draws.next({0x1'2345'6789});
  const Rig<>::Map map(1000, {&hashes}, {}, {&draws});
  EXPECT_EQ(draws.taken(), 1U);
  EXPECT_EQ(map.inside()->hash0, 0x2345'6789U) << "32 bits";
  EXPECT_EQ(hashes.calls, 0U);
}

TEST(Creation, FromSixteenBucketsOnOverflowBucketsArePreallocated) {
  for (const auto& [hint, total] : std::vector<std::pair<std::int64_t, std::size_t>>{
           {104, 18}, {208, 37}, {416, 71}, {832, 142}}) {
    const Rig<> rig(hint);
    const TableView view = rig.view();
    const std::size_t base = std::size_t{1} << view.B;
    ASSERT_EQ(view.total, total);
    EXPECT_TRUE(view.has_extra);
    EXPECT_FALSE(view.overflow.exists);
    EXPECT_EQ(view.next_overflow, view.bucket(base).raw());
    for (std::size_t index = 0; index + 1 < total; ++index) {
      EXPECT_FALSE(view.bucket(index).overflow()) << index;
    }
    EXPECT_EQ(view.bucket(total - 1).overflow(), view.bucket(0)) << "the sentinel";
  }
}

TEST(Creation, BelowSixteenBucketsThereIsNoExtra) {
  for (const std::int64_t hint : {9, 14, 27, 52}) {
    const TableView view = Rig<>(hint).view();
    EXPECT_EQ(view.total, std::size_t{1} << view.B);
    EXPECT_FALSE(view.has_extra);
    EXPECT_EQ(view.next_overflow, nullptr);
    EXPECT_NE(view.buckets, nullptr) << "made at once where B is not 0";
  }
}

template <int Width>
void expect_smallest_table(std::int64_t hint) {
  const Rig<std::uint64_t, std::uint64_t, Width> rig(hint);
  const TableView view = rig.view();
  const auto n = static_cast<std::uint64_t>(hint);
  EXPECT_FALSE(over_load_factor<Width>(n, view.B)) << Width << ' ' << hint;
  if (view.B > 0) {
    EXPECT_TRUE(over_load_factor<Width>(n, static_cast<std::uint8_t>(view.B - 1)));
  }
}

TEST(Creation, HintIsHonouredAtEveryWidth) {
  for (std::int64_t hint = 0; hint < 300; ++hint) {
    expect_smallest_table<1>(hint);
    expect_smallest_table<2>(hint);
    expect_smallest_table<4>(hint);
    expect_smallest_table<8>(hint);
  }
}

}  // namespace
}  // namespace gomap::test
