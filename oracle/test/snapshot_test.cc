// A map's canonical words: what they say, what they leave out, and how a difference is shown. That
// they are Go's words is for fuzz/test/lockstep to show.
#include "oracle/snapshot.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "oracle/cells.h"
#include "oracle/kinds.h"
#include "oracle/text_codec.h"

namespace mapfuzz {
namespace {

using testing::HasSubstr;
using testing::Not;

Program parsed(const std::string& map, const std::string& operations) {
  return std::get<OpsText>(parse_ops("mapfuzz 1\nmap hash=identity policy=go-exact seed=3 " + map +
                                     "\n" + operations))
      .program;
}

void take_last(const Program& program, Snapshot& words) {
  const Header& header = program.header;
  const EngineRow& row = *find_engine({header.key, header.elem, header.width});
  const auto engine = row.make();
  engine->prepare(program);
  for (std::size_t step = 0; step < program.operations.size(); ++step) {
    (void)engine->step(step);
  }
  words.take(engine->view(), row.reader, *engine);
}

Snapshot words_of(const std::string& map, const std::string& operations) {
  Snapshot words;
  take_last(parsed(map, operations), words);
  return words;
}

std::vector<std::uint64_t> list(const Snapshot& snapshot) {
  return {snapshot.words().begin(), snapshot.words().end()};
}

std::string assigns(int first, int count, int stride = 1) {
  std::string out;
  for (int n = 0; n < count; ++n) {
    out += "assign " + std::to_string(first + n * stride) + " = 7\n";
  }
  return out;
}

// A doubling under way, an overflow bucket and iterators from before and after its start.
const std::string& busy() {
  static const std::string text =
      assigns(0, 26) + "iter a\nnext a\nassign 26 = 7\niter c\nnext c\n" + assigns(100, 9, 8);
  return text;
}

TEST(Snapshot, OfANilMapAndOfANewOneHasNoBuckets) {
  const std::vector<std::uint64_t> nothing(kHeaderWords + kIteratorSlots, 0);
  EXPECT_EQ(list(words_of("", "nil\n")), nothing);
  std::vector<std::uint64_t> made = list(words_of("", "len\n"));
  ASSERT_EQ(made.size(), nothing.size());
  made[kFieldsWord] &= 0xFFFFFFFFU;  // the seed of a map that was made is its draw
  EXPECT_EQ(made, nothing);
}

TEST(Snapshot, SaysWhatTheHeaderAndTheCellsSay) {
  const Snapshot snapshot = words_of("", "assign 5 = 77\nassign 6 = 78\ndelete 5\n");
  const auto words = snapshot.words();
  EXPECT_EQ(words[kCountWord], 1U);
  EXPECT_EQ(words[kPresentWord], 1U);
  EXPECT_EQ(words[kBucketsWord], 1U);
  const SnapshotMap map = map_of(snapshot, true);
  ASSERT_TRUE(map.complete);
  ASSERT_EQ(map.buckets.size(), 1U);
  const std::size_t at = map.buckets.front().at;
  EXPECT_EQ(words[at], 0U) << "a base bucket, nothing behind it";
  EXPECT_EQ(words[at + 1] & 0xFFU, 1U) << "an empty cell with one behind it in use";
  EXPECT_GE(words[at + 1] >> 8U & 0xFFU, 5U);
  EXPECT_EQ(words[at + 3], 6U);
  EXPECT_EQ(words[at + 11], 78U);
}

TEST(Snapshot, HasAPlaceForEveryWordOfEveryRow) {
  for (const Row& row : all_rows()) {
    if (row.width != 8 || is_counted(row)) {
      continue;  // Go has no such maps
    }
    const std::string map =
        std::string("hint=26 key=") + to_string(row.key) + " elem=" + to_string(row.elem);
    const bool elems = row.elem != ElemKind::unit;
    std::string text = busy();
    if (!elems) {
      for (std::size_t at = text.find(" = 7"); at != std::string::npos; at = text.find(" = 7")) {
        text.replace(at, 4, " = 0");
      }
    }
    const Snapshot snapshot = words_of(map, text);
    ASSERT_TRUE(map_of(snapshot, elems).complete) << map;
    std::set<std::string> names;
    for (std::size_t at = 0; at < snapshot.words().size(); ++at) {
      names.insert(name_of_word(snapshot, elems, at, ~std::uint64_t{0}));
    }
    EXPECT_EQ(names.size(), snapshot.words().size()) << map << ": two words of one name";
  }
}

TEST(Snapshot, NamesTheFieldsThatShareAWord) {
  const Snapshot snapshot = words_of("hint=26", busy());
  const SnapshotMap map = map_of(snapshot, true);
  const auto name = [&](std::size_t at, std::uint64_t bits) {
    return name_of_word(snapshot, true, at, bits);
  };
  EXPECT_EQ(name(kFieldsWord, 0x100), "B");
  EXPECT_EQ(name(kFieldsWord, 0x10000), "noverflow");
  EXPECT_EQ(name(kFieldsWord, 0x8000000000000001U), "flags and hash0");
  EXPECT_EQ(name(map.buckets[0].at + 1, 0xFF00), "bucket 0, cell 1, tophash");
  EXPECT_EQ(name(map.buckets[0].at + 2 + 5, 1), "bucket 0, cell 5, key");
  EXPECT_EQ(name(map.buckets[0].at + 10 + 7, 1), "bucket 0, cell 7, element");
  EXPECT_EQ(name(map.iterators_at, 0x20000), "iterator a, offset");
  EXPECT_EQ(name(map.iterators_at + 3, 1), "iterator a, checkBucket");
  EXPECT_EQ(name(map.iterators_at + kIteratorWords, 1), "iterator b, open");
  EXPECT_EQ(word_text(snapshot, true, kFieldsWord, 0x1203, 0xFF00), "18");
  EXPECT_EQ(name(snapshot.words().size() + 3, 1),
            "word " + std::to_string(snapshot.words().size() + 3) + " of " +
                std::to_string(snapshot.words().size()));
}

TEST(Snapshot, IsTheSameForEveryMapThatRanTheProgram) {
  // Two engines have their buckets, objects and arrays at different addresses.
  for (const char* map :
       {"hint=26", "hint=26 key=str", "hint=26 key=any", "hint=26 key=big", "hint=26 elem=fat"}) {
    const Snapshot first = words_of(map, busy());
    const Snapshot second = words_of(map, busy());
    EXPECT_EQ(list(first), list(second)) << map;
    EXPECT_EQ(first.digest(), second.digest());
  }
}

TEST(Snapshot, TellsTheTwoCopiesOfATextApart) {
  // Copies alternate with the operations' ids; an overwritten text key is replaced by the newer.
  const Snapshot even = words_of("key=str", "assign 9 = 1\n");
  const Snapshot odd = words_of("key=str", "len\nassign 9 = 1\n");
  const std::size_t key = map_of(even, true).buckets.front().at + 2;
  EXPECT_EQ(even.words()[key], kKnown | 9U);
  EXPECT_EQ(odd.words()[key], kKnown | kSecondCopy | 9U);
}

TEST(Snapshot, OfASmallMapIsNotLongerForALargeOneBefore) {
  const Program small = parsed("", "assign 1 = 1\n");
  Snapshot fresh;
  take_last(small, fresh);
  Snapshot reused;
  take_last(parsed("", "literal 0 = 2000\n"), reused);
  ASSERT_GT(reused.words().size(), fresh.words().size());
  take_last(small, reused);
  EXPECT_EQ(list(reused), list(fresh));
  EXPECT_EQ(reused.digest(), fresh.digest());
}

TEST(SnapshotDigest, SeesEveryBitAndTheOrder) {
  Snapshot snapshot = words_of("hint=26", busy());
  const std::uint64_t digest = snapshot.digest();
  const auto words = snapshot.words();
  for (std::uint64_t& word : words) {
    for (const std::uint32_t bit : {0U, 17U, 63U}) {
      word ^= std::uint64_t{1} << bit;
      ASSERT_NE(snapshot.digest(), digest) << &word - words.data() << ", bit " << bit;
      word ^= std::uint64_t{1} << bit;
    }
  }
  for (const std::size_t distance : {1U, 4U}) {  // other lanes, and the same
    for (std::size_t at = 0; at + distance < words.size(); ++at) {
      if (words[at] != words[at + distance]) {
        std::swap(words[at], words[at + distance]);
        ASSERT_NE(snapshot.digest(), digest) << at;
        std::swap(words[at], words[at + distance]);
      }
    }
  }
  ASSERT_EQ(snapshot.digest(), digest);
}

TEST(SnapshotDigest, SeesZerosAtTheEnd) {
  std::set<std::uint64_t> digests;
  Snapshot snapshot;
  for (std::size_t size = 0; size < 12; ++size) {
    snapshot.resize(size);
    std::ranges::fill(snapshot.words(), 0);
    digests.insert(snapshot.digest());
  }
  EXPECT_EQ(digests.size(), 12U);
}

TEST(SnapshotPicture, MarksTheCellsThatDiffer) {
  const Snapshot ours = words_of("hint=26", busy());
  Snapshot theirs = ours;
  EXPECT_THAT(side_by_side(ours, theirs, true, "Go"), Not(HasSubstr("> engine")));
  const SnapshotMap map = map_of(ours, true);
  theirs.words()[map.buckets[1].at + 2] += 1;
  const std::string text = side_by_side(ours, theirs, true, "Go");
  const std::size_t first = text.find("> engine");
  ASSERT_NE(first, std::string::npos);
  EXPECT_EQ(text.find("> engine", first + 1), std::string::npos) << "one bucket differs\n" << text;
  EXPECT_THAT(text, HasSubstr("> Go      bucket 1 "));
  EXPECT_THAT(text, HasSubstr("  both    bucket 0 "));
}

TEST(SnapshotPicture, ShowsABucketThatOneSideLacks) {
  const Snapshot shorter = words_of("", assigns(0, 8));
  const Snapshot longer = words_of("", assigns(0, 9));
  const std::string text = side_by_side(longer, shorter, true, "Go");
  EXPECT_THAT(text, HasSubstr("here only"));
  EXPECT_THAT(text, HasSubstr("> engine  count 9\n> Go      count 8\n"));
}

}  // namespace
}  // namespace mapfuzz
