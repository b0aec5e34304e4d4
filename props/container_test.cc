// The laws of the container face: merge, erase_if, equality, extract, the insert family, ranges.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <iterator>
#include <utility>
#include <vector>

#include "props/typed_maps.h"

namespace mapfuzz {
namespace {

template <class KindT>
class Container : public testing::Test {
 protected:
  using Kind = KindT;
};

using Kinds = testing::Types<Words, Texts, Doubles, Owned, Bulk>;
TYPED_TEST_SUITE(Container, Kinds);

// A key that equals nothing is in no other map, and can not be taken out of its own.
TYPED_TEST(Container, MergeMovesWhatIsNotThereYet) {
  EXPECT_TRUE(rc::check("merge: the union, where the receiver wins; duplicates stay behind", [] {
    using Kind = typename TestFixture::Kind;
    auto [map, merged] = any_filled<Kind>();
    auto [source, offered] = any_filled<Kind>(1);
    Contents left;
    left.unequal = offered.unequal;
    for (const auto& entry : offered.entries) {
      if (!merged.entries.insert(entry).second) {
        left.entries.insert(entry);
      }
    }
    map.merge(source);
    require_holds<Kind>(map, merged);
    require_holds<Kind>(source, left);
  }));
}

TYPED_TEST(Container, EraseIfIsAFilter) {
  EXPECT_TRUE(rc::check("erase_if removes what the predicate is true of, and says how many", [] {
    using Kind = typename TestFixture::Kind;
    auto [map, held] = any_filled<Kind>();
    const int modulus = *rc::gen::inRange(1, 5);
    const auto goes = [&](int value) { return value % modulus == 0; };
    const std::size_t erased = erase_if(map, [&](const auto& entry) {
      return Kind::number(entry.first) && goes(value_of(entry.second));
    });
    RC_ASSERT(erased ==
              std::erase_if(held.entries, [&](const auto& entry) { return goes(entry.second); }));
    require_holds<Kind>(map, held);
  }));
}

TYPED_TEST(Container, ExtractIsLookUpAndDelete) {
  EXPECT_TRUE(rc::check("extract takes out the entry, if there is one, and nothing else", [] {
    using Kind = typename TestFixture::Kind;
    auto [map, held] = any_filled<Kind>();
    const auto key = Kind::key(*rc::gen::inRange(0U, 200U));
    const auto number = Kind::number(key);
    const auto there = number ? held.entries.find(*number) : held.entries.end();
    auto out = map.extract(key);
    RC_ASSERT(out.has_value() == (there != held.entries.end()));
    RC_CLASSIFY(out.has_value(), "there");
    if (out) {
      RC_ASSERT(value_of(out->second) == there->second);
      held.entries.erase(there);
    }
    require_holds<Kind>(map, held);
  }));
}

TYPED_TEST(Container, OnlyInsertOrAssignOverwrites) {
  EXPECT_TRUE(
      rc::check("insert, emplace, try_emplace leave an entry alone; the other does not", [] {
        using Kind = typename TestFixture::Kind;
        using Elem = typename Kind::Elem;
        auto [map, held] = any_filled<Kind>();
        for (int verb = 0; verb < 4; ++verb) {
          const unsigned number = *rc::gen::inRange(0U, 200U);
          const auto key = Kind::key(number);
          const bool there = map.contains(key);
          RC_CLASSIFY(there, "there");
          const int value = verb + 1000;
          Elem elem = elem_of<Elem>(value);
          bool inserted = false;
          switch (verb) {
            case 0:
              inserted =
                  map.insert(std::pair<typename Kind::Key, Elem>(key, std::move(elem))).second;
              break;
            case 1:
              inserted = map.emplace(key, std::move(elem)).second;
              break;
            case 2:
              inserted = map.try_emplace(key, std::move(elem)).second;
              break;
            default:
              inserted = map.insert_or_assign(key, std::move(elem)).second;
          }
          RC_ASSERT(inserted != there);
          if (inserted || verb == 3) {
            held.template apply<Kind>({Verb::assign, number, value});
          }
          require_holds<Kind>(map, held);
        }
      }));
}

template <class KindT>
class Equality : public Container<KindT> {};

// Owned elements are equal to themselves alone.
using ComparableKinds = testing::Types<Words, Texts, Doubles, Bulk>;
TYPED_TEST_SUITE(Equality, ComparableKinds);

TYPED_TEST(Equality, IsThatOfContents) {
  EXPECT_TRUE(rc::check("maps are equal if they hold the same, whatever they have been", [] {
    using Kind = typename TestFixture::Kind;
    auto [map, held] = any_filled<Kind>();
    auto [other, others] = any_filled<Kind>(1);
    const bool same = others == held && held.unequal.empty();
    RC_ASSERT((map == other) == same);
    // The same contents by another road: backwards, into a map that has been another.
    other.clear();
    for (auto entry = held.entries.rbegin(); entry != held.entries.rend(); ++entry) {
      other.assign(Kind::key(entry->first)) = elem_of<typename Kind::Elem>(entry->second);
    }
    RC_ASSERT((map == other) == held.unequal.empty());
    RC_ASSERT((other == map) == held.unequal.empty());
    RC_PRE(!held.entries.empty() && held.unequal.empty());
    const auto at = *rc::gen::inRange<std::size_t>(0, held.entries.size());
    const unsigned one = std::next(held.entries.begin(), static_cast<std::ptrdiff_t>(at))->first;
    other.assign(Kind::key(one)) = elem_of<typename Kind::Elem>(-1);
    RC_ASSERT(map != other);
    other.erase(Kind::key(one));
    RC_ASSERT(map != other);
    RC_ASSERT(other != map);
  }));
}

}  // namespace
}  // namespace mapfuzz
