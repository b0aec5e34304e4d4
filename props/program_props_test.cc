// What holds for every program, whatever it does.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <variant>
#include <vector>

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
        for (int left = programs; left > 0; --left) {
          require_passes(*program_of(GetParam()));
        }
      }));
}

TEST(Programs, AnswerAlikeUnderEveryHashPlan) {
  EXPECT_TRUE(rc::check("the hash plan does not matter for answers without order", [] {
    Program program = *any_program();
    const auto answers = answers_to(program);
    program.header.hash = *any_hash();
    repair(program);
    require_same(answers, answers_to(program));
  }));
}

TEST(Programs, AnswerAlikeUnderEverySeedAndDraw) {
  EXPECT_TRUE(rc::check("seed and draws do not matter for answers without order", [] {
    Program program = *any_program();
    const auto answers = answers_to(program);
    program.header.seed = *rc::gen::arbitrary<std::uint32_t>();
    for (Operation& operation : program.operations) {
      if (operation.code == OpCode::iter) {
        operation.draw = *rc::gen::arbitrary<std::uint32_t>();
      }
      operation.id += 7;  // every draw that is not pinned depends on it
    }
    require_same(answers, answers_to(program));
  }));
}

TEST(Programs, AnswerAlikeAtEveryWidth) {
  EXPECT_TRUE(rc::check("the width of a bucket does not matter for answers without order", [] {
    const Row row{KeyKind::u64, ElemKind::u64, *rc::gen::element<std::uint8_t>(1, 2, 4, 8)};
    require_passes(*program_of(row), widths_plan());
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
    RC_ASSERT(answers[start] == answers[start + 3]);
    RC_ASSERT(answers[wrote_copy + 2] == answers[start]);
    RC_ASSERT(answers.back() == answers[wrote_copy]);
  }));
}

TEST(TextForm, KeepsEveryProgramAndIsAFixedPoint) {
  EXPECT_TRUE(rc::check("parsing what was printed gives the program, printing that the text", [] {
    const Program program = *any_program();
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
    const Program program = *any_program();
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
