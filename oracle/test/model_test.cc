// The models: what they take for a right answer, told by hand-made observations without any map.
// Iteration contract: go-map-spec 2.12, I32. Every test runs on both models.
#include "oracle/model.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "oracle/test/forge.h"

namespace mapfuzz {
namespace {

Observation found(std::uint64_t value) {
  Observation seen;
  seen.step = Step::lookup;
  seen.found = true;
  seen.value = value;
  return seen;
}

using MakeModel = std::unique_ptr<Model> (*)();

class ModelTest : public ::testing::TestWithParam<MakeModel> {
 protected:
  void start(KeyKind key = KeyKind::u64, ElemKind elem = ElemKind::u64) {
    program_ = table(key, 8, elem);
    model_ = GetParam()();
    model_->start(program_, true);
  }

  // The clause that an observation breaks, or "".
  std::string judge(const Operation& operation, const Observation& seen,
                    bool expectations = false) {
    const auto mismatch = model_->judge(operation, seen, expectations);
    return mismatch.has_value() ? mismatch->clause.id : std::string();
  }
  std::string does(OpCode code, std::uint32_t key = 0, std::int64_t value = 0,
                   std::uint8_t slot = 0) {
    return judge(op(code, key, value, slot), {});
  }
  std::string looks_up(OpCode code, std::uint32_t key, bool found, std::uint64_t value = 0) {
    Observation seen;
    seen.step = Step::lookup;
    seen.found = found;
    seen.value = value;
    return judge(op(code, key), seen);
  }
  std::string has_length(std::uint64_t length) {
    Observation seen;
    seen.step = Step::length;
    seen.length = length;
    return judge(op(OpCode::len), seen);
  }
  std::string next(Entry entry, std::uint8_t slot = 0) {
    Observation seen;
    seen.step = Step::entry;
    seen.entry = entry;
    return judge(op(OpCode::next, 0, 0, slot), seen);
  }
  std::string ends(std::uint8_t slot = 0) {
    Observation seen;
    seen.step = Step::end;
    return judge(op(OpCode::next, 0, 0, slot), seen);
  }
  std::string closed(std::uint8_t slot = 0) {
    Observation seen;
    seen.step = Step::closed;
    return judge(op(OpCode::next, 0, 0, slot), seen);
  }
  std::string ranges(const std::vector<Entry>& entries) {
    Observation seen;
    seen.step = Step::entries;
    seen.entries = entries;
    return judge(op(OpCode::range), seen);
  }
  void assign(std::uint32_t key, std::int64_t value) {
    EXPECT_EQ(does(OpCode::assign, key, value), "");
  }
  void erase(std::uint32_t key) { EXPECT_EQ(looks_up(OpCode::erase, key, true), ""); }
  void iter(std::uint8_t slot = 0) { EXPECT_EQ(does(OpCode::iter, 0, 0, slot), ""); }

  std::unique_ptr<Model> model_;

 private:
  Program program_;
};

class ModelAnswers : public ModelTest {};
class ForgedAnswers : public ModelTest {};

TEST_P(ModelAnswers, ALookUpMustFindWhatIsThere) {
  start();
  assign(3, 30);
  EXPECT_EQ(looks_up(OpCode::access2, 3, true, 30), "");
  EXPECT_EQ(looks_up(OpCode::access2, 3, false), "model.found");
  EXPECT_EQ(looks_up(OpCode::access2, 4, true, 30), "model.found");
  EXPECT_EQ(looks_up(OpCode::access2, 3, true, 31), "model.value");
  EXPECT_EQ(looks_up(OpCode::access1, 4, false, 0), "");
  EXPECT_EQ(looks_up(OpCode::access1, 4, false, 1), "model.value");
}

TEST_P(ModelAnswers, LenIsTheNumberOfEntries) {
  start();
  EXPECT_EQ(has_length(0), "");
  assign(3, 30);
  assign(3, 31);
  assign(4, 40);
  EXPECT_EQ(has_length(2), "");
  EXPECT_EQ(has_length(3), "model.length");
}

TEST_P(ModelAnswers, ADeleteTellsWhetherTheKeyWasThere) {
  start();
  assign(3, 30);
  EXPECT_EQ(looks_up(OpCode::erase, 4, true), "model.found");
  EXPECT_EQ(looks_up(OpCode::erase, 3, false), "model.found");
  EXPECT_EQ(looks_up(OpCode::access2, 3, false), "") << "and the key is gone all the same";
}

TEST_P(ModelAnswers, AnUpdateGivesTheNewElement) {
  start();
  EXPECT_EQ(judge(op(OpCode::update, 3, 5), found(5)), "");
  EXPECT_EQ(judge(op(OpCode::update, 3, 5), found(10)), "");
  EXPECT_EQ(judge(op(OpCode::update, 3, 5), found(5)), "model.value");
}

TEST_P(ModelAnswers, ExpectationsAreJudgedOnlyWhenAsked) {
  start();
  assign(3, 30);
  Observation one;
  one.step = Step::length;
  one.length = 1;
  EXPECT_EQ(judge(op(OpCode::expect_len, 0, 2), one, false), "");
  EXPECT_EQ(judge(op(OpCode::expect_len, 0, 2), one, true), "expect");
  EXPECT_EQ(judge(op(OpCode::expect_value, 3, 31), found(30), false), "");
  EXPECT_EQ(judge(op(OpCode::expect_value, 3, 31), found(30), true), "expect");
  EXPECT_EQ(judge(op(OpCode::expect_absent, 3), found(30), false), "");
  EXPECT_EQ(judge(op(OpCode::expect_absent, 3), found(30), true), "expect");
}

TEST_P(ModelAnswers, PlusAndMinusZeroAreOneKeyAndTheLastWrittenIsKept) {
  start(KeyKind::f64);
  assign(0, 10);
  assign(1, 11);
  EXPECT_EQ(has_length(1), "");
  EXPECT_EQ(looks_up(OpCode::access2, 0, true, 11), "");
  EXPECT_EQ(ranges({{1, 11}}), "");
  EXPECT_EQ(ranges({{0, 11}}), "I32.value") << "the stored key is -0 now";
}

TEST_P(ModelAnswers, NansAreNeverFoundButAllThere) {
  start(KeyKind::f64);
  assign(7, 1);
  assign(7, 1);
  assign(7, 2);
  EXPECT_EQ(has_length(3), "");
  EXPECT_EQ(looks_up(OpCode::access2, 7, false), "");
  EXPECT_EQ(looks_up(OpCode::erase, 7, false), "");
  EXPECT_EQ(ranges({{7, 2}, {7, 1}, {7, 1}}), "");
  EXPECT_EQ(ranges({{7, 2}, {7, 2}, {7, 1}}), "I32.twice");
  EXPECT_EQ(ranges({{7, 2}, {7, 1}}), "I32.missed-nan");
  EXPECT_EQ(does(OpCode::clear), "");
  EXPECT_EQ(has_length(0), "");
}

TEST_P(ModelAnswers, ElementsAreOfTheirKind) {
  start(KeyKind::u64, ElemKind::unit);
  assign(3, 30);
  EXPECT_EQ(looks_up(OpCode::access2, 3, true, 0), "");
  start(KeyKind::u64, ElemKind::str);
  assign(3, kStringKeys + 2);
  EXPECT_EQ(looks_up(OpCode::access2, 3, true, 2), "");
}

TEST_P(ModelAnswers, ALiteralReplacesTheMapAndRemakeEmptiesIt) {
  start();
  assign(3, 30);
  EXPECT_EQ(does(OpCode::literal, 10, 2), "");
  EXPECT_EQ(ranges({{11, 11}, {10, 10}}), "");
  EXPECT_EQ(does(OpCode::remake, 0, 100), "");
  EXPECT_EQ(has_length(0), "");
}

TEST_P(ModelAnswers, CopyMoveAndSwapGoBetweenTwoMaps) {
  start();
  assign(3, 30);
  EXPECT_EQ(does(OpCode::copy), "");
  assign(3, 31);
  EXPECT_EQ(does(OpCode::swap), "");
  EXPECT_EQ(looks_up(OpCode::access2, 3, true, 30), "");
  EXPECT_EQ(does(OpCode::move), "");
  EXPECT_EQ(has_length(0), "");
  EXPECT_EQ(does(OpCode::swap), "");
  EXPECT_EQ(ranges({{3, 30}}), "");
}

TEST_P(ModelAnswers, AStartForgetsTheProgramBefore) {
  start();
  assign(3, 30);
  iter();
  const Program program = table();
  model_->start(program, true);
  EXPECT_EQ(has_length(0), "");
  EXPECT_EQ(closed(), "");
  EXPECT_EQ(model_->element(3), std::nullopt);
}

TEST_P(ModelAnswers, EntriesAddedMeanwhileMayAppearOrNot) {
  start();
  assign(1, 10);
  iter(0);
  iter(1);
  assign(2, 20);
  EXPECT_EQ(next({2, 20}, 0), "");
  EXPECT_EQ(next({1, 10}, 0), "");
  EXPECT_EQ(ends(0), "");
  EXPECT_EQ(next({1, 10}, 1), "");
  EXPECT_EQ(ends(1), "");
  EXPECT_EQ(ends(1), "") << "an end may be asked for again";
}

TEST_P(ModelAnswers, ARemovedEntryIsNotMissed) {
  start();
  assign(1, 10);
  assign(2, 20);
  iter();
  erase(1);
  EXPECT_EQ(next({2, 20}), "");
  EXPECT_EQ(ends(), "");
  iter();
  EXPECT_EQ(does(OpCode::clear), "");
  EXPECT_EQ(ends(), "");
}

TEST_P(ModelAnswers, AKeyAssignedAgainIsANewEntry) {
  start();
  assign(1, 10);
  iter();
  EXPECT_EQ(next({1, 10}), "");
  erase(1);
  assign(1, 11);
  EXPECT_EQ(next({1, 11}), "") << "it may be produced once more";
  EXPECT_EQ(next({1, 11}), "I32.twice-since-empty") << "but not twice";
}

TEST_P(ModelAnswers, AnUpdatedEntryIsTheSameEntry) {
  start();
  assign(1, 10);
  iter();
  EXPECT_EQ(next({1, 10}), "");
  assign(1, 11);
  EXPECT_EQ(next({1, 11}), "I32.twice");
}

TEST_P(ModelAnswers, IteratorsFollowTheirMapThroughSwapAndMove) {
  start();
  assign(1, 10);
  iter(0);
  EXPECT_EQ(does(OpCode::swap), "");
  assign(2, 20);
  iter(1);
  EXPECT_EQ(next({1, 10}, 0), "");
  EXPECT_EQ(next({2, 20}, 1), "");
  EXPECT_EQ(ends(0), "");
  EXPECT_EQ(does(OpCode::move), "");  // the map of slot 0 is thrown away, that of slot 1 moves
  EXPECT_EQ(closed(0), "");
  EXPECT_EQ(ends(1), "");
}

TEST_P(ModelAnswers, RemakeLiteralAndCopyEndIterators) {
  start();
  assign(1, 10);
  iter(0);
  EXPECT_EQ(does(OpCode::remake), "");
  EXPECT_EQ(closed(0), "");
  iter(0);
  EXPECT_EQ(does(OpCode::literal, 0, 1), "");
  EXPECT_EQ(closed(0), "");
  iter(0);
  EXPECT_EQ(does(OpCode::swap), "");
  EXPECT_EQ(does(OpCode::copy), "");
  EXPECT_EQ(closed(0), "");
}

TEST_P(ForgedAnswers, I32AnEntryIsProducedTwice) {
  start();
  assign(1, 10);
  iter();
  EXPECT_EQ(next({1, 10}), "");
  EXPECT_EQ(next({1, 10}), "I32.twice");
  EXPECT_EQ(ranges({{1, 10}, {1, 10}}), "I32.twice");
}

TEST_P(ForgedAnswers, I32ARemovedEntryIsProduced) {
  start();
  assign(1, 10);
  assign(2, 20);
  iter();
  erase(1);
  EXPECT_EQ(next({1, 10}), "I32.removed");
}

TEST_P(ForgedAnswers, I32AnEntryIsProducedWithAnotherValue) {
  start();
  assign(1, 10);
  iter();
  assign(1, 11);
  EXPECT_EQ(next({1, 10}), "I32.value");
  EXPECT_EQ(next({1, 11}), "");
}

TEST_P(ForgedAnswers, I32BytesThatAreNoKeyAreProduced) {
  start();
  iter();
  EXPECT_EQ(next({kNoKey, 10}), "I32.bytes");
}

TEST_P(ForgedAnswers, I32AnEntryIsMissedAtTheEnd) {
  start();
  assign(1, 10);
  assign(2, 20);
  iter();
  EXPECT_EQ(next({1, 10}), "");
  EXPECT_EQ(ends(), "I32.missed");
  EXPECT_EQ(ranges({{2, 20}}), "I32.missed");
}

TEST_P(ForgedAnswers, I32AnEntryComesAfterTheEnd) {
  start();
  iter();
  EXPECT_EQ(ends(), "");
  assign(1, 10);
  EXPECT_EQ(next({1, 10}), "I32.end");
}

TEST_P(ForgedAnswers, I32AnIteratorIsThereOrIsNot) {
  start();
  EXPECT_EQ(closed(), "");
  EXPECT_EQ(next({1, 10}), "I32.open");
  iter();
  EXPECT_EQ(closed(), "I32.open");
  EXPECT_EQ(does(OpCode::close), "");
  EXPECT_EQ(closed(), "");
  EXPECT_EQ(ends(), "I32.open");
}

TEST_P(ForgedAnswers, I32OneIteratorMissesWhatAnotherProduced) {
  start();
  assign(1, 10);
  iter(0);
  iter(1);
  EXPECT_EQ(next({1, 10}, 0), "");
  EXPECT_EQ(ends(0), "");
  EXPECT_EQ(ends(1), "I32.missed");
}

TEST_P(ForgedAnswers, I32AnIteratorProducesTheOtherMapsEntry) {
  start();
  assign(1, 10);
  iter(0);
  EXPECT_EQ(does(OpCode::swap), "");
  assign(1, 11);
  EXPECT_EQ(next({1, 11}, 0), "I32.value");
}

INSTANTIATE_TEST_SUITE_P(Tree, ModelAnswers, ::testing::Values(&make_tree_model));
INSTANTIATE_TEST_SUITE_P(Flat, ModelAnswers, ::testing::Values(&make_flat_model));
INSTANTIATE_TEST_SUITE_P(Tree, ForgedAnswers, ::testing::Values(&make_tree_model));
INSTANTIATE_TEST_SUITE_P(Flat, ForgedAnswers, ::testing::Values(&make_flat_model));

}  // namespace
}  // namespace mapfuzz
