#include "oracle/program.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "oracle/draws.h"
#include "oracle/interleaving.h"
#include "oracle/kinds.h"

namespace mapfuzz {
namespace {

// In the order of OpCode.
constexpr std::array<OpShape, kOpCodes> kShapes = {{
    {.name = "len"},
    {.name = "access1", .key = true},
    {.name = "access2", .key = true},
    {.name = "assign", .key = true, .value = true},
    {.name = "update", .key = true, .value = true},
    {.name = "delete", .key = true},
    {.name = "clear"},
    {.name = "remake", .value = true, .hint = true},
    {.name = "literal", .key = true, .value = true},
    {.name = "range"},
    {.name = "iter", .slot = true, .draw = true},
    {.name = "next", .slot = true},
    {.name = "close", .slot = true},
    {.name = "copy"},
    {.name = "move"},
    {.name = "swap"},
    {.name = "expect-len", .value = true},
    {.name = "expect-value", .key = true, .value = true},
    {.name = "expect-absent", .key = true},
    {.name = "expect-phase", .value = true},
    {.name = "expect-buckets", .value = true},
    {.name = "expect-overflow", .value = true},
    {.name = "nil"},
    {.name = "reenter", .key = true, .value = true},
    {.name = "inject", .value = true},
    {.name = "interleave", .key = true, .value = true},
}};

// The remainder, not the cap: capping would pile up at the caps what a fuzzer makes.
std::int64_t reduced(std::int64_t value, std::int64_t max) {
  if (value >= 0 && value <= max) {
    return value;
  }
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(value) %
                                   (static_cast<std::uint64_t>(max) + 1));
}

std::int64_t legal_hint(std::int64_t hint) {
  return hint < 0 || hint >= kBogusHint ? hint : reduced(hint, kMaxHint);
}

std::int64_t legal_value(const Operation& operation, ElemKind elem) {
  switch (operation.code) {
    case OpCode::assign:
    case OpCode::update:
    case OpCode::expect_value:
      return static_cast<std::int64_t>(elem_value(elem, reduced(operation.value, kMaxElem)));
    case OpCode::remake:
      return legal_hint(operation.value);
    case OpCode::literal:
      return reduced(operation.value, kMaxLiteral);
    case OpCode::expect_phase:
      return reduced(operation.value, static_cast<std::int64_t>(GrowthPhase::same_size));
    case OpCode::reenter:
      return reduced(operation.value, kMaxReentry);
    case OpCode::inject:
      return reduced(operation.value, kMaxInjection);
    case OpCode::interleave:
      return legal_interleaving(reduced(operation.value, kMaxInterleaving));
    default:
      return reduced(operation.value, kMaxElem);
  }
}

// Sorted by key; of two hashes for one key the first given wins.
void repair(boost::container::static_vector<KeyHash, kMaxExplicitHashes>& table, KeyKind key) {
  const auto given = table;
  table.clear();
  for (KeyHash entry : given) {
    entry.key = static_cast<std::uint16_t>(entry.key % key_ids(key));
    const auto at = std::lower_bound(
        table.begin(), table.end(), entry.key,
        [](const KeyHash& other, std::uint16_t wanted) { return other.key < wanted; });
    if (at == table.end() || at->key != entry.key) {
      table.insert(at, entry);
    }
  }
}

void repair(HashSpec& hash, KeyKind key) {
  if (hash.kind > HashKind::explicit_) {
    hash.kind = HashKind::mix;
  }
  if (hash.kind == HashKind::low) {
    constexpr int most_bits = 16;
    hash.parameter = static_cast<std::uint8_t>(hash.parameter % (most_bits + 1));
  } else if (hash.kind != HashKind::top) {
    hash.parameter = 0;
  }
  if (hash.kind == HashKind::explicit_) {
    repair(hash.explicit_hashes, key);
  } else {
    hash.explicit_hashes.clear();
  }
}

void repair(Header& header) {
  const Row row = nearest_row(header.key, header.elem, header.width);
  header.key = row.key;
  header.elem = row.elem;
  header.width = row.width;
  if (header.policy > Policy::go_exact || is_counted(row)) {
    header.policy = Policy::sound;
  }
  repair(header.hash, header.key);
  header.hint = legal_hint(header.hint);
  header.off &= (std::uint32_t{1} << kOpCodes) - 1;
}

// `keys` is key_ids of the header's kind: a division an operation would be half of this work.
void repair(Operation& operation, ElemKind elem, std::uint32_t keys) {
  if (static_cast<std::uint8_t>(operation.code) >= kOpCodes) {
    operation.code = OpCode::len;
  }
  const OpShape& shape = shape_of(operation.code);
  if (!shape.key) {
    operation.key = 0;
  } else if (operation.key >= keys) {
    operation.key %= keys;
  }
  operation.value = shape.value ? legal_value(operation, elem) : 0;
  operation.slot =
      shape.slot ? static_cast<std::uint8_t>(operation.slot % kIteratorSlots) : std::uint8_t{0};
  if (!shape.draw) {
    operation.draw.reset();
  }
}

bool ids_are_legal(const Program& program) {
  const auto& operations = program.operations;
  const auto not_rising = [](const Operation& a, const Operation& b) { return a.id >= b.id; };
  return operations.empty() ||
         (operations.back().id < kPrepareId &&
          std::adjacent_find(operations.begin(), operations.end(), not_rising) == operations.end());
}

}  // namespace

const OpShape& shape_of(OpCode code) {
  const auto index = static_cast<std::size_t>(code);
  return kShapes[index < kShapes.size() ? index : 0];
}

void repair(Program& program) {
  auto& operations = program.operations;
  repair(program.header);
  if (operations.size() > kMaxOperations) {
    operations.resize(kMaxOperations);
  }
  const std::uint32_t keys = key_ids(program.header.key);
  for (Operation& operation : operations) {
    repair(operation, program.header.elem, keys);
  }
  if (!ids_are_legal(program)) {
    renumber(program);
  }
}

void renumber(Program& program) {
  std::uint32_t id = 0;
  for (Operation& operation : program.operations) {
    operation.id = id++;
  }
}

}  // namespace mapfuzz
