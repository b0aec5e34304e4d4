// Invariants about one operation, I14b, I20 to I23, I29, I31 and I33 of go-map-spec part 3: the
// table is sound before and after, but not what this operation makes of it.
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>

#include "gomap/constants.h"
#include "oracle/test/forge.h"

namespace mapfuzz {
namespace {

constexpr std::uint8_t kIterators = gomap::kIterator | gomap::kOldIterator;

class ForgedStep : public Forged {};

TEST_F(ForgedStep, I14bTheListIsGoneAfterAnAssign) {
  build(with(with_keys(table(), {2, 4}), {op(OpCode::iter)}));
  ASSERT_TRUE(view().overflow.exists);
  sees_after(op(OpCode::assign, 6), [&] { view().overflow.exists = false; });
}

TEST_F(ForgedStep, I14bTheListIsGoneAfterADelete) {
  build(with(with_keys(table(), {2, 4}), {op(OpCode::iter)}));
  sees_after(op(OpCode::erase, 4), [&] { view().overflow.exists = false; });
}

TEST_F(ForgedStep, I20AnAssignAppendsABucketThoughACellIsFree) {
  Program program = table();
  program.header.hint = 26;
  build(with(with_keys(program, 0, 4, 8), {op(OpCode::erase, 8)}));
  sees_instead_of(op(OpCode::assign, 32), [&] {
    const ForgedBucket fresh = copy().append_bucket(0);
    fresh.copy_cell(0, copy().bucket(0), 0);
    *fresh.key(0) = std::byte{32};
    std::fill_n(fresh.elem(0), 8, std::byte{0});
    ++view().count;
  });
}

TEST_F(ForgedStep, I20ADeleteAppendsABucket) {
  build(with_keys(table(), 0, 1, 20));
  sees_after(op(OpCode::erase, 4), [&] { copy().append_bucket(0); });
}

TEST_F(ForgedStep, I20AnUpdateAppendsTwoBuckets) {
  build(with_keys(table(), 0, 4, 20));
  sees_after(op(OpCode::assign, 4, 1), [&] {
    copy().append_bucket(0);
    copy().append_bucket(0);
  });
}

TEST_F(ForgedStep, I21AnIteratorOpensWithoutItsFlags) {
  build(with_keys(table(), {2, 4}));
  sees_after(op(OpCode::iter), [&] { view().flags = 0; });
}

TEST_F(ForgedStep, I21AnIteratorSetsFlagsOfAnEmptyMap) {
  build(with(with_keys(table(), {2}), {op(OpCode::erase, 2)}));
  sees_after(op(OpCode::iter), [&] { view().flags = kIterators; });
}

TEST_F(ForgedStep, I21FlagsDoNotOutliveAnything) {
  const Program program = with(with_keys(table(), {2, 4}), {op(OpCode::iter)});
  for (const OpCode code : {OpCode::assign, OpCode::erase, OpCode::clear, OpCode::close,
                            OpCode::len, OpCode::next, OpCode::range}) {
    build(program);
    ASSERT_EQ(view().flags, kIterators);
    sees_after(op(code, 4), [&] { view().flags = 0; });
  }
}

TEST_F(ForgedStep, I21AGrowthPassesTheFlagOnAndNothingElse) {
  build(with(with_keys(table(), 0, 1, 26), {op(OpCode::iter)}));
  sees_after(op(OpCode::assign, 26), [&] {
    ASSERT_EQ(view().flags, gomap::kOldIterator);
    view().flags = kIterators;
  });
  build(with(with_keys(table(), 0, 1, 26), {op(OpCode::iter)}));
  sees_after(op(OpCode::assign, 26), [&] { view().flags = 0; });
}

TEST_F(ForgedStep, I22ClearMakesTheMapSmaller) {
  build(with_keys(table(), 0, 1, 20));
  sees_after(op(OpCode::clear), [&] { --view().B; });
}

TEST_F(ForgedStep, I22ClearTakesANewArray) {
  build(with_keys(table(), 0, 1, 20));
  TableCopy fresh;
  sees_after(op(OpCode::clear), [&] {
    fresh.take(bench().engine->view());
    view().buckets = fresh.view.buckets;
  });
}

TEST_F(ForgedStep, I22AnAssignTakesANewArrayWithoutAGrowthDue) {
  build(with_keys(table(), 0, 1, 20));
  TableCopy fresh;
  sees_after(op(OpCode::assign, 20), [&] {
    fresh.take(bench().engine->view());
    view().buckets = fresh.view.buckets;
  });
}

TEST_F(ForgedStep, I22AReadTakesANewArray) {
  build(with_keys(table(), 0, 1, 20));
  for (const OpCode code : {OpCode::access1, OpCode::access2, OpCode::len, OpCode::range}) {
    TableCopy fresh;
    sees_after(op(code, 3), [&] {
      fresh.take(bench().engine->view());
      view().buckets = fresh.view.buckets;
    });
  }
}

TEST_F(ForgedStep, I23TheSeedChangesWithoutReason) {
  for (const OpCode code : {OpCode::assign, OpCode::erase, OpCode::access1, OpCode::access2,
                            OpCode::len, OpCode::range, OpCode::iter, OpCode::next}) {
    build(with_keys(table(), 0, 1, 20));
    sees_after(op(code, 3), [&] { ++view().hash0; });
  }
}

TEST_F(ForgedStep, I23AnEmptiedMapKeepsItsSeed) {
  for (const OpCode code : {OpCode::erase, OpCode::clear}) {
    build(with_keys(table(), {3}));
    const std::uint32_t seed = view().hash0;
    sees_after(op(code, 3), [&] { view().hash0 = seed; });
  }
}

TEST_F(ForgedStep, I23ClearOfAnEmptyMapTakesANewSeed) {
  build(with(with_keys(table(), {3}), {op(OpCode::erase, 3)}));
  sees_after(op(OpCode::clear), [&] { ++view().hash0; });
}

TEST_F(ForgedStep, I29AReadWritesIntoTheChainItSearches) {
  for (const OpCode code : {OpCode::access1, OpCode::access2}) {
    build(with_keys(table(), 0, 1, 20));
    sees_after(op(code, 3), [&] { *copy().bucket(3).key(7) = std::byte{1}; });
    build(doubling());
    sees_after(op(code, 3), [&] { *copy().old_bucket(3).key(7) = std::byte{1}; });
    build(doubling());
    sees_after(op(code, 3), [&] { *copy().bucket(3).key(7) = std::byte{1}; });
  }
}

TEST_F(ForgedStep, I29AReadMovesTheMark) {
  for (const OpCode code : {OpCode::access1, OpCode::len, OpCode::range, OpCode::iter}) {
    build(with_keys(table(), 0, 1, 20));
    sees_after(op(code, 3), [&] { ++view().nevacuate; });
  }
}

TEST_F(ForgedStep, I29ReadsOfAnEmptyMapMakeExtra) {
  for (const OpCode code : {OpCode::access1, OpCode::clear, OpCode::erase, OpCode::iter}) {
    build(with(with_keys(table(), {3}), {op(OpCode::erase, 3)}));
    sees_after(op(code, 3), [&] { view().has_extra = true; });
  }
}

TEST_F(ForgedStep, I29AnIteratorOpensWithoutAList) {
  build(with_keys(table(), {2, 4}));
  sees_after(op(OpCode::iter), [&] {
    ASSERT_TRUE(view().overflow.exists);
    view().overflow.exists = false;
  });
}

TEST_F(ForgedStep, I29AWriteChangesAnotherKeysCell) {
  for (const OpCode code : {OpCode::assign, OpCode::update}) {
    build(with_keys(table(), {2, 4, 6}));
    sees_after(op(code, 4, 1), [&] { *copy().bucket(0).elem(2) ^= std::byte{1}; });
  }
  build(with_keys(table(), {2, 4, 6}));
  sees_after(op(OpCode::erase, 4), [&] { *copy().bucket(0).elem(2) ^= std::byte{1}; });
}

TEST_F(ForgedStep, I29ClearKeepsTheMark) {
  build(doubling());
  sees_after(op(OpCode::clear), [&] { view().nevacuate = 1; });
}

TEST_F(ForgedStep, I33AHashCallTooManyOrTooFew) {
  for (const OpCode code :
       {OpCode::assign, OpCode::update, OpCode::erase, OpCode::access1, OpCode::access2,
        OpCode::len, OpCode::clear, OpCode::iter, OpCode::range}) {
    build(with_keys(table(), 0, 1, 20));
    sees_after(op(code, 3), [&] { ++bench().cost.hash_calls; });
    build(with_keys(table(), 0, 1, 20));
    sees_after(op(code, 3), [&] { --bench().cost.hash_calls; });
  }
}

TEST_F(ForgedStep, I33ADrawTooManyOrTooFew) {
  for (const OpCode code :
       {OpCode::assign, OpCode::erase, OpCode::access2, OpCode::len, OpCode::clear, OpCode::iter}) {
    build(with_keys(table(), 0, 1, 20));
    sees_after(op(code, 3), [&] { ++bench().cost.draws; });
  }
  build(with_keys(table(), {3}));
  sees_after(op(OpCode::erase, 3), [&] { --bench().cost.draws; });
}

TEST_F(ForgedStep, I33EvacuationHashesEveryEntryOnceMore) {
  build(with_keys(table(), 0, 1, 53));
  sees_after(op(OpCode::assign, 3), [&] {
    EXPECT_EQ(bench().cost.hash_calls, 1U + 7 + 7);  // its own, and chains 3 and 1
    --bench().cost.hash_calls;
  });
}

TEST_F(ForgedStep, I33ALookUpOfANanDrawsOnce) {
  build(with_keys(table(KeyKind::f64), {3, 7}));
  sees_after(op(OpCode::access2, 7), [&] {
    EXPECT_EQ(bench().cost.draws, 1U);
    bench().cost.draws = 0;
  });
}

// Start bucket in the low two or three bits of the draw, offset 0.
Operation iter_at(std::uint32_t bucket) {
  Operation operation = op(OpCode::iter);
  operation.draw = bucket;
  return operation;
}

TEST_F(ForgedStep, I33AStepInABucketThatDoublesHashesEachEntryItPasses) {
  // Chain 1, which has not moved, holds 1, 5, 9, ... for the new chains 1 and 5.
  build(with(doubling(), {iter_at(1)}));
  sees_after(op(OpCode::next), [&] {
    EXPECT_EQ(bench().cost.hash_calls, 1U);
    bench().cost.hash_calls = 0;
  });
  build(with(doubling(), {iter_at(1), op(OpCode::next)}));
  sees_after(op(OpCode::next), [&] {
    EXPECT_EQ(bench().cost.hash_calls, 2U);  // 5 is passed over, 9 produced
    --bench().cost.hash_calls;
  });
}

TEST_F(ForgedStep, I33AStepKeepsTheFilterThatItsBucketWasEnteredWith) {
  // The writes end the doubling; the entries are in old chain 3, and looked up where they are now.
  build(with(doubling(),
             {iter_at(3), op(OpCode::next), op(OpCode::erase, 2001), op(OpCode::erase, 2003)}));
  ASSERT_FALSE(view().growing());
  sees_after(op(OpCode::next), [&] {
    EXPECT_EQ(bench().cost.hash_calls, 3U);  // 7 filtered out, 11 filtered and looked up
    --bench().cost.hash_calls;
  });
}

TEST_F(ForgedStep, I33AStepInASameSizeGrowthFiltersNothing) {
  build(with(same_size(), {iter_at(1)}));
  sees_after(op(OpCode::next), [&] {
    EXPECT_EQ(bench().cost.hash_calls, 0U);
    bench().cost.hash_calls = 1;
  });
}

TEST_F(ForgedStep, I33AStepLooksUpWhatHasMoved) {
  build(with(with_keys(table(), 0, 1, 26), {iter_at(0), op(OpCode::assign, 26)}));
  sees_after(op(OpCode::next), [&] {
    EXPECT_EQ(bench().cost.hash_calls, 1U);
    bench().cost.hash_calls = 0;
  });
  build(with(with_keys(table(), 0, 1, 26), {iter_at(0), op(OpCode::assign, 26)}));
  sees_after(op(OpCode::next), [&] { ++bench().cost.hash_calls; });
}

TEST_F(ForgedStep, I33AStepOfAnIteratorWhoseMapWasEmptiedEndsAtOnce) {
  build(with(doubling(), {iter_at(1), op(OpCode::next), op(OpCode::clear), op(OpCode::assign, 3)}));
  sees_after(op(OpCode::next), [&] { bench().cost.hash_calls = 1; });
}

TEST_F(ForgedStep, I33ARangeHashesTwiceWhatHasNotMovedInADoubling) {
  build(doubling());
  sees_after(op(OpCode::range), [&] {
    EXPECT_EQ(bench().cost.hash_calls, 2U * (7 + 6));  // chains 1 and 3
    --bench().cost.hash_calls;
  });
  build(same_size());
  sees_after(op(OpCode::range), [&] {
    EXPECT_EQ(bench().cost.hash_calls, 0U);
    ++bench().cost.hash_calls;
  });
}

class ForgedIterator : public Forged {
 protected:
  // Four buckets of which an iterator has one entry behind it; `damage` is done to its next place.
  void sees_step(void (*damage)(IteratorView& before, IteratorView& after)) {
    build(with(with_keys(table(), 0, 1, 20), {op(OpCode::iter), op(OpCode::next)}));
    const IteratorView at = bench().engine->iterator(0);
    ASSERT_TRUE(at.open && at.started);
    EXPECT_FALSE(Audit::iterator_step(view(), at, at).has_value());
    IteratorView before = at;
    IteratorView after = at;
    damage(before, after);
    sees(Audit::iterator_step(view(), before, after));
  }
};

TEST_F(ForgedIterator, I31ItsBIsBeyondTheMaps) {
  sees_step([](IteratorView& before, IteratorView& after) { before.B = after.B = 3; });
}

TEST_F(ForgedIterator, I31ItsBucketsAreOutsideItsArray) {
  sees_step([](IteratorView& /*before*/, IteratorView& after) { after.bucket = 4; });
  sees_step([](IteratorView& before, IteratorView& after) {
    before.start_bucket = after.start_bucket = 4;
  });
  sees_step([](IteratorView& /*before*/, IteratorView& after) { after.check_bucket = 4; });
}

TEST_F(ForgedIterator, I31ItsCellIsOutsideTheBucket) {
  sees_step([](IteratorView& /*before*/, IteratorView& after) { after.i = 9; });
  sees_step([](IteratorView& before, IteratorView& after) { before.offset = after.offset = 8; });
}

TEST_F(ForgedIterator, I31ItsStartMoves) {
  sees_step([](IteratorView& before, IteratorView& after) { before.B = after.B - 1; });
  sees_step([](IteratorView& before, IteratorView& after) { before.offset = after.offset ^ 1U; });
  sees_step([](IteratorView& before, IteratorView& after) {
    before.start_bucket = after.start_bucket ^ 1U;
  });
  sees_step([](IteratorView& before, IteratorView& /*after*/) { before.buckets = nullptr; });
}

TEST_F(ForgedIterator, I31WrappedIsForgotten) {
  sees_step([](IteratorView& before, IteratorView& after) {
    before.wrapped = true;
    after.wrapped = false;
  });
}

}  // namespace
}  // namespace mapfuzz
