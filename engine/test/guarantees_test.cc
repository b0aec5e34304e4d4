// What the map promises about references, about callers that hand it its own keys and elements,
// and about callbacks that write to it: never undefined (design, section 3: Lifetimes, Misuse).

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "test/support.h"

namespace gomap::test {
namespace {

using Numbers = Map<std::uint64_t, std::uint64_t>;

// m[k] = m[j], the right side first as C++17 demands: the write that makes k may start a growth,
// move j or end a growth. Sanitizers watch the reference.
TEST(SelfReference, AnElementAssignedFromAnotherSurvivesEveryGrowth) {
  Numbers map;
  map.assign(0) = 7;
  for (std::uint64_t key = 1; key < 5000; ++key) {
    const std::uint64_t& other = *map.access2(key / 2);
    map.assign(key) = other;
  }
  for (auto it = map.iter(); it.next();) {
    EXPECT_EQ(it.elem(), 7U) << it.key();
  }
}

TEST(SelfReference, HoldsForElementsBehindPointersToo) {
  Map<std::string, std::string> map;
  map.assign("0") = "a text too long to be kept in the string itself";
  for (int key = 1; key < 500; ++key) {
    const std::string& other = *map.access2(std::to_string(key / 2));
    map.assign(std::to_string(key)) = other;
  }
  for (auto it = map.iter(); it.next();) {
    EXPECT_EQ(it.elem().size(), 47U) << it.key();
  }
}

TEST(SelfReference, AKeyMayBeGivenFromItsOwnCell) {
  Numbers map;
  for (std::uint64_t key = 0; key < 1000; ++key) {
    map.assign(key) = key;
  }
  for (auto it = map.iter(); it.next();) {
    const std::uint64_t key = it.key();
    map.assign(it.key()) = key + 1;
    EXPECT_EQ(*map.access2(key), key + 1);
    EXPECT_TRUE(map.erase(it.key()));
  }
  EXPECT_TRUE(map.empty());
}

TEST(SelfReference, AKeyBehindAPointerMayBeErasedByItself) {
  Map<std::string, int> map;
  for (int n = 0; n < 300; ++n) {
    map.assign("a key too long to be kept in the string itself " + std::to_string(n)) = n;
  }
  for (auto it = map.iter(); it.next();) {
    EXPECT_TRUE(map.erase(it.key()));
  }
  EXPECT_TRUE(map.empty());
}

TEST(References, ToElementsBehindPointersHoldUntilTheirEntryGoes) {
  Map<int, std::string> map;
  map.assign(-1) = "here";
  const std::string* const element = map.access2(-1);
  for (int n = 0; n < 10'000; ++n) {
    map.assign(n) = "there";
  }
  EXPECT_EQ(element, map.access2(-1));
  EXPECT_EQ(*element, "here");
}

// A growth that has ended holds its old array until the next write, and no longer.
TEST(References, IntoAnOldArrayHoldUntilTheNextWrite) {
  Rig<> rig(26);
  for (std::size_t n = 0; n < 27; ++n) {
    rig.put(n % 4, n);
  }
  ASSERT_TRUE(rig.view().growing());
  const std::uint64_t key = key_in<std::uint64_t>(3, 3);
  const std::uint64_t* const old_cell = rig.map.access2(key);
  rig.map.assign(key_in<std::uint64_t>(3, 99)) = *old_cell + 5;
  EXPECT_FALSE(rig.view().growing()) << "the write ended the growth";
  EXPECT_EQ(*old_cell, 0U) << "and yet its old array can be read";
  EXPECT_NE(rig.map.inside()->retired, nullptr);
  rig.map.assign(key) = 1;
  EXPECT_EQ(rig.map.inside()->retired, nullptr);
}

TEST(Destructors, RunWhenTheirEntryGoesAndMayUseTheMap) {
  struct Watcher {
    std::function<void()> last_words;
    ~Watcher() {
      if (last_words) {
        last_words();
      }
    }
  };
  Map<int, std::unique_ptr<Watcher>> map;
  std::string seen;
  map.assign(1) = std::make_unique<Watcher>();
  map.assign(2) = std::make_unique<Watcher>();
  (*map.access2(1))->last_words = [&] { seen += "size " + std::to_string(map.size()); };
  EXPECT_TRUE(map.erase(1));
  EXPECT_EQ(seen, "size 1");
  // An open iterator delays the end of keys, never that of elements.
  (*map.access2(2))->last_words = [&] { seen += ", " + std::to_string(map.size()); };
  auto it = map.iter();
  EXPECT_TRUE(it.next());
  EXPECT_TRUE(map.erase(2));
  EXPECT_EQ(seen, "size 1, 0");
}

struct Fatal {
  const char* text;
};

// Writes from inside the calls that a read makes: the read notices before it goes on.
class WritesInside : public testing::Test {
 protected:
  struct Equal {
    std::function<void()>* interruption = nullptr;
    bool operator()(std::uint64_t a, std::uint64_t b) const {
      if (const auto now = std::exchange(*interruption, nullptr)) {
        now();
      }
      return a == b;
    }
  };
  struct Hash {
    std::function<void()>* interruption = nullptr;
    std::uint64_t operator()(std::uint64_t key, std::uint32_t /*seed*/) const {
      if (const auto now = std::exchange(*interruption, nullptr)) {
        now();
      }
      return hash_with(kTop, key);
    }
  };
  using M = Map<std::uint64_t, std::uint64_t, Hash, Equal>;

  void SetUp() override {
    previous_ = set_fatal_handler([](const char* text) { throw Fatal{text}; });
    map_ = M(0, {&in_hash_}, {&in_equal_});
    fill(0, 14);
  }
  void TearDown() override { set_fatal_handler(previous_); }

  void fill(std::uint64_t from, std::uint64_t to) {
    for (std::uint64_t n = from; n < to; ++n) {
      map_.assign(n) = n;
    }
  }

  template <class Outer>
  std::string fatal_of(Outer outer) {
    try {
      outer();
    } catch (const Fatal& fatal) {
      return fatal.text;
    }
    return "none";
  }

  std::function<void()> in_hash_;
  std::function<void()> in_equal_;
  M map_;

 private:
  FatalHandler previous_ = nullptr;
};

TEST_F(WritesInside, TheEqualityOfALookUpAreFatal) {
  for (const auto& write : {std::function<void()>([&] { fill(100, 200); }),
                            std::function<void()>([&] { map_.erase(3); }),
                            std::function<void()>([&] { map_.clear(); })}) {
    fill(0, 14);
    in_equal_ = write;
    EXPECT_EQ(fatal_of([&] { (void)map_.access2(3); }), "concurrent map read and map write");
  }
}

TEST_F(WritesInside, TheHashOfALookUpAreFine) {
  in_hash_ = [&] { fill(100, 200); };
  EXPECT_EQ(fatal_of([&] { EXPECT_NE(map_.access2(3), nullptr); }), "none")
      << "nothing has been read by then";
}

TEST_F(WritesInside, TheHashOfAnAssignAreFine) {
  in_hash_ = [&] { fill(100, 200); };
  EXPECT_EQ(fatal_of([&] { map_.assign(3) = 33; }), "none") << "Go hashes before it begins (2.5)";
  EXPECT_EQ(*map_.access2(3), 33U);
}

// An iterator in an old bucket of a doubling hashes each key to see whose it is.
TEST_F(WritesInside, AStepOfAnIteratorAreFatal) {
  fill(14, 26);
  map_.assign(26) = 26;
  ASSERT_TRUE(view_of(map_).growing());
  auto it = map_.iter();
  std::string text = "none";
  in_hash_ = [&] { fill(100, 200); };
  while (text == "none" && in_hash_) {
    text = fatal_of([&] { (void)it.next(); });
  }
  EXPECT_EQ(text, "concurrent map iteration and map write");
}

// A fatal error that a handler turned into an exception leaves a map that can be used.
TEST_F(WritesInside, AWriteLeaveTheMapAsItWas) {
  in_equal_ = [&] { map_.clear(); };
  EXPECT_EQ(fatal_of([&] { map_.assign(3) = 1; }), "concurrent map writes");
  EXPECT_EQ(map_.size(), 14U);
  EXPECT_EQ(*map_.access2(3), 3U);
  map_.assign(3) = 1;
  EXPECT_EQ(*map_.access2(3), 1U);
}

#if GOMAP_ASAN
// A reference to an entry that is gone is reported where it is used, as the original's hooks do.
TEST(PoisonDeathTest, ADeletedElementMayNotBeRead) {
  Numbers map;
  map.assign(1) = 10;
  map.assign(2) = 20;
  const std::uint64_t* const element = map.access2(1);
  map.erase(1);
  EXPECT_DEATH((void)*const_cast<const volatile std::uint64_t*>(element), "use-after-poison");
}

TEST(PoisonDeathTest, AMovedElementMayNotBeReadAfterTheNextWrite) {
  Map<std::uint64_t, std::uint64_t> map;
  std::uint64_t key = 0;
  while (!map.inside() || map.inside()->B < 5 || !map.inside()->growing()) {
    map.assign(key++) = 1;
  }
  // Element by element until one write has moved what another reference still points to.
  const auto& table = *map.inside();
  const std::size_t moved = table.nevacuate;
  const std::byte* const bucket = table.bucket_at(table.oldbuckets, moved);
  using Layout = Numbers::Table::Layout;
  const auto* const cell = Layout::elem(const_cast<std::byte*>(bucket), 0);
  map.erase(~key);
  EXPECT_EQ(*cell, 1U) << "the right side of m[k] = m[j]";
  map.erase(~key);
  EXPECT_DEATH((void)*const_cast<const volatile std::uint64_t*>(cell), "use-after-poison");
}

TEST(Poison, ShortSlotsShareGranulesWithTheLiving) {
  Map<std::uint8_t, std::uint16_t> map;
  for (int round = 0; round < 3; ++round) {
    for (int key = 0; key < 200; ++key) {
      map.assign(static_cast<std::uint8_t>(key)) = static_cast<std::uint16_t>(key);
    }
    for (int key = 0; key < 200; key += 1 + round) {
      EXPECT_TRUE(map.erase(static_cast<std::uint8_t>(key)));
    }
    for (auto it = map.iter(); it.next();) {
      EXPECT_EQ(it.key(), it.elem());
    }
    map.clear();
  }
}
#endif

}  // namespace
}  // namespace gomap::test
