// What a map holds: assign, access, delete, clear and iteration against std::map, through many
// growths, at every width, for keys of several kinds and for hashes from good to hopeless
// (spec 2.4 to 2.6; I1, I5, I8).

#include <cmath>
#include <random>
#include <set>
#include <string_view>

#include "test/support.h"

namespace gomap::test {
namespace {

// Go's string: 16 bytes, the text lies elsewhere.
struct Text {
  const char* data = nullptr;
  std::size_t size = 0;
  [[nodiscard]] std::string_view view() const { return {data, size}; }
  friend bool operator==(const Text& a, const Text& b) { return a.view() == b.view(); }
  friend bool operator<(const Text& a, const Text& b) { return a.view() < b.view(); }
};

// Key number n of each kind; equal numbers give equal keys.
template <class Key>
struct Keys {
  static Key make(std::uint64_t n) { return static_cast<Key>(n); }
  static std::uint64_t hash(Key key) { return static_cast<std::uint64_t>(key); }
};
template <>
struct Keys<double> {
  // 0 comes with either sign: one key.
  static double make(std::uint64_t n) { return n == 1 ? -0.0 : static_cast<double>(n) / 4; }
  static std::uint64_t hash(double key) { return static_cast<std::uint64_t>(key * 4); }
};
template <>
struct Keys<Text> {
  static Text make(std::uint64_t n) {
    static std::deque<std::string> texts;
    texts.push_back(std::string(n % 40, 'x') + std::to_string(n));  // a new address every time
    return {texts.back().data(), texts.back().size()};
  }
  static std::uint64_t hash(const Text& key) { return std::hash<std::string_view>{}(key.view()); }
};

std::uint64_t mix(std::uint64_t z) {
  z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
  z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
  return z ^ (z >> 31U);
}

template <class KeyT, int WidthV>
struct Kind {
  using Key = KeyT;
  static constexpr int width = WidthV;
};

template <class K>
class Contents : public testing::Test {};
using Kinds =
    testing::Types<Kind<std::uint64_t, 1>, Kind<std::uint64_t, 2>, Kind<std::uint64_t, 4>,
                   Kind<std::uint64_t, 8>, Kind<std::uint8_t, 8>, Kind<double, 8>, Kind<Text, 8>>;

struct KindNames {
  template <class K>
  static std::string GetName(int at) {
    const char* key = std::is_same_v<typename K::Key, Text>     ? "Text"
                      : std::is_same_v<typename K::Key, double> ? "Double"
                                                                : "Integer";
    return key + std::to_string(sizeof(typename K::Key)) + "Width" + std::to_string(K::width) +
           "_" + std::to_string(at);
  }
};
TYPED_TEST_SUITE(Contents, Kinds, KindNames);

template <class K>
void compare_with_std_map(const std::function<std::uint64_t(std::uint64_t)>& quality,
                          std::uint32_t seed) {
  using Key = typename K::Key;
  Rig<Key, std::uint64_t, K::width> rig;
  rig.hashes.rule = [&](const Key& key) { return quality(Keys<Key>::hash(key)); };
  std::map<Key, std::uint64_t> model;
  std::mt19937 random(seed);
  std::uint64_t range = 20;
  for (std::uint64_t step = 0; step < 6000; ++step) {
    if (step % 500 == 0) {
      range = 4U << (random() % 8);  // small tables, large ones, and shrinking contents
    }
    const Key key = Keys<Key>::make(random() % range);
    const unsigned what = random() % 16;
    if (what < 7) {
      rig.map.assign(key) = step;
      model[key] = step;
    } else if (what < 8) {
      rig.map.assign(key) += 3;  // a new one starts from zero
      model[key] += 3;
    } else if (what < 13) {
      ASSERT_EQ(rig.map.erase(key), model.erase(key) == 1);
    } else if (random() % 400 == 0) {
      rig.map.clear();
      model.clear();
    }
    const auto expected = model.find(key);
    const std::uint64_t* found = rig.map.access2(key);
    ASSERT_EQ(found != nullptr, expected != model.end());
    ASSERT_EQ(rig.map.access1(key), expected == model.end() ? 0 : expected->second);
    ASSERT_EQ(rig.map.size(), model.size());
    if (step % 64 == 0) {
      expect_consistent(rig.view());
      std::map<Key, std::uint64_t> produced;
      for (auto it = rig.map.iter(); it.next();) {
        ASSERT_TRUE(produced.emplace(it.key(), it.elem()).second) << "produced twice";
      }
      ASSERT_EQ(produced, model);
    }
    if (testing::Test::HasFatalFailure()) {
      return;
    }
  }
}

TYPED_TEST(Contents, EqualThoseOfStdMapWithAGoodHash) {
  compare_with_std_map<TypeParam>([](std::uint64_t n) { return mix(n); }, 1);
}

TYPED_TEST(Contents, EqualThoseOfStdMapWhenAFewBucketsTakeAll) {
  compare_with_std_map<TypeParam>([](std::uint64_t n) { return mix(n) & 0xFF00'0000'0000'0003U; },
                                  2);
}

TYPED_TEST(Contents, EqualThoseOfStdMapWhenEveryHashIsTheSame) {
  compare_with_std_map<TypeParam>([](std::uint64_t) { return 0x2A2A'2A2A'2A2A'2A2AU; }, 3);
}

TYPED_TEST(Contents, EqualThoseOfStdMapWhenTopBytesLieInTheReservedRange) {
  compare_with_std_map<TypeParam>([](std::uint64_t n) { return mix(n) & 0x07FF'FFFF'FFFF'FFFFU; },
                                  4);
}

TEST(Contents, UpdateReplacesTheKeyWhereEqualKeysMayDiffer) {
  Rig<double> rig;
  (void)rig.map.assign(0.0);
  (void)rig.map.assign(-0.0);
  auto it = rig.map.iter();
  ASSERT_TRUE(it.next());
  EXPECT_TRUE(std::signbit(it.key())) << "the later representation stands";
  EXPECT_EQ(rig.map.size(), 1U);
}

TEST(Contents, EachNanIsAnEntryOfItsOwn) {
  Rig<double> rig;
  rig.hashes.rule = [](double) { return hash_with(kTop, 0); };
  for (int n = 0; n < 3; ++n) {
    rig.map.assign(std::nan("")) = 1;
  }
  EXPECT_EQ(rig.map.size(), 3U);
  EXPECT_EQ(rig.map.access2(std::nan("")), nullptr);
  EXPECT_FALSE(rig.map.erase(std::nan("")));
  rig.map.clear();
  EXPECT_EQ(rig.map.size(), 0U);
}

TEST(Contents, ZeroSizedKeyAndElemAreOneEntry) {
  struct Unit {
    bool operator==(const Unit&) const { return true; }
  };
  struct UnitHash {
    std::uint64_t operator()(const Unit&, std::uint32_t) const { return 0; }
  };
  Map<Unit, Unit, UnitHash> map;
  map.assign({}) = {};
  map.assign({}) = {};
  EXPECT_EQ(map.size(), 1U);
  EXPECT_NE(map.access2({}), nullptr);
  EXPECT_TRUE(map.erase({}));
  EXPECT_EQ(map.access2({}), nullptr);
}

TEST(Contents, DefaultHashAndDrawsServeOrdinaryTypes) {
  Map<int, double> map;
  for (int n = 0; n < 10'000; ++n) {
    map.assign(n * 1024) = n;  // std::hash is the identity here: the finaliser must spread these
  }
  for (int n = 0; n < 10'000; ++n) {
    ASSERT_EQ(map.access1(n * 1024), n);
  }
  EXPECT_LT(view_of(map).noverflow, 400) << "clumped";
}

}  // namespace
}  // namespace gomap::test
