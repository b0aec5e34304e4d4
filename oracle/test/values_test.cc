// What key ids and elem values are in C++: `make` and `read` are inverse, and damaged bytes read as
// kNoKey. Spec 1.4 for what floats and strings are to a Go map.
#include "oracle/values.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <random>
#include <set>
#include <string>

namespace mapfuzz {
namespace {

using U64 = KeyValue<KeyKind::u64>;
using Text = KeyValue<KeyKind::str>;
using Float = KeyValue<KeyKind::f64>;

TEST(Values, EveryKeyIdReadsBack) {
  for (std::uint32_t id = 0; id <= kMaxKey; ++id) {
    for (const bool second : {false, true}) {
      ASSERT_EQ(U64::read(U64::make(id, second)), id);
      ASSERT_EQ(Float::read(Float::make(id, second)), id);
      if (id < kStringKeys) {
        ASSERT_EQ(Text::read(Text::make(id, second)), id);
      }
    }
  }
}

TEST(Values, EveryElementReadsBack) {
  for (const std::uint64_t value : {std::uint64_t{0}, std::uint64_t{7}, ~std::uint64_t{0}}) {
    EXPECT_EQ(ElemValue<ElemKind::u64>::read(ElemValue<ElemKind::u64>::make(value)), value);
    EXPECT_EQ(ElemValue<ElemKind::unit>::read(ElemValue<ElemKind::unit>::make(value)), 0U);
  }
  for (std::uint64_t value = 0; value < kStringKeys; ++value) {
    ASSERT_EQ(ElemValue<ElemKind::str>::read(ElemValue<ElemKind::str>::make(value)), value);
  }
}

TEST(Values, TheZeroElementReadsAsZero) {
  EXPECT_EQ(ElemValue<ElemKind::str>::read(Str{nullptr, 0}), 0U);
  EXPECT_EQ(ElemValue<ElemKind::u64>::read(0), 0U);
}

TEST(Values, TheTwoCopiesOfATextAreEqualAndElsewhere) {
  for (std::uint32_t id = 0; id < kStringKeys; ++id) {
    const Str first = Text::make(id, false);
    const Str second = Text::make(id, true);
    ASSERT_NE(first.data, second.data);
    ASSERT_TRUE(Text::Equal()(first, second));
  }
}

TEST(Values, NoTwoTextsAreEqual) {
  std::set<std::string> texts;
  std::set<std::uint64_t> sizes;
  for (std::uint32_t id = 0; id < kStringKeys; ++id) {
    const Str text = Text::make(id, false);
    texts.emplace(text.data, text.size);
    sizes.insert(text.size);
  }
  EXPECT_EQ(texts.size(), kStringKeys);
  EXPECT_EQ(sizes, (std::set<std::uint64_t>{0, 5, 8, 32, 60})) << "empty, short, 32 bytes, long";
}

TEST(Values, ADamagedIntegerIsNoKey) {
  EXPECT_EQ(U64::read(~std::uint64_t{0}), kNoKey);
  EXPECT_EQ(U64::read(std::uint64_t{1} << 40U), kNoKey);
}

TEST(Values, ADamagedStringIsNoKey) {
  const Str good = Text::make(9, false);
  EXPECT_EQ(Text::read({nullptr, 0}), kNoKey);
  EXPECT_EQ(Text::read({good.data + 1, good.size}), kNoKey);
  EXPECT_EQ(Text::read({good.data, good.size + 1}), kNoKey);
  EXPECT_EQ(Text::read({good.data, 0}), kNoKey);
  const char* const first = Text::make(0, false).data;
  EXPECT_EQ(Text::read({first - StringPool::kStride, 8}), kNoKey);
  EXPECT_EQ(Text::read({first + 2 * kStringKeys * StringPool::kStride, 8}), kNoKey);
  std::mt19937_64 random(1);
  for (int round = 0; round < 10000; ++round) {
    const auto* wild = std::bit_cast<const char*>(random());
    ASSERT_EQ(Text::read({wild, random()}), kNoKey);
  }
}

TEST(Values, ADamagedFloatIsNoKey) {
  for (const double wrong :
       {1.0, 7.0, 15.0, 2.5, -2.0, 65536.0, 1e300, 1e-300, std::numeric_limits<double>::infinity(),
        -std::numeric_limits<double>::infinity()}) {
    EXPECT_EQ(Float::read(wrong), kNoKey) << wrong;
  }
  EXPECT_EQ(Float::read(std::bit_cast<double>(Float::kNan | 8U)), kNoKey) << "8 is no NaN's id";
  EXPECT_EQ(Float::read(std::bit_cast<double>(0xFFF8000000000007U)), kNoKey) << "negative";
}

TEST(Values, AnyBytesReadAsAKeyOnlyIfTheyAreTheOnesThatItIsMadeOf) {
  std::mt19937_64 random(2);
  for (int round = 0; round < 200000; ++round) {
    std::uint64_t bits = random();
    bits &= random();  // fewer ones than zeros
    bits &= random();
    const std::uint32_t id = Float::read(std::bit_cast<double>(bits));
    if (id != kNoKey) {
      ASSERT_EQ(std::bit_cast<std::uint64_t>(Float::make(id, false)), bits);
    }
  }
}

TEST(Values, FloatsFollowTheRulesOfKeys) {
  const Float::Equal equal;
  EXPECT_TRUE(equal(Float::make(0, false), Float::make(1, false)));
  EXPECT_TRUE(std::signbit(Float::make(1, false)));
  EXPECT_EQ(key_class(KeyKind::f64, 1), key_class(KeyKind::f64, 0));
  EXPECT_NE(key_class(KeyKind::u64, 1), key_class(KeyKind::u64, 0));
  for (std::uint32_t id = 2; id < 4096; ++id) {
    const double value = Float::make(id, false);
    ASSERT_EQ(equal(value, value), !never_equal(KeyKind::f64, id)) << id;
    ASSERT_FALSE(equal(value, Float::make(id - 1, false)));
    ASSERT_EQ(std::isnan(value), id % 8 == 7);
    ASSERT_EQ(key_class(KeyKind::f64, id), id);
  }
}

TEST(Values, OnlyFloatsHaveKeysThatDifferFromThemselves) {
  for (std::uint32_t id = 0; id < 64; ++id) {
    EXPECT_FALSE(never_equal(KeyKind::u64, id));
    EXPECT_FALSE(never_equal(KeyKind::str, id));
  }
}

TEST(Values, UpdatesAddToNumbersAndReplaceAllElse) {
  EXPECT_EQ(updated_value(ElemKind::u64, 40, 2), 42U);
  EXPECT_EQ(updated_value(ElemKind::str, 40, 2), 2U);
  EXPECT_EQ(updated_value(ElemKind::unit, 0, 2), 0U);
}

TEST(Values, LiteralKeysWrapWithinTheirKind) {
  EXPECT_EQ(literal_key(KeyKind::u64, kMaxKey, 1), 0U);
  EXPECT_EQ(literal_key(KeyKind::str, kStringKeys - 1, 2), 1U);
}

}  // namespace
}  // namespace mapfuzz
