// The iteration contract of Sound iterators, on maps of any type: at rest, and under writes.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <set>
#include <vector>

#include "props/typed_maps.h"

namespace mapfuzz {
namespace {

template <class KindT>
class Walks : public testing::Test {
 protected:
  using Kind = KindT;
};

using Kinds = testing::Types<Words, Texts, Doubles, Owned, Bulk>;
TYPED_TEST_SUITE(Walks, Kinds);

TYPED_TEST(Walks, OfAnUnwrittenMapProduceEachEntryOnce) {
  EXPECT_TRUE(rc::check("a walk produces every entry once, wherever it starts, growth or not", [] {
    using Kind = typename TestFixture::Kind;
    const auto [map, held] = any_filled<Kind>();
    for (int walk = 0; walk < 4; ++walk) {
      RC_ASSERT(contents_of<Kind>(map) == held);
    }
  }));
}

// What a walk owes: entries that were there from its start on; and what it must not produce again.
struct Owed {
  std::set<unsigned> still;     // must come
  std::set<unsigned> produced;  // have come, and have not been added anew since
  std::multiset<int> unequal;   // of keys that equal nothing, which leave with a clear alone

  template <class Kind>
  void see(const Write& write, bool was_there) {
    const std::optional<unsigned> number = Kind::number(Kind::key(write.key));
    if (write.verb == Verb::clear) {
      *this = {};
    } else if (write.verb == Verb::erase && number) {
      still.erase(*number);
      produced.erase(*number);
    } else if (write.verb == Verb::assign && number && !was_there) {
      produced.erase(*number);
    }
  }
};

TYPED_TEST(Walks, UnderWritesKeepTheContract) {
  EXPECT_TRUE(
      rc::check("what stays comes once, what went does not, values are the present ones", [] {
        using Kind = typename TestFixture::Kind;
        auto [map, held] = any_filled<Kind>(*rc::gen::arbitrary<std::uint64_t>());
        std::vector<Write> writes;
        for_each_write(*any_acts(), [&](const Write& write) { writes.push_back(write); });
        const auto pause = *rc::gen::inRange<std::size_t>(1, 30);  // writes between two steps

        Owed owed;
        for (const auto& entry : held.entries) {
          owed.still.insert(entry.first);
        }
        owed.unequal = held.unequal;
        Met met;
        std::multiset<int> unequal;
        auto next = writes.begin();
        bool cleared = false;
        auto it = map.iter();
        while (it.next()) {
          RC_ASSERT(!cleared);
          if (const auto number = Kind::number(it.key())) {
            RC_ASSERT(held.entries.contains(*number));
            RC_ASSERT(held.entries.at(*number) == value_of(it.elem()));
            RC_ASSERT(owed.produced.insert(*number).second);
            owed.still.erase(*number);
          } else {
            unequal.insert(value_of(it.elem()));
          }
          for (std::size_t n = 0; n < pause && next != writes.end(); ++n, ++next) {
            const auto number = Kind::number(Kind::key(next->key));
            owed.see<Kind>(*next, number && held.entries.contains(*number));
            held.template apply<Kind>(*next);
            apply<Kind>(map, *next);
            cleared |= held.size() == 0;
            met.look(gomap::view_of(map));
          }
        }
        met.classify();
        RC_CLASSIFY(cleared, "emptied under the walk");
        RC_ASSERT(cleared || owed.still.empty());
        const auto all_of = [](const std::multiset<int>& some, const std::multiset<int>& in) {
          return std::includes(in.begin(), in.end(), some.begin(), some.end());
        };
        RC_ASSERT(cleared || all_of(owed.unequal, unequal));
        RC_ASSERT(cleared || all_of(unequal, held.unequal));
      }));
}

}  // namespace
}  // namespace mapfuzz
