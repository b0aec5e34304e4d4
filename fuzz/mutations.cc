// The single mutations.
#include <algorithm>
#include <array>
#include <boost/container/flat_set.hpp>
#include <initializer_list>
#include <utility>
#include <vector>

#include "fuzz/foresight.h"
#include "fuzz/mutator.h"
#include "fuzz/story.h"
#include "oracle/faults.h"
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

void Mutator::to_threshold(Program& program) {
  const std::size_t at = place(program.operations);
  Story story(program, at, kPlain, choice_);
  if (choice_.one_in(8)) {
    // Large at once, as one operation after the other makes it seldom.
    constexpr std::size_t sizes = 8;  // 4 buckets to 512
    const std::size_t one = choice_.below(sizes);
    story.literal(std::size_t{4} << std::min<std::size_t>(one, choice_.below(sizes)));
  }
  const std::size_t limit = story.table().limit();
  // Where the table is full already, to the next threshold.
  const std::size_t full = story.table().entries() < limit ? limit : 2 * limit;
  story.fill(full - 1 + choice_.below(3));
  insert(program.operations, at, story.operations());
}

void Mutator::across_growth(Program& program) {
  Operations& operations = program.operations;
  const std::size_t at = place(operations);
  const auto slot = static_cast<std::uint8_t>(choice_.below(kIteratorSlots));
  const auto late = static_cast<std::uint8_t>((slot + 1) % kIteratorSlots);
  const auto piece = [&](std::uint8_t of, bool open, std::uint32_t steps) {
    Operations made;
    if (open) {
      made.push_back({.code = OpCode::iter, .slot = of, .draw = {}});
    }
    for (; steps > 0; --steps) {
      made.push_back({.code = OpCode::next, .slot = of, .draw = {}});
    }
    return made;
  };
  Story story(program, at, kPlain, choice_);
  story.start_doubling();
  const std::size_t length = story.operations().size();
  insert(operations, at, story.operations());
  const std::size_t end = at + length;
  // From behind, so that the places before stay what they are.
  if (choice_.one_in(2)) {
    insert(operations, end, piece(late, true, choice_.below(24)));
  }
  insert(operations, end, piece(slot, false, choice_.between(1, 24)));
  const std::size_t back = std::min<std::size_t>(length, choice_.below(8));
  insert(operations, end - back, piece(slot, true, choice_.below(8)));
}

// One growth after the other under an iterator: some end before the next begins, the iterator is
// opened in any of them, rests where it is or goes on in between, and mostly runs to its end.
void Mutator::across_growths(Program& program) {
  constexpr std::size_t small = 8;  // buckets: four doublings of more fill a program
  HashKind& hash = program.header.hash.kind;
  if (hash != HashKind::identity && !choice_.one_in(4)) {
    program.header.hash = {};
    hash = HashKind::identity;  // under which keys in a row share their buckets
  }
  std::size_t at = choice_.one_in(2) ? 0 : place(program.operations);
  if (Foresight(program, at).buckets() > small) {
    at = 0;
    program.header.hint = choice_.below(choice_.one_in(32) ? 417 : 27);  // mostly four buckets
  }
  Story story(program, at, kPlain, choice_);
  const auto slot = static_cast<std::uint8_t>(choice_.below(kIteratorSlots));
  const auto open = [&] {
    story.open(slot);
    story.next(slot, choice_.below(6));
  };
  if (choice_.one_in(2)) {
    story.fill(choice_.between(1, 24));
  }
  bool opened = choice_.one_in(2);
  if (opened) {
    open();
  }
  const std::uint32_t growths = choice_.between(1, 3);
  for (std::uint32_t n = 0; n < growths; ++n) {
    // A growth outlives all entries only where there are next to none.
    const bool hollow = choice_.one_in(8);
    if (hollow) {
      story.empty();
    }
    if (!hollow && choice_.one_in(2)) {
      story.start_doubling();
    } else {
      // Short growths outlive the write that starts them where an exception cuts it short.
      story.start_same_size(choice_.one_in(4) ? 2 : kLongGrowth);
    }
    if (!opened || choice_.one_in(8)) {
      open();
      opened = true;
    }
    story.next(slot, choice_.below(4));
    if (hollow || choice_.one_in(16)) {
      !hollow&& choice_.one_in(2) ? story.clear() : story.empty();
      for (std::uint32_t one = choice_.below(4); one > 0; --one) {
        story.also(author_.one());
      }
    }
    if (choice_.one_in(2)) {
      story.end_growth();
    } else {
      story.advance(choice_.below(4));
    }
  }
  if (!choice_.one_in(4)) {
    // To its end, which is where it is told what it missed.
    story.next(slot, story.table().entries() + choice_.below(8));
  }
  insert(program.operations, at, story.operations());
}

// Before which operation something may go wrong: one that starts a growth, or does more than its
// own cell asks for, or is met by a growth, or any that has a key.
std::optional<std::size_t> Mutator::eventful(const Program& program) {
  std::array<std::vector<std::size_t>, 4> places;
  auto& [starts, busy, met, any] = places;
  Foresight table(program, 0);
  for (std::size_t n = 0; n < program.operations.size(); ++n) {
    const Operation& operation = program.operations[n];
    const bool growing = table.growing();
    const Foresight::Effect effect = table.apply(operation);
    if (effect.grew) {
      starts.push_back(n);
    }
    if (effect.grew || effect.evacuated > 0 || effect.appended || effect.emptied) {
      busy.push_back(n);
    }
    if (shape_of(operation.code).key) {
      any.push_back(n);
      if (growing) {
        met.push_back(n);
      }
    }
  }
  const std::vector<std::size_t>& drawn = choice_.of(places);
  const std::vector<std::size_t>& from = drawn.empty() ? any : drawn;
  return from.empty() ? std::nullopt : std::optional(choice_.of(from));
}

// What the next operation calls throws once.
void Mutator::fault(Program& program) {
  constexpr std::ptrdiff_t many = 3;  // after the first the audit knows less of a growth
  Operations& operations = program.operations;
  const auto injects = [](const Operation& at) { return at.code == OpCode::inject; };
  if (std::count_if(operations.begin(), operations.end(), injects) >= many) {
    operations.erase(std::find_if(operations.begin(), operations.end(), injects));
  }
  const auto at = eventful(program);
  if (!at.has_value()) {
    return;
  }
  // Of other kinds hash and equality alone are planned calls.
  constexpr std::array<FaultSite, 2> planned = {FaultSite::hash, FaultSite::equal};
  const Header& header = program.header;
  const FaultSite site = is_counted({header.key, header.elem, header.width})
                             ? static_cast<FaultSite>(choice_.below(kFaultSites))
                             : choice_.of(planned);
  std::int64_t calls = choice_.below(4);
  if (site != FaultSite::allocate) {  // of which four are a growth that has begun to move
    calls = choice_.one_in(2) ? 0 : choice_.below(choice_.one_in(2) ? 4 : 40);
  }
  insert(operations, *at,
         {{.code = OpCode::inject,
           .value = calls * kFaultSites + static_cast<std::int64_t>(site),
           .draw = {}}});
}

// The next operation meets another one inside it, which ends the program if either of them writes.
void Mutator::reenter(Program& program) {
  Operations& operations = program.operations;
  operations.erase(std::remove_if(operations.begin(), operations.end(),
                                  [](const Operation& at) { return at.code == OpCode::reenter; }),
                   operations.end());
  if (const auto at = eventful(program)) {
    const Operation* const known = keyed(operations);
    insert(operations, *at,
           {{.code = OpCode::reenter,
             .key = known == nullptr ? 0 : known->key,
             .value = choice_.below(kMaxReentry + 1),
             .draw = {}}});
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
