// What one operation showed to its caller.
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace mapfuzz {

struct Interleaving;  // interleaving.h

// A produced (key id, elem value) pair. kNoKey: bytes that are no key of the program's.
inline constexpr std::uint32_t kNoKey = 0xFFFFFFFF;
struct Entry {
  std::uint32_t key = 0;
  std::uint64_t value = 0;
  friend bool operator==(const Entry&, const Entry&) = default;
};

enum class Step : std::uint8_t {
  none,     // nothing to see: clear, close, ...
  lookup,   // found, value
  length,   // length
  entry,    // an iterator produced `entry`
  end,      // an iterator is at its end
  closed,   // there is no such iterator
  entries,  // `entries`, a whole range
};

// `entries` is valid until the implementation's next step.
struct Observation {
  Step step = Step::none;
  bool found = false;
  std::uint64_t value = 0;
  std::uint64_t length = 0;
  Entry entry;
  std::span<const Entry> entries;
  const char* panic = nullptr;  // text of a recoverable panic: the operation did nothing
  const char* fault = nullptr;  // text of a fatal error, which ends the program
  bool reentered = false;       // an operation ran from inside this one
  bool injected = false;        // an injected exception was thrown in it, and came out of it
  bool swallowed = false;       // one was thrown, and did not
  // Several operations ran as threads, and nothing else here is of meaning. Valid as `entries` is.
  const Interleaving* interleaving = nullptr;
};

// To start from where every cycle counts: a copy costs less than the constructor, which sanitizers
// keep out of line.
inline constexpr Observation kNothingSeen;

}  // namespace mapfuzz
