// Single chains: their states, their cells, and what an operation did to the chain of its key.
#include "gomap/constants.h"
#include "oracle/audit.h"
#include "oracle/bytes.h"
#include "oracle/text.h"

namespace mapfuzz {

using gomap::BucketView;
using gomap::TableView;

namespace {

bool same_entry(const gomap::BucketGeometry& g, BucketView a, BucketView b, int cell) {
  return a.state(cell) == b.state(cell) && same_bytes(a.key(cell), b.key(cell), g.key_size) &&
         same_bytes(a.elem(cell), b.elem(cell), g.elem_size);
}

// May one of the eight states be `state`? Never says no where it is yes.
bool may_hold(BucketView bucket, std::uint8_t state) {
  const std::uint64_t word = load_word(bucket.raw()) ^ (0x0101010101010101U * state);
  return ((word - 0x0101010101010101U) & ~word & 0x8080808080808080U) != 0;
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
    if (load_word(bucket.raw()) == 0 && (rest || last != gomap::kEmptyOne)) {
      rest = true;  // emptyRest throughout, and nothing before it says otherwise
      continue;
    }
    for (here.cell = 0; here.cell < gomap::kTopHashBytes; ++here.cell) {
      const std::uint8_t state = bucket.state(here.cell);
      if (here.cell >= geometry_->width) {
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

// A bucket whose cells are all emptyRest and whose bytes are all zero needs no closer look.
bool Audit::is_untouched(BucketView bucket) const {
  return load_word(bucket.raw()) == 0 &&
         all_zero(bucket.raw() + gomap::kTopHashBytes,
                  geometry_->overflow_offset - gomap::kTopHashBytes);
}

// Deleting a string key forgets where its text lies and leaves its length (spec 2.14).
static std::size_t wiped_key_bytes(const gomap::BucketGeometry& g) {
  return g.family == gomap::KeyFamily::string ? sizeof(void*) : g.key_size;
}

// I6, I7 and I25 for one cell; I8 where the key is none of the program's.
void Audit::check_cell(const TableView& view, BucketView bucket, const Place& place) {
  const std::uint8_t state = bucket.state(place.cell);
  if (gomap::is_empty(state)) {
    const gomap::BucketGeometry& g = *view.geometry;
    if (!all_zero(bucket.elem(place.cell), g.elem_size) ||
        (g.key_has_pointers && !all_zero(bucket.key(place.cell), wiped_key_bytes(g)))) {
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

// Buckets that are byte for byte what they were are passed over, but for the operation's own key.
void Audit::check_key_chain(const TableView& view, const Operation& operation,
                            const Expectation& model) {
  const bool writes = operation.code == OpCode::assign || operation.code == OpCode::update ||
                      operation.code == OpCode::erase;
  if (!writes) {
    check_copy_unchanged(view, key_chain_);
    check_copy_unchanged(view, own_old_);
    return;
  }
  if (!hash_known_ || view.buckets == nullptr) {
    return;
  }
  const std::size_t index = hash_ & ((std::size_t{1} << view.B) - 1);
  const bool comparable = key_chain_.taken() && !growth_started(view);
  const std::uint8_t top = gomap::top_hash(hash_);
  const std::size_t most = 1 + view.overflow.buckets.size();
  Place place{false, static_cast<std::ptrdiff_t>(index), 0};
  bool changed = false;
  std::size_t cells_of_key = 0;
  std::size_t length = 0;
  for (BucketView bucket = view.bucket(index); bucket && length < most;
       bucket = bucket.overflow(), ++length) {
    place.depth = static_cast<std::ptrdiff_t>(length);
    const BucketView old =
        comparable && length < key_chain_.buckets() ? key_chain_.bucket(length) : BucketView();
    if (!old || !same_bytes(bucket.raw(), old.raw(), view.geometry->bucket_size)) {
      changed = true;
      check_changed_cells(view, bucket, old, place, operation);
    }
    if (may_hold(bucket, top)) {
      cells_of_key += check_cells_of_key(view, bucket, place, operation, model);
    }
  }
  if (changed) {
    check_states(view.bucket(index), place, most);
  }
  // After the last delete the seed is another, and no state in the map is the key's.
  const std::size_t wanted_cells = operation.code == OpCode::erase ? 0 : 1;
  if (cells_of_key != wanted_cells) {
    findings_.note(Invariant::I8, {false, place.chain},
                   cat(wanted_cells, " cells with key ", operation.key, " in its chain"),
                   cat(cells_of_key));
  }
  if (comparable) {
    check_extension(length, operation);
  }
}

// What differs from before must be right by itself, and in a quiet map be the operation's own.
void Audit::check_changed_cells(const TableView& view, BucketView bucket, BucketView old,
                                Place place, const Operation& operation) {
  for (place.cell = 0; place.cell < view.geometry->width; ++place.cell) {
    if (old && same_entry(*view.geometry, bucket, old, place.cell)) {
      continue;
    }
    if (old && !before_->growing() && old.state(place.cell) >= gomap::kMinTopHash &&
        !is_operations_key(operation, key_chain_.key(static_cast<std::size_t>(place.depth),
                                                     place.cell, reader_))) {
      findings_.note(Invariant::I29, place, "another key's cell untouched", "changed");
    }
    check_cell(view, bucket, place);
  }
}

std::size_t Audit::check_cells_of_key(const TableView& view, BucketView bucket, Place place,
                                      const Operation& operation, const Expectation& model) {
  const std::uint8_t top = gomap::top_hash(hash_);
  std::size_t found = 0;
  for (place.cell = 0; place.cell < view.geometry->width; ++place.cell) {
    if (bucket.state(place.cell) != top ||
        !is_operations_key(operation, key_at(bucket, place.cell))) {
      continue;
    }
    ++found;
    const std::optional<std::uint64_t> wanted = model.element(operation.key);
    const std::uint64_t got = reader_.elem_value(bucket.elem(place.cell));
    if (wanted.has_value() && *wanted != got) {
      findings_.note(Invariant::I8, place, cat("element ", *wanted, " of key ", operation.key),
                     cat(got));
    }
  }
  return found;
}

// I20: a bucket is appended by an insert alone, and only to a chain without an empty cell.
void Audit::check_extension(std::size_t length, const Operation& operation) {
  if (own_old_.taken() || next_old_.taken()) {
    return;  // evacuation fills the chain as well: check_destination judges its length
  }
  const std::size_t before = key_chain_.buckets();
  const Place place{false, static_cast<std::ptrdiff_t>(key_chain_.index())};
  if (length < before || length > before + 1 ||
      (length == before + 1 && operation.code == OpCode::erase)) {
    findings_.note(Invariant::I20, place, cat(before, " buckets in the chain"), cat(length));
    return;
  }
  for (std::size_t depth = 0; length > before && depth < before; ++depth) {
    for (int cell = 0; cell < geometry_->width; ++cell) {
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
void Audit::check_copy_unchanged(const TableView& view, const ChainCopy& copy) {
  if (!copy.taken() || (copy.old_array() && copy.index() < view.old_readable_from)) {
    return;
  }
  for (std::size_t depth = 0; depth < copy.buckets(); ++depth) {
    if (!same_bytes(copy.address(depth), copy.bucket(depth).raw(), geometry_->bucket_size)) {
      findings_.note(Invariant::I29,
                     {copy.old_array(), static_cast<std::ptrdiff_t>(copy.index()),
                      static_cast<std::ptrdiff_t>(depth)},
                     "a chain that reading leaves alone", "changed");
    }
  }
}

}  // namespace mapfuzz
