#include "oracle/go/cpp/pack.h"

namespace mapfuzz {

static_assert(kWireKeyHashes == kMaxExplicitHashes);
static_assert(kWireSlots == kIteratorSlots);

void pack(const Program& program, std::vector<WireOperation>& operations, WireProgram& wire) {
  const Header& header = program.header;
  wire.key = static_cast<std::uint8_t>(header.key);
  wire.elem = static_cast<std::uint8_t>(header.elem);
  wire.hash = static_cast<std::uint8_t>(header.hash.kind);
  wire.hash_parameter = header.hash.parameter;
  wire.seed = header.seed;
  wire.hint = header.hint;
  wire.off = header.off;
  wire.key_hashes = static_cast<std::uint32_t>(header.hash.explicit_hashes.size());
  for (std::size_t at = 0; at < wire.key_hashes; ++at) {
    const KeyHash& from = header.hash.explicit_hashes[at];
    wire.explicit_hashes[at] = {.key = from.key, .low = from.low, .top = from.top};
  }
  operations.clear();
  operations.reserve(program.operations.size());
  for (const Operation& from : program.operations) {
    operations.push_back({.value = from.value,
                          .id = from.id,
                          .key = from.key,
                          .draw = from.draw.value_or(0),
                          .code = static_cast<std::uint8_t>(from.code),
                          .slot = from.slot,
                          .has_draw = from.draw.has_value() ? std::uint8_t{1} : std::uint8_t{0},
                          .unused = 0});
  }
  wire.operations_size = operations.size();
  wire.operations = operations.data();
}

}  // namespace mapfuzz
