// Where things lie in a bucket and how many buckets an array has: spec 1.1, 1.3, 1.4, 1.7, 2.1.
// The totals of 1.7 were measured on Go's own makemap, so they bind.

#include <array>
#include <limits>
#include <random>
#include <vector>

#include "test/support.h"

namespace gomap::test {
namespace {

struct Unit {};

template <std::size_t Size, std::size_t Align = 1>
struct alignas(Align) Bytes {
  std::byte bytes[Size];
};
using Str = Bytes<16, 8>;

template <class Key, class Elem, int Width = 8>
using L = BucketLayout<Key, Elem, Width>;

TEST(Layout, OfEightByteKeysAndElemsIsGos) {
  using Ints = L<std::uint64_t, std::uint64_t>;
  EXPECT_EQ(Ints::key_offset, 8U);
  EXPECT_EQ(Ints::elem_offset, 72U);
  EXPECT_EQ(Ints::overflow_offset, 136U);
  EXPECT_EQ(Ints::size, 144U);
}

TEST(Layout, BucketSizesAreThoseOfGosExamples) {
  EXPECT_EQ((L<Str, std::uint64_t>::size), 208U);
  EXPECT_EQ((L<double, std::uint64_t>::size), 144U);
  EXPECT_EQ((L<Unit, std::uint64_t>::size), 80U);
  EXPECT_EQ((L<std::uint64_t, Unit>::size), 80U);
  EXPECT_EQ((L<void*, std::uint64_t>::size), 144U);
  EXPECT_EQ((L<Bytes<128>, Bytes<128>>::size), 2064U);
}

TEST(Layout, ZeroWidthSlotsShareOneAddress) {
  using Set = L<std::uint64_t, Unit>;
  alignas(8) std::array<std::byte, Set::size> bucket{};
  EXPECT_EQ(static_cast<void*>(Set::elem(bucket.data(), 0)),
            static_cast<void*>(Set::elem(bucket.data(), 7)));
  EXPECT_EQ(Set::elem_offset, Set::overflow_offset);
  // Storing one must not reach the link that lies at its address.
  Set::set_overflow(bucket.data(), bucket.data());
  Pending<Unit, std::allocator<std::byte>>({}).settle(Set::elem_slot(bucket.data(), 3));
  *Set::elem(bucket.data(), 3) = Unit{};
  Set::zero_elem(bucket.data(), 3);
  EXPECT_EQ(Set::overflow(bucket.data()), bucket.data());
}

TEST(Layout, OfNarrowBucketsKeepsEightStateBytes) {
  EXPECT_EQ((L<std::uint64_t, std::uint64_t, 1>::size), 8U + 8 + 8 + 8);
  EXPECT_EQ((L<std::uint64_t, std::uint64_t, 2>::elem_offset), 8U + 16);
  EXPECT_EQ((L<std::uint8_t, std::uint64_t, 1>::elem_offset), 16U) << "aligned for the elem";
  EXPECT_EQ((L<std::uint8_t, std::uint8_t, 1>::overflow_offset), 16U) << "aligned for the link";
}

// C++ has no collector: only a type that asks for it is treated as Go treats pointers.
TEST(Layout, PointersAreSeenWhereTheTraitsSaySo) {
  EXPECT_FALSE((L<std::uint64_t, double>::has_pointers));
  EXPECT_FALSE((L<std::uint64_t, Unit>::has_pointers));
  EXPECT_FALSE((L<void*, std::uint64_t>::has_pointers));
  EXPECT_TRUE((L<std::uint64_t, Boxed>::has_pointers));
  EXPECT_TRUE((L<std::uint64_t, std::string>::has_pointers)) << "the slot holds one";
  EXPECT_TRUE(slot_traits<std::uint64_t>::reflexive);
  EXPECT_FALSE(slot_traits<double>::reflexive);
  EXPECT_TRUE(slot_traits<double>::needs_key_update);
  EXPECT_FALSE(slot_traits<std::uint64_t>::needs_key_update);
}

// The rows of 1.7: the bucket size of the example type, and the totals for B = 4 to 12.
struct TotalsRow {
  std::size_t size;
  std::size_t example;
  std::array<std::size_t, 9> totals;
};

const std::vector<TotalsRow> kTotals = {
    {16, L<Unit, Unit>::size, {18, 36, 72, 144, 304, 592, 1152, 2560, 4608}},
    {24, L<std::uint8_t, Unit>::size, {17, 37, 74, 144, 272, 565, 1136, 2389, 4437}},
    {32, L<std::uint8_t, std::uint8_t>::size, {18, 36, 72, 152, 296, 576, 1280, 2304, 4352}},
    {48, L<std::uint16_t, std::uint16_t>::size, {18, 37, 72, 136, 282, 568, 1194, 2218, 4437}},
    {56, L<std::int32_t, bool>::size, {18, 36, 73, 146, 292, 585, 1170, 2194, 4388}},
    {80, L<std::int32_t, std::int32_t>::size, {17, 38, 76, 136, 272, 614, 1126, 2252, 4403}},
    {88, L<std::int64_t, bool>::size, {17, 34, 69, 139, 279, 558, 1117, 2234, 4375}},
    {112, L<float, std::int64_t>::size, {18, 36, 73, 146, 292, 585, 1097, 2194, 4388}},
    {144, L<std::int64_t, std::int64_t>::size, {18, 37, 71, 142, 284, 568, 1137, 2218, 4380}},
    {152, L<Str, bool>::size, {17, 35, 71, 143, 323, 592, 1131, 2209, 4365}},
    {208, L<Str, std::int64_t>::size, {19, 39, 68, 137, 275, 551, 1102, 2205, 4371}},
    {272, L<Str, Str>::size, {17, 34, 70, 150, 301, 572, 1114, 2198, 4367}},
    {336, L<Bytes<32, 8>, std::int64_t>::size, {18, 36, 73, 146, 292, 560, 1097, 2194, 4364}},
    {592, L<std::int64_t, Bytes<64>>::size, {17, 34, 69, 138, 276, 553, 1093, 2186, 4358}},
    {1104, L<Bytes<128>, std::int64_t>::size, {17, 37, 74, 140, 274, 549, 1090, 2181, 4355}},
    {2064, L<Bytes<128>, Bytes<128>>::size, {19, 35, 71, 138, 273, 547, 1091, 2178, 4353}},
};

TEST(Arrays, HaveGosNumberOfPreallocatedBuckets) {
  ASSERT_EQ(kTotals.size(), 16U);
  for (const TotalsRow& row : kTotals) {
    EXPECT_EQ(row.example, row.size);
    for (std::uint8_t b = 0; b < 4; ++b) {
      EXPECT_EQ(total_buckets(b, row.size), std::size_t{1} << b);
    }
    for (std::uint8_t b = 4; b <= 12; ++b) {
      EXPECT_EQ(total_buckets(b, row.size), row.totals.at(b - 4U))
          << row.size << " bytes, B " << +b;
      EXPECT_GE(total_buckets(b, row.size), (std::size_t{1} << b) + (std::size_t{1} << (b - 4U)));
    }
  }
}

TEST(Arrays, AreRoundedToTheSizesOfGosAllocator) {
  EXPECT_EQ(round_up_size(1), 8U);
  for (std::size_t at = 0; at < kSizeClasses.size(); ++at) {
    EXPECT_EQ(round_up_size(kSizeClasses[at]), kSizeClasses[at]);
    if (at + 1 < kSizeClasses.size()) {
      EXPECT_EQ(round_up_size(kSizeClasses[at] + 1U), kSizeClasses[at + 1]);
    }
  }
  EXPECT_EQ(round_up_size(32768), 32768U);
  EXPECT_EQ(round_up_size(32769), 40960U);
  EXPECT_EQ(round_up_size(40960), 40960U);
  constexpr std::size_t most = std::numeric_limits<std::size_t>::max();
  EXPECT_EQ(round_up_size(most), most) << "a size that cannot be rounded stays";
}

TEST(Predicates, LoadFactorIsSixAndAHalfABucket) {
  const std::vector<std::uint64_t> largest = {8, 13, 26, 52, 104, 208, 416, 832, 1664, 3328};
  std::uint8_t b = 0;
  for (const std::uint64_t count : largest) {
    EXPECT_FALSE(over_load_factor<8>(count, b)) << +b;
    EXPECT_TRUE(over_load_factor<8>(count + 1, b)) << +b;
    ++b;
  }
}

TEST(Predicates, LoadFactorIsThirteenSixteenthsAtAnyWidth) {
  const auto check = [](auto width) {
    constexpr std::uint64_t w = decltype(width)::value;
    for (std::uint8_t b = 0; b < 8; ++b) {
      for (std::uint64_t c = 0; c < 2000; ++c) {
        const bool over = c > w && 16 * c > 13 * w * (std::uint64_t{1} << b);
        ASSERT_EQ(over_load_factor<static_cast<int>(w)>(c, b), over) << w << ' ' << c << ' ' << +b;
      }
    }
  };
  check(std::integral_constant<int, 1>{});
  check(std::integral_constant<int, 2>{});
  check(std::integral_constant<int, 4>{});
  check(std::integral_constant<int, 8>{});
}

TEST(Predicates, TooManyOverflowBucketsMeansAsManyAsBucketsUpToAFixedLimit) {
  for (std::uint8_t b = 0; b <= 15; ++b) {
    const auto limit = static_cast<std::uint16_t>(1U << b);
    EXPECT_TRUE(too_many_overflow_buckets(limit, b)) << +b;
    EXPECT_FALSE(too_many_overflow_buckets(static_cast<std::uint16_t>(limit - 1), b)) << +b;
  }
  EXPECT_FALSE(too_many_overflow_buckets(32767, 20));
  EXPECT_TRUE(too_many_overflow_buckets(32768, 20));
}

TEST(TopHash, ReservedValuesMoveUpByFive) {
  for (unsigned byte = 0; byte < 256; ++byte) {
    const auto expected = static_cast<std::uint8_t>(byte < 5 ? byte + 5 : byte);
    EXPECT_EQ(top_hash(hash_with(static_cast<std::uint8_t>(byte), 0x123456)), expected);
  }
}

// A carry that leaves its byte would make false matches: every pair of neighbours is tried.
template <int Width>
void compare_word_with_bytes(const std::array<std::byte, 8>& bytes, std::uint8_t state) {
  const TopHashWord<Width> word(bytes.data());
  std::uint64_t equal = 0;
  std::uint64_t empty = 0;
  std::uint64_t rest = 0;
  for (unsigned cell = 0; cell < Width; ++cell) {
    const auto byte = static_cast<std::uint8_t>(bytes.at(cell));
    const std::uint64_t bit = std::uint64_t{0x80} << (8 * cell);
    equal |= byte == state ? bit : 0;
    empty |= byte <= 1 ? bit : 0;
    rest |= byte == 0 ? bit : 0;
  }
  ASSERT_EQ(word.equal_to(state), equal);
  ASSERT_EQ(word.empty(), empty);
  ASSERT_EQ(word.empty_rest(), rest);
}

TEST(TopHashWord, SaysTheSameAsItsBytesAtEveryWidth) {
  std::mt19937 random(1);
  const std::array<std::uint8_t, 9> edges = {0, 1, 2, 4, 5, 0x7F, 0x80, 0x81, 0xFF};
  for (int round = 0; round < 100'000; ++round) {
    std::array<std::byte, 8> bytes{};
    for (std::byte& byte : bytes) {
      byte = static_cast<std::byte>(edges.at(random() % edges.size()));
    }
    const std::uint8_t state = edges.at(random() % edges.size());
    compare_word_with_bytes<1>(bytes, state);
    compare_word_with_bytes<2>(bytes, state);
    compare_word_with_bytes<4>(bytes, state);
    compare_word_with_bytes<8>(bytes, state);
  }
}

}  // namespace
}  // namespace gomap::test
