// Where another thread may come in between: the places of an operation at which a Go goroutine
// could see or disturb another one's, in the order of spec 2.4 to 2.13.
//
// Promises: a policy of Config, and compiled out unless one is active. An active one is told of
// each place (a scheduler then runs other operations there) and afterwards the map looks whether it
// was changed meanwhile, wherever it goes on to use what it knew before: then it goes no further,
// so that nothing is undefined. What Go itself would notice is noticed by its own checks
// (spec 2.18): an operation that has hashed but not yet looked into the map goes on, as in Go, and
// a writer that finds the map changed leaves by way of its last check.
#pragma once

#include <cstdint>

namespace gomap {

enum class Point : std::uint8_t {
  entry,      // of an operation on a map with entries, before the flag is looked at
  checked,    // the flag was down; the key is not hashed yet
  toggle,     // of a write, its key hashed: before the flag is read
  toggling,   // ... read, and not yet written back: Go does not do it at once
  toggled,    // ... written back
  grow,       // before growWork
  evacuated,  // behind the first of its two old buckets
  grown,      // after it
  chain,      // of a write: before the next bucket of a chain
  claim,      // before a cell is taken
  count,      // the cell is taken or given up, and the number of entries not yet changed
  exit,       // before a write's last look at the flag
  lowering,   // the flag was still up, and is now to go down
  lowered,    // of an assign: the flag is down, and the caller has not stored the element
  locate,     // of a look-up: its key is hashed
  link,       // of a look-up: before the next bucket of a chain
  open,       // before an iterator is opened on a map with entries
  opening,    // it knows its array, and its flags are not set yet
  step,       // before a step of it looks at the flag
  bucket,     // before the next bucket of its walk
};
inline constexpr int kPoints = 20;

struct NoPoints {
  static constexpr bool active = false;
  static constexpr void reach(Point /*point*/) noexcept {}
};

}  // namespace gomap
