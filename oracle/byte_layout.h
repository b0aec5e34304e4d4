// The layout of a Program's byte form. Numbers are little endian; a varint holds 7 bits a byte,
// lowest first, bit 7 says that another follows (10 bytes at most); "zigzag" is a varint of 0, -1,
// 1, -2, ... Missing bytes read as 0. Whatever is read then goes through repair(), so any operand
// may be out of range.
//
// Header
//   kinds      1 byte: bits 0-2 key kind, bits 3-5 elem kind, bits 6-7 width 8, 4, 2, 1
//   hash       1 byte: bits 0-2 hash kind (6 and 7: mix); bits 3-5 mean something only where bits
//              6 and 7 are set: 3 policy go-exact, 4 a hint follows, 5 an off mask follows
//   parameter  1 byte, hash kinds low and top alone
//   hashes     hash kind explicit alone: count (mod 65), then for each: key varint, top 1 byte,
//              low varint
//   seed varint, hint zigzag, off varint
//
// Operations: one byte each, code in bits 0-4, modifiers m in bits 5-7, then operands
//    0         len             m free
//    1  2  5   access1, access2, delete: key
//    3  4      assign, update: key; bit 2 of m: value varint follows, otherwise derived
//    9         range           m free
//   10         iter            1 byte: slot; m = 7: draw varint follows
//   11 12      next, close     m: slot
//    6-8 13-21 clear, remake, literal, copy, move, swap, expect-...: only where m = 7, operands as
//              varints, key before value, a hint as zigzag. Any other m: a common operation
//              (kCommon) with these modifiers
//   22 23      nil, reenter: only where m = 7. 23 with m = 6: inject, its value as a varint; with
//              m = 5: interleave, key and value as varints. Any other m is unassigned: len
//   24         id jump         varint, added to the next operation's id
//   25 to 28   burst of assign, delete, access2, update: base, count (bits 0-6) + 1
//   29         burst of next   m: slot; count (bits 0-4) + 1
//   30         piles           base, shape: bits 0-2 + 9 keys a pile, bits 3-5 + 1 piles. Each pile
//                              is assigned, then deleted; the next one starts at base + 1
//   31         walk            base (bits 0-2: slot), count (bits 0-5) + 1: opens the iterator, and
//                              then assign and next by turns
// A key is 1 byte (bits 0-5) or, where bits 0 and 1 of m are set, 2 bytes. Keys of a burst are
// base + i * 2^m, mod 4096: under an identity hash or few low bits they share a bucket. Piles
// leave empty overflow buckets behind, which is what same-size growth takes, and walks hold an
// iterator across growth. Measured with libFuzzer from an empty corpus (-max_len=512): without
// piles, walks and kCommon no same-size growth in 15,000 runs; with them after 800 to 2,200.
//
// encode() writes bursts for runs of three and more, and no code above 29. A value is derived from
// the operation's id.
#pragma once

#include <array>
#include <cstdint>

#include "oracle/kinds.h"
#include "oracle/program.h"

namespace mapfuzz::byte_layout {

enum ByteCode : std::uint8_t {
  kIdJump = 24,
  kAssignBurst,
  kEraseBurst,
  kAccessBurst,
  kUpdateBurst,
  kNextBurst,
  kPiles,
  kWalk,
};

inline constexpr std::uint8_t kOwnCodes = 24;  // op codes below stand for themselves
inline constexpr std::uint8_t kCodeMask = 31;
inline constexpr int kModifierShift = 5;
inline constexpr std::uint8_t kAllModifiers = 7;
inline constexpr std::uint8_t kInjects = 6;      // of code 23
inline constexpr std::uint8_t kInterleaves = 5;  // of code 23
inline constexpr std::uint8_t kWideKey = 3;
inline constexpr std::uint8_t kExplicitValue = 4;

inline constexpr int kElemKindShift = 3;
inline constexpr int kWidthShift = 6;
inline constexpr std::uint8_t kKindMask = 7;
inline constexpr std::array<std::uint8_t, 4> kWidths = {8, 4, 2, 1};

inline constexpr std::uint8_t kOptions = 0xC0;
inline constexpr std::uint8_t kGoExact = 0x08;
inline constexpr std::uint8_t kHasHint = 0x10;
inline constexpr std::uint8_t kHasOff = 0x20;

inline constexpr std::uint32_t kNarrowKeys = 64;
inline constexpr std::uint32_t kBurstKeys = 4096;
static_assert(kBurstKeys <= kStringKeys, "a burst must not fold its stride away");

// What a code means without all its modifiers. One code in 32 is too often for operations that
// throw the map's state away, and for assertions: in most random bytes they build state up instead.
inline constexpr std::array<OpCode, kOpCodes> kCommon = {
    OpCode::len,   OpCode::access1, OpCode::access2, OpCode::assign, OpCode::update,
    OpCode::erase, OpCode::assign,  OpCode::erase,   OpCode::assign, OpCode::range,
    OpCode::iter,  OpCode::next,    OpCode::close,   OpCode::next,   OpCode::next,
    OpCode::erase, OpCode::assign,  OpCode::access2, OpCode::update, OpCode::next,
    OpCode::erase, OpCode::iter,    OpCode::len,     OpCode::len,    OpCode::len,
    OpCode::len,
};

[[nodiscard]] inline bool is_rare(OpCode code) {
  return kCommon[static_cast<std::size_t>(code)] != code;
}

}  // namespace mapfuzz::byte_layout
