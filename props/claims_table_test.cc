// What the founding notes say of a table's cells, of its making, of look-ups and deletes, as
// statements that run (claims.md).
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gomap/fatal.h"
#include "props/chains.h"
#include "props/typed_maps.h"

namespace mapfuzz {
namespace {

using gomap::BucketView;
using gomap::TableView;
using gomap::view_of;

constexpr int kWidth = 8;

[[nodiscard]] std::uint64_t key_in(const BucketView& bucket, int cell) {
  std::uint64_t key = 0;
  std::memcpy(&key, bucket.key(cell), sizeof key);
  return key;
}

// ---- Cells

TEST(Claims, MarksAreAllOrNonePerBucket) {
  EXPECT_TRUE(
      rc::check("an old chain is marked in every cell or in none, an array's own in none", [] {
        watch_writes<Words>(*table_hint(), [](const auto&, const Write&, const auto& map) {
          const TableView view = view_of(map);
          const auto marks_in = [](const std::vector<BucketView>& chain) {
            std::size_t marks = 0;
            for (const BucketView& bucket : chain) {
              for (int cell = 0; cell < kWidth; ++cell) {
                marks += gomap::is_evacuated_mark(bucket.state(cell)) ? 1 : 0;
              }
            }
            return marks;
          };
          for (std::size_t index = view.old_readable_from;
               view.growing() && index < old_buckets(view); ++index) {
            const auto chain = chain_of(view.old_bucket(index));
            RC_ASSERT(marks_in(chain) == (has_moved(view, index) ? kWidth * chain.size() : 0));
          }
          for (const auto& chain : live_chains(view)) {
            RC_ASSERT(marks_in(chain) == 0U);
          }
        });
      }));
}

// Words lie in their cells, and stay readable there after they have moved.
TEST(Claims, TheMarkTellsWhichHalfAnEntryWentTo) {
  EXPECT_TRUE(rc::check(
      "X: the entry is in the bucket of the same index, Y: as many further as the old "
      "array had",
      [] {
        watch_writes<Words>(*table_hint(), [](const auto&, const Write&, const auto& map) {
          const TableView view = view_of(map);
          if (!view.growing() || same_size(view)) {
            return;
          }
          const auto& table = *map.inside();
          for (std::size_t index = view.old_readable_from; index < old_buckets(view); ++index) {
            for (const BucketView& bucket : chain_of(view.old_bucket(index))) {
              for (int cell = 0; cell < kWidth; ++cell) {
                const std::uint8_t state = bucket.state(cell);
                if (state == gomap::kEvacuatedX || state == gomap::kEvacuatedY) {
                  const std::uint64_t hash = table.hash_of(key_in(bucket, cell));
                  const bool upper = (hash & old_buckets(view)) != 0;
                  RC_ASSERT(upper == (state == gomap::kEvacuatedY));
                }
              }
            }
          }
        });
      }));
}

TEST(Claims, EmptyRestMeansThatNothingFollows) {
  EXPECT_TRUE(
      rc::check("behind emptyRest there is emptyRest alone, and before the first an entry", [] {
        watch_writes<Words>(*table_hint(), [](const auto&, const Write&, const auto& map) {
          for (const auto& chain : live_chains(view_of(map))) {
            std::uint8_t before = gomap::kMinTopHash;
            for (const BucketView& bucket : chain) {
              for (int cell = 0; cell < kWidth; ++cell) {
                const std::uint8_t state = bucket.state(cell);
                RC_ASSERT(before != gomap::kEmptyRest || state == gomap::kEmptyRest);
                RC_ASSERT(state != gomap::kEmptyRest || before != gomap::kEmptyOne);
                before = state;
              }
            }
            RC_ASSERT(before != gomap::kEmptyOne);
          }
        });
      }));
}

TEST(Claims, AnEntrysTopHashIsTheTopByteMovedClearOfTheMarks) {
  EXPECT_TRUE(rc::check(
      "a filled cell's state is its hash's top byte, plus five if that is below five", [] {
        watch_writes<Words>(*table_hint(), [](const auto&, const Write&, const auto& map) {
          const auto& table = *map.inside();
          std::size_t filled = 0;
          for (const auto& chain : live_chains(view_of(map))) {
            for (const BucketView& bucket : chain) {
              for (int cell = 0; cell < kWidth; ++cell) {
                if (bucket.state(cell) > gomap::kEmptyOne) {
                  const auto top =
                      static_cast<unsigned>(table.hash_of(key_in(bucket, cell)) >> 56U);
                  RC_ASSERT(bucket.state(cell) == (top < 5 ? top + 5 : top));
                  ++filled;
                }
              }
            }
          }
          RC_ASSERT(filled == map.size());
        });
      }));
}

// ---- Header

TEST(Claims, TheSeedChangesExactlyWhenTheMapBecomesEmpty) {
  EXPECT_TRUE(
      rc::check("a delete of the last entry and a clear of some draw a new seed, nothing else", [] {
        watch_writes<Words>(*table_hint(), [](const auto& before, const Write&, const auto& map) {
          const TableView after = view_of(map);
          const bool became_empty = before.count != 0 && after.count == 0;
          RC_ASSERT((after.seed_epoch != before.seed_epoch) == became_empty);
          RC_ASSERT((after.hash0 != before.hash0) == became_empty);
        });
      }));
}

TEST(Claims, EveryDeleteCountsWhereverItsEntryLies) {
  EXPECT_TRUE(
      rc::check("a delete of a present key takes one off the count, of an absent one none", [] {
        const Acts acts = *any_acts();
        auto map = typed_map<Words>(*any_spread());
        for_each_write(acts, [&](const Write& write) {
          const std::size_t there = map.contains(Words::key(write.key)) ? 1 : 0;
          const std::size_t before = map.size();
          apply<Words>(map, write);
          if (write.verb == Verb::erase) {
            RC_ASSERT(map.size() == before - there);
          }
        });
      }));
}

TEST(Claims, OverflowBucketsAreCountedExactlyInTablesBelow65536Buckets) {
  EXPECT_TRUE(
      rc::check("noverflow is the number of overflow buckets of the array, empty ones too", [] {
        watch_writes<Words>(*table_hint(), [](const auto&, const Write&, const auto& map) {
          const TableView view = view_of(map);
          std::size_t linked = 0;
          for (std::size_t index = 0;
               view.buckets != nullptr && index < gomap::bucket_count(view.B); ++index) {
            linked += chain_of(view.bucket(index)).size() - 1;
          }
          RC_ASSERT(view.noverflow == linked);
        });
      }));
}

TEST(Claims, OverflowBucketsAreListedWhereThereAreNoPointers) {
  EXPECT_TRUE(rc::check("a list of overflow buckets is kept in maps without pointers alone", [] {
    watch_writes<Words>(*table_hint(), [&](const auto&, const Write&, const auto& map) {
      const TableView view = view_of(map);
      RC_ASSERT(view.noverflow == 0 || view.overflow.exists);
    });
    watch_writes<Texts>(*table_hint(), [](const auto&, const Write&, const auto& map) {
      RC_ASSERT(!view_of(map).overflow.exists);
      RC_ASSERT(!view_of(map).oldoverflow.exists);
    });
  }));
}

TEST(Claims, AGrowthHandsTheIteratorFlagOnOnce) {
  EXPECT_TRUE(rc::check(
      "opening an iterator raises both flags; a growth makes `iterator` "
      "`oldIterator`, and nothing else takes them down",
      [] {
        constexpr unsigned both = gomap::kIterator | gomap::kOldIterator;
        const Acts acts = *any_acts();
        auto map = typed_map<Words>(*any_spread());
        const unsigned every = *rc::gen::inRange(20U, 120U);
        unsigned turn = 0;
        for_each_write(acts, [&](const Write& write) {
          if (++turn % every == 0 && !map.empty()) {
            const auto it = map.iter();
            RC_ASSERT((view_of(map).flags & both) == both);
          }
          const TableView before = view_of(map);
          apply<Words>(map, write);
          const TableView after = view_of(map);
          const bool began = after.buckets != before.buckets && before.buckets != nullptr;
          const bool iterator = (before.flags & gomap::kIterator) != 0;
          RC_ASSERT((after.flags & both) ==
                    (began ? (iterator ? gomap::kOldIterator : 0U) : (before.flags & both)));
        });
      }));
}

// ---- Making a map

TEST(Claims, AHintChoosesTheTableAndIsNoCapacity) {
  EXPECT_TRUE(rc::check(
      "a hint gives the smallest table for so many entries, a bogus one the smallest "
      "there is; entries beyond it make the map grow",
      [] {
        const auto hint = *rc::gen::resize(100, rc::gen::inRange<std::int64_t>(0, 500));
        auto map = typed_map<Words>(Spread::mixed, 0, hint);
        const TableView made = view_of(map);
        RC_ASSERT(made.B == exponent_for(static_cast<std::size_t>(hint)));
        const std::size_t room =
            made.B == 0 ? 8 : 13 * gomap::bucket_count(static_cast<std::uint8_t>(made.B - 1));
        RC_ASSERT(room >= static_cast<std::size_t>(hint));
        const auto put = [&](std::size_t n) { (void)map.assign(n); };
        for (std::size_t n = 0; n < room; ++n) {
          put(n);
        }
        RC_ASSERT(view_of(map).B == made.B);
        RC_ASSERT(!view_of(map).growing());
        put(room);
        RC_ASSERT(view_of(map).B == made.B + 1);
      }));
  // The largest hint that is honoured would take 2^48 bytes: one more is none.
  constexpr std::int64_t beyond = (std::int64_t{1} << 48) / 144 + 1;
  for (const std::int64_t bogus : {std::int64_t{-1}, std::int64_t{1} << 62, beyond,
                                   std::numeric_limits<std::int64_t>::min()}) {
    const gomap::Map<std::uint64_t, std::uint64_t> map(bogus);
    EXPECT_EQ(view_of(map).B, 0) << bogus;
  }
}

TEST(Claims, ATableOfOneBucketComesWithTheFirstEntryALargerOneAtOnce) {
  EXPECT_TRUE(rc::check(
      "an array is there from the start if it has two buckets or more, else from the "
      "first entry on, and never goes",
      [] {
        const std::int64_t hint = *table_hint();
        RC_ASSERT((view_of(typed_map<Words>(Spread::mixed, 0, hint)).buckets != nullptr) ==
                  (hint > 8));
        watch_writes<Words>(hint, [](const auto& before, const Write& write, const auto& map) {
          const bool there = before.buckets != nullptr || write.verb == Verb::assign;
          RC_ASSERT((view_of(map).buckets != nullptr) == there);
        });
      }));
}

TEST(Claims, OverflowBucketsArePreallocatedFromSixteenBucketsOn) {
  EXPECT_TRUE(
      rc::check("an array of 2^B buckets has 2^(B-4) more or, as sizes are rounded up, still "
                "more, from B = 4 on; and extra exists from then on",
                [] {
                  const auto hint = *rc::gen::resize(100, rc::gen::inRange<std::int64_t>(9, 4000));
                  const TableView view = view_of(typed_map<Words>(Spread::mixed, 0, hint));
                  const std::size_t base = gomap::bucket_count(view.B);
                  RC_CLASSIFY(view.B >= 4, "preallocated");
                  RC_ASSERT(view.has_extra == (view.B >= 4));
                  RC_ASSERT((view.next_overflow != nullptr) == (view.B >= 4));
                  const std::size_t least = view.B >= 4 ? base + base / 16 : base;
                  RC_ASSERT(view.total >= least);
                  RC_ASSERT(view.B >= 4 || view.total == base);
                  RC_ASSERT(view.total < base + base / 4);
                }));
}

// One chain takes them all.
TEST(Claims, TheLastPreallocatedBucketIsUsedToo) {
  for (const std::int64_t hint : {104, 208, 416}) {
    auto map = typed_map<Words>(Spread::one_bucket, 0, hint);
    const TableView made = view_of(map);
    const std::size_t preallocated = made.total - gomap::bucket_count(made.B);
    const std::size_t bytes = made.held_bytes;
    for (std::uint64_t key = 0; key < 8 * (1 + preallocated); ++key) {
      (void)map.assign(key);
    }
    ASSERT_EQ(view_of(map).buckets, made.buckets) << "no growth so far";
    EXPECT_EQ(view_of(map).noverflow, preallocated);
    EXPECT_EQ(view_of(map).held_bytes, bytes) << "each of them lies in the array";
    EXPECT_EQ(view_of(map).next_overflow, nullptr);
    (void)map.assign(9999);
    EXPECT_GT(view_of(map).held_bytes, bytes);
  }
}

TEST(Claims, ClearWipesTheArrayAndUsesItAgain) {
  EXPECT_TRUE(
      rc::check("clear keeps the array, all its bytes are zero but the sentinel's, and it is "
                "set up as when it was made",
                [] {
                  auto map = any_filled<Words>().map;
                  RC_PRE(!map.empty());
                  const TableView before = view_of(map);
                  map.clear();
                  const TableView after = view_of(map);
                  RC_ASSERT(after.buckets == before.buckets);
                  RC_ASSERT(after.total == before.total);
                  RC_ASSERT(!after.growing());
                  RC_ASSERT(after.noverflow == 0U);
                  const std::size_t bytes = after.total * after.geometry->bucket_size;
                  const std::size_t sentinel = after.B >= 4 ? sizeof(void*) : 0;
                  RC_ASSERT(std::all_of(after.buckets, after.buckets + bytes - sentinel,
                                        [](std::byte byte) { return byte == std::byte{0}; }));
                  RC_ASSERT((after.next_overflow == nullptr) == (after.B < 4));
                }));
}

// Go writes up to 25 entries out as assignments, more as a loop over two arrays.
TEST(Claims, LiteralsOfEveryLengthAreTheMapOfTheirEntries) {
  EXPECT_TRUE(rc::check(
      "a literal is make with its length as hint and one assign after the other, on "
      "both sides of 25",
      [] {
        using Map = TypedMap<Texts>;
        const auto length = *rc::gen::resize(100, rc::gen::inRange<unsigned>(0, 60));
        RC_CLASSIFY(length > 25, "more than 25");
        std::vector<std::pair<std::string, int>> entries;
        entries.reserve(length);
        for (unsigned n = 0; n < length; ++n) {
          entries.emplace_back(Texts::key(n), static_cast<int>(n));
        }
        const SpreadHash<Texts> hash{*any_spread()};
        const Map literal(entries.begin(), entries.end(), 0, hash);
        Map made(static_cast<std::int64_t>(length), hash, {}, NumberedDraws{});
        Map grown(0, hash, {}, NumberedDraws{});
        for (const auto& [key, value] : entries) {
          made.assign(key) = value;
          grown.assign(key) = value;
        }
        RC_ASSERT(literal == made);
        RC_ASSERT(literal == grown);
        const TableView a = view_of(literal);
        const TableView b = view_of(made);
        RC_ASSERT(a.B == exponent_for(length));
        RC_ASSERT(!a.growing());
        RC_ASSERT(a.B == b.B);
        RC_ASSERT(a.noverflow == b.noverflow);
        for (std::size_t index = 0; length != 0 && index < gomap::bucket_count(a.B); ++index) {
          const auto ours = chain_of(a.bucket(index));
          const auto theirs = chain_of(b.bucket(index));
          RC_ASSERT(ours.size() == theirs.size());
          for (std::size_t at = 0; at < ours.size(); ++at) {
            RC_ASSERT(std::memcmp(ours[at].raw(), theirs[at].raw(), kWidth) == 0);
          }
        }
      }));
}

// ---- Looking up

TEST(Claims, AMissIsAZeroElementAndMakesNoEntry) {
  EXPECT_TRUE(rc::check("m[k] of an absent key is the zero element, and the map is as it was", [] {
    const auto [map, held] = any_filled<Words>();
    for (unsigned key = 3000; key < 3020; ++key) {
      RC_ASSERT(map.access1(Words::key(key)) == 0);
      RC_ASSERT(map.access2(Words::key(key)) == nullptr);
    }
    require_holds<Words>(map, held);
  }));
}

TEST(Claims, ASearchGoesOnPastEqualTopHashes) {
  EXPECT_TRUE(rc::check(
      "where every top hash is alike, present keys are found and absent ones are not", [] {
        const Acts acts = *any_acts();
        auto map = typed_map<Words>(Spread::one_top);
        run<Words>(map, acts);
        const Contents held = contents_after<Words>(acts);
        for (unsigned key = 0; key < 300; ++key) {
          RC_ASSERT(map.contains(Words::key(key)) == held.entries.contains(key));
        }
      }));
}

// ---- A writer at work

struct Fatal {
  std::string text;
};

// Runs `inside` from within the first comparison of `outside`; the fatal error it ends in.
template <class Outside, class Inside>
[[nodiscard]] std::string fatal_of(Outside outside, Inside inside) {
  struct Equal {
    std::function<void()>* inside;
    bool operator()(std::uint64_t a, std::uint64_t b) const {
      if (const auto now = std::exchange(*inside, nullptr)) {
        now();
      }
      return a == b;
    }
  };
  std::function<void()> pending;
  gomap::Map<std::uint64_t, int, gomap::DefaultHash<std::uint64_t>, Equal> map(0, {}, {&pending});
  for (std::uint64_t key = 0; key < 30; ++key) {
    (void)map.assign(key);
  }
  pending = [&] { inside(map); };
  const auto previous = gomap::set_fatal_handler([](const char* text) { throw Fatal{text}; });
  std::string text = "none";
  try {
    outside(map);
  } catch (const Fatal& fatal) {
    text = fatal.text;
  }
  gomap::set_fatal_handler(previous);
  EXPECT_EQ(map.size(), 30U) << "neither of the two has done anything";
  return text;
}

TEST(Claims, AReaderOrWriterThatMeetsAWriterIsFatal) {
  const auto assign = [](auto& map) { (void)map.assign(7); };
  const auto remove = [](auto& map) { (void)map.erase(7); };
  const auto read = [](auto& map) { (void)map.access2(9); };
  const auto read2 = [](auto& map) { (void)map.access1(9); };
  EXPECT_EQ(fatal_of(assign, read), "concurrent map read and map write");
  EXPECT_EQ(fatal_of(remove, read2), "concurrent map read and map write");
  EXPECT_EQ(fatal_of(assign, remove), "concurrent map writes");
  EXPECT_EQ(fatal_of(remove, remove), "concurrent map writes");
  EXPECT_EQ(fatal_of(remove, assign), "concurrent map writes");
}

// ---- Layout

template <class Key, class Elem>
void expect_packed(std::size_t key_size, std::size_t elem_size) {
  const gomap::BucketGeometry& bucket = gomap::kGeometryOf<Key, Elem, kWidth>;
  EXPECT_EQ(bucket.key_offset, 8U);
  EXPECT_EQ(bucket.elem_offset, 8 + 8 * key_size);
  EXPECT_EQ(bucket.overflow_offset, 8 + 8 * (key_size + elem_size));
  EXPECT_EQ(bucket.bucket_size, 16 + 8 * (key_size + elem_size));
}

TEST(Claims, KeysLieTogetherThenElemsThenTheLinkWithoutPadding) {
  struct Empty {};
  struct Large {
    std::byte bytes[129];
  };
  struct Limit {
    std::byte bytes[128];
  };
  expect_packed<std::int64_t, std::int8_t>(8, 1);
  expect_packed<std::int8_t, std::int64_t>(1, 8);
  expect_packed<std::int32_t, bool>(4, 1);
  expect_packed<std::string_view, std::uint64_t>(16, 8);
  expect_packed<std::int64_t, Empty>(8, 0);
  expect_packed<Limit, Limit>(128, 128);
  expect_packed<std::int64_t, Large>(8, 8);
  expect_packed<std::string, int>(8, 4);
}

}  // namespace
}  // namespace mapfuzz
