#include "fuzz/test/lockstep/author.h"

#include <array>

namespace mapfuzz {

Program Author::write(const Row& row, std::size_t length) {
  program_ = {};
  write_header(row);
  while (program_.operations.size() < length) {
    switch (below(16)) {
      case 0:
      case 1:
        fill();
        break;
      case 2:
        drain();
        break;
      case 3:
      case 4:
      case 5:
        pile();
        break;
      case 6:
      case 7:
      case 8:
        walk();
        break;
      case 9:
        new_map();
        break;
      default:
        a_few();
    }
  }
  renumber(program_);
  repair(program_);
  return program_;
}

void Author::write_header(const Row& row) {
  Header& header = program_.header;
  header.key = row.key;
  header.elem = row.elem;
  header.width = row.width;
  header.policy = Policy::go_exact;
  header.seed = static_cast<std::uint32_t>(random_());
  constexpr std::array<HashKind, 10> kinds = {
      HashKind::identity, HashKind::identity, HashKind::identity, HashKind::identity,
      HashKind::mix,      HashKind::mix,      HashKind::low,      HashKind::top,
      HashKind::constant, HashKind::explicit_};
  header.hash.kind = kinds.at(below(kinds.size()));
  header.hash.parameter =
      static_cast<std::uint8_t>(header.hash.kind == HashKind::low ? below(6) : random_());
  for (std::uint32_t n = 0; header.hash.kind == HashKind::explicit_ && n < 40; ++n) {
    header.hash.explicit_hashes.push_back({.key = static_cast<std::uint16_t>(below(64)),
                                           .top = static_cast<std::uint8_t>(random_()),
                                           .low = static_cast<std::uint16_t>(below(64))});
  }
  constexpr std::array<std::int64_t, 8> hints = {0, 0, 0, 9, 26, 27, 104, 500};
  header.hint = hints.at(below(hints.size()));
  keys_ = 8U << below(6);
}

void Author::add(OpCode code, std::uint32_t key, std::int64_t value) {
  program_.operations.push_back(
      {.code = code, .slot = 0, .id = 0, .key = key, .value = value, .draw = std::nullopt});
}

void Author::add_iterator(OpCode code, std::uint32_t slot) {
  add(code);
  Operation& added = program_.operations.back();
  added.slot = static_cast<std::uint8_t>(slot);
  if (code == OpCode::iter && one_in(4)) {
    added.draw = static_cast<std::uint32_t>(random_());
  }
}

void Author::fill() {
  const std::uint32_t first = key();
  for (std::uint32_t n = below(keys_) + 1; n > 0; --n) {
    add(OpCode::assign, first + n, below(1000));
  }
}

void Author::drain() {
  const std::uint32_t first = key();
  for (std::uint32_t n = below(keys_) + 1; n > 0; --n) {
    add(OpCode::erase, first + n);
  }
}

// Chains of three at several buckets in turn, each emptied before the next: overflow buckets
// without entries, which a same-size growth is for.
void Author::pile() {
  const std::uint32_t stride = 4U << below(3);
  const std::uint32_t base = 1024 * (1 + below(32));
  const bool iterate = one_in(3);
  for (std::uint32_t pile = 0; pile < stride; ++pile) {
    if (iterate && one_in(3)) {
      add_iterator(OpCode::iter, below(4));
    }
    for (const OpCode code : {OpCode::assign, OpCode::erase}) {
      for (std::uint32_t n = 0; n < 17; ++n) {
        add(code, base + pile + n * stride, n);
      }
    }
  }
  add(OpCode::assign, key(), 1);
}

// An iterator, with writes between its steps.
void Author::walk() {
  const std::uint32_t slot = below(4);
  add_iterator(OpCode::iter, slot);
  const std::uint32_t first = key();
  for (std::uint32_t n = below(60) + 1; n > 0; --n) {
    for (std::uint32_t steps = below(4); steps > 0; --steps) {
      add_iterator(OpCode::next, one_in(8) ? below(4) : slot);
    }
    if (one_in(2)) {
      add(OpCode::assign, first + n, n);
    } else {
      one();
    }
  }
}

void Author::a_few() {
  for (std::uint32_t n = below(20) + 1; n > 0; --n) {
    one();
  }
}

void Author::one() {
  constexpr std::array<OpCode, 12> codes = {OpCode::assign,  OpCode::assign,  OpCode::assign,
                                            OpCode::update,  OpCode::update,  OpCode::erase,
                                            OpCode::erase,   OpCode::access1, OpCode::access2,
                                            OpCode::access2, OpCode::next,    OpCode::len};
  const OpCode code = codes.at(below(codes.size()));
  if (code == OpCode::next) {
    add_iterator(code, below(4));
  } else {
    add(code, key(), below(1000));
  }
}

// What works on whole maps.
void Author::new_map() {
  constexpr std::array<std::int64_t, 8> hints = {-1, 0, 8, 9, 14, 100, 1000, std::int64_t{1} << 62};
  switch (below(10)) {
    case 0:
    case 1:
      add(OpCode::clear);
      break;
    case 2:
      add(OpCode::remake, 0, hints.at(below(hints.size())));
      break;
    case 3:
      add(OpCode::literal, key(), below(60));
      break;
    case 4:
      add(OpCode::copy);
      break;
    case 5:
      add(OpCode::move);
      break;
    case 6:
      add(OpCode::swap);
      break;
    case 7:
      add(OpCode::nil);
      a_few();
      add(OpCode::remake, 0, hints.at(below(hints.size())));
      break;
    case 8:
      add_iterator(OpCode::close, below(4));
      break;
    default:
      add(OpCode::range);
  }
  fill();
}

}  // namespace mapfuzz
