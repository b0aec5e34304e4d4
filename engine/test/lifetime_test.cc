// Who keeps which memory alive, and how long. Go leaves that to its collector; here an array lives
// as long as the map or an iterator may read it. AddressSanitizer is the judge of most of these:
// without it they only have to pass.

#include <optional>
#include <utility>

#include "test/support.h"

namespace gomap::test {
namespace {

template <class Policy>
class Lifetime : public testing::Test {};
using Policies = testing::Types<Sound, GoExact>;
struct PolicyNames {
  template <class Policy>
  static std::string GetName(int) {
    return Policy::sound ? "Sound" : "GoExact";
  }
};
TYPED_TEST_SUITE(Lifetime, Policies, PolicyNames);

// TestIterGrowWithGC of Go's own suite.
TYPED_TEST(Lifetime, AnIteratorReadsArraysThatTheMapHasLongLeft) {
  Rig<> rig;
  rig.put(0, 0, 8);
  auto it = rig.map.template iter<TypeParam>();
  ASSERT_TRUE(it.next());
  for (std::size_t n = 8; n < 3000; ++n) {
    rig.put(n % 64, n);
  }
  EXPECT_EQ(rest_of(it).size(), 7U);
}

TYPED_TEST(Lifetime, AnIteratorReadsOverflowBucketsThatAGrowthHasRetired) {
  Rig<> rig(26);
  rig.put(1, 0, 26);
  rig.draws.next({1});
  auto it = rig.map.template iter<TypeParam>();
  for (int n = 0; n < 12; ++n) {
    ASSERT_TRUE(it.next());  // stands in an overflow bucket
  }
  rig.put(1, 26, 300);
  EXPECT_EQ(rest_of(it).size(), 14U);
}

TYPED_TEST(Lifetime, AnIteratorInAnOldBucketOutlivesTheGrowth) {
  Rig<> rig(26);
  rig.put(1, 0, 26);
  rig.put(3, 0);
  rig.draws.next({1});
  auto it = rig.map.template iter<TypeParam>();
  for (int n = 0; n < 10; ++n) {
    ASSERT_TRUE(it.next());  // stands in an overflow bucket of the old array
  }
  rig.finish_growth();
  for (std::size_t n = 0; n < 200; ++n) {
    rig.put(2, n);
  }
  EXPECT_GE(rest_of(it).size(), 16U);
}

TYPED_TEST(Lifetime, AnIteratorReadsOverflowBucketsThatAClearHasDropped) {
  Rig<> rig(26);
  rig.put(1, 0, 20);
  rig.draws.next({1});
  auto it = rig.map.template iter<TypeParam>();
  for (int n = 0; n < 17; ++n) {
    ASSERT_TRUE(it.next());
  }
  for (std::size_t round = 0; round < 5; ++round) {
    rig.map.clear();
    rig.put(1, 100, 120);
  }
  (void)rest_of(it);
  rig.map.clear();
  EXPECT_TRUE(rig.map.empty());
}

TYPED_TEST(Lifetime, AnIteratorMayBeDestroyedAfterItsMap) {
  auto rig = std::make_optional<Rig<>>(26);
  rig->put(1, 0, 27);
  auto during = rig->map.template iter<TypeParam>();
  ASSERT_TRUE(during.next());
  rig->put(1, 27, 60);
  auto after = rig->map.template iter<TypeParam>();
  ASSERT_TRUE(after.next());
  rig.reset();
}

TYPED_TEST(Lifetime, AMapIsDestroyedInTheMiddleOfAGrowth) {
  Rig<std::uint64_t, Boxed> rig(208);
  rig.put(1, 0, 209);
  ASSERT_TRUE(rig.view().growing());
  auto it = rig.map.template iter<TypeParam>();
  ASSERT_TRUE(it.next());
  rig.map = rig.make();
}

TYPED_TEST(Lifetime, ManyIteratorsHoldManyArrays) {
  Rig<Boxed, Boxed> rig;
  std::deque<typename Rig<Boxed, Boxed>::Map::template Iter<TypeParam>> live;
  for (std::size_t n = 0; n < 2000; ++n) {
    rig.put(n % 32, n);
    if (n % 50 == 0) {
      live.push_back(rig.map.template iter<TypeParam>());
      (void)live.back().next();
    }
    if (n % 170 == 169) {
      live.pop_front();
    }
    for (auto& it : live) {
      (void)it.next();
    }
  }
  while (!live.empty()) {
    (void)rest_of(live.back());
    live.pop_back();
  }
}

// An entry that has moved is produced from where it is now, which may be an array that only the
// map holds. A write that takes its key by reference moves that very bucket, and may wipe it or end
// the growth and free it, before it compares keys.
template <class Elem>
class Aliasing {
 public:
  using R = Rig<std::uint64_t, Elem>;

  // A growth of eight old buckets, with keys 0 to 7 in bucket 7; an iterator from long before.
  explicit Aliasing(bool last_old_bucket) {
    rig.put(7, 0, 8);
    it = rig.map.template iter<Sound>();
    rig.put(6, 0, 45);
    EXPECT_TRUE(rig.view().growing());
    while (rig.view().nevacuate < (last_old_bucket ? 7U : 4U)) {
      rig.drop(0, 999);
    }
    EXPECT_TRUE(rig.view().growing());
    EXPECT_TRUE(it.next());
  }

  R rig;
  typename R::Map::template Iter<Sound> it = rig.map.template iter<Sound>();
};

template <class Elem>
void delete_what_is_produced(bool last_old_bucket) {
  Aliasing<Elem> a(last_old_bucket);
  std::size_t deleted = 0;
  do {
    EXPECT_TRUE(a.rig.map.erase(a.it.key()));
    ++deleted;
  } while (a.it.next());
  EXPECT_EQ(deleted, 8U);
  EXPECT_EQ(a.rig.map.size(), 45U);
}

TEST(Lifetime, AProducedKeyMayBeDeletedByReference) {
  for (const bool last_old_bucket : {false, true}) {
    delete_what_is_produced<std::uint64_t>(last_old_bucket);
    delete_what_is_produced<Boxed>(last_old_bucket);
  }
}

template <class Elem>
void assign_to_what_is_produced(bool last_old_bucket) {
  Aliasing<Elem> a(last_old_bucket);
  do {
    a.rig.map.assign(a.it.key()) = Elem{1};
  } while (a.it.next());
  EXPECT_EQ(a.rig.map.size(), 53U) << "updates, not inserts of what a wiped key reads as";
  EXPECT_EQ(a.rig.map.access1(key_in<std::uint64_t>(7, 3)), Elem{1});
}

TEST(Lifetime, AProducedKeyMayBeAssignedToByReference) {
  for (const bool last_old_bucket : {false, true}) {
    assign_to_what_is_produced<std::uint64_t>(last_old_bucket);
    assign_to_what_is_produced<Boxed>(last_old_bucket);
  }
}

TEST(Lifetime, SoundIteratorsForbidWipingOnlyWhileTheyLive) {
  Rig<std::uint64_t, Boxed> rig(208);
  rig.put(1, 0, 100);
  rig.put(40, 0, 108);
  {
    auto it = rig.map.iter();
    ASSERT_TRUE(it.next());
    rig.put(3, 0);
    EXPECT_TRUE(rig.view().old_stays_readable);
    auto moved = std::move(it);
    EXPECT_TRUE(rig.view().old_stays_readable);
    (void)rest_of(moved);
    EXPECT_FALSE(rig.view().old_stays_readable) << "one that has ended holds nothing";
  }
  EXPECT_FALSE(rig.view().old_stays_readable);
}

}  // namespace
}  // namespace gomap::test
