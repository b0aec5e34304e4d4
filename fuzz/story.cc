#include "fuzz/story.h"

#include <algorithm>
#include <vector>

#include "oracle/kinds.h"

namespace mapfuzz {
namespace {

constexpr std::size_t kMostOperations = 1400;
constexpr std::size_t kMostBuckets = 64;  // of a table that is still grown
// Near enough for a burst of the byte form (byte_layout.h), and beyond what programs mostly use.
constexpr std::uint32_t kFirstAbsent = 200;
constexpr std::uint32_t kNear = 64;  // new keys are mostly below

}  // namespace

Story::Story(const Program& program, std::size_t at, std::int64_t value, Choice& choice)
    : kind_(program.header.key),
      width_(program.header.width),
      value_(value),
      choice_(choice),
      nans_(choice.one_in(2)),
      table_(program, at) {}

bool Story::full() const { return operations_.size() >= kMostOperations || table_.nil(); }

std::optional<std::uint32_t> Story::fresh(std::uint32_t from) const {
  constexpr std::uint32_t far = 2000;
  for (std::uint32_t n = 0; n < far; ++n) {
    const std::uint32_t key = (from + n) % key_ids(kind_);
    if (!unhashable(kind_, key) && (nans_ || !never_equal(kind_, key)) && !table_.holds(key)) {
      return key;
    }
  }
  return std::nullopt;
}

std::optional<std::uint32_t> Story::fresh(std::uint32_t from, std::size_t bucket) const {
  constexpr std::uint32_t far = 2000;
  for (std::uint32_t n = 0; n < far; ++n) {
    const std::uint32_t key = (from + n) % key_ids(kind_);
    if (!unhashable(kind_, key) && !never_equal(kind_, key) && table_.bucket_of(key) == bucket &&
        !table_.holds(key)) {
      return key;
    }
  }
  return std::nullopt;
}

void Story::literal(std::size_t buckets) {
  add({.code = OpCode::literal,
       .key = kNear,
       .value = static_cast<std::int64_t>(table_.limit_of(buckets) - 1),
       .draw = {}});
}

void Story::fill(std::size_t entries) {
  std::optional<std::uint32_t> key = choice_.below(choice_.one_in(4) ? key_ids(kind_) : kNear);
  while (table_.entries() < entries && !full() && (key = fresh(*key)).has_value()) {
    assign(*key);
    ++*key;
  }
}

void Story::start_doubling() {
  if (table_.buckets() > kMostBuckets) {
    return;
  }
  const std::size_t before = table_.buckets();
  std::optional<std::uint32_t> key = choice_.below(64);
  while (table_.buckets() == before && !full() && (key = fresh(*key)).has_value()) {
    assign(*key);
    ++*key;
  }
}

void Story::advance(std::size_t writes) {
  std::optional<std::uint32_t> key = kFirstAbsent + choice_.below(32);
  for (; writes > 0 && table_.growing() && !full(); --writes) {
    key = fresh(*key);
    if (!key.has_value()) {
      return;
    }
    // A map without entries is left as it is by a delete (spec 2.6).
    table_.entries() == 0 || choice_.one_in(8) ? assign(*key) : erase(*key);
    ++*key;
  }
}

void Story::end_growth() { advance(kMostOperations); }

// Chains that were filled and emptied again keep their overflow buckets. As many of those as the
// map has buckets, and the next new key starts a same-size growth (spec 2.5).
void Story::start_same_size(std::size_t least_buckets) {
  end_growth();
  while (table_.buckets() < least_buckets && !full()) {
    start_doubling();
    end_growth();
  }
  if (table_.buckets() > kMostBuckets) {
    return;
  }
  const std::uint32_t from = choice_.between(40, 160);
  std::uint32_t n = 0;
  while (table_.overflow() < table_.buckets() && !full()) {
    if (!pile(table_.bucket_of(from + n++), from)) {
      return;
    }
  }
  make_room(1, table_.buckets());
  const auto key = fresh(from);
  if (key.has_value() && !full()) {
    assign(*key);
  }
}

bool Story::pile(std::size_t bucket, std::uint32_t from) {
  make_room(table_.room(bucket) + 1, bucket);
  const std::size_t before = table_.overflow();
  const std::size_t most = table_.limit() - std::min(table_.limit(), table_.entries());
  const std::size_t height = std::min(table_.room(bucket) + 1 + width_ * choice_.below(3), most);
  std::vector<std::uint32_t> keys;
  std::optional<std::uint32_t> key = from;
  while (keys.size() < height && table_.overflow() < table_.buckets() &&
         (key = fresh(*key, bucket)).has_value()) {
    assign(*key);
    keys.push_back(*key);
    ++*key;
  }
  const std::size_t kept = choice_.one_in(4) ? choice_.below(3) : 0;
  for (std::size_t n = std::min(kept, keys.size()); n < keys.size(); ++n) {
    erase(keys[n]);
  }
  return table_.overflow() > before;
}

// So few entries that `more` do not make the table double; those of one bucket stay.
void Story::make_room(std::size_t more, std::size_t but) {
  const std::size_t first = choice_.below(table_.buckets());
  const std::size_t tries = table_.entries() + table_.buckets();
  for (std::size_t n = 0; n < tries && table_.entries() + more > table_.limit() && !full(); ++n) {
    const std::size_t bucket = (first + n) & (table_.buckets() - 1);
    const auto key = table_.key_in(bucket);
    if (bucket != but && key.has_value()) {
      erase(*key);
    }
  }
}

void Story::empty() {
  for (const std::uint32_t key : table_.keys()) {
    if (full()) {
      return;
    }
    erase(key);
  }
}

void Story::open(std::uint8_t slot) {
  Operation operation{.code = OpCode::iter, .slot = slot, .draw = {}};
  if (choice_.one_in(2)) {
    operation.draw = choice_.below(256);
  }
  add(operation);
}

void Story::next(std::uint8_t slot, std::size_t steps) {
  for (; steps > 0; --steps) {
    add({.code = OpCode::next, .slot = slot, .draw = {}});
  }
}

}  // namespace mapfuzz
