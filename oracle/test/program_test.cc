// What `repair` makes of a Program: legal whatever came in, and untouched where it was legal.
#include "oracle/program.h"

#include <gtest/gtest.h>

#include <limits>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "oracle/kinds.h"

namespace mapfuzz {
namespace {

using Random = std::mt19937_64;

// Small numbers, caps and their neighbours, and anything.
std::uint64_t any_number(Random& random) {
  constexpr std::uint64_t edges[] = {
      0,     1,     63,         64,         4095,        4096,        8192,  8193,
      65535, 65536, 0xFFFFFFFE, 0xFFFFFFFF, 1ULL << 32U, 1ULL << 62U, ~0ULL, 1ULL << 63U};
  switch (random() % 3) {
    case 0:
      return random() % 100;
    case 1:
      return edges[random() % std::size(edges)];
    default:
      return random();
  }
}

// Every field arbitrary, enums beyond their range included.
Program garbage(Random& random) {
  Program program;
  Header& header = program.header;
  header.key = static_cast<KeyKind>(random());
  header.elem = static_cast<ElemKind>(random());
  header.width = static_cast<std::uint8_t>(random());
  header.policy = static_cast<Policy>(random());
  header.hash.kind = static_cast<HashKind>(random() % 7);
  header.hash.parameter = static_cast<std::uint8_t>(random());
  for (std::size_t left = random() % (kMaxExplicitHashes + 1); left > 0; --left) {
    header.hash.explicit_hashes.push_back({static_cast<std::uint16_t>(any_number(random)),
                                           static_cast<std::uint8_t>(random()),
                                           static_cast<std::uint16_t>(random())});
  }
  header.seed = static_cast<std::uint32_t>(random());
  header.hint = static_cast<std::int64_t>(any_number(random));
  header.off = static_cast<std::uint32_t>(random());
  for (std::size_t left = random() % 40; left > 0; --left) {
    Operation& operation = program.operations.emplace_back();
    operation.code = static_cast<OpCode>(random());
    operation.slot = static_cast<std::uint8_t>(random());
    operation.id = static_cast<std::uint32_t>(any_number(random));
    operation.key = static_cast<std::uint32_t>(any_number(random));
    operation.value = static_cast<std::int64_t>(any_number(random));
    if (random() % 2 == 0) {
      operation.draw = static_cast<std::uint32_t>(random());
    }
  }
  return program;
}

Operation op(OpCode code, std::uint32_t key, std::int64_t value) {
  Operation operation;
  operation.code = code;
  operation.key = key;
  operation.value = value;
  return operation;
}

Operation repaired(Operation operation, const Header& header) {
  Program program;
  program.header = header;
  program.operations.push_back(operation);
  repair(program);
  return program.operations.front();
}

Header kinds(KeyKind key, ElemKind elem) {
  Header header;
  header.key = key;
  header.elem = elem;
  return header;
}

std::int64_t repaired_value(OpCode code, std::int64_t value, ElemKind elem = ElemKind::u64) {
  return repaired(op(code, 0, value), kinds(KeyKind::u64, elem)).value;
}

Program with_ids(const std::vector<std::uint32_t>& ids) {
  Program program;
  for (const std::uint32_t id : ids) {
    program.operations.emplace_back().id = id;
  }
  return program;
}

std::vector<std::uint32_t> repaired_ids(const std::vector<std::uint32_t>& ids) {
  Program program = with_ids(ids);
  repair(program);
  std::vector<std::uint32_t> result;
  for (const Operation& operation : program.operations) {
    result.push_back(operation.id);
  }
  return result;
}

TEST(Shape, EveryOperationHasANameOfItsOwn) {
  std::set<std::string> names;
  for (std::uint8_t code = 0; code < kOpCodes; ++code) {
    names.insert(shape_of(static_cast<OpCode>(code)).name);
  }
  EXPECT_EQ(names.size(), kOpCodes);
  EXPECT_FALSE(names.contains(""));
}

TEST(Shape, ACodeBeyondTheLastIsLen) {
  EXPECT_STREQ(shape_of(static_cast<OpCode>(kOpCodes)).name, "len");
  EXPECT_STREQ(shape_of(static_cast<OpCode>(255)).name, "len");
}

TEST(Repair, ADefaultProgramIsLegal) {
  Program program;
  repair(program);
  EXPECT_EQ(program, Program());
}

TEST(Repair, LeavesLegalProgramsAlone) {
  Random random(1);
  for (int round = 0; round < 5000; ++round) {
    Program program = garbage(random);
    repair(program);
    Program again = program;
    repair(again);
    ASSERT_EQ(again, program) << "round " << round;
  }
}

TEST(Repair, PutsEveryFieldInItsRange) {
  Random random(2);
  for (int round = 0; round < 5000; ++round) {
    Program program = garbage(random);
    repair(program);
    const Header& header = program.header;
    ASSERT_EQ(nearest_row(header.key, header.elem, header.width),
              (Row{header.key, header.elem, header.width}));
    ASSERT_LE(header.policy, Policy::go_exact);
    ASSERT_LE(header.hash.kind, HashKind::explicit_);
    ASSERT_TRUE(header.hint <= kMaxHint || header.hint >= kBogusHint);
    ASSERT_LT(header.off, 1U << kOpCodes);
    const std::uint32_t keys = header.key == KeyKind::str ? kStringKeys : kMaxKey + 1;
    for (const KeyHash& entry : header.hash.explicit_hashes) {
      ASSERT_LT(entry.key, keys);
    }
    for (const Operation& operation : program.operations) {
      ASSERT_LT(static_cast<int>(operation.code), kOpCodes);
      ASSERT_LT(operation.slot, kIteratorSlots);
      ASSERT_LT(operation.key, keys);
    }
  }
}

TEST(Repair, CutsTheProgramAtTheCap) {
  Program program;
  program.operations.resize(kMaxOperations + 100);
  repair(program);
  ASSERT_EQ(program.operations.size(), kMaxOperations);
  EXPECT_EQ(program.operations.back().id, kMaxOperations - 1);
}

TEST(Repair, TakesTheNearestRow) {
  Program program;
  program.header = kinds(KeyKind::str, ElemKind::unit);
  program.header.width = 2;
  repair(program);
  EXPECT_EQ(program.header, kinds(KeyKind::str, ElemKind::u64));
}

TEST(Repair, CutsKeysToTheirKind) {
  const Operation beyond = op(OpCode::access1, kMaxKey + 8, 0);
  EXPECT_EQ(repaired(beyond, kinds(KeyKind::u64, ElemKind::u64)).key, 7);
  EXPECT_EQ(repaired(beyond, kinds(KeyKind::f64, ElemKind::u64)).key, 7);
  const Operation last = op(OpCode::access1, kMaxKey, 0);
  EXPECT_EQ(repaired(last, kinds(KeyKind::u64, ElemKind::u64)).key, kMaxKey);
  EXPECT_EQ(repaired(last, kinds(KeyKind::str, ElemKind::u64)).key, kStringKeys - 1);
}

TEST(Repair, CutsElemValuesToTheirKind) {
  for (const OpCode code : {OpCode::assign, OpCode::update, OpCode::expect_value}) {
    EXPECT_EQ(repaired_value(code, kMaxElem), kMaxElem);
    EXPECT_EQ(repaired_value(code, kMaxElem + 3), 2);
    EXPECT_EQ(repaired_value(code, -1), kMaxElem);
    EXPECT_EQ(repaired_value(code, 10, ElemKind::unit), 0);
    EXPECT_EQ(repaired_value(code, 4100, ElemKind::str), 4);
  }
}

TEST(Repair, KeepsHintsThatMakeMapIgnores) {
  constexpr auto most = std::numeric_limits<std::int64_t>::max();
  constexpr auto least = std::numeric_limits<std::int64_t>::min();
  for (const std::int64_t hint :
       {least, std::int64_t{-1}, std::int64_t{0}, kMaxHint, kBogusHint, most}) {
    EXPECT_EQ(repaired_value(OpCode::remake, hint), hint);
    Program program;
    program.header.hint = hint;
    repair(program);
    EXPECT_EQ(program.header.hint, hint);
  }
}

TEST(Repair, CutsHintsThatWouldExhaustTheMachine) {
  EXPECT_EQ(repaired_value(OpCode::remake, kMaxHint + 1), 0);
  for (const std::int64_t hint : {kMaxHint + 1, std::int64_t{1} << 40, kBogusHint - 1}) {
    const std::int64_t cut = repaired_value(OpCode::remake, hint);
    EXPECT_GE(cut, 0);
    EXPECT_LE(cut, kMaxHint);
  }
}

TEST(Repair, CutsCountsAndExpectations) {
  EXPECT_EQ(repaired_value(OpCode::literal, kMaxLiteral), kMaxLiteral);
  EXPECT_EQ(repaired_value(OpCode::literal, kMaxLiteral + 3), 2);
  EXPECT_EQ(repaired_value(OpCode::expect_phase, 2), 2);
  EXPECT_EQ(repaired_value(OpCode::expect_phase, 3), 0);
  EXPECT_EQ(repaired_value(OpCode::expect_len, kMaxElem), kMaxElem);
  EXPECT_EQ(repaired_value(OpCode::expect_len, -1), kMaxElem);
}

TEST(Repair, ZeroesOperandsThatTheOperationDoesNotUse) {
  for (std::uint8_t code = 0; code < kOpCodes; ++code) {
    Operation full;
    full.code = static_cast<OpCode>(code);
    full.slot = 1;
    full.key = 1;
    full.value = 1;
    full.draw = 1;
    const OpShape& shape = shape_of(full.code);
    const Operation got = repaired(full, Header());
    EXPECT_EQ(got.slot, shape.slot ? 1 : 0) << shape.name;
    EXPECT_EQ(got.key, shape.key ? 1U : 0U) << shape.name;
    EXPECT_EQ(got.value, shape.value ? 1 : 0) << shape.name;
    EXPECT_EQ(got.draw.has_value(), shape.draw) << shape.name;
  }
}

TEST(Repair, KeepsAHashParameterOnlyWhereItMeansSomething) {
  const auto parameter = [](HashKind kind, std::uint8_t given) {
    Program program;
    program.header.hash.kind = kind;
    program.header.hash.parameter = given;
    repair(program);
    return int{program.header.hash.parameter};
  };
  EXPECT_EQ(parameter(HashKind::mix, 5), 0);
  EXPECT_EQ(parameter(HashKind::identity, 5), 0);
  EXPECT_EQ(parameter(HashKind::constant, 5), 0);
  EXPECT_EQ(parameter(HashKind::explicit_, 5), 0);
  EXPECT_EQ(parameter(HashKind::low, 16), 16);
  EXPECT_EQ(parameter(HashKind::low, 17), 0);
  EXPECT_EQ(parameter(HashKind::top, 255), 255);
}

TEST(Repair, SortsExplicitHashesAndTheFirstOfAKeyWins) {
  Program program;
  HashSpec& hash = program.header.hash;
  hash.kind = HashKind::explicit_;
  hash.explicit_hashes = {{9, 1, 1}, {3, 2, 2}, {9, 3, 3}, {3, 4, 4}};
  repair(program);
  ASSERT_EQ(hash.explicit_hashes.size(), 2);
  EXPECT_EQ(hash.explicit_hashes[0], (KeyHash{3, 2, 2}));
  EXPECT_EQ(hash.explicit_hashes[1], (KeyHash{9, 1, 1}));
}

TEST(Repair, DropsExplicitHashesOfOtherPlans) {
  Program program;
  program.header.hash.kind = HashKind::identity;
  program.header.hash.explicit_hashes = {{9, 1, 1}};
  repair(program);
  EXPECT_TRUE(program.header.hash.explicit_hashes.empty());
}

TEST(Repair, KeepsIdsThatRise) {
  const std::vector<std::uint32_t> ids = {4, 5, 9, 0xFFFFFFFE};
  EXPECT_EQ(repaired_ids(ids), ids);
}

TEST(Repair, RenumbersIdsThatDoNotRise) {
  const std::vector<std::uint32_t> numbered = {0, 1, 2};
  EXPECT_EQ(repaired_ids({4, 4, 9}), numbered);
  EXPECT_EQ(repaired_ids({4, 3, 9}), numbered);
}

TEST(Repair, RenumbersWhereAnIdIsTheOneOfPrepare) {
  EXPECT_EQ(repaired_ids({4, 0xFFFFFFFF}), (std::vector<std::uint32_t>{0, 1}));
}

TEST(Renumber, CountsFromZero) {
  Program program = with_ids({7, 3, 3});
  renumber(program);
  EXPECT_EQ(program.operations[0].id, 0);
  EXPECT_EQ(program.operations[1].id, 1);
  EXPECT_EQ(program.operations[2].id, 2);
}

}  // namespace
}  // namespace mapfuzz
