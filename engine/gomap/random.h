// Where the map's random draws come from: seed, iteration start, overflow sampling (spec 2.19).
//
// A source is any type with `std::uint32_t operator()()` and `std::uint64_t wide()`. The map owns
// one copy, made when the map is. This file holds the default; a harness injects its own through
// Config::Random so that every draw can be replayed.
#pragma once

#include <cstdint>
#include <random>

namespace gomap {

// Seeded once a thread from the operating system, then SplitMix64 (Steele, Lea, Flood 2014).
class SystemRandom {
 public:
  std::uint32_t operator()() { return static_cast<std::uint32_t>(wide()); }

  std::uint64_t wide() {
    thread_local std::uint64_t state = from_system();
    state += 0x9E3779B97F4A7C15U;
    std::uint64_t z = state;
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31U);
  }

 private:
  static std::uint64_t from_system() {
    std::random_device device;
    return (std::uint64_t{device()} << 32U) | device();
  }
};

}  // namespace gomap
