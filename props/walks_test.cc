// The iteration contract of Sound iterators, on maps of any type: at rest, and under writes.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <map>
#include <set>
#include <type_traits>
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
  std::size_t unequal = 0;      // keys that equal nothing: they only leave with a clear

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
        owed.unequal = held.unequal.size();
        Met met;
        std::size_t unequal = 0;
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
            ++unequal;
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
        RC_ASSERT(cleared || unequal >= owed.unequal);
        RC_ASSERT(unequal <= owed.unequal + writes.size());
      }));
}

}  // namespace
}  // namespace mapfuzz
