#include "oracle/explore_state.h"

#include <algorithm>

#include "gomap/constants.h"
#include "oracle/audit.h"
#include "oracle/bytes.h"
#include "oracle/hash_plan.h"

namespace mapfuzz {

using gomap::BucketView;
using gomap::TableView;

void Watch::start() {
  entries_.clear();
  open_ = false;
  ended_ = false;
  emptied_ = false;
}

const Watch::Entry* Watch::find(std::uint32_t key) const {
  const std::uint32_t wanted = key_class(kind_, key);
  const auto at = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& entry) {
    return key_class(kind_, entry.key) == wanted;
  });
  return at == entries_.end() ? nullptr : &*at;
}

const Watch::Entry* Watch::find(std::uint32_t key, std::uint64_t value) const {
  const auto at = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& entry) {
    return entry.key == key && entry.value == value;
  });
  return at == entries_.end() ? nullptr : &*at;
}

void Watch::assign(std::uint32_t key, std::uint64_t value) {
  const Entry* there = never_equal(kind_, key) ? nullptr : find(key);
  if (there == nullptr) {
    entries_.push_back({.key = key, .value = value});
    return;
  }
  Entry& entry = entries_[static_cast<std::size_t>(there - entries_.data())];
  entry.key = key;
  entry.value = value;
}

void Watch::note(const Operation& operation, const Observation& seen) {
  switch (operation.code) {
    case OpCode::assign:
      assign(operation.key, static_cast<std::uint64_t>(operation.value));
      break;
    case OpCode::literal:
      for (std::uint32_t at = 0; at < operation.value; ++at) {
        const std::uint32_t key = literal_key(kind_, operation.key, at);
        assign(key, key);
      }
      break;
    case OpCode::erase:
      if (const Entry* entry = never_equal(kind_, operation.key) ? nullptr : find(operation.key)) {
        entries_.erase(entries_.begin() + (entry - entries_.data()));
        emptied_ = emptied_ || entries_.empty();
      }
      break;
    case OpCode::clear:
      emptied_ = emptied_ || !entries_.empty();
      entries_.clear();
      break;
    case OpCode::iter:
      open_ = true;
      ended_ = false;
      emptied_ = false;
      for (Entry& entry : entries_) {
        entry.owed = true;
        entry.seen = false;
      }
      break;
    case OpCode::next:
      ended_ = seen.step == Step::end;
      if (seen.step == Step::entry) {
        if (const Entry* entry = find(seen.entry.key, seen.entry.value)) {
          entries_[static_cast<std::size_t>(entry - entries_.data())].seen = true;
        }
      }
      break;
    case OpCode::close:
      open_ = false;
      ended_ = false;
      for (Entry& entry : entries_) {
        entry.owed = false;
        entry.seen = false;
      }
      break;
    default:
      break;
  }
}

StateKey::StateKey(const Space& space, const CellReader& reader)
    : reader_(reader), width_(space.row.width) {
  std::uint32_t keys = space.literal;
  for (const KeyClass& one : space.classes) {
    keys = std::max<std::uint32_t>(keys, one.first + std::uint32_t{one.keys});
  }
  class_of_.assign(keys, kNoName);
  names_.assign(keys, kNoName);
  for (const KeyClass& one : space.classes) {
    const auto index = static_cast<std::uint8_t>(first_of_.size());
    first_of_.push_back(static_cast<std::uint8_t>(one.first));
    std::fill_n(class_of_.begin() + one.first, one.keys, index);
  }
}

// Keys of a class are named in the order in which they are met.
std::uint8_t StateKey::name_of(std::uint32_t key) {
  if (key >= names_.size()) {
    return kNoName;
  }
  std::uint8_t& name = names_[key];
  if (name == kNoName) {
    const std::uint8_t index = class_of_[key];
    name = index == kNoName ? static_cast<std::uint8_t>(key)
                            : static_cast<std::uint8_t>(first_of_[index] + used_[index]++);
  }
  return name;
}

void StateKey::put_header(const TableView& view) {
  put(view.flags);
  put(view.buckets == nullptr ? kNoName : view.B);
  put(view.noverflow);
  put(view.noverflow >> 8U);
  put((view.has_extra ? 1U : 0U) | (view.overflow.exists ? 2U : 0U) |
      (view.oldoverflow.exists ? 4U : 0U) | (view.growing() ? 8U : 0U));
  put(view.growing() ? view.nevacuate : 0);  // afterwards it is stale
  put(view.next_overflow == nullptr
          ? 0
          : 1U + static_cast<std::size_t>(view.next_overflow - view.buckets) /
                     view.geometry->bucket_size);
}

void StateKey::put_cells(BucketView bucket, const Watch& watch) {
  for (int cell = 0; cell < width_; ++cell) {
    const std::uint8_t state = bucket.state(cell);
    put(state);
    if (gomap::is_empty(state) || state == gomap::kEvacuatedEmpty) {
      continue;
    }
    const std::uint32_t key = reader_.key_id(bucket.key(cell));
    put(name_of(key));
    if (state >= gomap::kMinTopHash && watch.iterator_walks()) {
      const Watch::Entry* entry = watch.find(key, reader_.elem_value(bucket.elem(cell)));
      put(entry == nullptr ? 4U : (entry->owed ? 1U : 0U) | (entry->seen ? 2U : 0U));
    }
  }
}

void StateKey::put_chain(BucketView bucket, const Watch& watch) {
  constexpr int most = 255;  // a damaged chain may never end
  for (int depth = 0; bucket && depth < most; ++depth, bucket = bucket.overflow()) {
    put_cells(bucket, watch);
    put(bucket.overflow() ? 1 : 0);
  }
}

// Where a bucket lies in the current array; false for one that lies elsewhere.
bool StateKey::put_place(const TableView& view, const std::byte* bucket) {
  for (std::size_t index = 0; index < gomap::bucket_count(view.B); ++index) {
    std::uint8_t depth = 0;
    for (BucketView at = view.bucket(index); at && depth < kNoName; at = at.overflow(), ++depth) {
      if (at.raw() == bucket) {
        put(index);
        put(depth);
        return true;
      }
    }
  }
  put(kNoName);
  return false;
}

void StateKey::put_iterator(const TableView& view, const IteratorView& it, const Watch& watch) {
  put((watch.iterator_open() ? 1U : 0U) | (watch.iterator_walks() ? 2U : 0U) |
      (it.started ? 4U : 0U));
  if (!it.started || !watch.iterator_walks()) {
    return;
  }
  put((it.wrapped ? 1U : 0U) | (it.under_doubling ? 2U : 0U));
  for (const std::size_t field :
       {std::size_t{it.B}, std::size_t{it.offset}, std::size_t{it.i}, it.start_bucket, it.bucket,
        it.bptr == nullptr ? 0 : it.check_bucket}) {
    put(field);
  }
  const auto bucket_at = [&](const std::byte* raw) { return BucketView(raw, view.geometry); };
  if (it.bptr == nullptr) {
    put(0);
  } else if (!put_place(view, it.bptr)) {
    put_chain(bucket_at(it.bptr), watch);
  }
  if (it.buckets == view.buckets) {
    put(1);
    return;
  }
  put(it.buckets == view.oldbuckets ? 2 : 3);
  // What it has still to walk through.
  std::size_t bucket = it.bucket;
  for (bool wrapped = it.wrapped; !wrapped || bucket != it.start_bucket;) {
    put_chain(bucket_at(it.buckets + bucket * view.geometry->bucket_size), watch);
    if (++bucket == gomap::bucket_count(it.B)) {
      bucket = 0;
      wrapped = true;
    }
  }
}

void StateKey::take(const TableView& view, const IteratorView& iterator, const Watch& watch) {
  bytes_.clear();
  used_.assign(first_of_.size(), 0);
  std::fill(names_.begin(), names_.end(), kNoName);
  put_header(view);
  if (view.buckets != nullptr) {
    for (std::size_t index = 0; index < gomap::bucket_count(view.B); ++index) {
      put_chain(view.bucket(index), watch);
    }
  }
  const std::size_t old_count = view.growing() ? old_bucket_count(view) : 0;
  for (std::size_t index = 0; index < old_count; ++index) {
    if (old_bucket_evacuated(view, index)) {
      put(gomap::kEvacuatedEmpty);
    } else {
      put_chain(view.old_bucket(index), watch);
    }
  }
  put_iterator(view, iterator, watch);
}

StateDigest StateKey::digest() const {
  StateDigest digest{bytes_.size(), ~bytes_.size()};
  const auto take_in = [&](std::uint64_t word) {
    digest.first = mix(digest.first ^ word);
    digest.second = mix(digest.second + word) ^ digest.first;
  };
  const auto* bytes = reinterpret_cast<const std::byte*>(bytes_.data());
  std::size_t at = 0;
  for (; at + 8 <= bytes_.size(); at += 8) {
    take_in(load_word(bytes + at));
  }
  std::uint64_t rest = 0;
  for (; at < bytes_.size(); ++at) {
    rest = rest << 8U | bytes_[at];
  }
  take_in(rest);
  return digest;
}

}  // namespace mapfuzz
