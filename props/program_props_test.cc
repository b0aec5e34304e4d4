// What holds for every program, whatever it does.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <string>
#include <variant>
#include <vector>

#include "oracle/author.h"
#include "oracle/byte_codec.h"
#include "oracle/text_codec.h"
#include "props/answers.h"
#include "props/judge.h"
#include "props/program_generator.h"

namespace mapfuzz {
namespace {

void append(Program& program, const Program& more) {
  program.operations.insert(program.operations.end(), more.operations.begin(),
                            more.operations.end());
}

void append(Program& program, OpCode code) {
  program.operations.push_back({.code = code, .draw = {}});
}

// Without every third operation, as a minimiser leaves programs: the ids of the others stay.
Program with_gaps(Program program) {
  auto& operations = program.operations;
  const auto third = [](const Operation& operation) { return operation.id % 3 == 1; };
  operations.erase(std::remove_if(operations.begin(), operations.end(), third), operations.end());
  return program;
}

class EveryRow : public testing::TestWithParam<Row> {};

INSTANTIATE_TEST_SUITE_P(Props, EveryRow, testing::ValuesIn(all_rows().begin(), all_rows().end()),
                         [](const auto& row) {
                           return std::string(to_string(row.param.key)) + "_" +
                                  to_string(row.param.elem) + "_w" +
                                  std::to_string(row.param.width);
                         });

TEST_P(EveryRow, AgreesWithBothModelsAndKeepsAllInvariants) {
  EXPECT_TRUE(
      rc::check("every generated program agrees with both models and keeps all invariants", [] {
        constexpr int programs = 10;  // a success
        Met met;
        for (int left = programs; left > 0; --left) {
          require_passes(*program_of(GetParam()), &met);
        }
        met.classify();
      }));
}

TEST(Programs, AnswerAlikeUnderEveryHashPlan) {
  EXPECT_TRUE(rc::check("the hash plan does not matter for answers without order", [] {
    const Program program = *any_program();
    Program other = program;
    other.header.hash = *any_hash();
    repair(other);
    require_alike(program, other);
  }));
}

TEST(Programs, AnswerAlikeUnderEverySeedAndDraw) {
  EXPECT_TRUE(rc::check("seed and draws do not matter for answers without order", [] {
    const Program program = *any_program();
    Program other = program;
    other.header.seed = *rc::gen::arbitrary<std::uint32_t>();
    for (Operation& operation : other.operations) {
      if (operation.code == OpCode::iter) {
        operation.draw = *rc::gen::arbitrary<std::uint32_t>();
      }
      operation.id += 7;  // every draw that is not pinned depends on it
    }
    require_alike(program, other);
  }));
}

TEST(Programs, AnswerAlikeUnderEveryHint) {
  EXPECT_TRUE(rc::check("the hints of make do not matter for answers without order", [] {
    const Program program = *any_program();
    Program other = program;
    const auto hint = [] { return Author(*rc::gen::arbitrary<std::uint64_t>()).hint(); };
    other.header.hint = hint();
    for (Operation& operation : other.operations) {
      if (operation.code == OpCode::remake) {
        operation.value = hint();
      }
    }
    repair(other);
    require_alike(program, other);
  }));
}

TEST(Programs, AnswerAlikeAtEveryWidth) {
  EXPECT_TRUE(rc::check("the width of a bucket does not matter for answers without order", [] {
    const Row row{KeyKind::u64, ElemKind::u64, *rc::gen::element<std::uint8_t>(1, 2, 4, 8)};
    Met met;
    require_passes(*program_of(row), widths_plan(), &met);
    met.classify();
  }));
}

TEST(Copies, EqualTheOriginalAndAreIndependentOfIt) {
  EXPECT_TRUE(rc::check("a copy equals the original, and writing one leaves the other alone", [] {
    const Row row = *any_row();
    Program program = *program_of(row);
    program.header.off = 0;
    const Program writes = *writes_of(row);
    // Range the map, its copy, both again after writes to the copy, both after writes to the map.
    const std::size_t start = program.operations.size();
    append(program, OpCode::range);
    append(program, OpCode::copy);
    append(program, OpCode::swap);
    append(program, OpCode::range);
    append(program, writes);
    const std::size_t wrote_copy = program.operations.size();
    append(program, OpCode::range);
    append(program, OpCode::swap);
    append(program, OpCode::range);
    append(program, writes);
    append(program, OpCode::swap);
    append(program, OpCode::range);
    renumber(program);
    const auto answers = answers_to(program);
    RC_PRE(answers.size() == program.operations.size());
    if (answers[start] != answers[start + 3]) {
      fail_over(program, "a copy does not hold what its original holds");
    }
    if (answers[wrote_copy + 2] != answers[start]) {
      fail_over(program, "writes to a copy have changed its original");
    }
    if (answers.back() != answers[wrote_copy]) {
      fail_over(program, "writes to a map have changed its copy");
    }
  }));
}

TEST(TextForm, KeepsEveryProgramAndIsAFixedPoint) {
  EXPECT_TRUE(rc::check("parsing what was printed gives the program, printing that the text", [] {
    const Program program = with_gaps(*any_program());
    const std::string text = print_ops(program);
    const auto parsed = parse_ops(text);
    RC_ASSERT(std::holds_alternative<OpsText>(parsed));
    const Program& again = std::get<OpsText>(parsed).program;
    RC_ASSERT(again == program);
    RC_ASSERT(print_ops(again) == text);
  }));
}

TEST(ByteForm, KeepsEveryProgram) {
  EXPECT_TRUE(rc::check("decoding what was encoded gives the program", [] {
    const Program program = with_gaps(*any_program());
    RC_ASSERT(decode(encode(program)) == program);
  }));
}

TEST(ByteForm, MakesALegalProgramOfAnyBytesThatPasses) {
  EXPECT_TRUE(rc::check("any bytes are a legal program, which agrees with both models", [] {
    const auto bytes = *rc::gen::scale(4, rc::gen::arbitrary<std::vector<std::uint8_t>>());
    Program program = decode(bytes);
    const Program decoded = program;
    repair(program);
    RC_ASSERT(program == decoded);
    // Only a sound iterator keeps the contract without exemption.
    program.header.policy = Policy::sound;
    require_passes(program);
  }));
}

}  // namespace
}  // namespace mapfuzz
