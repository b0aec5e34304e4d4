// Compile-time configuration of a map; derive from DefaultConfig to change one thing.
//
// No option changes the layout of the shipped configuration (width 8).
#pragma once

#include <cstddef>
#include <memory>

#include "gomap/points.h"
#include "gomap/random.h"

namespace gomap {

struct DefaultConfig {
  static constexpr int width = 8;  // cells a bucket: 1, 2, 4 or 8 (8 is Go's)

  // Under AddressSanitizer the bytes of dead cells are poisoned, so that a stale reference is
  // reported where it is used. Off for checkers that read dead cells on purpose.
  static constexpr bool poison = true;

  // Told where another thread may come in between (points.h): static, `active` or compiled out.
  using Points = NoPoints;

  using Random = SystemRandom;  // the one source of draws
  using Allocator = std::allocator<std::byte>;
};

}  // namespace gomap
