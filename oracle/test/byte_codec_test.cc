// The byte form: every byte string is a legal program, every legal program has bytes, and what
// bytes mean does not change.
#include "oracle/byte_codec.h"

#include <gtest/gtest.h>

#include <array>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "oracle/kinds.h"
#include "oracle/text_codec.h"

namespace mapfuzz {
namespace {

using Bytes = std::vector<std::uint8_t>;
using Random = std::mt19937_64;

constexpr std::uint32_t kLastId = 0xFFFFFFFE;

Bytes random_bytes(Random& random, std::size_t at_most) {
  Bytes bytes(random() % (at_most + 1));
  // What mutators like to insert: runs of 0 and 255 beside noise.
  const std::uint64_t style = random() % 4;
  for (auto& byte : bytes) {
    const bool noise = style != 0 || random() % 2 == 0;
    byte = static_cast<std::uint8_t>(noise ? random() : random() % 2 * 255);
  }
  return bytes;
}

std::uint64_t any_number(Random& random) { return random() >> random() % 64; }

// A legal program that owes nothing to decode().
Program random_program(Random& random) {
  Program program;
  Header& header = program.header;
  const auto rows = all_rows();
  const Row& row = rows[random() % rows.size()];
  header.key = row.key;
  header.elem = row.elem;
  header.width = row.width;
  header.policy = static_cast<Policy>(random() % 2);
  header.hash.kind = static_cast<HashKind>(random() % 6);
  header.hash.parameter = static_cast<std::uint8_t>(random());
  for (std::size_t left = random() % (kMaxExplicitHashes + 1); left > 0; --left) {
    header.hash.explicit_hashes.push_back({static_cast<std::uint16_t>(any_number(random)),
                                           static_cast<std::uint8_t>(random()),
                                           static_cast<std::uint16_t>(any_number(random))});
  }
  header.seed = static_cast<std::uint32_t>(any_number(random));
  header.hint = static_cast<std::int64_t>(random() % 2 == 0 ? 0 : any_number(random));
  header.off = static_cast<std::uint32_t>(random() % 2 == 0 ? 0 : any_number(random));
  std::uint32_t id = 0;
  for (std::size_t left = random() % 60; left > 0; --left) {
    Operation& operation = program.operations.emplace_back();
    operation.code = static_cast<OpCode>(random() % kOpCodes);
    operation.slot = static_cast<std::uint8_t>(random());
    operation.id = id;
    operation.key = static_cast<std::uint32_t>(any_number(random));
    operation.value = static_cast<std::int64_t>(any_number(random));
    if (random() % 2 == 0) {
      operation.draw = static_cast<std::uint32_t>(any_number(random));
    }
    id += static_cast<std::uint32_t>(1 + (random() % 3 == 0 ? random() % 1000 : 0));
  }
  repair(program);
  return program;
}

bool is_legal(const Program& program) {
  Program copy = program;
  repair(copy);
  return copy == program;
}

// The operations that stand behind a header without anything special.
std::vector<std::string> operations_of(const Bytes& bytes) {
  Bytes all = {0, 0, 0};
  all.insert(all.end(), bytes.begin(), bytes.end());
  std::vector<std::string> lines;
  for (const Operation& operation : decode(all).operations) {
    lines.push_back(print_operation(operation));
  }
  return lines;
}

std::uint8_t code_byte(unsigned code, unsigned modifiers) {
  return static_cast<std::uint8_t>(code | modifiers << 5U);
}

using Lines = std::vector<std::string>;

TEST(ByteCodec, NoBytesAreTheDefaultProgram) { EXPECT_EQ(decode(Bytes()), Program()); }

TEST(ByteCodec, ZeroBytesDoNothing) {
  const Program program = decode(Bytes(50, 0));
  EXPECT_EQ(program.header, Header());
  EXPECT_EQ(program.operations.size(), 47);
  for (const Operation& operation : program.operations) {
    EXPECT_EQ(operation.code, OpCode::len);
  }
}

TEST(ByteCodec, AnyBytesAreALegalProgram) {
  Random random(1);
  Program program;
  for (int round = 0; round < 5000; ++round) {
    decode(random_bytes(random, 200), program);
    ASSERT_TRUE(is_legal(program)) << "round " << round << '\n' << print_ops(program);
  }
}

TEST(ByteCodec, ASingleByteAtAnyPlaceIsLegal) {
  for (std::size_t place = 0; place < 8; ++place) {
    for (unsigned value = 0; value < 256; ++value) {
      Bytes bytes(12, 0);
      bytes[place] = static_cast<std::uint8_t>(value);
      ASSERT_TRUE(is_legal(decode(bytes))) << "byte " << place << " = " << value;
    }
  }
}

TEST(ByteCodec, DecodeAfterEncodeIsTheIdentity) {
  Random random(2);
  for (int round = 0; round < 5000; ++round) {
    const Program program = random_program(random);
    ASSERT_EQ(decode(encode(program)), program) << "round " << round << '\n' << print_ops(program);
  }
}

TEST(ByteCodec, DecodeAfterEncodeIsTheIdentityOnWhatBytesReach) {
  Random random(3);
  for (int round = 0; round < 5000; ++round) {
    const Program program = decode(random_bytes(random, 120));
    ASSERT_EQ(decode(encode(program)), program) << "round " << round << '\n' << print_ops(program);
  }
}

TEST(ByteCodec, TheLargestProgramSurvives) {
  Program program;
  for (std::size_t i = 0; i < kMaxOperations; ++i) {
    Operation& operation = program.operations.emplace_back();
    operation.code = OpCode::assign;
    operation.key = kMaxKey;
    operation.value = kMaxElem;
    operation.id = kLastId - static_cast<std::uint32_t>(kMaxOperations - 1 - i);
  }
  ASSERT_TRUE(is_legal(program));
  EXPECT_EQ(decode(encode(program)), program);
}

TEST(ByteCodec, ExtremesSurvive) {
  for (const std::int64_t hint : {std::numeric_limits<std::int64_t>::min(), std::int64_t{-1},
                                  kMaxHint, std::numeric_limits<std::int64_t>::max()}) {
    Program program;
    program.header.hint = hint;
    program.header.seed = 0xFFFFFFFF;
    program.header.off = (1U << kOpCodes) - 1;
    program.header.policy = Policy::go_exact;
    Operation& remake = program.operations.emplace_back();
    remake.code = OpCode::remake;
    remake.value = hint;
    Operation& iter = program.operations.emplace_back();
    iter.code = OpCode::iter;
    iter.id = kLastId;
    iter.slot = 7;
    iter.draw = 0xFFFFFFFF;
    ASSERT_TRUE(is_legal(program));
    EXPECT_EQ(decode(encode(program)), program) << hint;
  }
}

TEST(ByteCodec, EveryKindOfHashSurvivesWithItsTable) {
  for (int kind = 0; kind < 6; ++kind) {
    Program program;
    program.header.hash.kind = static_cast<HashKind>(kind);
    program.header.hash.parameter = 9;
    for (std::uint16_t key = 0; key < kMaxExplicitHashes; ++key) {
      program.header.hash.explicit_hashes.push_back(
          {static_cast<std::uint16_t>(1000 * key), 200, 65535});
    }
    repair(program);
    EXPECT_EQ(decode(encode(program)), program) << kind;
  }
}

TEST(ByteCodec, EveryRowAndPolicySurvives) {
  for (const Row& row : all_rows()) {
    for (const Policy policy : {Policy::sound, Policy::go_exact}) {
      Program program;
      program.header.key = row.key;
      program.header.elem = row.elem;
      program.header.width = row.width;
      program.header.policy = policy;
      repair(program);  // objects have no iterators of Go's
      EXPECT_EQ(decode(encode(program)), program) << print_ops(program);
    }
  }
}

TEST(ByteCodec, DeletingOperationsKeepsTheIdsOfTheOthers) {
  Random random(4);
  for (int round = 0; round < 2000; ++round) {
    Program program = random_program(random);
    auto& operations = program.operations;
    for (auto at = operations.begin(); at != operations.end();) {
      at = random() % 2 == 0 ? operations.erase(at) : at + 1;
    }
    ASSERT_EQ(decode(encode(program)), program) << "round " << round << '\n' << print_ops(program);
  }
}

TEST(ByteCodec, RandomBytesReachEveryOperation) {
  Random random(5);
  std::array<std::size_t, kOpCodes> seen{};
  for (int round = 0; round < 2000; ++round) {
    for (const Operation& operation : decode(random_bytes(random, 60)).operations) {
      ++seen[static_cast<std::size_t>(operation.code)];
    }
  }
  for (std::uint8_t code = 0; code < kOpCodes; ++code) {
    EXPECT_GT(seen[code], 0) << shape_of(static_cast<OpCode>(code)).name;
  }
}

TEST(ByteCodec, RandomBytesMostlyBuildStateUp) {
  Random random(6);
  std::size_t destroying = 0;
  std::size_t all = 0;
  for (int round = 0; round < 2000; ++round) {
    for (const Operation& operation : decode(random_bytes(random, 60)).operations) {
      const OpCode code = operation.code;
      ++all;
      destroying += code == OpCode::clear || code == OpCode::remake || code == OpCode::literal ||
                    code == OpCode::copy || code == OpCode::move || code == OpCode::swap;
    }
  }
  EXPECT_LT(destroying * 200, all);
}

TEST(ByteCodec, MissingBytesReadAsZero) {
  Random random(7);
  for (int round = 0; round < 500; ++round) {
    const Bytes bytes = encode(random_program(random));
    for (std::size_t length = 0; length < bytes.size(); ++length) {
      const Bytes prefix(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(length));
      const Program program = decode(prefix);
      ASSERT_TRUE(is_legal(program));
      ASSERT_EQ(decode(encode(program)), program);
    }
  }
  EXPECT_EQ(operations_of({code_byte(3, 7)}), Lines{"assign 0 = 0"});
  EXPECT_EQ(operations_of({code_byte(30, 0)}).size(), 18);
}

TEST(ByteCodec, ATypicalProgramIsShort) {
  const auto parsed = parse_ops(
      "mapfuzz 1\nmap key=str elem=u64 hash=low:2 seed=7\n"
      "assign 3 = 1\niter a\nnext a\ndelete 3\nlen\n");
  const auto& text = std::get<OpsText>(parsed);
  // Four bytes of header, then 2 + 2 + 1 + 2 + 1.
  EXPECT_EQ(encode(text.program).size(), 12);
}

TEST(ByteCodec, DecodingForgetsTheProgramBefore) {
  Random random(8);
  Program used;
  for (int round = 0; round < 2000; ++round) {
    const Bytes bytes = random_bytes(random, 100);
    decode(bytes, used);
    ASSERT_EQ(used, decode(bytes)) << "round " << round;
  }
}

TEST(ByteCodec, DecodingReusesTheCapacity) {
  Program program;
  Bytes bytes = {0, 0, 0};
  for (int i = 0; i < 20; ++i) {
    bytes.insert(bytes.end(), {code_byte(25, 0), 0, 127});
  }
  decode(bytes, program);
  const auto capacity = program.operations.capacity();
  const Operation* const data = program.operations.data();
  decode(Bytes(), program);
  decode(bytes, program);
  EXPECT_EQ(program.operations.capacity(), capacity);
  EXPECT_EQ(program.operations.data(), data);
}

// Each line is what saved inputs rely on. A change here breaks every corpus in the field.
TEST(ByteCodec, WhatBytesMeanDoesNotChange) {
  const struct {
    Bytes bytes;
    Lines lines;
  } cases[] = {
      {{code_byte(0, 0)}, {"len"}},
      {{code_byte(0, 7)}, {"len"}},
      {{code_byte(1, 0), 0xC5}, {"access1 5"}},
      {{code_byte(2, 3), 0x34, 0x12}, {"access2 4660"}},
      {{code_byte(2, 2), 0x74}, {"access2 52"}},
      {{code_byte(3, 0), 9}, {"assign 9 = 1"}},
      {{code_byte(3, 0), 9, code_byte(3, 0), 9}, {"assign 9 = 1", "assign 9 = 2"}},
      {{code_byte(3, 4), 9, 0xAC, 0x02}, {"assign 9 = 300"}},
      {{code_byte(3, 7), 0xFF, 0xFF, 5}, {"assign 65535 = 5"}},
      {{code_byte(4, 0), 1}, {"update 1 = 1"}},
      {{code_byte(5, 0), 1}, {"delete 1"}},
      {{code_byte(6, 0), 1}, {"assign 1 = 1"}},
      {{code_byte(6, 7)}, {"clear"}},
      {{code_byte(7, 0), 1}, {"delete 1"}},
      {{code_byte(7, 7), 60}, {"remake 30"}},
      {{code_byte(7, 7), 1}, {"remake -1"}},
      {{code_byte(8, 7), 5, 20}, {"literal 5 = 20"}},
      {{code_byte(9, 0)}, {"range"}},
      {{code_byte(10, 0), 9}, {"iter b"}},
      {{code_byte(10, 7), 0, 5}, {"iter a draw=5"}},
      {{code_byte(11, 3)}, {"next d"}},
      {{code_byte(12, 7)}, {"close h"}},
      {{code_byte(13, 1)}, {"next b"}},
      {{code_byte(13, 7)}, {"copy"}},
      {{code_byte(14, 7)}, {"move"}},
      {{code_byte(15, 7)}, {"swap"}},
      {{code_byte(16, 7), 4}, {"expect-len 4"}},
      {{code_byte(17, 7), 3, 10}, {"expect-value 3 = 10"}},
      {{code_byte(18, 7), 3}, {"expect-absent 3"}},
      {{code_byte(19, 7), 1}, {"expect-phase doubling"}},
      {{code_byte(20, 7), 8}, {"expect-buckets 8"}},
      {{code_byte(21, 7), 2}, {"expect-overflow 2"}},
      {{code_byte(22, 0)}, {"len"}},
      {{code_byte(22, 7)}, {"nil"}},
      {{code_byte(23, 3)}, {"len"}},
      {{code_byte(23, 5), 9, 0x92, 0x08}, {"interleave 9 = update 2 1"}},
      {{code_byte(23, 6), 11}, {"inject 11"}},
      {{code_byte(23, 7), 9, 3}, {"reenter 9 = 3"}},
      {{code_byte(24, 0), 4, code_byte(3, 0), 9}, {"assign 9 = 5"}},
      {{code_byte(25, 3), 1, 2}, {"assign 1 = 1", "assign 9 = 2", "assign 17 = 3"}},
      {{code_byte(26, 7), 1, 1}, {"delete 1", "delete 129"}},
      {{code_byte(27, 0), 255, 1}, {"access2 255", "access2 256"}},
      {{code_byte(28, 0), 2, 0}, {"update 2 = 1"}},
      {{code_byte(29, 2), 1}, {"next c", "next c"}},
      {{code_byte(31, 6), 9, 1}, {"iter b", "assign 9 = 2", "next b", "assign 73 = 4", "next b"}},
  };
  for (const auto& one : cases) {
    EXPECT_EQ(operations_of(one.bytes), one.lines) << testing::PrintToString(one.bytes);
  }
}

TEST(ByteCodec, WhatHeaderBytesMeanDoesNotChange) {
  const struct {
    Bytes bytes;
    const char* text;
  } cases[] = {
      {{0x01, 0x00, 0x00}, "map key=str elem=u64\n"},
      {{0x02, 0x00, 0x00}, "map key=f64 elem=u64\n"},
      {{0x08, 0x00, 0x00}, "map key=u64 elem=str\n"},
      {{0x10, 0x00, 0x00}, "map key=u64 elem=unit\n"},
      {{0x40, 0x00, 0x00}, "map key=u64 elem=u64 width=4\n"},
      {{0x80, 0x00, 0x00}, "map key=u64 elem=u64 width=2\n"},
      {{0xC0, 0x00, 0x00}, "map key=u64 elem=u64 width=1\n"},
      {{0x07, 0x00, 0x00}, "map key=u64 elem=u64\n"},
      {{0x00, 0x01, 0x07}, "map key=u64 elem=u64 hash=identity seed=7\n"},
      {{0x00, 0x02, 0x00}, "map key=u64 elem=u64 hash=constant\n"},
      {{0x00, 0x03, 0x02, 0x00}, "map key=u64 elem=u64 hash=low:2\n"},
      {{0x00, 0x04, 0xFE, 0x00}, "map key=u64 elem=u64 hash=top:254\n"},
      {{0x00, 0x05, 0x02, 9, 5, 2, 3, 6, 1, 0},
       "map key=u64 elem=u64 hash=explicit\nhash 3 = 6:1\nhash 9 = 5:2\n"},
      {{0x00, 0x06, 0x00}, "map key=u64 elem=u64\n"},
      {{0x00, 0x38, 0x00}, "map key=u64 elem=u64\n"},
      {{0x00, 0xC8, 0x00}, "map key=u64 elem=u64 policy=go-exact\n"},
      {{0x00, 0xD0, 0x00, 60}, "map key=u64 elem=u64 hint=30\n"},
      {{0x00, 0xE0, 0x00, 0x41}, "map key=u64 elem=u64 off=len,clear\n"},
      {{0x00, 0xF8, 0x07, 0x01, 0x01},
       "map key=u64 elem=u64 seed=7 hint=-1 policy=go-exact off=len\n"},
  };
  for (const auto& one : cases) {
    EXPECT_EQ(print_ops(decode(one.bytes)), std::string("mapfuzz 1\n") + one.text)
        << testing::PrintToString(one.bytes);
  }
}

TEST(ByteCodec, APileIsAssignedThenDeleted) {
  const Lines lines = operations_of({code_byte(30, 4), 2, 0x08});
  ASSERT_EQ(lines.size(), 2 * (9 + 9));
  EXPECT_EQ(lines[0], "assign 2 = 1");
  EXPECT_EQ(lines[8], "assign 130 = 9");
  EXPECT_EQ(lines[9], "delete 2");
  EXPECT_EQ(lines[17], "delete 130");
  EXPECT_EQ(lines[18], "assign 3 = 19");
  EXPECT_EQ(lines[35], "delete 131");
}

TEST(ByteCodec, ABurstIsBounded) {
  const struct {
    unsigned code;
    Bytes largest;
    std::size_t operations;
  } cases[] = {{25, {255, 255}, 128}, {26, {255, 255}, 128}, {27, {255, 255}, 128},
               {28, {255, 255}, 128}, {29, {255}, 32},       {30, {255, 255}, 256},
               {31, {255, 255}, 129}};
  for (const auto& one : cases) {
    for (unsigned modifiers = 0; modifiers < 8; ++modifiers) {
      Bytes bytes = {code_byte(one.code, modifiers)};
      bytes.insert(bytes.end(), one.largest.begin(), one.largest.end());
      EXPECT_EQ(operations_of(bytes).size(), one.operations) << one.code;
    }
  }
}

TEST(ByteCodec, LongInputsTakeNoMoreMemoryThanTheCap) {
  const Program program = decode(Bytes(1 << 20, 0xFF));
  EXPECT_LE(program.operations.capacity(), 2 * kMaxOperations);
}

TEST(ByteCodec, ABurstStopsAtTheCapOfOperations) {
  for (unsigned code = 25; code < 32; ++code) {
    Bytes bytes = {0, 0, 0};
    for (int i = 0; i < 1000; ++i) {
      bytes.insert(bytes.end(), {code_byte(code, 0), 31, 31});
    }
    const Program program = decode(bytes);
    EXPECT_EQ(program.operations.size(), kMaxOperations) << code;
    EXPECT_TRUE(is_legal(program)) << code;
  }
}

TEST(ByteCodec, AJumpBeyondTheLastIdIsIgnored) {
  const Bytes jump = {code_byte(24, 0), 0xFE, 0xFF, 0xFF, 0xFF, 0x0F};
  Bytes bytes = {0, 0, 0};
  bytes.insert(bytes.end(), jump.begin(), jump.end());
  bytes.push_back(0);
  ASSERT_EQ(decode(bytes).operations.size(), 1);
  EXPECT_EQ(decode(bytes).operations[0].id, kLastId);

  bytes = {0, 0, 0, 0};
  bytes.insert(bytes.end(), jump.begin(), jump.end());
  bytes.push_back(0);
  ASSERT_EQ(decode(bytes).operations.size(), 2);
  EXPECT_EQ(decode(bytes).operations[1].id, 1);
}

TEST(ByteCodec, NoOperationFollowsTheLastId) {
  const Bytes bytes = {
      0, 0, 0, code_byte(24, 0), 0xFE, 0xFF, 0xFF, 0xFF, 0x0F, code_byte(25, 0), 0, 127, 0, 0};
  ASSERT_EQ(decode(bytes).operations.size(), 1);
  EXPECT_TRUE(is_legal(decode(bytes)));
}

}  // namespace
}  // namespace mapfuzz
