// How a table may grow, and what it may hold: after every write of any history.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cstddef>

#include "props/typed_maps.h"

namespace mapfuzz {
namespace {

constexpr unsigned kWidth = 8;

template <class KindT>
class Growing : public testing::Test {
 protected:
  using Kind = KindT;
};

using Kinds = testing::Types<Words, Texts, Doubles, Owned, Bulk>;
TYPED_TEST_SUITE(Growing, Kinds);

TYPED_TEST(Growing, TheTableNeverGetsSmaller) {
  EXPECT_TRUE(rc::check("the number of buckets never falls, and doubles if it changes", [] {
    watch_writes<typename TestFixture::Kind>(
        0, [](const auto& before, const Write& write, const auto& map) {
          const std::uint8_t b = gomap::view_of(map).B;
          RC_ASSERT(b >= before.B);
          RC_ASSERT(b <= before.B + (write.verb == Verb::assign ? 1 : 0));
        });
  }));
}

// Deletes in an empty map return before they do any work (spec 2.6).
TYPED_TEST(Growing, AGrowthEndsWithinItsBound) {
  EXPECT_TRUE(
      rc::check("a growth of n old buckets ends with its write number n - 1 at the latest", [] {
        std::size_t writes = 0;
        watch_writes<typename TestFixture::Kind>(
            0, [&](const auto& before, const Write& write, const auto& map) {
              const gomap::TableView after = gomap::view_of(map);
              if (after.growing() && after.oldbuckets != before.oldbuckets) {
                writes = 0;
              }
              writes += write.verb == Verb::assign || before.count != 0 ? 1 : 0;
              RC_ASSERT(!after.growing() || writes < old_buckets(after) - 1);
            });
      }));
}

TYPED_TEST(Growing, TheTableIsNoLargerThanItsLargestCountAsksFor) {
  EXPECT_TRUE(rc::check("buckets are as many as the largest count so far asks for, or fewer", [] {
    std::size_t largest = 0;
    watch_writes<typename TestFixture::Kind>(0, [&](const auto&, const Write&, const auto& map) {
      largest = std::max(largest, map.size());
      RC_ASSERT(gomap::view_of(map).B <= exponent_for(largest));
    });
  }));
}

TYPED_TEST(Growing, AnInsertAtRestStaysWithinTheLoad) {
  EXPECT_TRUE(
      rc::check("an insert that ends at rest leaves 6.5 entries a bucket at most, or eight in "
                "the only one",
                [] {
                  watch_writes<typename TestFixture::Kind>(
                      0, [](const auto& before, const Write&, const auto& map) {
                        const gomap::TableView after = gomap::view_of(map);
                        if (!before.growing() && !after.growing() && after.count > before.count) {
                          RC_ASSERT(!gomap::over_load_factor<kWidth>(after.count, after.B));
                        }
                      });
                }));
}

// At most as many overflow buckets as buckets (spec I16), and an array's own come on top of it
// rounded up to a size class (1.7): in all fewer than three times 2^B. Twice that while growing.
TYPED_TEST(Growing, BytesHeldAreBounded) {
  EXPECT_TRUE(rc::check(
      "a map holds at most three buckets for each in its table, and those of one more "
      "table while it grows",
      [] {
        watch_writes<typename TestFixture::Kind>(
            0, [](const auto& before, const Write&, const auto& map) {
              const gomap::TableView view = gomap::view_of(map);
              if (view.buckets == nullptr) {
                RC_ASSERT(view.held_bytes == 0U);
                return;
              }
              const std::size_t most = 3 * gomap::bucket_count(view.B) * view.geometry->bucket_size;
              RC_ASSERT(view.held_bytes <= most * (view.growing() ? 2 : 1));
              // What a growth that has ended left behind goes with the next write that does
              // anything.
              RC_ASSERT(view.retired_bytes == 0U || before.growing() ||
                        before.buckets != view.buckets || before.count == 0);
            });
      }));
}

}  // namespace
}  // namespace mapfuzz
