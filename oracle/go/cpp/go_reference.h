// The Go runtime as a Reference: a real Go map runs the program in this process (wire.h), and after
// every step its answers, its calls of the hasher, its draws and each of its cells must be the
// engine's.
//
// Promises: registers itself where it is linked. A Go runtime that cannot judge ends the process
// with a message before the first program.
#pragma once

#include <cstdint>

namespace mapfuzz {

// For tests of the comparison: in programs prepared from now on, flips one bit of one canonical
// word of Go's side after operation `step`. A negative step, which is the default: never.
struct GoFlip {
  std::ptrdiff_t step = -1;
  std::uint64_t word = 0;
  std::uint32_t bit = 0;
};
void set_go_flip(const GoFlip& flip);

}  // namespace mapfuzz
