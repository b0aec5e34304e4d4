#include "oracle/author.h"

#include <algorithm>
#include <array>

namespace mapfuzz {
namespace {

// Operations that are drawn one by one. The last one is for the target that is about it
// (Mutator::interleave).
constexpr auto kDrawn = static_cast<std::uint8_t>(OpCode::interleave);

// Few top bytes, those that alias and some that do not; buckets as under identity, or any of 8.
void explicit_hashes(Choice& choice, HashSpec& spec) {
  const bool like_identity = choice.one_in(2);
  for (std::uint16_t key = 0; key < kMaxExplicitHashes; ++key) {
    const auto low = static_cast<std::uint16_t>(like_identity ? key : choice.below(8));
    spec.explicit_hashes.push_back({key, static_cast<std::uint8_t>(choice.below(12)), low});
  }
}

}  // namespace

HashSpec Author::hash() {
  HashSpec spec;
  // Twice those under which a program can mean two keys to share a bucket.
  constexpr std::array<HashKind, 8> kinds = {
      HashKind::mix, HashKind::identity, HashKind::identity,  HashKind::constant,
      HashKind::low, HashKind::top,      HashKind::explicit_, HashKind::explicit_};
  spec.kind = choice_.of(kinds);
  switch (spec.kind) {
    case HashKind::low:
      spec.parameter = static_cast<std::uint8_t>(choice_.below(6));
      break;
    case HashKind::top:
      spec.parameter = static_cast<std::uint8_t>(choice_.one_in(2) ? choice_.below(10) : 200);
      break;
    case HashKind::explicit_:
      explicit_hashes(choice_, spec);
      break;
    default:
      break;
  }
  return spec;
}

std::int64_t Author::hint() {
  constexpr std::array<std::int64_t, 14> hints = {0,  0,  0,  8,   9,  13,         14,
                                                  26, 27, 52, 104, -1, kBogusHint, 1000};
  return choice_.of(hints);
}

Header Author::header(const Row& row) {
  Header made;
  made.key = row.key;
  made.elem = row.elem;
  made.width = row.width;
  made.hash = hash();
  made.seed = choice_.below(1000);
  made.hint = hint();
  if (choice_.one_in(8)) {
    made.off = choice_.below(std::size_t{1} << kDrawn) & choice_.below(std::size_t{1} << kDrawn);
  }
  return made;
}

Program Author::finish(const Row& row, std::size_t length,
                       void (Author::*act)(std::uint32_t width)) {
  Program program;
  program.header = header(row);
  operations_.clear();
  while (operations_.size() < length) {
    (this->*act)(row.width);
  }
  operations_.resize(length);
  program.operations = operations_;
  repair(program);
  renumber(program);
  return program;
}

Program Author::write(const Row& row, std::size_t length) {
  return finish(row, length, &Author::any_act);
}

Program Author::write_writes(const Row& row, std::size_t length) {
  return finish(row, length, &Author::writing_act);
}

const Author::Operations& Author::act(std::uint32_t width) {
  operations_.clear();
  any_act(width);
  return operations_;
}

const Author::Operations& Author::one() {
  do {
    operations_.clear();
    anything();
  } while (operations_.empty());
  operations_.resize(1);
  return operations_;
}

void Author::any_act(std::uint32_t width) {
  switch (choice_.below(10)) {
    case 0:
    case 1:
      fill();
      break;
    case 2:
      drain();
      break;
    case 3:
    case 4:
      piles(width);
      break;
    case 5:
    case 6:
      walk();
      break;
    default:
      for (std::uint32_t left = choice_.between(1, 12); left > 0; --left) {
        anything();
      }
  }
}

void Author::writing_act(std::uint32_t /*width*/) {
  switch (choice_.below(4)) {
    case 0:
      fill();
      break;
    case 1:
      drain();
      break;
    default:
      common(choice_.below(3) + 2);
      if (choice_.one_in(40)) {
        add({.code = OpCode::clear, .draw = {}});
      }
  }
}

std::uint32_t Author::key() {
  if (choice_.one_in(32)) {
    return choice_.below(kMaxKey + 1);
  }
  return choice_.below(choice_.one_in(3) ? 128 : 40);
}

void Author::fill() {
  const std::uint32_t step = stride();
  std::uint32_t at = key();
  for (std::uint32_t left = choice_.between(2, choice_.one_in(8) ? 250 : 60); left > 0;
       --left, at += step) {
    assign(at);
  }
}

void Author::drain() {
  const std::uint32_t step = stride();
  std::uint32_t at = choice_.below(40);
  for (std::uint32_t left = choice_.between(2, 40); left > 0; --left, at += step) {
    erase(at);
  }
}

// Chains of three buckets, each emptied but for a few before the next is filled, until there are
// as many overflow buckets as buckets: then a new key starts a same-size growth, under the steps
// of an iterator that was there before.
void Author::piles(std::uint32_t width) {
  const std::uint32_t b = choice_.of(std::array<std::uint32_t, 8>{1, 2, 2, 2, 2, 3, 3, 4});
  const std::uint32_t buckets = std::uint32_t{1} << b;
  if (!choice_.one_in(4)) {
    // The largest hint that leaves the table at 2^b buckets, at this width.
    add({.code = OpCode::remake, .value = 13 * width * buckets / 16, .draw = {}});
  }
  for (std::uint32_t pile = 0; pile < (buckets + 1) / 2; ++pile) {
    const std::uint32_t height = 2 * width + 1;
    const std::uint32_t kept = choice_.below(4);
    for (std::uint32_t at = 0; at < height; ++at) {
      assign(pile + at * buckets);
    }
    for (std::uint32_t at = kept; at < height; ++at) {
      erase(pile + at * buckets);
    }
  }
  const bool watched = !choice_.one_in(3);
  if (watched) {
    open();
  }
  const std::uint8_t slot = operations_.back().slot;
  const std::uint32_t first_new = choice_.between(200, 240);
  const std::uint32_t length = choice_.between(4, 16);
  for (std::uint32_t at = 0; at < length; ++at) {
    if (watched) {
      add({.code = OpCode::next, .slot = slot, .draw = {}});
    }
    if (at == 0 || choice_.one_in(4)) {
      assign(first_new + at);
    }
  }
}

void Author::open() {
  Operation& operation = add({.code = OpCode::iter, .slot = slot(), .draw = {}});
  if (choice_.one_in(2)) {
    operation.draw = choice_.below(256);
  }
}

// Steps of an iterator between writes.
void Author::walk() {
  open();
  const std::uint8_t slot = operations_.back().slot;
  const std::uint32_t first_new = choice_.between(40, 100);
  const std::uint32_t length = choice_.between(3, 40);
  for (std::uint32_t at = 0; at < length; ++at) {
    add({.code = OpCode::next, .slot = slot, .draw = {}});
    switch (choice_.below(4)) {
      case 0:
        erase(key());
        break;
      case 1:
        common(choice_.below(5));
        break;
      default:
        assign(first_new + at);
    }
  }
}

void Author::common(std::uint32_t which) {
  constexpr std::array<OpCode, 5> codes = {OpCode::access1, OpCode::access2, OpCode::assign,
                                           OpCode::update, OpCode::erase};
  add({.code = codes.at(which), .key = key(), .value = choice_.between(0, 1000), .draw = {}});
}

void Author::anything() {
  if (!choice_.one_in(3)) {
    common(choice_.below(5));
    return;
  }
  Operation operation{.code = static_cast<OpCode>(choice_.below(kDrawn)),
                      .slot = slot(),
                      .key = key(),
                      .value = choice_.below(60),
                      .draw = {}};
  switch (operation.code) {
    case OpCode::clear:
    case OpCode::remake:
    case OpCode::literal:
    case OpCode::move:
      // They throw away what was built up.
      if (!choice_.one_in(3)) {
        return;
      }
      operation.value = operation.code == OpCode::remake ? hint() : operation.value;
      break;
    case OpCode::expect_phase:
      operation.value = choice_.below(3);
      break;
    case OpCode::nil:
      if (!choice_.one_in(3)) {
        return;
      }
      // A few operations see it, then there is a map again.
      add(operation);
      for (int n = 0; n < 3; ++n) {
        common(choice_.below(5));
      }
      operation.code = OpCode::remake;
      operation.value = hint();
      break;
    case OpCode::reenter:
      // Met by a write, it ends the program.
      if (!choice_.one_in(5)) {
        return;
      }
      break;
    default:
      break;
  }
  add(operation);
}

}  // namespace mapfuzz
