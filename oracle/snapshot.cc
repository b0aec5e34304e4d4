#include "oracle/snapshot.h"

#include <array>

#include "gomap/constants.h"
#include "oracle/audit.h"
#include "oracle/bytes.h"
#include "oracle/hash_plan.h"

namespace mapfuzz {

using gomap::BucketView;
using gomap::TableView;

namespace {

constexpr std::uint64_t kLaneStep = 0x9E3779B97F4A7C15U;

// Writes words behind each other; the vector has room for them.
class Writer {
 public:
  explicit Writer(std::vector<std::uint64_t>& words) : words_(words) {}

  void put(std::uint64_t word) {
    if (used_ == words_.size()) {
      words_.resize(2 * used_ + 256);
    }
    words_[used_++] = word;
  }
  std::uint64_t* put_many(std::size_t n) {
    if (used_ + n > words_.size()) {
      words_.resize(2 * (used_ + n) + 256);
    }
    used_ += n;
    return &words_[used_ - n];
  }
  [[nodiscard]] std::size_t used() const { return used_; }

 private:
  std::vector<std::uint64_t>& words_;
  std::size_t used_ = 0;
};

// A bucket's index in an array of `total`, or kHeapBucket for one that is elsewhere.
std::uint64_t index_in(const std::byte* array, std::size_t total, std::size_t size,
                       const std::byte* bucket) {
  if (array != nullptr && bucket >= array && bucket < array + total * size) {
    return static_cast<std::size_t>(bucket - array) / size;
  }
  return kHeapBucket;
}

// 1 + its index for a preallocated bucket of the array, kHeapBucket for another.
std::uint64_t origin_of(const std::byte* bucket, const std::byte* array, std::size_t total,
                        std::size_t size) {
  const std::uint64_t index = index_in(array, total, size, bucket);
  return index == kHeapBucket ? index : index + 1;
}

// A word for each cell's slot. Plain slots of a word's size are those words.
void put_slots(Writer& out, BucketView bucket, const std::byte* first, std::size_t size, bool plain,
               std::uint64_t (*word)(const std::byte* slot, std::uint8_t state)) {
  std::uint64_t* words = out.put_many(kSnapshotCells);
  if (plain && size == sizeof(std::uint64_t)) {
    copy_bytes(reinterpret_cast<std::byte*>(words), first, kSnapshotCells * size);
    return;
  }
  for (std::size_t cell = 0; cell < kSnapshotCells; ++cell) {
    words[cell] = word(first + cell * size, bucket.state(static_cast<int>(cell)));
  }
}

void put_chain(Writer& out, const CellReader& reader, BucketView bucket, const std::byte* array,
               std::size_t total, const gomap::BucketGeometry& g) {
  for (bool base = true; bucket; base = false) {
    const BucketView next = bucket.overflow();
    const std::uint64_t origin = base ? 0 : origin_of(bucket.raw(), array, total, g.bucket_size);
    out.put(origin | (next ? kAnotherFollows : 0));
    out.put(load_word(bucket.raw()));
    put_slots(out, bucket, bucket.key(0), g.key_size, reader.plain, reader.key_word);
    if (g.elem_size != 0) {
      put_slots(out, bucket, bucket.elem(0), g.elem_size, reader.plain, reader.elem_word);
    }
    bucket = next;
  }
}

// In place of a chain that has been given back, and must not be read: evacuated, and nothing in it.
void put_given_back(Writer& out, const gomap::BucketGeometry& g) {
  constexpr std::uint64_t every_byte = 0x0101010101010101U;
  out.put(0);
  out.put(every_byte * gomap::kEvacuatedEmpty);
  for (std::size_t words = (g.elem_size != 0 ? 2 : 1) * kSnapshotCells; words > 0; --words) {
    out.put(0);
  }
}

// Where an iterator's pointer points to: nowhere, the current array, the old one, elsewhere.
struct ArrayPlace {
  std::uint64_t array = 0;  // 0 to 3, in that order
  std::uint64_t index = 0;
};

ArrayPlace place_of(const TableView& view, const std::byte* p) {
  if (p == nullptr) {
    return {};
  }
  const std::size_t size = view.geometry->bucket_size;
  std::uint64_t index = index_in(view.buckets, view.total, size, p);
  if (index != kHeapBucket) {
    return {1, index};
  }
  index = index_in(view.oldbuckets, view.old_total, size, p);
  return index != kHeapBucket ? ArrayPlace{2, index} : ArrayPlace{3, 0};
}

void put_iterator(Writer& out, const TableView& view, const IteratorView& it) {
  if (!it.open) {
    out.put(0);
    return;
  }
  out.put(1U | (it.wrapped ? 2U : 0U) | (it.started ? 4U : 0U) | std::uint64_t{it.B} << 8U |
          std::uint64_t{it.offset} << 16U | std::uint64_t{it.i} << 24U);
  if (!it.started) {
    return;
  }
  out.put(it.start_bucket);
  out.put(it.bucket);
  out.put(it.check_bucket);
  const ArrayPlace place = place_of(view, it.bptr);
  out.put(place_of(view, it.buckets).array | place.array << 8U | place.index << 32U);
}

}  // namespace

void Snapshot::take(const TableView& view, const CellReader& reader,
                    const Implementation& subject) {
  Writer out(buffer_);
  const gomap::BucketGeometry& g = *view.geometry;
  const std::size_t count = view.buckets == nullptr ? 0 : gomap::bucket_count(view.B);
  const std::size_t old_count = view.growing() ? old_bucket_count(view) : 0;
  out.put(view.count);
  out.put(view.flags | std::uint64_t{view.B} << 8U | std::uint64_t{view.noverflow} << 16U |
          std::uint64_t{view.hash0} << 32U);
  out.put(view.nevacuate);
  out.put((view.buckets != nullptr ? 1U : 0U) | (view.growing() ? 2U : 0U) |
          (view.has_extra ? 4U : 0U) | (view.overflow.exists ? 8U : 0U) |
          (view.oldoverflow.exists ? 16U : 0U));
  out.put(view.next_overflow == nullptr
              ? 0
              : origin_of(view.next_overflow, view.buckets, view.total, g.bucket_size));
  out.put((view.overflow.exists ? view.overflow.buckets.size() : 0) |
          (view.oldoverflow.exists ? view.oldoverflow.buckets.size() : 0) << 32U);
  out.put(count | old_count << 32U);
  for (std::size_t index = 0; index < count; ++index) {
    put_chain(out, reader, view.bucket(index), view.buckets, view.total, g);
  }
  for (std::size_t index = 0; index < old_count; ++index) {
    if (index < view.old_readable_from) {
      put_given_back(out, g);
    } else {
      put_chain(out, reader, view.old_bucket(index), view.oldbuckets, view.old_total, g);
    }
  }
  const std::uint32_t open = subject.open_slots();
  for (std::size_t slot = 0; slot < kIteratorSlots; ++slot) {
    if ((open >> slot & 1U) != 0) {
      put_iterator(out, view, subject.iterator(slot));
    } else {
      out.put(0);
    }
  }
  size_ = out.used();
}

// Four lanes: one multiplication has not ended when the next word comes.
std::uint64_t Snapshot::digest() const {
  std::array<std::uint64_t, 4> lanes = {1, 2, 3, 4};
  const std::size_t n = size_;
  const auto step = [](std::uint64_t lane, std::uint64_t word) {
    lane = (lane ^ word) * kLaneStep;
    return lane ^ (lane >> 29U);
  };
  std::size_t at = 0;
  for (; at + 4 <= n; at += 4) {
    for (std::size_t lane = 0; lane < 4; ++lane) {
      lanes[lane] = step(lanes[lane], buffer_[at + lane]);
    }
  }
  for (; at < n; ++at) {
    lanes[at % 4] = step(lanes[at % 4], buffer_[at]);
  }
  return mix(lanes[0]) + mix(lanes[1] * 3) + mix(lanes[2] * 5) + mix(lanes[3] * 7) + n;
}

}  // namespace mapfuzz
