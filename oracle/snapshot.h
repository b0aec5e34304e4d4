// Snapshot: a map's structure as a row of words in which two implementations that agree agree.
//
// Header fields, then every bucket of both arrays in chain order (where it came from, its eight
// state bytes, its keys, its elements), then the live iterators. There is no address in it: a
// bucket is named by its place, a pointer's target by what it holds.
// Promises: the same words, in the same order, as oracle/go/judge/words.go writes for a Go map.
// Leaves to others: what a slot's word is (CellReader::key_word, cells.h). Width 8 only: the Go
// runtime knows no other.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "gomap/table_view.h"
#include "oracle/implementation.h"
#include "oracle/kinds.h"

namespace mapfuzz {

using IteratorViews = std::array<IteratorView, kIteratorSlots>;

class Snapshot {
 public:
  void take(const gomap::TableView& view, const CellReader& reader, const IteratorViews& iterators);

  // The words of another implementation: `resize`, then written to.
  void resize(std::size_t words) { words_.resize(words); }
  [[nodiscard]] std::span<std::uint64_t> words() { return words_; }
  [[nodiscard]] std::span<const std::uint64_t> words() const { return words_; }

  [[nodiscard]] std::uint64_t digest() const;

 private:
  std::vector<std::uint64_t> words_;
};

// The fixed words at the start.
enum HeaderWord : std::size_t {
  kCountWord,
  kFieldsWord,  // flags, B << 8, noverflow << 16, hash0 << 32
  kNevacuateWord,
  kPresentWord,  // bits: buckets, oldbuckets, extra, extra.overflow, extra.oldoverflow
  kNextOverflowWord,
  kListsWord,    // lengths: overflow, oldoverflow << 32
  kBucketsWord,  // buckets that follow: of the current array, of the old one << 32
  kHeaderWords
};

inline constexpr std::uint32_t kHeapBucket = 0xFFFFFFFF;  // origin of a bucket outside its array
inline constexpr std::uint64_t kAnotherFollows = 1ULL << 32U;  // in a bucket's first word

// One bucket's words, found again: `at` is the index of its first.
struct SnapshotBucket {
  bool old_array = false;
  std::size_t chain = 0;
  std::size_t depth = 0;
  std::size_t at = 0;
};

// Where a snapshot's words are. Survives any words; `complete` says whether all had a place.
struct SnapshotMap {
  std::vector<SnapshotBucket> buckets;
  std::size_t bucket_words = 0;  // words a bucket has
  std::size_t iterators_at = 0;  // index of the first slot's status word
  bool complete = false;
};
[[nodiscard]] SnapshotMap map_of(const Snapshot& snapshot, bool elem_words);

// What one word is: "count", "bucket 3, overflow 1, cell 5, key", "iterator b, offset and flags".
[[nodiscard]] std::string name_of_word(const Snapshot& snapshot, bool elem_words, std::size_t at);

// A word for people: packed fields taken apart.
[[nodiscard]] std::string word_text(std::size_t at, std::uint64_t word);

// Two tables, bucket by bucket: what agrees once, what differs on two lines, cells marked.
[[nodiscard]] std::string side_by_side(const Snapshot& ours, const Snapshot& theirs,
                                       bool elem_words, const char* their_name);

}  // namespace mapfuzz
