// What the founding notes claim and ask of growth and memory, as statements that run (claims.md).
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "props/chains.h"
#include "props/typed_maps.h"

namespace mapfuzz {
namespace {

using gomap::TableView;
using gomap::view_of;

// A map in the middle of a growth: any history, then new keys until one is on.
template <class Kind>
[[nodiscard]] Filled<Kind> any_growing() {
  Filled<Kind> made = any_filled<Kind>();
  RC_PRE(view_of(made.map).growing());
  return made;
}

// Deletes a key that is not there: the smallest write there is.
template <class Kind>
void touch(TypedMap<Kind>& map) {
  constexpr unsigned absent = 60'000;
  map.erase(Kind::key(absent));
}

TEST(Claims, AGrowthStartsWithTheInsertOfANewKeyAlone) {
  EXPECT_TRUE(
      rc::check("a growth starts in an assign that makes a new entry, and nowhere else", [] {
        watch_writes<Words>(*table_hint(),
                            [](const auto& before, const Write& write, const auto& map) {
                              const TableView after = view_of(map);
                              if (after.buckets != before.buckets && before.buckets != nullptr) {
                                RC_ASSERT(write.verb == Verb::assign);
                                RC_ASSERT(after.count == before.count + 1);
                              }
                            });
      }));
}

TEST(Claims, ReadsMoveNothing) {
  EXPECT_TRUE(rc::check("look-ups, walks and len leave a growth exactly where it is", [] {
    const auto [map, held] = any_growing<Words>();
    const TableView before = view_of(map);
    require_holds<Words>(map, held);
    for (unsigned key = 0; key < 100; ++key) {
      (void)map.contains(Words::key(key));
    }
    const TableView after = view_of(map);
    RC_ASSERT(after.oldbuckets == before.oldbuckets);
    RC_ASSERT(after.buckets == before.buckets);
    RC_ASSERT(after.nevacuate == before.nevacuate);
    RC_ASSERT(after.held_bytes == before.held_bytes);
    RC_ASSERT(unmoved_buckets(after) == unmoved_buckets(before));
  }));
}

TEST(Claims, EveryAssignAndDeleteMovesAtLeastOneBucketAndAtMostTwo) {
  EXPECT_TRUE(
      rc::check("while a growth is on each assign and each delete moves one old bucket or two, "
                "found or not",
                [] {
                  auto [map, held] = any_growing<Words>();
                  while (view_of(map).growing()) {
                    const std::size_t before = unmoved_buckets(view_of(map));
                    const unsigned key = *rc::gen::inRange(0U, 3000U);
                    if (*rc::gen::arbitrary<bool>()) {
                      map.erase(Words::key(key));
                    } else if (map.contains(Words::key(key))) {
                      map.assign(Words::key(key)) = 1;
                    } else {
                      touch<Words>(map);  // an insert might end this growth and start another
                    }
                    RC_PRE(!map.empty());
                    const std::size_t moved = before - unmoved_buckets(view_of(map));
                    RC_ASSERT(moved >= 1U);
                    RC_ASSERT(moved <= 2U);
                  }
                }));
}

TEST(Claims, AGrowthDoublesIfTheLoadAsksForItAndElseKeepsTheSize) {
  EXPECT_TRUE(
      rc::check("a growth doubles where one entry more is too many, else keeps the size", [] {
        watch_writes<Words>(*table_hint(), [](const auto& before, const Write&, const auto& map) {
          const TableView after = view_of(map);
          // In small tables a growth may be over in the write that starts it.
          if (before.growing() || before.buckets == nullptr || after.buckets == before.buckets) {
            return;
          }
          const bool too_many = gomap::over_load_factor<8>(before.count + 1, before.B);
          RC_ASSERT(too_many || before.noverflow >= gomap::bucket_count(before.B));
          RC_ASSERT(after.B == before.B + (too_many ? 1 : 0));
          RC_ASSERT(!after.growing() || same_size(after) == !too_many);
        });
      }));
}

TEST(Claims, TheOldArrayIsThereExactlyWhileAGrowthIsOn) {
  EXPECT_TRUE(rc::check(
      "an old array is of half the size in a doubling, of the same size in the other "
      "growth, and there is none otherwise",
      [] {
        watch_writes<Words>(*table_hint(), [](const auto&, const Write&, const auto& map) {
          const TableView view = view_of(map);
          RC_ASSERT(view.growing() == (view.old_total != 0));
          if (view.growing()) {
            const std::size_t old = gomap::bucket_count(view.B) / (same_size(view) ? 1 : 2);
            RC_ASSERT(view.old_total ==
                      gomap::total_buckets(static_cast<std::uint8_t>(std::countr_zero(old)),
                                           view.geometry->bucket_size));
          } else {
            RC_ASSERT(!same_size(view));
          }
        });
      }));
}

TEST(Claims, BucketsBelowTheMarkHaveMoved) {
  EXPECT_TRUE(
      rc::check("every old bucket below nevacuate has moved, and the one at it has not", [] {
        watch_writes<Words>(*table_hint(), [](const auto&, const Write&, const auto& map) {
          const TableView view = view_of(map);
          if (!view.growing()) {
            return;
          }
          RC_ASSERT(view.nevacuate < old_buckets(view));
          for (std::size_t index = view.old_readable_from; index <= view.nevacuate; ++index) {
            RC_ASSERT(has_moved(view, index) == (index < view.nevacuate));
          }
        });
      }));
}

TEST(Claims, ARarelyWrittenMapHoldsBothTablesUntilItIsWritten) {
  EXPECT_TRUE(rc::check(
      "a map in a growth holds both arrays however often it is read; the write after "
      "the growth's last gives the old one back",
      [] {
        auto [map, held] = any_growing<Texts>();
        TableView view = view_of(map);
        const std::size_t both = view.held_bytes;
        const std::size_t arrays = (view.total + view.old_total) * view.geometry->bucket_size;
        RC_ASSERT(both >= arrays);
        const int rounds = *rc::gen::inRange(1, 4);
        for (int round = 0; round < rounds; ++round) {
          require_holds<Texts>(map, held);
          RC_ASSERT(view_of(map).held_bytes == both);
        }
        while (view_of(map).growing()) {
          RC_ASSERT(view_of(map).held_bytes >= arrays);
          touch<Texts>(map);
        }
        touch<Texts>(map);
        view = view_of(map);
        RC_ASSERT(view.retired_bytes == 0U);
        RC_ASSERT(view.held_bytes < both);
        RC_ASSERT(view.old_total == 0U);
      }));
}

TEST(Claims, MapsDoNotShrinkAndAReplacementDoes) {
  EXPECT_TRUE(
      rc::check("neither deletes nor clear give an array back; a copy has one that fits", [] {
        auto [map, held] = any_filled<Words>();
        RC_PRE(!map.empty());
        while (view_of(map).growing()) {
          touch<Words>(map);
        }
        const TableView before = view_of(map);
        const auto keeps_its_array = [&](const TableView& now) {
          return now.buckets == before.buckets && now.total == before.total && now.B == before.B;
        };
        const int kept = *rc::gen::inRange(0, 9);
        for (auto entry = held.entries.begin();
             entry != held.entries.end() && map.size() > static_cast<std::size_t>(kept); ++entry) {
          map.erase(Words::key(entry->first));
        }
        RC_ASSERT(keeps_its_array(view_of(map)));
        RC_ASSERT(view_of(map).held_bytes == before.held_bytes);
        const auto replacement = map;
        RC_ASSERT(view_of(replacement).B == exponent_for(map.size()));
        map.clear();
        RC_ASSERT(keeps_its_array(view_of(map)));
      }));
}

TEST(Claims, PlainValuesCostNoAllocationEach) {
  EXPECT_TRUE(
      rc::check("values that lie in their cells cost no allocation an entry, others do", [] {
        const auto entries = *rc::gen::inRange<unsigned>(300, 3000);
        const auto allocations = [&](auto map) {
          using Key = typename decltype(map)::key_type;
          const std::size_t before = allocations_made;
          for (unsigned n = 0; n < entries; ++n) {
            (void)map.assign(Key{n});
          }
          return allocations_made - before;
        };
        struct Large {
          std::array<std::uint64_t, 17> words{};
        };
        RC_ASSERT(allocations(CountingMap<unsigned, unsigned>()) < entries / 4);
        RC_ASSERT(allocations(CountingMap<unsigned, Large>()) >= entries);
      }));
}

TEST(Claims, ALookUpReadsTheOldBucketUntilThatHasMoved) {
  EXPECT_TRUE(
      rc::check("between any two writes of a growth every entry is found, moved or not", [] {
        auto [map, held] = any_growing<Words>();
        for (; view_of(map).growing(); touch<Words>(map)) {
          for (const auto& [number, value] : held.entries) {
            RC_ASSERT(map.contains(Words::key(number)));
            RC_ASSERT(*map.access2(Words::key(number)) == value);
          }
        }
      }));
}

}  // namespace
}  // namespace mapfuzz
