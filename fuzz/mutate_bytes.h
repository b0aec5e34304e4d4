// The mutator as fuzzing engines call it: bytes in, bytes out, never more than they have room for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace mapfuzz {

struct RunPlan;

// Campaigns let no engine make longer inputs.
inline constexpr std::size_t kMaxInputBytes = 2048;

// One mutation in so many is of bytes: they reach what no program writes, such as macros cut short.
inline constexpr unsigned kBytesOneIn = 16;

// Mutates the program that `data`'s first `size` bytes stand for, in place; returns the new size,
// at most `most`. Where the program becomes too long for `most` bytes, its end is cut off. Given a
// plan, it is the program which that plan runs: of its row, without operations that it has off, and
// with operations as threads (Mutator::interleave) where it has them.
[[nodiscard]] std::size_t mutate_bytes(std::uint8_t* data, std::size_t size, std::size_t most,
                                       std::uint64_t seed, const RunPlan* plan = nullptr);

// Of two programs one (Mutator::cross), into `out`; returns its size.
[[nodiscard]] std::size_t cross_bytes(std::span<const std::uint8_t> a,
                                      std::span<const std::uint8_t> b, std::span<std::uint8_t> out,
                                      std::uint64_t seed);

}  // namespace mapfuzz
