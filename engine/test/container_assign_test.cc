// Assigning, swapping and comparing maps. Copying is all or nothing.

#include <gmock/gmock.h>

#include <memory>
#include <string>
#include <utility>

#include "test/support.h"

namespace gomap::test {
namespace {

using testing::Pair;
using testing::UnorderedElementsAre;
using M = Map<int, std::string>;

TEST(ContainerAssign, ACopyIsApart) {
  const M a{{1, "one"}, {2, "two"}};
  M b;
  b = a;
  b[1] = "changed";
  b[3] = "three";
  EXPECT_THAT(a, UnorderedElementsAre(Pair(1, "one"), Pair(2, "two")));
  EXPECT_EQ(b.size(), 3U);
}

TEST(ContainerAssign, AMoveTakesTheTableItself) {
  M a{{1, "one"}};
  const std::string* const text = &a.at(1);
  M b{{9, "nine"}};
  b = std::move(a);
  EXPECT_EQ(&b.at(1), text);
  EXPECT_TRUE(a.empty());  // NOLINT(bugprone-use-after-move)
  EXPECT_FALSE(b.contains(9));
  a[5] = "five";
  EXPECT_EQ(a.size(), 1U);
}

TEST(ContainerAssign, ItselfIsLeftAlone) {
  M a{{1, "one"}};
  M& same = a;
  a = same;
  EXPECT_EQ(a.at(1), "one");
  a = std::move(same);
  EXPECT_EQ(a.at(1), "one");
  a.swap(same);
  EXPECT_EQ(a.at(1), "one");
}

TEST(ContainerAssign, AListReplacesAll) {
  M a{{1, "one"}};
  a = {{2, "two"}, {3, "three"}};
  EXPECT_THAT(a, UnorderedElementsAre(Pair(2, "two"), Pair(3, "three")));
  a = {};
  EXPECT_TRUE(a.empty());
}

TEST(ContainerAssign, SwapIsFoundByItsName) {
  M a{{1, "one"}};
  M b;
  using std::swap;
  swap(a, b);
  EXPECT_TRUE(a.empty());
  EXPECT_EQ(b.at(1), "one");
  std::ranges::swap(a, b);
  EXPECT_EQ(a.at(1), "one");
}

TEST(ContainerAssign, IteratorsFollowTheContents) {
  M a;
  for (int n = 0; n < 20; ++n) {
    a[n] = std::to_string(n);
  }
  auto walk = a.begin();
  const auto found = a.find(7);
  M b(std::move(a));
  M c;
  c.swap(b);
  c[100] = "added";
  EXPECT_EQ(found->second, "7");
  std::size_t seen = 0;
  for (; walk != c.end(); ++walk) {
    seen += walk->first < 100 ? 1 : 0;
  }
  EXPECT_EQ(seen, 20U);
  c.erase(found);
  EXPECT_FALSE(c.contains(7));
}

TEST(ContainerAssign, EqualMapsHaveTheSameEntriesInAnyOrder) {
  M a;
  M b;
  for (int n = 0; n < 100; ++n) {
    a[n] = std::to_string(n);
    b[99 - n] = std::to_string(99 - n);
  }
  EXPECT_EQ(a, b);
  b[50] = "x";
  EXPECT_NE(a, b);
  b[50] = "50";
  b.erase(3);
  EXPECT_NE(a, b);
  b[200] = "3";
  EXPECT_NE(a, b) << "as many entries, another key";
  EXPECT_EQ(M(), M());
  EXPECT_NE(M(), a);
}

TEST(ContainerAssign, ANanMakesMapsUnequal) {
  const Map<double, int> a{{std::numeric_limits<double>::quiet_NaN(), 1}};
  const Map<double, int>& same = a;
  EXPECT_FALSE(a == same);
}

struct Fragile {
  static inline int until_throw = -1;
  static inline int alive = 0;
  int value = 0;

  explicit Fragile(int v) : value(v) { ++alive; }
  Fragile(const Fragile& other) : value(other.value) {
    if (until_throw == 0) {
      throw std::runtime_error("copy");
    }
    --until_throw;
    ++alive;
  }
  Fragile& operator=(const Fragile&) = default;
  ~Fragile() { --alive; }
};

TEST(ContainerAssign, ACopyThatThrowsChangesNothing) {
  {
    Map<int, Fragile> a;
    for (int n = 0; n < 30; ++n) {
      a.try_emplace(n, n);
    }
    Map<int, Fragile> b;
    b.try_emplace(-1, -1);
    for (int k = 0; k < 30; ++k) {
      Fragile::until_throw = k;
      EXPECT_THROW(b = a, std::runtime_error);
      EXPECT_EQ(b.size(), 1U);
      EXPECT_EQ(b.at(-1).value, -1);
      EXPECT_EQ(Fragile::alive, 31);
    }
    Fragile::until_throw = 30;
    b = a;
    EXPECT_EQ(b.size(), 30U);
    EXPECT_EQ(Fragile::alive, 60);
  }
  EXPECT_EQ(Fragile::alive, 0);
}

// A constructor that writes to the map being copied is caught, not undefined.
struct Meddler {
  static inline Map<int, Meddler>* target = nullptr;
  Meddler() = default;
  Meddler(const Meddler& /*other*/) {
    if (target != nullptr) {
      std::exchange(target, nullptr)->erase(0);
    }
  }
  Meddler& operator=(const Meddler&) = default;
  ~Meddler() = default;
};

TEST(ContainerAssign, AWriteToTheSourceOfACopyIsFatal) {
  struct Caught {};
  FatalHandler const old = set_fatal_handler([](const char*) { throw Caught(); });
  Map<int, Meddler> a;
  for (int n = 0; n < 10; ++n) {
    a.try_emplace(n);
  }
  Meddler::target = &a;
  EXPECT_THROW((Map<int, Meddler>(a)), Caught);
  set_fatal_handler(old);
  EXPECT_EQ(a.size(), 9U);
}

}  // namespace
}  // namespace gomap::test
