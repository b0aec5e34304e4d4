// Every random draw of a run: a function of (program seed, operation id, k), so that deleting an
// operation shifts no other operation's draws.
//
// The generator is the Go runtime's own (wyrand, spec 2.19): started at the same state before each
// operation, a real Go map draws the same numbers.
#pragma once

#include <cstdint>
#include <optional>

#include "oracle/hash_plan.h"
#include "oracle/program.h"

namespace mapfuzz {

class Draws {
 public:
  MAPFUZZ_UNCHECKED void start(std::uint32_t seed, std::uint32_t operation_id,
                               std::optional<std::uint32_t> pinned) {
    state_ = mix((std::uint64_t{operation_id} << 32U) | seed);
    pinned_ = pinned;
    taken_ = 0;
  }

  MAPFUZZ_UNCHECKED std::uint32_t next() {
    const bool first = taken_++ == 0;
    state_ += 0xA0761D6478BD642FU;
    if (first && pinned_.has_value()) {
      return *pinned_;
    }
    const auto product = static_cast<unsigned __int128>(state_) * (state_ ^ 0xE7037ED1A0B428DBU);
    return static_cast<std::uint32_t>(static_cast<std::uint64_t>(product >> 64U) ^
                                      static_cast<std::uint64_t>(product));
  }

  [[nodiscard]] std::uint32_t taken() const { return taken_; }

 private:
  std::uint64_t state_ = 0;
  std::optional<std::uint32_t> pinned_;
  std::uint32_t taken_ = 0;
};

// What `prepare` draws: no operation has this id.
inline constexpr std::uint32_t kPrepareId = 0xFFFFFFFF;

}  // namespace mapfuzz
