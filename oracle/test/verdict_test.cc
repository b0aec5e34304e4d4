// How a failure is told: signatures that read back, one constant line for each clause, and a screen
// with all that an engineer needs.
#include "oracle/verdict.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <set>
#include <string>

#include "oracle/invariants.h"
#include "oracle/kinds.h"
#include "oracle/picture.h"
#include "oracle/test/forge.h"

namespace mapfuzz {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

Failure failure_at(std::size_t step, OpCode code) {
  Failure failure;
  failure.clause = clause_of(Invariant::I5);
  failure.step = step;
  failure.code = code;
  failure.phase = GrowthPhase::doubling;
  failure.expected = "emptyRest after emptyRest";
  failure.got = "state 77";
  failure.where = "bucket 3, cell 5";
  failure.table = "count 4, B 0\n  0      [ 05:1=2 ]\n";
  failure.subject = "u64 -> u64, width 8";
  return failure;
}

TEST(Signature, ReadsBackForEveryClauseOperationAndPhase) {
  std::set<std::string> texts;
  std::size_t count = 0;
  for (const char* clause : {"I5", "I11b", "model.value", "widths.agree", "expect", "fault", "hang",
                             "asan.heap-use-after-free"}) {
    for (std::uint8_t code = 0; code < kOpCodes; ++code) {
      for (const GrowthPhase phase :
           {GrowthPhase::quiet, GrowthPhase::doubling, GrowthPhase::same_size}) {
        const Signature signature{clause, static_cast<OpCode>(code), phase};
        const std::string text = to_string(signature);
        EXPECT_EQ(parse_signature(text), signature) << text;
        texts.insert(text);
        ++count;
      }
    }
  }
  EXPECT_EQ(texts.size(), count);
  EXPECT_EQ(to_string(Signature{"I5", OpCode::erase, GrowthPhase::quiet}), "I5 delete quiet");
}

TEST(Signature, OtherTextIsNone) {
  for (const char* text :
       {"", " ", "  ", "I5", "I5 delete", "I5 delete loud", "I5 fly quiet", "I5 delete quiet ",
        "I5  delete quiet", "I5 delete quiet twice", " delete quiet"}) {
    EXPECT_EQ(parse_signature(text), std::nullopt) << '"' << text << '"';
  }
}

TEST(Signature, TellsClauseOperationAndPhaseAndNothingElse) {
  const Failure a = failure_at(3, OpCode::erase);
  Failure b = failure_at(9, OpCode::erase);
  b.got = "state 78";
  b.where = "bucket 4";
  EXPECT_EQ(signature_of(a), signature_of(b));
  b.phase = GrowthPhase::quiet;
  EXPECT_NE(signature_of(a), signature_of(b));
}

TEST(AssertionLine, IsTheSameAtEveryFailureOfAClause) {
  Failure other = failure_at(123, OpCode::assign);
  other.expected = "key 4711";
  other.got = "0xdeadbeef";
  other.where = "bucket 99";
  other.subject = "str -> u64, width 4";
  EXPECT_EQ(assertion_line(failure_at(1, OpCode::erase)), assertion_line(other));
}

TEST(AssertionLine, NamesTheClauseOnOneLine) {
  for (std::size_t at = 0; at < kInvariants; ++at) {
    Failure failure = failure_at(1, OpCode::erase);
    failure.clause = clause_of(static_cast<Invariant>(at));
    const std::string line = assertion_line(failure);
    EXPECT_THAT(line, AllOf(HasSubstr("ASSERTION FAILED: oracle[" + failure.clause.id + "] " +
                                      failure.clause.sentence),
                            Not(HasSubstr("\n")), Not(HasSubstr("77"))));
  }
}

TEST(Clauses, EveryInvariantHasAnIdAndASentenceOfItsOwn) {
  std::set<std::string> ids;
  std::set<std::string> sentences;
  for (std::size_t at = 0; at < kInvariants; ++at) {
    ids.insert(clause_of(static_cast<Invariant>(at)).id);
    sentences.insert(clause_of(static_cast<Invariant>(at)).sentence);
  }
  EXPECT_EQ(ids.size(), kInvariants);
  EXPECT_EQ(sentences.size(), kInvariants);
}

TEST(Findings, TheFirstDeclaredIsKept) {
  Findings findings;
  EXPECT_TRUE(findings.none());
  findings.note(Invariant::I25, {}, "a", "b");
  findings.note(Invariant::I5, {}, "c", "d");
  findings.note(Invariant::I5, {}, "e", "f");
  findings.note(Invariant::I7, {}, "g", "h");
  const auto first = findings.take();
  if (!first.has_value()) {
    FAIL() << "nothing was kept";
  }
  EXPECT_EQ(first->invariant, Invariant::I5);
  EXPECT_EQ(first->expected, "c");
  EXPECT_TRUE(findings.none());
}

TEST(Report, HasStepClauseExpectedGotPlaceTableAndSubject) {
  const Program program = with(with_keys(table(), 0, 1, 30), {op(OpCode::erase, 4)});
  EXPECT_THAT(report(program, failure_at(30, OpCode::erase)),
              AllOf(HasSubstr("FAILED I5 at step 30 of 31: delete 4 (doubling)"),
                    HasSubstr(clause_of(Invariant::I5).sentence),
                    HasSubstr("expected  emptyRest after emptyRest\n"),
                    HasSubstr("got       state 77\n"), HasSubstr("bucket 3, cell 5"),
                    HasSubstr("u64 -> u64, width 8"), HasSubstr("[ 05:1=2 ]")));
}

TEST(Report, MarksTheStepAndShowsWhatWasBefore) {
  const Program program = with(with_keys(table(), 0, 1, 30), {op(OpCode::erase, 4)});
  const std::string text = report(program, failure_at(30, OpCode::erase));
  EXPECT_THAT(text, AllOf(HasSubstr(">   30  delete 4\n"), HasSubstr("... 17 operations before"),
                          HasSubstr("   29  assign 29"), Not(HasSubstr("   16  assign 16"))));
}

TEST(Report, TellsACheckAfterTheLastStepAndLeavesOutWhatIsEmpty) {
  const Program program = with_keys(table(), 0, 1, 3);
  Failure failure = failure_at(3, OpCode::len);
  failure.where.clear();
  failure.table.clear();
  EXPECT_THAT(report(program, failure),
              AllOf(HasSubstr("FAILED I5 in the check after the last step"),
                    Not(HasSubstr("where")), Not(HasSubstr("table after")), Not(HasSubstr("  >"))));
}

class Picture : public Forged {
 protected:
  [[nodiscard]] std::string drawn(const Place& mark = {}) {
    return picture(view(), find_engine({KeyKind::u64, ElemKind::u64, 8})->reader, mark);
  }
  void TearDown() override {}
};

TEST_F(Picture, ShowsBothArraysOfAGrowth) {
  build(doubling());
  EXPECT_THAT(drawn(),
              AllOf(HasSubstr("growing (doubling): mark at 1 of 4 old buckets"), HasSubstr("old 2"),
                    HasSubstr("X:2"), HasSubstr("Y:6"), HasSubstr("05:1=1001")));
}

TEST_F(Picture, PointsOutTheCell) {
  build(doubling());
  EXPECT_THAT(drawn({false, 2, 0, 1}), HasSubstr(">05:10=1010<"));
  EXPECT_THAT(drawn({true, 1}), HasSubstr("<--"));
}

TEST_F(Picture, SurvivesATableThatMakesNoSense) {
  build(before_same_size());
  copy().bucket(0, 2).link(copy().bucket(0, 1).raw());
  EXPECT_THAT(drawn(), HasSubstr("the chain does not end"));
  copy().take(bench().engine->view());
  view().B = 200;
  EXPECT_FALSE(drawn().empty());
  build(doubling());
  view().flags = 8;  // an old array that would be twice as long
  EXPECT_FALSE(drawn().empty());
  build(before_same_size());
  const std::byte elsewhere{};
  copy().bucket(2).link(&elsewhere);
  EXPECT_THAT(drawn(), HasSubstr("not listed"));
}

TEST_F(Picture, CutsALongTableAroundTheMark) {
  Program program = table();
  program.header.hint = 832;
  build(with_keys(program, {100}));
  EXPECT_THAT(drawn({false, 100, 0, 0}),
              AllOf(HasSubstr("(88 buckets before)"), HasSubstr(">05:100=1100<"),
                    HasSubstr("(16 buckets after)")));
}

}  // namespace
}  // namespace mapfuzz
