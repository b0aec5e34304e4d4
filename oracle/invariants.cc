#include "oracle/invariants.h"

#include <array>

#include "oracle/text.h"

namespace mapfuzz {

Clause clause_of(Invariant invariant) {
  struct Named {
    const char* id;
    const char* sentence;
  };
  constexpr std::array<Named, kInvariants> all = {{
#define MAPFUZZ_INVARIANT(id, sentence) {#id, sentence},
#include "oracle/invariants.def"
#undef MAPFUZZ_INVARIANT
  }};
  const Named& named = all.at(static_cast<std::size_t>(invariant));
  return {named.id, named.sentence};
}

std::string to_string(const Place& place) {
  if (place.chain < 0) {
    return {};
  }
  std::string out = cat(place.old_array ? "old bucket " : "bucket ", place.chain);
  if (place.depth > 0) {
    out += cat(", overflow ", place.depth);
  }
  if (place.cell >= 0) {
    out += cat(", cell ", place.cell);
  }
  return out;
}

}  // namespace mapfuzz
