// Snapshot: a map's structure as a row of words in which two implementations that agree agree.
//
// Header fields, then every bucket of both arrays in chain order (where it came from, its eight
// state bytes, its keys, its elements), then the live iterators. There is no address in it: a
// bucket is named by its place, a pointer's target by what it holds.
// Promises: the same words, in the same order, as oracle/go/judge/words.go writes for a Go map.
// Leaves to others: what a slot's word is (CellReader::key_word, cells.h). Width 8 only: the Go
// runtime knows no other.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "gomap/table_view.h"
#include "oracle/implementation.h"
#include "oracle/kinds.h"

namespace mapfuzz {

class Snapshot {
 public:
  // `view` is of `subject` as it stands.
  void take(const gomap::TableView& view, const CellReader& reader, const Implementation& subject);

  // The words of another implementation: `resize`, then written to.
  void resize(std::size_t words) {
    if (buffer_.size() < words) {
      buffer_.resize(words);
    }
    size_ = words;
  }
  [[nodiscard]] std::span<std::uint64_t> words() { return {buffer_.data(), size_}; }
  [[nodiscard]] std::span<const std::uint64_t> words() const { return {buffer_.data(), size_}; }

  [[nodiscard]] std::uint64_t digest() const;

 private:
  std::vector<std::uint64_t> buffer_;  // keeps its length: growing it would clear it anew each time
  std::size_t size_ = 0;
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

inline constexpr std::size_t kSnapshotCells = 8;  // of a bucket: other widths have no snapshot
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

// How many words the iterator slot whose status word is at `at` has.
inline constexpr std::size_t kIteratorWords = 5;  // of one that was started; others have one
[[nodiscard]] std::size_t iterator_words(const Snapshot& snapshot, std::size_t at);

[[nodiscard]] std::string name_of(const SnapshotBucket& bucket);

// What some bits of one word are: "B and hash0", "bucket 3, overflow 1, cell 5, key", "iterator b,
// offset".
[[nodiscard]] std::string name_of_word(const Snapshot& snapshot, bool elem_words, std::size_t at,
                                       std::uint64_t bits);

// The values that `word` has in the fields so named.
[[nodiscard]] std::string word_text(const Snapshot& snapshot, bool elem_words, std::size_t at,
                                    std::uint64_t word, std::uint64_t bits);

// What a cell's key or element word says: an id, a value, "ptr".
[[nodiscard]] std::string slot_text(std::uint64_t word);

// Two tables, bucket by bucket: what agrees once, what differs on two lines, cells marked.
[[nodiscard]] std::string side_by_side(const Snapshot& ours, const Snapshot& theirs,
                                       bool elem_words, const char* their_name);

}  // namespace mapfuzz
