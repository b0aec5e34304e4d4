// What each word of a snapshot is called, down to the fields that share a word.
#include <algorithm>
#include <array>
#include <bit>
#include <span>

#include "oracle/snapshot.h"
#include "oracle/text.h"

namespace mapfuzz {
namespace {

constexpr std::uint64_t kAll = ~std::uint64_t{0};
constexpr std::uint64_t kLower = 0xFFFFFFFF;

struct Field {
  std::uint64_t mask;
  const char* name;
};

constexpr Field kCount[] = {{kAll, "count"}};
constexpr Field kFields[] = {
    {0xFF, "flags"}, {0xFF00, "B"}, {0xFFFF0000, "noverflow"}, {~kLower, "hash0"}};
constexpr Field kNevacuate[] = {{kAll, "nevacuate"}};
constexpr Field kPresent[] = {{1, "whether there are buckets"},
                              {2, "whether there are old buckets"},
                              {4, "whether there is extra"},
                              {8, "whether there is a list of overflow buckets"},
                              {16, "whether there is a list of old overflow buckets"}};
constexpr Field kNextOverflow[] = {{kAll, "nextOverflow"}};
constexpr Field kLists[] = {{kLower, "length of the list of overflow buckets"},
                            {~kLower, "length of the list of old overflow buckets"}};
constexpr Field kBuckets[] = {{kLower, "number of buckets"}, {~kLower, "number of old buckets"}};
constexpr std::array<std::span<const Field>, kHeaderWords> kHeader = {
    kCount, kFields, kNevacuate, kPresent, kNextOverflow, kLists, kBuckets};

constexpr Field kLink[] = {{kLower, "origin"}, {kAnotherFollows, "link"}};
constexpr Field kStates[] = {
    {0xFFULL, "cell 0, tophash"},        {0xFFULL << 8U, "cell 1, tophash"},
    {0xFFULL << 16U, "cell 2, tophash"}, {0xFFULL << 24U, "cell 3, tophash"},
    {0xFFULL << 32U, "cell 4, tophash"}, {0xFFULL << 40U, "cell 5, tophash"},
    {0xFFULL << 48U, "cell 6, tophash"}, {0xFFULL << 56U, "cell 7, tophash"}};
constexpr Field kKey[] = {{kAll, "key"}};
constexpr Field kElement[] = {{kAll, "element"}};

constexpr Field kStatus[] = {{1, "open"},   {2, "wrapped"},       {4, "started"},
                             {0xFF00, "B"}, {0xFF0000, "offset"}, {0xFF000000, "i"}};
constexpr Field kStartBucket[] = {{kAll, "startBucket"}};
constexpr Field kBucket[] = {{kAll, "bucket"}};
constexpr Field kCheckBucket[] = {{kAll, "checkBucket"}};
constexpr Field kPlace[] = {
    {0xFF, "array of buckets"}, {0xFF00, "array of bptr"}, {~kLower, "index of bptr"}};
constexpr std::array<std::span<const Field>, kIteratorWords> kIterator = {
    kStatus, kStartBucket, kBucket, kCheckBucket, kPlace};

struct Named {
  std::string where;              // "bucket 3, overflow 1, "
  std::span<const Field> fields;  // none: the snapshot has no such word
};

std::string bucket_prefix(const SnapshotBucket& bucket) { return cat(name_of(bucket), ", "); }

Named find(const Snapshot& snapshot, bool elem_words, std::size_t at) {
  if (at < kHeaderWords) {
    return {{}, kHeader.at(at)};
  }
  const SnapshotMap map = map_of(snapshot, elem_words);
  if (at < map.iterators_at) {
    const auto behind = std::upper_bound(
        map.buckets.begin(), map.buckets.end(), at,
        [](std::size_t word, const SnapshotBucket& bucket) { return word < bucket.at; });
    const SnapshotBucket& bucket = *(behind - 1);
    const std::size_t offset = at - bucket.at;
    if (offset < 2) {
      return {bucket_prefix(bucket),
              offset == 0 ? std::span<const Field>(kLink) : std::span<const Field>(kStates)};
    }
    const std::size_t cell = (offset - 2) % kSnapshotCells;
    return {cat(bucket_prefix(bucket), "cell ", cell, ", "),
            offset < 2 + kSnapshotCells ? kKey : kElement};
  }
  std::size_t start = map.iterators_at;
  for (int slot = 0; slot < kIteratorSlots; ++slot) {
    const std::size_t words = iterator_words(snapshot, start);
    if (at < start + words) {
      return {cat("iterator ", static_cast<char>('a' + slot), ", "), kIterator.at(at - start)};
    }
    start += words;
  }
  return {cat("word ", at, " of ", snapshot.words().size()), {}};
}

}  // namespace

std::string name_of(const SnapshotBucket& bucket) {
  std::string out = cat(bucket.old_array ? "old bucket " : "bucket ", bucket.chain);
  if (bucket.depth > 0) {
    append(out, cat(", overflow ", bucket.depth));
  }
  return out;
}

std::size_t iterator_words(const Snapshot& snapshot, std::size_t at) {
  constexpr std::uint64_t started = 4;
  const auto words = snapshot.words();
  return at < words.size() && (words[at] & started) != 0 ? kIteratorWords : 1;
}

std::string name_of_word(const Snapshot& snapshot, bool elem_words, std::size_t at,
                         std::uint64_t bits) {
  const Named found = find(snapshot, elem_words, at);
  std::string names;
  for (const Field& field : found.fields) {
    if ((bits & field.mask) != 0) {
      append(names, cat(names.empty() ? "" : " and ", field.name));
    }
  }
  if (names.empty() && !found.fields.empty()) {
    names = "bits without a meaning";
  }
  return cat(found.where, names);
}

std::string word_text(const Snapshot& snapshot, bool elem_words, std::size_t at, std::uint64_t word,
                      std::uint64_t bits) {
  const Named found = find(snapshot, elem_words, at);
  std::string out;
  for (const Field& field : found.fields) {
    if ((bits & field.mask) == 0) {
      continue;
    }
    const std::uint64_t value = (word & field.mask) >> std::countr_zero(field.mask);
    append(out, out.empty() ? "" : " and ");
    append(out, field.mask == kAll ? slot_text(word) : cat(value));
  }
  return out.empty() ? hex(word, 16) : out;
}

}  // namespace mapfuzz
