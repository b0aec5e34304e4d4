// Hash, equality, copy and allocation that throw: at every point of every operation where they
// can, the contents stay as they were, nothing leaks, and the map goes on afterwards; a growth
// that fails half way loses nothing and ends later (design, section 3: Exceptions).

#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "gomap/inspect.h"
#include "test/support.h"
#include "test/throwing.h"

namespace gomap::test {
namespace {

template <class Map>
[[nodiscard]] std::map<std::uint64_t, std::uint64_t> contents(const Map& map) {
  std::map<std::uint64_t, std::uint64_t> out;
  for (auto it = map.iter(); it.next();) {
    EXPECT_TRUE(out.emplace(number(it.key()), number(it.elem())).second) << "twice in the map";
  }
  return out;
}

template <class KeyT, class ElemT>
struct Types {
  using Key = KeyT;
  using Elem = ElemT;
};

template <class T>
class Throwing : public testing::Test {
 protected:
  using Key = typename T::Key;
  using Elem = typename T::Elem;
  using Map = FragileMap<Key, Elem>;

  void SetUp() override { bomb = {}; }
  void TearDown() override {
    EXPECT_EQ(bomb.instances, 0) << "leaked or destroyed twice";
    EXPECT_EQ(bomb.bytes, 0U);
  }

  static void fill(Map& map, std::uint64_t from, std::uint64_t to) {
    for (std::uint64_t n = from; n < to; ++n) {
      const Elem elem(n + 1000);
      map.assign(Key(n)) = elem;
    }
  }

  // Runs `operation` on maps of every size up to 60, the growing ones among them, with the bomb
  // at its first, second, ... call until it no longer goes off. Says how often it went off.
  int for_every_point(Site site, const std::function<void(Map&)>& operation) {
    int explosions = 0;
    for (std::uint64_t size = 0; size < 60; ++size) {
      bomb.went_off = true;
      for (int call = 0; bomb.went_off; ++call) {
        Map map;
        fill(map, 0, size);
        const auto before = contents(map);
        bomb.site = site;
        bomb.calls_left = call;
        bomb.went_off = false;
        try {
          operation(map);
          EXPECT_FALSE(bomb.went_off) << "the exception was swallowed";
        } catch (const Bang&) {
        } catch (const std::bad_alloc&) {
        }
        bomb.site = Site::none;
        if (bomb.went_off) {
          ++explosions;
          EXPECT_EQ(contents(map), before) << "size " << size << ", call " << call;
          expect_consistent(view_of(map));
          EXPECT_EQ(view_of(map).flags & kHashWriting, 0);
          go_on(map, size);
        }
      }
    }
    return explosions;
  }

  static void go_on(Map& map, std::uint64_t size) {
    fill(map, size, size + 70);
    EXPECT_EQ(map.size(), size + 70);
    expect_consistent(view_of(map));
    for (std::uint64_t n = 0; n < size + 70; ++n) {
      ASSERT_NE(map.access2(Key(n)), nullptr) << n;
      EXPECT_TRUE(map.erase(Key(n)));
    }
    EXPECT_TRUE(map.empty());
  }
};

using AllTypes = testing::Types<Types<std::uint64_t, std::uint64_t>, Types<Fragile, std::uint64_t>,
                                Types<std::uint64_t, Fragile>, Types<Fragile, Fragile>>;
TYPED_TEST_SUITE(Throwing, AllTypes);

constexpr std::uint64_t kNew = 1'000'003;

TYPED_TEST(Throwing, AssignOfANewKeyIsAllOrNothing) {
  using K = typename TypeParam::Key;
  const auto assign = [](auto& map) { (void)map.assign(K(kNew)); };
  EXPECT_GT(this->for_every_point(Site::hash, assign), 60) << "growths hash as well";
  EXPECT_GT(this->for_every_point(Site::allocation, assign), 0);
  if constexpr (std::is_class_v<K>) {
    EXPECT_GE(this->for_every_point(Site::copy, assign), 60);
  }
}

TYPED_TEST(Throwing, AssignOfAKnownKeyIsAllOrNothing) {
  using K = typename TypeParam::Key;
  const auto update = [](auto& map) {
    if (map.size() > 0) {
      (void)map.assign(K(map.size() / 2));
    }
  };
  EXPECT_GE(this->for_every_point(Site::hash, update), 59);
  EXPECT_GE(this->for_every_point(Site::equal, update), 59);
}

TYPED_TEST(Throwing, DeleteIsAllOrNothing) {
  using K = typename TypeParam::Key;
  const auto remove = [](auto& map) {
    if (map.size() > 0) {
      map.erase(K(map.size() / 2));
    }
  };
  EXPECT_GE(this->for_every_point(Site::hash, remove), 59);
  EXPECT_GE(this->for_every_point(Site::equal, remove), 59);
  (void)this->for_every_point(Site::allocation, remove);
}

// Deleted objects that an iterator may still meet are kept, and keeping them may fail.
TYPED_TEST(Throwing, DeleteBesideAnIteratorIsAllOrNothing) {
  using K = typename TypeParam::Key;
  const auto remove = [](auto& map) {
    if (map.size() > 0) {
      auto it = map.iter();
      EXPECT_TRUE(it.next());
      map.erase(K(map.size() / 2));
    }
  };
  EXPECT_GT(this->for_every_point(Site::allocation, remove), 0);
}

TYPED_TEST(Throwing, LookUpsLeaveTheMapAlone) {
  using K = typename TypeParam::Key;
  const auto find = [](auto& map) {
    (void)map.access2(K(0));
    (void)map.access2(K(kNew));
  };
  EXPECT_GE(this->for_every_point(Site::hash, find), 60);
  EXPECT_GE(this->for_every_point(Site::equal, find), 59);
}

TYPED_TEST(Throwing, ACopyThatFailsLeavesTheOriginalAlone) {
  const auto copy = [](auto& map) { const auto other = map; };
  EXPECT_GT(this->for_every_point(Site::allocation, copy), 60);
  EXPECT_GT(this->for_every_point(Site::hash, copy), 60);
}

TYPED_TEST(Throwing, MakingAMapWithRoomLeaksNothing) {
  using M = FragileMap<typename TypeParam::Key, typename TypeParam::Elem>;
  int explosions = 0;
  for (int call = 0;; ++call) {
    bomb = {.site = Site::allocation, .calls_left = call};
    try {
      const M map(100);
    } catch (const std::bad_alloc&) {
      ++explosions;
      continue;
    }
    break;
  }
  bomb.site = Site::none;
  EXPECT_GE(explosions, 1);
}

// The mark of the first cell is the point of no return: it comes after every hash of the chain.
TEST(HalfAGrowth, AChainIsMarkedOnlyWhenAllOfItIsDecided) {
  bomb = {};
  struct ThrowingHash {
    std::uint64_t operator()(std::uint64_t key, std::uint32_t /*seed*/) const {
      tick(Site::hash);
      return hash_with(kTop, key & 0xFFFFU);  // as key_in: the low bits are the bucket
    }
  };
  Map<std::uint64_t, std::uint64_t, ThrowingHash, std::equal_to<std::uint64_t>, UnpoisonedConfig>
      map(26);
  const auto put = [&](std::size_t bucket, std::size_t n) {
    (void)map.assign(key_in<std::uint64_t>(bucket, n));
  };
  for (std::size_t n = 0; n < 20; ++n) {
    put(n % 2 == 0 ? 3 : 7, n);  // one chain of three buckets, which a doubling divides
  }
  for (std::size_t n = 0; n < 7; ++n) {
    put(0, n);
  }
  ASSERT_TRUE(view_of(map).growing());
  ASSERT_EQ(shape(view_of(map), view_of(map).old_bucket(3)), "########|########|####----");

  bomb.site = Site::hash;
  bomb.calls_left = 1 + 10;  // the key's own, and ten of the chain's twenty
  EXPECT_THROW(map.erase(key_in<std::uint64_t>(3, 99)), Bang);
  EXPECT_EQ(shape(view_of(map), view_of(map).old_bucket(3)), "########|########|####----");
  EXPECT_EQ(shape(view_of(map), view_of(map).bucket(3)), "--------");
  EXPECT_EQ(shape(view_of(map), view_of(map).bucket(7)), "--------");
  expect_consistent(view_of(map));

  map.erase(key_in<std::uint64_t>(3, 99));
  EXPECT_FALSE(view_of(map).growing()) << "it goes on where it was";
  EXPECT_EQ(map.size(), 27U);
  EXPECT_EQ(shape(view_of(map), view_of(map).bucket(3)), "########|##------");
  EXPECT_EQ(shape(view_of(map), view_of(map).bucket(7)), "########|##------");
}

}  // namespace
}  // namespace gomap::test
