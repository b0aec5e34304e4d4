#include "oracle/snapshot.h"

#include "gomap/constants.h"
#include "oracle/audit.h"
#include "oracle/bytes.h"
#include "oracle/hash_plan.h"

namespace mapfuzz {

using gomap::BucketView;
using gomap::TableView;

namespace {

constexpr std::size_t kCells = 8;
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

// 0 for a base bucket, 1 + index for a preallocated one of its array, kHeapBucket for another.
std::uint64_t origin_of(const std::byte* bucket, const std::byte* array, std::size_t total,
                        std::size_t size) {
  if (bucket >= array && bucket < array + total * size) {
    return 1 + static_cast<std::size_t>(bucket - array) / size;
  }
  return kHeapBucket;
}

void put_slots(Writer& out, const CellReader& reader, BucketView bucket,
               const gomap::BucketGeometry& g) {
  std::uint64_t* keys = out.put_many(kCells);
  if (reader.plain && g.key_size == sizeof(std::uint64_t)) {
    copy_bytes(reinterpret_cast<std::byte*>(keys), bucket.key(0), kCells * g.key_size);
  } else {
    for (int cell = 0; cell < static_cast<int>(kCells); ++cell) {
      keys[cell] = reader.key_word(bucket.key(cell), bucket.state(cell));
    }
  }
  if (g.elem_size == 0) {
    return;
  }
  std::uint64_t* elems = out.put_many(kCells);
  if (reader.plain && g.elem_size == sizeof(std::uint64_t)) {
    copy_bytes(reinterpret_cast<std::byte*>(elems), bucket.elem(0), kCells * g.elem_size);
  } else {
    for (int cell = 0; cell < static_cast<int>(kCells); ++cell) {
      elems[cell] = reader.elem_word(bucket.elem(cell), bucket.state(cell));
    }
  }
}

void put_chain(Writer& out, const CellReader& reader, BucketView bucket, const std::byte* array,
               std::size_t total, const gomap::BucketGeometry& g) {
  for (bool base = true; bucket; base = false) {
    const BucketView next = bucket.overflow();
    const std::uint64_t origin = base ? 0 : origin_of(bucket.raw(), array, total, g.bucket_size);
    out.put(origin | (next ? kAnotherFollows : 0));
    out.put(load_word(bucket.raw()));
    put_slots(out, reader, bucket, g);
    bucket = next;
  }
}

// Where an iterator's pointer points to: 1 the current array, 2 the old one, 3 elsewhere.
std::uint64_t array_of(const TableView& view, const std::byte* p, std::size_t& index) {
  index = 0;
  if (p == nullptr) {
    return 0;
  }
  const std::size_t size = view.geometry->bucket_size;
  if (view.buckets != nullptr && p >= view.buckets && p < view.buckets + view.total * size) {
    index = static_cast<std::size_t>(p - view.buckets) / size;
    return 1;
  }
  if (view.growing() && p >= view.oldbuckets && p < view.oldbuckets + view.old_total * size) {
    index = static_cast<std::size_t>(p - view.oldbuckets) / size;
    return 2;
  }
  return 3;
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
  std::size_t unused = 0;
  std::size_t index = 0;
  const std::uint64_t snapshot = array_of(view, it.buckets, unused);
  const std::uint64_t place = array_of(view, it.bptr, index);
  out.put(snapshot | place << 8U | std::uint64_t{index} << 32U);
}

}  // namespace

void Snapshot::take(const TableView& view, const CellReader& reader,
                    const IteratorViews& iterators) {
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
    put_chain(out, reader, view.old_bucket(index), view.oldbuckets, view.old_total, g);
  }
  for (const IteratorView& iterator : iterators) {
    put_iterator(out, view, iterator);
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
