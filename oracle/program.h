// Program: a test case as a plain value, a header and a list of map operations.
//
// Promises: `repair` makes any Program legal; a legal one is bounded in operations and memory.
// Leaves to others: its text and byte forms (text_codec.h, byte_codec.h), running it (runner.h).
#pragma once

#include <boost/container/small_vector.hpp>
#include <boost/container/static_vector.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace mapfuzz {

// Codes are append-only: bytes and text made today must mean the same tomorrow.
enum class KeyKind : std::uint8_t { u64, str, f64, u32, big, any, obj };
enum class ElemKind : std::uint8_t { u64, str, unit, big, fat, obj };
inline constexpr std::size_t kKeyKinds = 7;
inline constexpr std::size_t kElemKinds = 6;
enum class Policy : std::uint8_t { sound, go_exact };

// How a key id becomes a 64-bit hash (hash_plan.h).
enum class HashKind : std::uint8_t {
  mix,        // well mixed, seeded
  identity,   // the id itself: the top byte is always 0
  constant,   // one value for all keys
  low,        // seeded, but only the lowest `parameter` bits differ among buckets
  top,        // seeded, but every top byte is `parameter`
  explicit_,  // listed keys have the given hash; others are mixed
};

// An explicit hash: `top` is its most significant byte, `low` its 16 least significant bits.
struct KeyHash {
  std::uint16_t key = 0;
  std::uint8_t top = 0;
  std::uint16_t low = 0;
  friend bool operator==(const KeyHash&, const KeyHash&) = default;
};

inline constexpr std::size_t kMaxExplicitHashes = 64;

struct HashSpec {
  HashKind kind = HashKind::mix;
  std::uint8_t parameter = 0;  // low: bits, 0 to 16; top: the byte; otherwise 0
  boost::container::static_vector<KeyHash, kMaxExplicitHashes> explicit_hashes;
  friend bool operator==(const HashSpec&, const HashSpec&) = default;
};

enum class OpCode : std::uint8_t {
  len = 0,  // unassigned byte codes decode to this one
  access1 = 1,
  access2 = 2,
  assign = 3,
  update = 4,  // m[k] op= value: one assign, changed in place
  erase = 5,   // "delete" in text
  clear = 6,
  remake = 7,   // make(map, value)
  literal = 8,  // a map literal of `value` entries, keys from `key` upwards
  range = 9,    // for k, v := range m, to the end
  iter = 10,    // open iterator `slot`, without stepping
  next = 11,
  close = 12,
  copy = 13,  // other = copy of the map
  move = 14,  // other = the map; the map is new and empty
  swap = 15,
  // Assertions written into seeds. The fuzzer's own bytes may hold them too: they are judged only
  // where the plan says so.
  expect_len = 16,
  expect_value = 17,     // access2(key) finds value
  expect_absent = 18,    // access2(key) finds nothing
  expect_phase = 19,     // value is a GrowthPhase
  expect_buckets = 20,   // the map has `value` buckets
  expect_overflow = 21,  // noverflow is `value`
  nil = 22,              // the map is the nil map
  // Arms the next operation: from inside the first hasher call (value % 2 == 0) or equality call
  // that is made while the map is being written, access2, assign or delete (value / 2 % 3) of `key`
  // runs on the same map, which must be detected.
  reenter = 23,
  // Arms the next operation: the call number value / kFaultSites, counted from 0, that it makes at
  // site value % kFaultSites (faults.h) throws. What it was to do must then not have been done.
  inject = 24,
  // Arms the next operation: the one that this one names (interleaving.h) runs beside it on the
  // same map, as another thread would, under a schedule. A second one adds a third thread.
  interleave = 25,
};
inline constexpr std::uint8_t kOpCodes = 26;

// What kind of growth is under way.
enum class GrowthPhase : std::uint8_t { quiet, doubling, same_size };

// What an operation uses of its operands; text, bytes and repair all read this.
struct OpShape {
  const char* name;
  bool key = false;
  bool value = false;
  bool slot = false;
  bool draw = false;
  bool hint = false;  // value is a hint: any signed 64-bit number
};
[[nodiscard]] const OpShape& shape_of(OpCode code);

inline constexpr int kIteratorSlots = 8;

struct Operation {
  OpCode code = OpCode::len;
  std::uint8_t slot = 0;   // iterators a to h
  std::uint32_t id = 0;    // what its draws depend on; survives deletion of neighbours
  std::uint32_t key = 0;   // key id
  std::int64_t value = 0;  // elem value, hint, count or expectation
  std::optional<std::uint32_t> draw = std::nullopt;  // pins the first draw
  friend bool operator==(const Operation&, const Operation&) = default;
};

struct Header {
  KeyKind key = KeyKind::u64;
  ElemKind elem = ElemKind::u64;
  std::uint8_t width = 8;
  Policy policy = Policy::sound;
  HashSpec hash;
  std::uint32_t seed = 0;
  std::int64_t hint = 0;
  std::uint32_t off = 0;  // bit c set: operations of code c are switched off (swarm)
  friend bool operator==(const Header&, const Header&) = default;
};

struct Program {
  Header header;
  boost::container::small_vector<Operation, 64> operations;
  friend bool operator==(const Program&, const Program&) = default;
};

// Caps of a legal program. Key ids of str maps are further cut to kStringKeys.
inline constexpr std::size_t kMaxOperations = 4096;
inline constexpr std::uint32_t kMaxKey = 65535;
inline constexpr std::int64_t kMaxReentry = 5;
inline constexpr std::int64_t kMaxInjection = 199;            // the 40th call of each site
inline constexpr std::int64_t kMaxInterleaving = 0x7FFFFFFF;  // 3 bits, and four times 7
inline constexpr std::int64_t kMaxElem = 0xFFFFFFFF;
inline constexpr std::int64_t kMaxLiteral = 4096;
// A hint up to here is honoured; a larger one is only legal if makemap must ignore it.
inline constexpr std::int64_t kMaxHint = 8192;
inline constexpr std::int64_t kBogusHint = std::int64_t{1} << 62;

// Makes every field legal, in place: caps, nearest row, increasing ids, unused operands zero.
void repair(Program& program);

// Sets ids to 0, 1, 2, ...: for programs that were generated, not decoded.
void renumber(Program& program);

}  // namespace mapfuzz
