// Mutations of operations, keys, hashes and header.
#include <algorithm>
#include <array>
#include <boost/container/flat_set.hpp>
#include <initializer_list>
#include <utility>

#include "fuzz/mutator.h"
#include "oracle/kinds.h"

namespace mapfuzz {
namespace {

// No std::set: MemorySanitizer does not see what libstdc++ does inside.
using Keys = boost::container::flat_set<std::uint32_t>;

// Tables that a hash plan lists: all keys of an identity plan that the program uses, so that the
// others stay where they are.
void make_explicit(Program& program) {
  HashSpec& hash = program.header.hash;
  if (hash.kind == HashKind::explicit_) {
    return;
  }
  const bool identity = hash.kind == HashKind::identity;
  hash = {.kind = HashKind::explicit_, .parameter = 0, .explicit_hashes = {}};
  Keys used;
  for (const Operation& operation : program.operations) {
    if (identity && shape_of(operation.code).key && used.size() < kMaxExplicitHashes &&
        used.insert(operation.key).second) {
      hash.explicit_hashes.push_back({.key = static_cast<std::uint16_t>(operation.key),
                                      .top = 0,
                                      .low = static_cast<std::uint16_t>(operation.key)});
    }
  }
}

// The entry of a key, made if it is not there; the last one gives way where the table is full.
KeyHash& hash_of(HashSpec& hash, std::uint32_t key, std::uint32_t top, std::uint32_t low) {
  auto& table = hash.explicit_hashes;
  const auto found =
      std::find_if(table.begin(), table.end(), [&](const KeyHash& at) { return at.key == key; });
  if (found != table.end()) {
    return *found;
  }
  if (table.size() == kMaxExplicitHashes) {
    table.pop_back();
  }
  return table.emplace_back(KeyHash{.key = static_cast<std::uint16_t>(key),
                                    .top = static_cast<std::uint8_t>(top),
                                    .low = static_cast<std::uint16_t>(low)});
}

}  // namespace

Operation* Mutator::keyed(Operations& operations) {
  if (operations.empty()) {
    return nullptr;
  }
  const std::size_t first = choice_.below(operations.size());
  for (std::size_t n = 0; n < operations.size(); ++n) {
    Operation& at = operations[(first + n) % operations.size()];
    if (shape_of(at.code).key) {
      return &at;
    }
  }
  return nullptr;
}

// Down as well: keys are reduced modulo their number, a power of two.
std::uint32_t Mutator::distance() {
  const std::uint32_t up = choice_.one_in(2) ? 1 : std::uint32_t{1} << choice_.below(8);
  return choice_.one_in(2) ? up : kMaxKey + 1 - up;
}

void Mutator::insert(Operations& into, std::size_t at, const Operations& piece) {
  const auto place = into.begin() + static_cast<std::ptrdiff_t>(at);
  const auto first = into.insert(place, piece.begin(), piece.end());
  for (auto added = first; added != first + static_cast<std::ptrdiff_t>(piece.size()); ++added) {
    if (has_value(added->code) && !choice_.one_in(8)) {
      added->value = kPlain;
    }
  }
}

void Mutator::move(Operations& operations) {
  const Range at = range(operations);
  const std::size_t to = place(operations);
  const auto begin = operations.begin();
  const auto first = begin + static_cast<std::ptrdiff_t>(at.begin);
  const auto last = begin + static_cast<std::ptrdiff_t>(at.end);
  if (to < at.begin) {
    std::rotate(begin + static_cast<std::ptrdiff_t>(to), first, last);
  } else if (to > at.end) {
    std::rotate(first, last, begin + static_cast<std::ptrdiff_t>(to));
  }
}

void Mutator::swap(Operations& operations) {
  Range a = range(operations);
  Range b = range(operations);
  if (b.begin < a.begin) {
    std::swap(a, b);
  }
  const std::size_t length = std::min({a.end - a.begin, b.begin - a.begin, b.end - b.begin});
  for (std::size_t n = 0; n < length; ++n) {
    std::swap(operations[a.begin + n], operations[b.begin + n]);
  }
}

void Mutator::undo(Operations& operations) {
  const Range at = range(operations);
  Operations deletes;
  for (std::size_t n = at.begin; n < at.end; ++n) {
    if (shape_of(operations[n].code).key) {
      deletes.push_back({.code = OpCode::erase, .key = operations[n].key, .draw = {}});
    }
  }
  const std::size_t behind = choice_.below(operations.size() - at.end + 1);
  insert(operations, choice_.one_in(2) ? at.end : at.end + behind, deletes);
}

void Mutator::collide(Program& program) {
  Operation* const one = keyed(program.operations);
  if (one == nullptr) {
    return;
  }
  Operation* const two = keyed(program.operations);
  HashSpec& hash = program.header.hash;
  const bool by_key = hash.kind == HashKind::identity || hash.kind == HashKind::low;
  if (by_key && choice_.one_in(2)) {
    // The same bucket of every table up to that size; the half of a doubling beyond it differs.
    two->key = one->key + (std::uint32_t{1} << choice_.between(1, 8));
    return;
  }
  make_explicit(program);
  const std::uint32_t bucket = choice_.below(8);
  KeyHash entry = hash_of(hash, one->key, choice_.below(12), bucket);
  switch (choice_.below(4)) {
    case 0:  // one bucket at every size
      entry.top = static_cast<std::uint8_t>(choice_.below(12));
      break;
    case 1:  // two halves of one doubling
      entry.low ^= static_cast<std::uint16_t>(1U << choice_.below(7));
      break;
    case 2:  // a top byte that meets a reserved state
      entry.top = static_cast<std::uint8_t>(choice_.below(7));
      break;
    default:  // nothing tells them apart but equality
      break;
  }
  const std::uint32_t key = two->key;
  KeyHash& other = hash_of(hash, key, 0, 0);
  other.top = entry.top;
  other.low = entry.low;
}

void Mutator::change_code(Operations& operations) {
  constexpr std::array<OpCode, 5> codes = {OpCode::assign, OpCode::update, OpCode::erase,
                                           OpCode::access1, OpCode::access2};
  const Range at = range(operations);
  const OpCode code = choice_.of(codes);
  for (std::size_t n = at.begin; n < at.end; ++n) {
    Operation& changed = operations[n];
    if (std::find(codes.begin(), codes.end(), changed.code) != codes.end()) {
      changed.code = code;
      changed.value = kPlain;
    }
  }
}

void Mutator::steps(Operations& operations) {
  const Range at = range(operations);
  auto slot = static_cast<std::uint8_t>(choice_.below(kIteratorSlots));
  for (std::size_t n = 0; n < at.end; ++n) {
    if (operations[n].code == OpCode::iter) {
      slot = operations[n].slot;
    }
  }
  const std::uint32_t every = choice_.between(1, 3);
  Operations mixed;
  for (std::size_t n = at.begin; n < at.end; ++n) {
    mixed.push_back(operations[n]);
    if ((n - at.begin) % every == 0) {
      mixed.push_back({.code = OpCode::next, .slot = slot, .draw = {}});
    }
  }
  const auto first = operations.erase(operations.begin() + static_cast<std::ptrdiff_t>(at.begin),
                                      operations.begin() + static_cast<std::ptrdiff_t>(at.end));
  operations.insert(first, mixed.begin(), mixed.end());
}

void Mutator::draw(Operations& operations) {
  const std::size_t first = place(operations);
  for (std::size_t n = 0; n < operations.size(); ++n) {
    Operation& at = operations[(first + n) % operations.size()];
    if (at.code == OpCode::iter) {
      at.draw.reset();
      if (!choice_.one_in(4)) {
        // Start bucket in the low bits, offset behind them (spec 2.11).
        at.draw = choice_.below(256);
      }
      return;
    }
  }
}

void Mutator::kinds(Header& header) {
  const Row row = choice_.of(all_rows());
  header.key = row.key;
  header.elem = row.elem;
  header.width = row.width;
  if (choice_.one_in(4)) {
    header.policy = choice_.one_in(2) ? Policy::sound : Policy::go_exact;
  }
}

void Mutator::start(Header& header) {
  if (choice_.one_in(2)) {
    header.seed = choice_.below(1000);
  } else {
    header.hint = author_.hint();
  }
}

void Mutator::swarm(Header& header) {
  const auto bits = [](std::initializer_list<OpCode> codes) {
    std::uint32_t mask = 0;
    for (const OpCode code : codes) {
      mask |= std::uint32_t{1} << static_cast<unsigned>(code);
    }
    return mask;
  };
  const std::array<std::uint32_t, 8> classes = {
      bits({OpCode::iter, OpCode::next, OpCode::close, OpCode::range}),
      bits({OpCode::clear, OpCode::remake, OpCode::literal, OpCode::nil}),
      bits({OpCode::copy, OpCode::move, OpCode::swap}),
      bits({OpCode::len, OpCode::access1, OpCode::access2}),
      bits({OpCode::erase}),
      bits({OpCode::update}),
      bits({OpCode::reenter, OpCode::inject}),
      bits({OpCode::assign})};
  header.off = choice_.one_in(3) ? 0 : header.off ^ choice_.of(classes);
}

}  // namespace mapfuzz
