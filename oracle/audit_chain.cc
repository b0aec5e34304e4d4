// Single chains: their states, their cells, and what an operation did to the chain of its key.
#include <cstring>

#include "gomap/constants.h"
#include "oracle/audit.h"
#include "oracle/text.h"

namespace mapfuzz {

using gomap::BucketView;
using gomap::TableView;

namespace {

bool all_zero(const std::byte* bytes, std::size_t size) {
  for (std::size_t at = 0; at < size; ++at) {
    if (bytes[at] != std::byte{0}) {
      return false;
    }
  }
  return true;
}

bool same_entry(const gomap::BucketGeometry& g, BucketView a, BucketView b, int cell) {
  return a.state(cell) == b.state(cell) && std::memcmp(a.key(cell), b.key(cell), g.key_size) == 0 &&
         std::memcmp(a.elem(cell), b.elem(cell), g.elem_size) == 0;
}

}  // namespace

// I4 and I5 over the states of a live chain, in link order; I19 for its length.
void Audit::check_states(BucketView base, const Place& place, std::size_t most_buckets) {
  Place here = place;
  here.depth = 0;
  bool rest = false;
  std::uint8_t last = gomap::kMinTopHash;
  for (BucketView bucket = base; bucket; bucket = bucket.overflow(), ++here.depth) {
    if (static_cast<std::size_t>(here.depth) >= most_buckets) {
      findings_.note(Invariant::I19, here, cat("at most ", most_buckets, " buckets in the chain"),
                     "more");
      return;
    }
    for (here.cell = 0; here.cell < gomap::kTopHashBytes; ++here.cell) {
      const std::uint8_t state = bucket.state(here.cell);
      if (here.cell >= before_.geometry.width) {
        if (state != gomap::kEmptyRest) {
          findings_.note(Invariant::I5, here, "0 beyond the width", cat("state ", state));
        }
        continue;
      }
      if (gomap::is_evacuated_mark(state)) {
        findings_.note(Invariant::I4, here, "a filled or empty cell", cat("mark ", state));
      } else if (state == gomap::kEmptyRest) {
        if (!rest && last == gomap::kEmptyOne) {
          findings_.note(Invariant::I5, here, "a filled cell last before emptyRest", "emptyOne");
        }
        rest = true;
      } else if (rest) {
        findings_.note(Invariant::I5, here, "emptyRest after emptyRest", cat("state ", state));
      }
      last = state;
    }
  }
  if (!rest && last == gomap::kEmptyOne) {
    here.cell = -1;
    findings_.note(Invariant::I5, here, "a filled cell or emptyRest at the end of the chain",
                   "emptyOne");
  }
}

// I6, I7 and I25 for one cell; I8 where the key is none of the program's.
void Audit::check_cell(const TableView& view, BucketView bucket, const Place& place) {
  const std::uint8_t state = bucket.state(place.cell);
  if (gomap::is_empty(state)) {
    const gomap::BucketGeometry& g = view.geometry;
    if (!all_zero(bucket.elem(place.cell), g.elem_size) ||
        (g.key_has_pointers && !all_zero(bucket.key(place.cell), g.key_size))) {
      findings_.note(Invariant::I25, place, "zero bytes in an empty cell", "others");
    }
    return;
  }
  if (gomap::is_evacuated_mark(state)) {
    return;
  }
  const std::uint32_t key = key_at(bucket, place.cell);
  if (key == kNoKey) {
    findings_.note(Invariant::I8, place, "a key of the program", "bytes that are none");
    return;
  }
  if (never_equal(key_kind_, key)) {
    return;
  }
  const std::uint64_t h = hash_of(key, view.hash0);
  if (state != gomap::top_hash(h)) {
    findings_.note(Invariant::I6, place, cat("tophash ", gomap::top_hash(h), " of key ", key),
                   cat(state));
  }
  const std::size_t count = place.old_array ? old_bucket_count(view) : std::size_t{1} << view.B;
  if ((h & (count - 1)) != static_cast<std::size_t>(place.chain)) {
    findings_.note(Invariant::I7, place, cat("key ", key, " in bucket ", h & (count - 1)),
                   cat("in bucket ", place.chain));
  }
}

void Audit::check_key_chain(const TableView& view, const Operation& operation,
                            const Expectation& model) {
  const bool writes = operation.code == OpCode::assign || operation.code == OpCode::update ||
                      operation.code == OpCode::erase;
  if (!writes) {
    check_copy_unchanged(key_chain_);
    check_copy_unchanged(own_old_);
    return;
  }
  if (!hash_known_ || view.buckets == nullptr) {
    return;
  }
  const std::size_t index = hash_ & ((std::size_t{1} << view.B) - 1);
  const bool comparable = key_chain_.taken() && !growth_started(view);
  const BucketView base = view.bucket(index);
  Place place{false, static_cast<std::ptrdiff_t>(index)};
  check_states(base, place, 1 + view.overflow.buckets.size());
  if (!findings_.none()) {
    return;  // a damaged chain is not walked further
  }

  std::size_t cells_of_key = 0;
  place.depth = 0;
  // Only what changed can have become wrong, but the operation's own key is looked for everywhere.
  const std::size_t size = view.geometry.bucket_size;
  for (BucketView bucket = base; bucket; bucket = bucket.overflow(), ++place.depth) {
    const auto depth = static_cast<std::size_t>(place.depth);
    const bool same = comparable && depth < key_chain_.buckets() &&
                      std::memcmp(bucket.raw(), key_chain_.bucket(depth).raw(), size) == 0;
    const std::uint8_t top = gomap::top_hash(hash_of(operation.key, view.hash0));
    for (place.cell = 0; place.cell < view.geometry.width; ++place.cell) {
      if (!same) {
        check_cell(view, bucket, place);
      }
      // With a fresh seed the map is empty, and no state can be the key's.
      if (bucket.state(place.cell) != top ||
          !is_operations_key(operation, key_at(bucket, place.cell))) {
        continue;
      }
      ++cells_of_key;
      const std::optional<std::uint64_t> wanted = model.element(operation.key);
      const std::uint64_t found = reader_.elem_value(bucket.elem(place.cell));
      // The caller stores the element, so after a delete it is the key that must not be here.
      if (wanted.has_value() && *wanted != found) {
        findings_.note(Invariant::I8, place, cat("element ", *wanted, " of key ", operation.key),
                       cat(found));
      }
    }
  }
  place.cell = -1;
  place.depth = -1;
  const std::size_t wanted_cells = operation.code == OpCode::erase ? 0 : 1;
  if (cells_of_key != wanted_cells) {
    findings_.note(Invariant::I8, place,
                   cat(wanted_cells, " cells with key ", operation.key, " in its chain"),
                   cat(cells_of_key));
  }
  if (comparable && !before_.growing()) {
    check_only_this_key_changed(base, operation);
  }
  if (comparable) {
    check_extension(base, operation);
  }
}

// I29 for the cells of other keys in a map that does not grow.
void Audit::check_only_this_key_changed(BucketView base, const Operation& operation) {
  Place place{false, static_cast<std::ptrdiff_t>(key_chain_.index())};
  BucketView bucket = base;
  for (std::size_t depth = 0; depth < key_chain_.buckets() && bucket; ++depth) {
    const BucketView old = key_chain_.bucket(depth);
    if (bucket.raw() != key_chain_.address(depth)) {
      findings_.note(Invariant::I20, place, "the same buckets in the chain", "another");
      return;
    }
    place.depth = static_cast<std::ptrdiff_t>(depth);
    for (place.cell = 0; place.cell < before_.geometry.width; ++place.cell) {
      const bool was_filled = old.state(place.cell) >= gomap::kMinTopHash;
      if (was_filled && !is_operations_key(operation, key_at(old, place.cell)) &&
          !same_entry(before_.geometry, old, bucket, place.cell)) {
        findings_.note(Invariant::I29, place, "another key's cell untouched", "changed");
      }
    }
    bucket = bucket.overflow();
  }
}

// I20: a bucket is appended by an insert alone, and only to a chain without an empty cell.
void Audit::check_extension(BucketView base, const Operation& operation) {
  std::size_t length = 0;
  for (BucketView bucket = base; bucket; bucket = bucket.overflow()) {
    ++length;
  }
  const std::size_t before = key_chain_.buckets();
  const Place place{false, static_cast<std::ptrdiff_t>(key_chain_.index())};
  if (before_.growing() && (own_old_.taken() || next_old_.taken())) {
    return;  // evacuation fills the chain as well: check_destination judges its length
  }
  if (length < before || length > before + 1 ||
      (length == before + 1 && operation.code == OpCode::erase)) {
    findings_.note(Invariant::I20, place, cat(before, " buckets in the chain"), cat(length));
    return;
  }
  for (std::size_t depth = 0; length > before && depth < before; ++depth) {
    for (int cell = 0; cell < before_.geometry.width; ++cell) {
      if (gomap::is_empty(key_chain_.bucket(depth).state(cell))) {
        findings_.note(Invariant::I20,
                       {false, place.chain, static_cast<std::ptrdiff_t>(depth), cell},
                       "the empty cell to be used", "a new overflow bucket");
        return;
      }
    }
  }
}

// I29 for a read: the chain it searched is byte for byte what it was.
void Audit::check_copy_unchanged(const ChainCopy& copy) {
  if (!copy.taken()) {
    return;
  }
  for (std::size_t depth = 0; depth < copy.buckets(); ++depth) {
    if (std::memcmp(copy.address(depth), copy.bucket(depth).raw(), before_.geometry.bucket_size) !=
        0) {
      findings_.note(Invariant::I29,
                     {copy.old_array(), static_cast<std::ptrdiff_t>(copy.index()),
                      static_cast<std::ptrdiff_t>(depth)},
                     "a chain that reading leaves alone", "changed");
    }
  }
}

}  // namespace mapfuzz
