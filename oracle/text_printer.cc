#include <cstddef>
#include <cstdint>

#include "oracle/interleaving.h"
#include "oracle/kinds.h"
#include "oracle/text.h"
#include "oracle/text_codec.h"
#include "oracle/text_words.h"

namespace mapfuzz {
namespace {

void print_hash_kind(std::string& out, const HashSpec& hash) {
  append(out, cat(" hash=", kHashKinds[static_cast<std::size_t>(hash.kind)]));
  if (hash.kind == HashKind::low || hash.kind == HashKind::top) {
    append(out, cat(':', hash.parameter));
  }
}

void print_off(std::string& out, std::uint32_t off) {
  const char* before = " off=";
  for (std::uint8_t code = 0; code < kOpCodes; ++code) {
    if ((off >> code & 1U) != 0) {
      append(out, cat(before, shape_of(static_cast<OpCode>(code)).name));
      before = ",";
    }
  }
}

void print_map(std::string& out, const Header& header) {
  const Header defaults;
  append(out, cat("map key=", to_string(header.key), " elem=", to_string(header.elem)));
  if (header.hash.kind != defaults.hash.kind) {
    print_hash_kind(out, header.hash);
  }
  if (header.seed != defaults.seed) {
    append(out, cat(" seed=", header.seed));
  }
  if (header.hint != defaults.hint) {
    append(out, cat(" hint=", header.hint));
  }
  if (header.width != defaults.width) {
    append(out, cat(" width=", header.width));
  }
  if (header.policy != defaults.policy) {
    append(out, cat(" policy=", kPolicies[static_cast<std::size_t>(header.policy)]));
  }
  print_off(out, header.off);
  out += '\n';
  for (const KeyHash& entry : header.hash.explicit_hashes) {
    append(out, cat("hash ", entry.key, " = ", entry.top, ':', entry.low, '\n'));
  }
}

}  // namespace

std::string print_ops(const Program& program) {
  std::string out = cat(kMagic, ' ', kVersion, '\n');
  print_map(out, program.header);
  std::uint32_t next_id = 0;
  for (const Operation& operation : program.operations) {
    if (operation.id != next_id) {
      append(out, cat('@', operation.id, ' '));
    }
    next_id = operation.id + 1;
    append(out, print_operation(operation));
    out += '\n';
  }
  return out;
}

std::string print_operation(const Operation& operation) {
  const OpShape& shape = shape_of(operation.code);
  std::string out = shape.name;
  if (shape.slot) {
    append(out, cat(' ', static_cast<char>('a' + operation.slot)));
  }
  if (shape.key) {
    append(out, cat(' ', operation.key));
  }
  if (shape.value) {
    append(out, shape.key ? " = " : " ");
    if (operation.code == OpCode::expect_phase) {
      append(out, kPhases.at(static_cast<std::size_t>(operation.value)));
    } else if (operation.code == OpCode::interleave) {
      append(out, kCompanions.at(static_cast<std::size_t>(companion_code(operation.value))));
      for (const int points : switches_of(operation.value)) {
        append(out, points == 0 ? std::string() : cat(' ', points));
      }
    } else {
      append(out, operation.value);
    }
  }
  if (operation.draw.has_value()) {
    append(out, cat(" draw=", *operation.draw));
  }
  return out;
}

}  // namespace mapfuzz
