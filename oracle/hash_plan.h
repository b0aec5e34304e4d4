// From key id to 64-bit hash, as the program's header asks: any collision, chain or X/Y split can
// be had with a handful of keys.
//
// Promises: a function of (header, key class, seed) alone. NaN keys are the caller's: their hash
// takes a fresh draw at every call (spec 1.8).
#pragma once

#include <algorithm>
#include <cstdint>

#include "oracle/implementation.h"
#include "oracle/kinds.h"
#include "oracle/program.h"

namespace mapfuzz {

// Stafford's variant 13 of the SplitMix64 finaliser: every bit of the input reaches every bit.
MAPFUZZ_UNCHECKED [[nodiscard]] inline std::uint64_t mix(std::uint64_t z) {
  z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
  z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
  return z ^ (z >> 31U);
}

class HashPlan {
 public:
  HashPlan() = default;
  explicit HashPlan(const Header& header) : spec_(&header.hash), kind_(header.key) {}

  MAPFUZZ_UNCHECKED [[nodiscard]] std::uint64_t hash(std::uint32_t key, std::uint32_t seed) const {
    const std::uint32_t id = key_class(kind_, key);
    const std::uint64_t mixed = mix(id * 0x9E3779B97F4A7C15U + seed);
    switch (spec_->kind) {
      case HashKind::mix:
        break;
      case HashKind::identity:
        return id;
      case HashKind::constant:
        return 0x2A2A2A2A2A2A2A2AU;
      case HashKind::low: {
        const std::uint64_t bits = (std::uint64_t{1} << spec_->parameter) - 1;
        return (mixed & 0xFF00000000000000U) | (mixed & bits);
      }
      case HashKind::top:
        return (std::uint64_t{spec_->parameter} << 56U) | (mixed & 0x00FFFFFFFFFFFFFFU);
      case HashKind::explicit_: {
        const auto& table = spec_->explicit_hashes;
        const auto at = std::lower_bound(
            table.begin(), table.end(), id,
            [](const KeyHash& entry, std::uint32_t wanted) { return entry.key < wanted; });
        if (at != table.end() && at->key == id) {
          return (std::uint64_t{at->top} << 56U) | at->low;
        }
        break;
      }
    }
    return mixed;
  }

  [[nodiscard]] KeyKind kind() const { return kind_; }

 private:
  const HashSpec* spec_ = nullptr;
  KeyKind kind_ = KeyKind::u64;
};

}  // namespace mapfuzz
