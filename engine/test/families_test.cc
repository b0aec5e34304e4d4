// Go's fast families (spec 2.14): what shows is how often a key is hashed, and what a deleted
// string leaves behind.
#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "gomap/inspect.h"
#include "gomap/map.h"
#include "gomap/panic.h"
#include "test/support.h"

namespace {

struct Text {
  const char* data;
  std::uint64_t size;
  [[nodiscard]] std::string_view view() const { return {data, size}; }
};

// Larger than any slot.
struct Heavy {
  std::array<std::uint64_t, 17> words;
};

}  // namespace

template <>
struct gomap::slot_traits<Text> : gomap::default_slot_traits<Text> {
  static constexpr bool has_pointers = true;
  static constexpr bool needs_key_update = true;
  static constexpr KeyFamily family = KeyFamily::string;
  static std::string_view bytes(const Text& text) { return text.view(); }
  static void forget(Text& text) { text.data = nullptr; }
};

namespace gomap::test {
namespace {

// Counts its calls, whatever the key.
template <class Key>
struct CountingHash {
  int* calls;
  std::uint64_t operator()(const Key& /*key*/, std::uint32_t /*seed*/) const {
    ++*calls;
    return 0x4200000000000000U;
  }
};
struct SameText {
  bool operator()(const Text& a, const Text& b) const { return a.view() == b.view(); }
};
struct SameHeavy {
  bool operator()(const Heavy& a, const Heavy& b) const { return a.words == b.words; }
};

template <class Key, class Elem = std::uint64_t, class Equal = std::equal_to<Key>>
struct Counted {
  int calls = 0;
  Map<Key, Elem, CountingHash<Key>, Equal, UnpoisonedConfig> map{0, CountingHash<Key>{&calls}};

  // Hash calls of one look-up.
  int hashes_of(const Key& key, bool there) {
    calls = 0;
    EXPECT_EQ(map.access2(key) != nullptr, there);
    return calls;
  }
};

TEST(Families, IntegersInOneBucketAreFoundWithoutAHash) {
  Counted<std::uint64_t> rig;
  EXPECT_EQ(rig.hashes_of(0, false), 0);
  for (std::uint64_t key = 0; key < 8; ++key) {
    (void)rig.map.assign(key);
  }
  EXPECT_EQ(rig.calls, 8) << "assigning always hashes";
  EXPECT_EQ(rig.hashes_of(3, true), 0);
  EXPECT_EQ(rig.hashes_of(9, false), 0);
  rig.map.erase(3);
  EXPECT_EQ(rig.hashes_of(3, false), 0) << "its bytes are still in the cell";
  rig.map.assign(8) = 1;
  rig.map.assign(9) = 1;
  ASSERT_EQ(view_of(rig.map).B, 1);
  EXPECT_EQ(rig.hashes_of(9, true), 1);
}

TEST(Families, AZeroKeyIsNotFoundInACellNeverFilled) {
  Counted<std::uint32_t> rig;
  (void)rig.map.assign(5);
  EXPECT_EQ(rig.hashes_of(0, false), 0);
}

TEST(Families, OtherKeysAndLargeElementsHaveNone) {
  Counted<std::uint16_t> narrow;
  (void)narrow.map.assign(1);
  EXPECT_EQ(narrow.hashes_of(1, true), 1);
  Counted<std::uint64_t, Heavy> heavy;
  (void)heavy.map.assign(1);
  EXPECT_EQ(heavy.hashes_of(1, true), 1);
}

TEST(Families, ShortStringsInOneBucketAreFoundWithoutAHash) {
  Counted<Text, std::uint64_t, SameText> rig;
  const std::string a = "a";
  const std::string b = "b";
  (void)rig.map.assign({a.data(), 1});
  EXPECT_EQ(rig.hashes_of({a.data(), 1}, true), 0);
  EXPECT_EQ(rig.hashes_of({b.data(), 1}, false), 0);
  EXPECT_EQ(rig.hashes_of({a.data(), 0}, false), 0);
}

TEST(Families, LongStringsThatLookAlikeAreHashed) {
  Counted<Text, std::uint64_t, SameText> rig;
  const auto text = [](const std::string& s) { return Text{s.data(), s.size()}; };
  const std::string ends(32, '-');
  std::string one = ends;
  std::string two = ends;
  std::string three = ends;
  one[16] = '1';
  two[16] = '2';
  three[16] = '3';
  const std::string other(32, '+');
  (void)rig.map.assign(text(one));
  const std::string one_elsewhere = one;
  EXPECT_EQ(rig.hashes_of(text(one_elsewhere), true), 0) << "the only one that looks like it";
  EXPECT_EQ(rig.hashes_of(text(two), false), 0) << "compared in full, and not it";
  EXPECT_EQ(rig.hashes_of(text(other), false), 0);
  (void)rig.map.assign(text(two));
  EXPECT_EQ(rig.hashes_of(text(one_elsewhere), true), 1) << "two look like it";
  EXPECT_EQ(rig.hashes_of(text(three), false), 1);
  EXPECT_EQ(rig.hashes_of(text(one), true), 0) << "the first cell has its very pointer";
  EXPECT_EQ(rig.hashes_of(text(two), true), 0) << "met before a second look-alike";
}

TEST(Families, ADeletedStringForgetsItsDataAndKeepsItsLength) {
  Counted<Text, std::uint64_t, SameText> rig;
  const std::string a = "abc";
  (void)rig.map.assign({a.data(), 3});
  (void)rig.map.erase({a.data(), 3});
  Text left{};
  std::memcpy(static_cast<void*>(&left), view_of(rig.map).bucket(0).key(0), sizeof left);
  EXPECT_EQ(left.data, nullptr);
  EXPECT_EQ(left.size, 3U);
}

// Hashing fails for odd keys.
struct Moody {
  std::uint16_t id;
};
struct MoodyHash {
  std::uint64_t operator()(Moody key, std::uint32_t /*seed*/) const {
    if (key.id % 2 != 0) {
      throw Panic("runtime error: hash of unhashable type []int");
    }
    return key.id;
  }
};
struct SameMoody {
  bool operator()(Moody a, Moody b) const { return a.id == b.id; }
};

}  // namespace
}  // namespace gomap::test

template <>
struct gomap::slot_traits<gomap::test::Moody> : gomap::default_slot_traits<gomap::test::Moody> {
  static constexpr bool hash_might_throw = true;
};

namespace gomap::test {
namespace {

using MoodyMap = Map<Moody, std::uint64_t, MoodyHash, SameMoody>;

TEST(Unhashable, KeysPanicOnAnEmptyMapToo) {
  MoodyMap map(0);
  EXPECT_THROW((void)map.access2({1}), Panic);
  EXPECT_THROW((void)map.access1({1}), Panic);
  EXPECT_THROW(map.erase({1}), Panic);
  EXPECT_THROW((void)map.assign({1}), Panic);
  EXPECT_EQ(map.access2({2}), nullptr);
}

TEST(Unhashable, APanicLeavesTheMapUsable) {
  MoodyMap map(0);
  map.assign({2}) = 20;
  EXPECT_THROW((void)map.assign({1}), Panic);
  EXPECT_THROW(map.erase({3}), Panic);
  EXPECT_EQ(view_of(map).flags, 0) << "hashWriting is set after the hash (Go issue 19359)";
  map.assign({4}) = 40;
  EXPECT_EQ(map.access1({2}), 20U);
  EXPECT_EQ(map.size(), 2U);
}

TEST(NilMap, ReadsAsEmptyAndCannotBeAssignedTo) {
  Map<std::uint64_t, std::uint64_t> map(kNilMap);
  EXPECT_EQ(map.size(), 0U);
  EXPECT_EQ(map.access2(1), nullptr);
  EXPECT_EQ(map.access1(1), 0U);
  EXPECT_FALSE(map.erase(1));
  map.clear();
  EXPECT_FALSE(map.iter().next());
  try {
    (void)map.assign(1);
    FAIL() << "assigned";
  } catch (const Panic& panic) {
    EXPECT_STREQ(panic.what(), "assignment to entry in nil map");
  }
  EXPECT_EQ(view_of(map).buckets, nullptr);
}

TEST(NilMap, PanicsForUnhashableKeysAsAnEmptyOneDoes) {
  MoodyMap map(kNilMap);
  EXPECT_THROW((void)map.access2({1}), Panic);
  EXPECT_THROW(map.erase({1}), Panic);
}

TEST(NilMap, CopiesAreNil) {
  const Map<std::uint64_t, std::uint64_t> map(kNilMap);
  Map<std::uint64_t, std::uint64_t> copy = map;
  EXPECT_THROW((void)copy.assign(1), Panic);
}

Heavy heavy(std::uint64_t id) {
  Heavy value{};
  value.words.fill(id);
  return value;
}

// Behind pointers: the tests of lifetime are ASan's, which would see a use after free or a leak.
using HeavyMap = Map<Heavy, Heavy, CountingHash<Heavy>, SameHeavy, UnpoisonedConfig>;

struct SpreadHash {
  std::uint64_t operator()(const Heavy& key, std::uint32_t /*seed*/) const {
    return key.words[0] * 0x9E3779B97F4A7C15U;
  }
};
using SpreadMap = Map<Heavy, Heavy, SpreadHash, SameHeavy>;

TEST(Indirect, SlotsHoldPointers) {
  EXPECT_EQ(SpreadMap::Table::Layout::size, 144U);
  EXPECT_TRUE(SpreadMap::Table::Layout::has_pointers);
}

TEST(Indirect, ValuesAreKeptThroughGrowthAndNewOnesAreZero) {
  SpreadMap map(0);
  for (std::uint64_t id = 1; id <= 500; ++id) {
    Heavy& elem = map.assign(heavy(id));
    EXPECT_EQ(elem.words, Heavy{}.words);
    elem = heavy(id + 1000);
  }
  for (std::uint64_t id = 1; id <= 500; id += 2) {
    EXPECT_TRUE(map.erase(heavy(id)));
  }
  for (std::uint64_t id = 1; id <= 500; ++id) {
    const Heavy* found = map.access2(heavy(id));
    ASSERT_EQ(found != nullptr, id % 2 == 0);
    if (found != nullptr) {
      EXPECT_EQ(found->words, heavy(id + 1000).words);
    }
  }
  const SpreadMap copy = map;
  map.clear();
  EXPECT_EQ(copy.size(), 250U);
}

template <class Policy>
void expect_iterator_survives_deletes() {
  SpreadMap map(0);
  for (std::uint64_t id = 1; id <= 27; ++id) {
    map.assign(heavy(id)) = heavy(id);
  }
  ASSERT_TRUE(view_of(map).growing());
  auto it = map.iter<Policy>();
  std::uint64_t sum = 0;
  std::size_t seen = 0;
  while (it.next()) {
    ++seen;
    sum += it.key().words[0] + it.elem().words[16];
    for (std::uint64_t id = 100 * seen; id < 100 * seen + 20; ++id) {
      map.assign(heavy(id)) = heavy(id);
      map.erase(heavy(id));
    }
    map.erase(it.key());
  }
  EXPECT_GE(seen, 27U);
  EXPECT_GT(sum, 0U);
}

TEST(Indirect, AnIteratorMayOutliveWhatItPointedTo) {
  expect_iterator_survives_deletes<Sound>();
  expect_iterator_survives_deletes<GoExact>();
}

TEST(Indirect, AClearUnderAnIteratorLeavesItReadable) {
  std::uint64_t sum = 0;
  // Several, as an iterator that stands at the last entry of its bucket produces nothing more.
  for (int maps = 0; maps < 40; ++maps) {
    SpreadMap map(0);
    for (std::uint64_t id = 1; id <= 209; ++id) {
      map.assign(heavy(id)) = heavy(id);
    }
    ASSERT_TRUE(view_of(map).growing());
    auto it = map.iter<GoExact>();
    ASSERT_TRUE(it.next());
    map.clear();
    while (it.next()) {
      sum += it.key().words[3] + it.elem().words[3];  // Q1: what was deleted is produced
    }
  }
  EXPECT_GT(sum, 0U);
}

TEST(Indirect, CollidingKeysAreComparedBehindTheirPointers) {
  int calls = 0;
  HeavyMap map(0, CountingHash<Heavy>{&calls});
  for (std::uint64_t id = 0; id < 20; ++id) {
    map.assign(heavy(id)) = heavy(id);
  }
  EXPECT_EQ(map.access1(heavy(13)).words, heavy(13).words);
  EXPECT_EQ(map.access1(heavy(20)).words, Heavy{}.words);
}

}  // namespace
}  // namespace gomap::test
