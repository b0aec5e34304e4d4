// Invariants of live chains and their cells: I4 to I8, I19 and I25 of go-map-spec part 3. Each test
// damages one cell or link of a sound table and must see its invariant reported first.
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>

#include "gomap/constants.h"
#include "oracle/test/forge.h"

namespace mapfuzz {
namespace {

class ForgedChain : public Forged {};

TEST_F(ForgedChain, I4AMarkInTheCurrentArray) {
  build(with_keys(table(), 0, 1, 5));
  for (std::uint8_t mark = gomap::kEvacuatedX; mark <= gomap::kEvacuatedEmpty; ++mark) {
    copy().bucket(0).state(5) = mark;
    sees_in_whole();
  }
}

TEST_F(ForgedChain, I4AMarkInAnUnevacuatedOldChain) {
  build(doubling());
  copy().old_bucket(1).state(7) = gomap::kEvacuatedEmpty;
  sees_in_whole();
}

TEST_F(ForgedChain, I5EmptyOneLastBeforeEmptyRest) {
  build(with_keys(table(), 0, 1, 5));
  copy().bucket(0).state(5) = gomap::kEmptyOne;
  sees_in_whole();
}

TEST_F(ForgedChain, I5EmptyRestBeforeAFilledCell) {
  build(with_keys(table(), 0, 1, 5));
  copy().bucket(0).copy_cell(6, copy().bucket(0), 4);
  copy().bucket(0).wipe_cell(4);
  sees_in_whole();
}

TEST_F(ForgedChain, I5EmptyOneAtTheVeryEnd) {
  build(with_keys(table(), 0, 1, 7));
  copy().bucket(0).state(7) = gomap::kEmptyOne;
  sees_in_whole();
}

TEST_F(ForgedChain, I5EmptyOneBeforeAnEmptyOverflowBucket) {
  build(with(with_keys(table(), 0, 2, 9), {op(OpCode::erase, 14), op(OpCode::erase, 16)}));
  ASSERT_EQ(copy().bucket(0, 1).state(0), gomap::kEmptyRest);
  ASSERT_EQ(copy().bucket(0).state(7), gomap::kEmptyRest);
  copy().bucket(0).state(7) = gomap::kEmptyOne;
  sees_in_whole();
}

TEST_F(ForgedChain, I5AStateBeyondTheWidth) {
  build(with_keys(table(KeyKind::u64, 4), {1, 2}));
  copy().bucket(0).state(4) = 5;
  sees_in_whole();
}

TEST_F(ForgedChain, I5ADeleteStopsItsEmptyRestOneCellEarly) {
  build(with(with_keys(table(), 0, 1, 5), {op(OpCode::erase, 3)}));
  sees_after(op(OpCode::erase, 4), [&] { copy().bucket(0).state(3) = gomap::kEmptyOne; });
}

TEST_F(ForgedChain, I6AnotherTopHash) {
  for (const KeyKind key : {KeyKind::u64, KeyKind::str, KeyKind::f64}) {
    build(with_keys(table(key), 0, 2, 5));
    copy().bucket(0).state(2) = 6;
    sees_in_whole();
  }
}

TEST_F(ForgedChain, I6AnAssignWritesAnotherTopHash) {
  Program program = table();
  program.header.hash.kind = HashKind::mix;
  build(with_keys(program, {1, 2}));
  sees_after(op(OpCode::assign, 3), [&] { copy().bucket(0).state(2) ^= 0x80U; });
}

TEST_F(ForgedChain, I7AnEntryInAnotherChain) {
  build(with_keys(table(), 0, 1, 9));
  copy().bucket(1).copy_cell(4, copy().bucket(0), 4);
  copy().bucket(0).wipe_cell(4);
  sees_in_whole();
}

TEST_F(ForgedChain, I7AnEntryInAnotherOldChain) {
  build(doubling());
  copy().old_bucket(1).copy_cell(7, copy().old_bucket(3), 5);
  copy().old_bucket(3).wipe_cell(5);
  sees_in_whole();
}

TEST_F(ForgedChain, I8AnotherElement) {
  for (const KeyKind key : {KeyKind::u64, KeyKind::str, KeyKind::f64}) {
    build(with_keys(table(key), 0, 2, 5));
    *copy().bucket(0).elem(3) ^= std::byte{1};
    sees_in_whole();
  }
}

TEST_F(ForgedChain, I8TwoCellsWithOneKey) {
  build(with_keys(table(), 0, 1, 5));
  copy().bucket(0).copy_cell(4, copy().bucket(0), 2);
  sees_in_whole();
}

TEST_F(ForgedChain, I8PlusAndMinusZeroAreOneKey) {
  build(with_keys(table(KeyKind::f64), {0, 2}));
  copy().bucket(0).copy_cell(1, copy().bucket(0), 0);
  *(copy().bucket(0).key(1) + 7) = std::byte{0x80};
  sees_in_whole();
}

TEST_F(ForgedChain, I8BytesThatAreNoKey) {
  for (const KeyKind key : {KeyKind::u64, KeyKind::str, KeyKind::f64}) {
    build(with_keys(table(key), {2, 4}));
    *(copy().bucket(0).key(1) + 5) ^= std::byte{0x5A};
    sees_in_whole();
  }
}

TEST_F(ForgedChain, I8AKeyThatWasNeverAssigned) {
  build(with_keys(table(), {2, 4}));
  *copy().bucket(0).key(1) = std::byte{6};
  sees_in_whole();
  *(copy().bucket(0).key(1) + 3) = std::byte{0x0F};  // of the ids that only benchmarks use
  sees_in_whole();
}

TEST_F(ForgedChain, I8AnAssignWritesASecondCell) {
  build(with_keys(table(), {2, 4}));
  sees_after(op(OpCode::assign, 2, 9), [&] { copy().bucket(0).copy_cell(1, copy().bucket(0), 0); });
}

TEST_F(ForgedChain, I8ADeletedKeyIsStillThere) {
  build(with_keys(table(), {2, 4, 6}));
  sees_instead_of(op(OpCode::erase, 4), [&] {
    copy().bucket(0).swap_cells(0, 2);
    --view().count;
  });
}

TEST_F(ForgedChain, I19ALinkToABaseBucket) {
  build(with_keys(table(), 0, 1, 9));
  copy().bucket(0).link(copy().bucket(1).raw());
  sees_in_whole();
}

TEST_F(ForgedChain, I19TheSentinelIsReachable) {
  Program program = table();
  program.header.hint = 104;
  build(with_keys(program, 0, 16, 9));
  copy().bucket(0, 1).link(view().buckets);
  sees_in_whole();
}

TEST_F(ForgedChain, I19TwoChainsShareABucket) {
  build(before_same_size());
  copy().bucket(2).link(copy().bucket(0, 1).raw());
  sees_in_whole();
}

TEST_F(ForgedChain, I19AChainThatDoesNotEnd) {
  build(before_same_size());
  copy().bucket(0, 2).link(copy().bucket(0, 1).raw());
  sees_in_whole();
}

TEST_F(ForgedChain, I19AnOldChainThatDoesNotEnd) {
  build(same_size());
  copy().old_bucket(1, 2).link(copy().old_bucket(1, 1).raw());
  sees_in_whole();
}

TEST_F(ForgedChain, I19AnAssignClosesItsChainToARing) {
  build(before_same_size());
  ASSERT_EQ(copy().bucket(0, 2).state(0), gomap::kEmptyRest);
  sees_after(op(OpCode::assign, 4, 9),
             [&] { copy().bucket(0, 2).link(copy().bucket(0, 2).raw()); });
}

TEST_F(ForgedChain, I25AnElementInAnEmptyCell) {
  for (const KeyKind key : {KeyKind::u64, KeyKind::str, KeyKind::f64}) {
    build(with_keys(table(key), {2, 4}));
    *copy().bucket(0).elem(5) = std::byte{1};
    sees_in_whole();
  }
}

TEST_F(ForgedChain, I25APointerKeyInAnEmptyCell) {
  build(with(with_keys(table(KeyKind::str), {2, 4, 6}), {op(OpCode::erase, 4)}));
  *(copy().bucket(0).key(1) + 3) = std::byte{1};
  sees_in_whole();
}

TEST_F(ForgedChain, I25StaleBytesOfAKeyWithoutPointersAreAllowed) {
  build(with(with_keys(table(), {2, 4, 6}), {op(OpCode::erase, 4)}));
  EXPECT_NE(*copy().bucket(0).key(1), std::byte{0});
  *copy().bucket(0).elem(1) = std::byte{1};
  sees_in_whole();
}

TEST_F(ForgedChain, I25ADeleteLeavesTheElement) {
  build(with_keys(table(), {2, 4, 6}));
  sees_after(op(OpCode::erase, 4), [&] { *copy().bucket(0).elem(1) = std::byte{4}; });
}

}  // namespace
}  // namespace mapfuzz
