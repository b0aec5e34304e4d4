// Every random draw of a run: a function of (program seed, operation id, k), so that deleting an
// operation shifts no other operation's draws.
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
    seed_ = seed;
    operation_id_ = operation_id;
    pinned_ = pinned;
    taken_ = 0;
  }

  MAPFUZZ_UNCHECKED std::uint32_t next() {
    const std::uint32_t k = taken_++;
    if (k == 0 && pinned_.has_value()) {
      return *pinned_;
    }
    const std::uint64_t place = (std::uint64_t{operation_id_} << 32U) | k;
    return static_cast<std::uint32_t>(mix(mix(place) + seed_));
  }

  [[nodiscard]] std::uint32_t taken() const { return taken_; }

 private:
  std::uint32_t seed_ = 0;
  std::uint32_t operation_id_ = 0;
  std::optional<std::uint32_t> pinned_;
  std::uint32_t taken_ = 0;
};

// What `prepare` draws: no operation has this id.
inline constexpr std::uint32_t kPrepareId = 0xFFFFFFFF;

}  // namespace mapfuzz
