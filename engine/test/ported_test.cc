// Tests of Go's own suites (spec part 7) that are about the map, cannot be said as a program of
// corpus/, and are not made elsewhere. oracle/go/README.md lists where every one of them lives.

#include <array>
#include <cmath>
#include <limits>
#include <random>
#include <set>
#include <thread>

#include "test/support.h"

namespace gomap::test {
namespace {

// A value of so many bytes; more than 128 are kept behind a pointer.
template <std::size_t size>
struct Blob {
  std::array<std::uint8_t, size> bytes;

  static Blob of(std::uint64_t n) {
    Blob blob{};
    for (std::uint8_t& byte : blob.bytes) {
      byte = static_cast<std::uint8_t>(n += 7);
    }
    return blob;
  }
  friend bool operator==(const Blob&, const Blob&) = default;
};
template <std::size_t size>
struct BlobHash {
  std::uint64_t operator()(const Blob<size>& key, std::uint32_t seed) const {
    std::uint64_t hash = seed;
    for (const std::uint8_t byte : key.bytes) {
      hash = (hash ^ byte) * 0x9E37'79B9'7F4A'7C15U;
      hash ^= hash >> 32U;
    }
    return hash;
  }
};
template <std::size_t key_size, std::size_t elem_size>
using BlobMap = Map<Blob<key_size>, Blob<elem_size>, BlobHash<key_size>>;

// runtime TestBigItems, TestMapLargeKeyNoPointer, TestMapLargeValNoPointer; test/bigmap.go.
template <std::size_t key_size, std::size_t elem_size>
void expect_kept() {
  SCOPED_TRACE(testing::Message() << key_size << " -> " << elem_size);
  BlobMap<key_size, elem_size> map;
  const auto key = [](std::uint64_t n) { return Blob<key_size>::of(n); };
  const auto elem = [](std::uint64_t n) { return Blob<elem_size>::of(3 * n + 1); };
  for (std::uint64_t n = 0; n < 100; ++n) {
    Blob<elem_size>& at = map.assign(key(n));
    ASSERT_EQ(at, Blob<elem_size>{}) << "a new one is zero";
    at = elem(n);
  }
  ASSERT_EQ(map.size(), 100U);
  EXPECT_EQ(map.access1(key(100)), Blob<elem_size>{}) << "a miss is zeros, however large";
  for (std::uint64_t n = 0; n < 100; ++n) {
    const Blob<elem_size>* found = map.access2(key(n));
    ASSERT_NE(found, nullptr);
    ASSERT_EQ(*found, elem(n));
  }
  std::size_t produced = 0;
  for (auto it = map.iter(); it.next(); ++produced) {
    ASSERT_EQ(it.elem(), map.access1(it.key()));
  }
  EXPECT_EQ(produced, 100U);
  for (std::uint64_t n = 0; n < 100; ++n) {
    ASSERT_TRUE(map.erase(key(n)));
  }
  EXPECT_TRUE(map.empty());
}

template <std::size_t key_size>
void expect_elems_kept() {
  expect_kept<key_size, 1>();
  expect_kept<key_size, 100>();
  expect_kept<key_size, 128>();
  expect_kept<key_size, 129>();
  expect_kept<key_size, 1000>();
}

TEST(Ported, ItemsOfAnySizeAreKept) {
  expect_elems_kept<1>();
  expect_elems_kept<100>();
  expect_elems_kept<128>();
  expect_elems_kept<129>();
  expect_elems_kept<1000>();
  expect_kept<4096, 4096>();
}

// runtime TestMapHugeZero.
TEST(Ported, AMissOfAHugeElementIsZeros) {
  Map<std::uint64_t, Blob<4000>> map;
  EXPECT_EQ(map.access1(1), Blob<4000>{});
  EXPECT_EQ(map.access2(1), nullptr);
  map.assign(1) = Blob<4000>::of(1);
  EXPECT_EQ(map.access1(2), Blob<4000>{});
  EXPECT_EQ(map.access2(2), nullptr);
}

struct Nothing {
  friend bool operator==(Nothing, Nothing) { return true; }
};
struct NothingHash {
  std::uint64_t operator()(Nothing, std::uint32_t seed) const { return seed; }
};

// runtime TestEmptyKeyAndValue; test/fixedbugs/gcc61258.go.
TEST(Ported, KeysAndElementsMayTakeNoRoom) {
  Map<std::uint64_t, Nothing> set;
  (void)set.assign(1);
  EXPECT_EQ(set.size(), 1U);
  EXPECT_NE(set.access2(1), nullptr);
  EXPECT_EQ(set.access2(2), nullptr);

  Map<Nothing, std::uint64_t, NothingHash> one;
  one.assign({}) = 7;
  one.assign({}) += 1;
  EXPECT_EQ(one.size(), 1U);
  EXPECT_EQ(one.access1({}), 8U);

  Map<Nothing, Nothing, NothingHash> none;
  (void)none.assign({});
  EXPECT_EQ(none.size(), 1U);
  EXPECT_TRUE(none.erase({}));
  EXPECT_FALSE(none.erase({}));
  EXPECT_FALSE(none.iter().next());
}

// runtime TestMapOperatorAssignment: one assign a step, changed in place.
TEST(Ported, AnElementIsChangedInPlace) {
  Map<std::uint64_t, std::int64_t> map;
  map.assign(0) = 2;
  map.assign(0) += 2;
  map.assign(0) /= 2;
  map.assign(0) %= 1'000;
  map.assign(0) *= 21;
  map.assign(0) -= 2;
  map.assign(1) -= 3;
  EXPECT_EQ(map.access1(0), 40);
  EXPECT_EQ(map.access1(1), -3) << "a new element starts from zero";
  EXPECT_EQ(map.size(), 2U);
}

// Go's slice, as far as append needs it.
struct Sequence {
  std::uint64_t size = 0;
  std::array<std::int64_t, 7> items{};

  Sequence& append(std::initializer_list<std::int64_t> more) {
    for (const std::int64_t item : more) {
      items.at(size++) = item;
    }
    return *this;
  }
  friend bool operator==(const Sequence&, const Sequence&) = default;
};

// runtime TestMapAppendAssignment.
TEST(Ported, AnElementIsAppendedToInPlace) {
  Map<std::uint64_t, Sequence> map;
  map.assign(0).append({});
  map.assign(0).append({12'345});
  map.assign(0).append({67'890});
  // Both sides in parallel: what was in 0 before goes to 1.
  const Sequence before = map.access1(0);
  map.assign(0).append({123, 456});
  map.assign(1) = before;
  map.assign(1).append({7, 8, 9, 10});
  EXPECT_EQ(map.access1(0), Sequence{}.append({12'345, 67'890, 123, 456}));
  EXPECT_EQ(map.access1(1), Sequence{}.append({12'345, 67'890, 7, 8, 9, 10}));
}

// test/map.go: floats of either width; both zeros are one key, and no NaN is any key's equal.
template <class Float>
void expect_float_keys() {
  Map<Float, std::uint64_t> map;
  const Float nan = std::numeric_limits<Float>::quiet_NaN();
  const Float minus_zero = -Float{0};
  map.assign(Float{0}) = 1;
  map.assign(minus_zero) = 2;
  EXPECT_EQ(map.size(), 1U);
  EXPECT_EQ(map.access1(Float{0}), 2U);
  map.assign(std::numeric_limits<Float>::infinity()) = 3;
  map.assign(-std::numeric_limits<Float>::infinity()) = 4;
  EXPECT_EQ(map.access1(std::numeric_limits<Float>::infinity()), 3U);
  EXPECT_EQ(map.access1(-std::numeric_limits<Float>::infinity()), 4U);
  for (std::uint64_t n = 0; n < 500; ++n) {
    map.assign(nan) = 1'000 + n;
    ASSERT_EQ(map.access2(nan), nullptr);
    ASSERT_FALSE(map.erase(nan));
  }
  ASSERT_EQ(map.size(), 503U);
  std::set<std::uint64_t> elems;
  for (auto it = map.iter(); it.next();) {
    elems.insert(it.elem());
  }
  EXPECT_EQ(elems.size(), 503U) << "each is produced with the element it was given";
}

TEST(Ported, FloatsAreKeysOfEitherWidth) {
  expect_float_keys<float>();
  expect_float_keys<double>();
}

// runtime TestIterGrowAndDelete: also where the iterator stands in an array that was outgrown.
TEST(Ported, WhatIsDeletedWhileTheMapGrowsIsNotProduced) {
  for (std::uint64_t draw = 0; draw < 64; ++draw) {
    Rig<> rig;
    for (std::uint64_t n = 0; n < 100; ++n) {
      rig.map.assign(n) = n;
    }
    rig.draws.next({draw});
    bool growing = true;
    for (auto it = rig.map.iter(); it.next();) {
      if (growing) {
        for (std::uint64_t n = 100; n < 1'000; ++n) {
          rig.map.assign(n) = n;
        }
        for (std::uint64_t n = 1; n < 1'000; n += 2) {
          rig.map.erase(n);
        }
        growing = false;  // the entry in hand may have been deleted just now
      } else {
        ASSERT_EQ(it.key() % 2, 0U);
        ASSERT_EQ(it.elem(), it.key());
      }
    }
  }
}

// reflect TestMapIterDelete0 and 1: an iterator that has been opened, or has made a step.
TEST(Ported, WhatIsDeletedAfterTheOpeningIsNotProduced) {
  for (const bool step : {false, true}) {
    Rig<> rig;
    rig.put(0, 0, 2);
    auto it = rig.map.iter();
    if (step) {
      ASSERT_TRUE(it.next());
    }
    rig.drop(0, 0);
    rig.drop(0, 1);
    EXPECT_FALSE(it.next());
    EXPECT_FALSE(it.next()) << "the end is the end";
  }
}

[[nodiscard]] std::vector<std::uint64_t> order_of(const Map<std::uint64_t, bool>& map) {
  auto it = map.iter();
  return rest_of(it);
}

// runtime TestMapIterOrder, with the draws that a map has by itself.
TEST(Ported, TheOrderDiffersFromIterationToIteration) {
  for (const std::uint64_t size : {3U, 7U, 9U, 15U}) {
    for (int go = 0; go < 10; ++go) {
      Map<std::uint64_t, bool> map;
      for (std::uint64_t n = 0; n < size; ++n) {
        map.assign(n) = true;
      }
      const std::vector<std::uint64_t> first = order_of(map);
      int tries = 0;
      while (tries < 100 && order_of(map) == first) {
        ++tries;
      }
      EXPECT_LT(tries, 100) << size;
    }
  }
}

// runtime TestMapSparseIterOrder (Go issue 8410): few entries must not come in the order of their
// buckets alone.
TEST(Ported, TheOrderOfFewEntriesInALargeTableDiffersToo) {
  for (int go = 0; go < 10; ++go) {
    Map<std::uint64_t, bool> map;
    for (std::uint64_t n = 0; n < 1'000; ++n) {
      map.assign(n) = true;
    }
    for (std::uint64_t n = 20; n < 1'000; ++n) {
      map.erase(n);
    }
    const std::vector<std::uint64_t> first = order_of(map);
    int tries = 0;
    while (tries < 800 && order_of(map) == first) {
      ++tries;
    }
    EXPECT_LT(tries, 800);
  }
}

// runtime TestConcurrentReadsAfterGrowth: ThreadSanitizer judges as well (label unit, tree tsan).
TEST(Ported, ReadersAndIteratorsMayShareAMapThatIsGrowing) {
  for (const std::uint64_t size : {1U, 9U, 27U, 53U, 209U, 1'665U}) {
    Map<std::uint64_t, std::uint64_t> map;
    for (std::uint64_t n = 0; n < size; ++n) {
      map.assign(n) = n + 1;
    }
    ASSERT_EQ(view_of(map).growing(), size >= 27)
        << "smaller ones end in the write that starts them";
    // Each thread has places of its own to write to, and gtest is asked after they are joined.
    std::array<std::uint64_t, 4> wrong{};
    std::vector<std::thread> threads;
    for (std::uint64_t& mistakes : wrong) {
      threads.emplace_back([&map, &mistakes, size] {
        for (std::uint64_t n = 0; n < size; ++n) {
          const std::uint64_t* found = map.access2(n);
          mistakes += found == nullptr || *found != n + 1 ? 1 : 0;
        }
        std::uint64_t produced = 0;
        for (auto it = map.iter(); it.next(); ++produced) {
          mistakes += it.elem() != it.key() + 1 ? 1 : 0;
        }
        mistakes += produced != size ? 1 : 0;
      });
    }
    for (std::thread& thread : threads) {
      thread.join();
    }
    EXPECT_EQ(wrong, (std::array<std::uint64_t, 4>{})) << size;
  }
}

struct Effort {
  std::size_t hashes = 0;
  std::size_t comparisons = 0;
};
template <class Key>
struct EffortHash {
  Effort* effort;
  std::mt19937_64* random;
  std::uint64_t operator()(const Key& key, std::uint32_t seed) const {
    ++effort->hashes;
    if constexpr (std::is_floating_point_v<Key>) {
      if (std::isnan(key)) {
        return (*random)();
      }
    }
    return DefaultHash<Key>{}(key, seed);
  }
};
template <class Key>
struct EffortEqual {
  Effort* effort;
  bool operator()(const Key& a, const Key& b) const {
    ++effort->comparisons;
    return a == b;
  }
};

// test/maplinear.go: work is counted instead of timed. `make` gives key number n.
template <class Key, class Make>
void expect_linear(const Make& make) {
  Effort effort;
  std::mt19937_64 random(1);
  Map<Key, bool, EffortHash<Key>, EffortEqual<Key>> map(0, {&effort, &random}, {&effort});
  constexpr std::uint64_t kSize = 20'000;
  for (std::uint64_t n = 0; n < kSize; ++n) {
    map.assign(make(n)) = true;
  }
  ASSERT_EQ(map.size(), kSize);
  // A hash for each insert, and one for each entry of each doubling; comparisons where top hashes
  // happen to be alike.
  EXPECT_LT(effort.hashes, 3 * kSize);
  EXPECT_LT(effort.comparisons, kSize);
  effort = {};
  for (auto it = map.iter(); it.next();) {
    map.erase(it.key());
  }
  EXPECT_LT(effort.hashes, 3 * kSize);
  EXPECT_LT(effort.comparisons, 3 * kSize);
}

TEST(Ported, InsertsAndDeletesTakeLinearWork) {
  expect_linear<double>([](std::uint64_t) { return std::nan(""); });
  expect_linear<double>([](std::uint64_t n) { return static_cast<double>(n); });
  expect_linear<std::uint64_t>([](std::uint64_t n) { return n; });
  expect_linear<std::uint64_t>([](std::uint64_t n) { return n << 40U; });
  expect_linear<std::uint16_t>([](std::uint64_t n) { return static_cast<std::uint16_t>(n); });
}

// test/mapclear.go and runtime TestIncrementAfterBulkClear...: a cell that a clear gives back
// starts from zero, and a clear ends in an empty map whatever the map was doing.
TEST(Ported, AClearedMapCountsFromZero) {
  for (std::uint64_t size = 0; size < 120; ++size) {
    Map<std::uint64_t, std::uint64_t> map;
    for (std::uint64_t n = 0; n < size; ++n) {
      map.assign(n) += n + 1;
    }
    map.clear();
    ASSERT_TRUE(map.empty());
    ASSERT_FALSE(map.iter().next());
    for (std::uint64_t n = 0; n < size; ++n) {
      ASSERT_EQ(++map.assign(n), 1U);
    }
  }
}

}  // namespace
}  // namespace gomap::test
