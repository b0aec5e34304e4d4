// The byte form of a Program: what fuzzers mutate.
//
// Promises: every byte string decodes to a legal program (never refuses), and
// decode(encode(p)) == p for legal programs. Codes are append-only and carry no version.
// A burst is one code that stands for many operations, so that short inputs reach deep states;
// encoding finds the runs that one can stand for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "oracle/program.h"

namespace mapfuzz {

// Reuses the capacity of `program`. `bytes` may be empty.
void decode(std::span<const std::uint8_t> bytes, Program& program);
[[nodiscard]] Program decode(std::span<const std::uint8_t> bytes);
[[nodiscard]] std::vector<std::uint8_t> encode(const Program& program);

// The value of an assign or update that costs no byte: small, and different from one to the next.
[[nodiscard]] std::int64_t plain_value(std::uint32_t id);

}  // namespace mapfuzz
