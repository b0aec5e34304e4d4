// The algebra of assign, delete, clear, copy, move and swap: laws that hold on a map of any type,
// after any history.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <utility>
#include <vector>

#include "props/typed_maps.h"

namespace mapfuzz {
namespace {

template <class KindT>
class Algebra : public testing::Test {
 protected:
  using Kind = KindT;
  [[nodiscard]] static unsigned any_key() { return *rc::gen::inRange(0U, 200U); }
  [[nodiscard]] static int any_value() { return *rc::gen::inRange(1, 1000); }
};

using Kinds = testing::Types<Words, Texts, Doubles, Owned, Bulk>;
TYPED_TEST_SUITE(Algebra, Kinds);

TYPED_TEST(Algebra, AMapHoldsWhatAStdMapHolds) {
  EXPECT_TRUE(rc::check("after every write a map answers as a std::map does", [] {
    using Kind = typename TestFixture::Kind;
    const Acts acts = *any_acts();
    auto map = typed_map<Kind>(*any_spread(), *rc::gen::arbitrary<std::uint64_t>());
    Contents held;
    Met met;
    for_each_write(acts, [&](const Write& write) {
      const bool erased = write.verb == Verb::erase && map.contains(Kind::key(write.key));
      const std::size_t before = held.size();
      held.template apply<Kind>(write);
      RC_ASSERT(erased == (write.verb == Verb::erase && held.size() < before));
      apply<Kind>(map, write);
      RC_ASSERT(map.size() == held.size());
      met.look(gomap::view_of(map));
    });
    met.classify();
    require_holds<Kind>(map, held);
  }));
}

TYPED_TEST(Algebra, WhatIsAssignedIsFoundAndNothingElseChanges) {
  EXPECT_TRUE(rc::check("a key just assigned is found with its element, others as before", [] {
    using Kind = typename TestFixture::Kind;
    auto [map, held] = any_filled<Kind>();
    const Write write{Verb::assign, TestFixture::any_key(), TestFixture::any_value()};
    apply<Kind>(map, write);
    held.template apply<Kind>(write);
    require_holds<Kind>(map, held);
  }));
}

TYPED_TEST(Algebra, TheLastOfTwoAssignsWins) {
  EXPECT_TRUE(rc::check("of two assigns of a key the last one wins, and makes no second entry", [] {
    using Kind = typename TestFixture::Kind;
    auto map = any_filled<Kind>().map;
    const auto key = Kind::key(TestFixture::any_key());
    RC_PRE(key == key);
    const int last = TestFixture::any_value();
    map.assign(key) = elem_of<typename Kind::Elem>(TestFixture::any_value());
    const std::size_t size = map.size();
    map.assign(key) = elem_of<typename Kind::Elem>(last);
    RC_ASSERT(map.size() == size);
    RC_ASSERT(map.contains(key));
    RC_ASSERT(value_of(*map.access2(key)) == last);
    RC_ASSERT(contents_of<Kind>(map).size() == size);
  }));
}

TYPED_TEST(Algebra, DeletingTwiceIsDeletingOnce) {
  EXPECT_TRUE(rc::check("a second delete of a key finds nothing and changes nothing", [] {
    using Kind = typename TestFixture::Kind;
    auto [map, held] = any_filled<Kind>();
    const unsigned number = TestFixture::any_key();
    map.erase(Kind::key(number));
    held.template apply<Kind>({Verb::erase, number, 0});
    RC_ASSERT(map.erase(Kind::key(number)) == 0U);
    require_holds<Kind>(map, held);
  }));
}

TYPED_TEST(Algebra, ADeletedKeyIsGoneAndComesBackFromZero) {
  EXPECT_TRUE(rc::check("a deleted key is not found, and its next element starts from zero", [] {
    using Kind = typename TestFixture::Kind;
    auto [map, held] = any_filled<Kind>();
    const unsigned number = TestFixture::any_key();
    const auto key = Kind::key(number);
    map.erase(key);
    held.template apply<Kind>({Verb::erase, number, 0});
    RC_ASSERT(!map.contains(key));
    require_holds<Kind>(map, held);
    RC_ASSERT(value_of(map.assign(key)) == 0);
  }));
}

TYPED_TEST(Algebra, AClearedMapIsAFreshOne) {
  EXPECT_TRUE(rc::check("a cleared map holds nothing, and goes on as a fresh one does", [] {
    using Kind = typename TestFixture::Kind;
    auto map = any_filled<Kind>().map;
    map.clear();
    RC_ASSERT(map.empty());
    require_holds<Kind>(map, {});
    const Acts more = *any_acts();
    run<Kind>(map, more);
    require_holds<Kind>(map, contents_after<Kind>(more));
  }));
}

// Two histories over different keys, in one order, the other, and any mixture of both.
TYPED_TEST(Algebra, WritesOfDifferentKeysCommute) {
  EXPECT_TRUE(rc::check("the order of writes to different keys does not matter", [] {
    using Kind = typename TestFixture::Kind;
    constexpr unsigned far = 10'000;
    std::vector<Write> some;
    std::vector<Write> others;
    const auto collect = [](std::vector<Write>& out, unsigned offset) {
      for_each_write(*any_acts(), [&](Write write) {
        if (write.verb != Verb::clear) {
          write.key += offset;
          out.push_back(write);
        }
      });
    };
    collect(some, 0);
    collect(others, far);

    const Spread spread = *any_spread();
    auto one_way = typed_map<Kind>(spread);
    auto mixed = typed_map<Kind>(spread);
    for (const Write& write : some) {
      apply<Kind>(one_way, write);
    }
    for (const Write& write : others) {
      apply<Kind>(one_way, write);
    }
    const std::uint64_t pattern = *rc::gen::arbitrary<std::uint64_t>();
    auto a = others.begin();
    auto b = some.begin();
    for (unsigned turn = 0; a != others.end() || b != some.end(); ++turn) {
      const bool first = (pattern >> turn % 64U & 1U) != 0;
      if (b == some.end() || (first && a != others.end())) {
        apply<Kind>(mixed, *a++);
      } else {
        apply<Kind>(mixed, *b++);
      }
    }
    require_holds<Kind>(mixed, contents_of<Kind>(one_way));
  }));
}

TYPED_TEST(Algebra, MoveAndSwapCarryTheContents) {
  EXPECT_TRUE(rc::check("a move leaves an empty map behind, a swap exchanges contents", [] {
    using Kind = typename TestFixture::Kind;
    auto [map, held] = any_filled<Kind>();
    auto [other, others] = any_filled<Kind>(1);
    swap(map, other);
    require_holds<Kind>(map, others);
    require_holds<Kind>(other, held);
    map = std::move(other);
    require_holds<Kind>(map, held);
    RC_ASSERT(other.empty());  // NOLINT(bugprone-use-after-move): a moved-from map is empty
    const Acts more = *any_acts();
    run<Kind>(other, more);
    require_holds<Kind>(other, contents_after<Kind>(more));
  }));
}

template <class KindT>
class Copied : public Algebra<KindT> {};

using CopyableKinds = testing::Types<Words, Texts, Doubles, Bulk>;
TYPED_TEST_SUITE(Copied, CopyableKinds);

TYPED_TEST(Copied, MapsHoldWhatTheirOriginalHoldsAndAreIndependentOfIt) {
  EXPECT_TRUE(rc::check("a copy holds what its original holds; later writes touch one alone", [] {
    using Kind = typename TestFixture::Kind;
    auto [map, held] = any_filled<Kind>();
    auto copy = map;
    require_holds<Kind>(copy, held);
    run<Kind>(copy, *any_acts());
    require_holds<Kind>(map, held);
    const Contents wrote = contents_of<Kind>(copy);
    run<Kind>(map, *any_acts());
    require_holds<Kind>(copy, wrote);
  }));
}

}  // namespace
}  // namespace mapfuzz
