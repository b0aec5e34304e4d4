// Invariants of a growth: I9 to I11b, I24, I26 to I28 and I30 of go-map-spec part 3. `doubling` and
// `same_size` (forge.h) leave four old chains at rest, 0 and 2 evacuated and the mark on 1; a write
// to chain 3 then evacuates 3 and 1 and ends the growth, one to chain 0 or 2 evacuates 1 alone.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "gomap/constants.h"
#include "oracle/test/forge.h"

namespace mapfuzz {
namespace {

class ForgedGrowth : public Forged {};

// Eight old chains, 0 and `own` evacuated, the mark on 1: there is room for a second write.
Program doubling_eight(KeyKind key = KeyKind::u64) { return with_keys(table(key), 0, 1, 53); }

TEST_F(ForgedGrowth, I9AnEvacuatedChainHasACellThatIsNoMark) {
  for (const KeyKind key : {KeyKind::u64, KeyKind::str}) {
    build(doubling(key));
    copy().old_bucket(2).state(3) = 5;
    sees_in_whole();
    copy().old_bucket(2).state(7) = gomap::kEmptyRest;
    sees_in_whole();
  }
}

TEST_F(ForgedGrowth, I9AnOverflowBucketOfAnEvacuatedChainHasNoMarks) {
  build(with_keys(table(), 0, 4, 27));
  ASSERT_TRUE(view().growing());
  copy().old_bucket(0, 1).state(0) = 5;
  sees_in_whole();
}

TEST_F(ForgedGrowth, I9MarkYInASameSizeGrowth) {
  build(same_size());
  copy().old_bucket(0).state(1) = gomap::kEvacuatedY;
  sees_in_whole();
}

TEST_F(ForgedGrowth, I9AFilledCellIsMarkedEmpty) {
  build(doubling_eight());
  sees_after(op(OpCode::assign, 3),
             [&] { copy().old_bucket(3).state(1) = gomap::kEvacuatedEmpty; });
}

TEST_F(ForgedGrowth, I10MarksOfTheOtherHalf) {
  build(doubling());
  copy().old_bucket(2).state(3) ^= 1U;
  sees_in_whole();
}

TEST_F(ForgedGrowth, I10AllGoToXByTheirMarks) {
  for (const KeyKind key : {KeyKind::u64, KeyKind::str}) {
    build(doubling_eight(key));
    sees_after(op(OpCode::assign, 3), [&] {
      std::uint8_t* states = &copy().old_bucket(3).state(0);
      std::replace(states, states + 8, gomap::kEvacuatedY, gomap::kEvacuatedX);
    });
  }
}

TEST_F(ForgedGrowth, I10ANanUnderAnIteratorGoesByItsOldTopHash) {
  Program program = with_keys(table(KeyKind::f64), {7});
  program.header.hint = 52;
  program = with_keys(program, 2, 8, 52);  // the 53rd entry starts to double eight chains
  build(with(program, {op(OpCode::iter)}));
  ASSERT_TRUE(view().growing());
  std::size_t chain = 0;
  while (chain < 8 && copy().old_bucket(chain).state(0) <= gomap::kEvacuatedEmpty) {
    ++chain;
  }
  ASSERT_LT(chain, 8U) << "the NaN's chain must not be evacuated yet";
  sees_after(op(OpCode::assign, static_cast<std::uint32_t>(chain) + 8),
             [&] { copy().old_bucket(chain).state(0) ^= 1U; });
}

TEST_F(ForgedGrowth, I11bADeleteOfAnAbsentKeyEvacuatesNothing) {
  build(doubling());
  sees_instead_of(op(OpCode::erase, 4004), [] {});
}

TEST_F(ForgedGrowth, I11bAnAssignEvacuatesOnlyItsOwnBucket) {
  build(doubling_eight());
  ASSERT_EQ(view().nevacuate, 1U);
  sees_instead_of(op(OpCode::erase, 4003), [&] {
    for (int cell = 0; cell < 7; ++cell) {
      const std::size_t half = cell % 2 == 0 ? 3 : 11;
      copy().bucket(half).copy_cell(cell / 2, copy().old_bucket(3), cell);
    }
    copy().mark_old_chain(3, gomap::kEvacuatedX);
  });
}

TEST_F(ForgedGrowth, I11bAGrowthGoesOnBeyondItsLastWrite) {
  build(doubling());
  sees_instead_of(op(OpCode::erase, 4007), [&] {
    view().nevacuate = 3;
    copy().mark_old_chain(1, gomap::kEvacuatedEmpty);
  });
}

TEST_F(ForgedGrowth, I24ASecondGrowthStartsDuringTheFirst) {
  for (const KeyKind key : {KeyKind::u64, KeyKind::str}) {
    build(doubling_eight(key));
    TableCopy second;
    sees_after(op(OpCode::assign, 4002), [&] {
      second.take(bench().engine->view());
      view().buckets = second.view.buckets;
      view().oldbuckets = copy().view.oldbuckets;
      view().overflow = second.view.overflow;
      view().next_overflow = second.view.next_overflow;
    });
  }
}

TEST_F(ForgedGrowth, I24TheGrowthChangesItsArray) {
  build(doubling_eight());
  TableCopy second;
  sees_after(op(OpCode::assign, 4002), [&] {
    second.take(bench().engine->view());
    view().oldbuckets = second.view.oldbuckets;
  });
}

TEST_F(ForgedGrowth, I24ADeleteStartsAGrowthInPlace) {
  build(with_keys(table(), 0, 1, 20));
  sees_after(op(OpCode::erase, 3), [&] {
    view().oldbuckets = view().buckets;
    view().old_total = view().total;
    view().flags |= gomap::kSameSizeGrow;
    view().nevacuate = 1;
  });
}

TEST_F(ForgedGrowth, I26ADestinationIsWrittenBeforeItsBucketMoves) {
  build(doubling());
  for (const std::size_t chain : {1U, 3U, 5U, 7U}) {
    *copy().bucket(chain).key(4) = std::byte{1};
    sees_in_whole();
  }
  build(same_size());
  *copy().bucket(3).key(0) = std::byte{1};
  sees_in_whole();
}

TEST_F(ForgedGrowth, I26ADestinationHasAnOverflowBucketTooEarly) {
  build(doubling());
  copy().append_bucket(5);
  sees_in_whole();
}

TEST_F(ForgedGrowth, I27EntriesChangePlaces) {
  for (const KeyKind key : {KeyKind::u64, KeyKind::str}) {
    build(doubling_eight(key));
    sees_after(op(OpCode::erase, 4003), [&] { copy().bucket(3).swap_cells(0, 1); });
  }
}

TEST_F(ForgedGrowth, I27TheSecondEvacuationChangesPlacesToo) {
  build(doubling_eight());
  sees_after(op(OpCode::erase, 4003), [&] { copy().bucket(1 + 8).swap_cells(1, 2); });
}

TEST_F(ForgedGrowth, I27AHoleAmongTheMoved) {
  build(doubling_eight());
  sees_after(op(OpCode::erase, 4003), [&] {
    const ForgedBucket home = copy().bucket(3);
    home.copy_cell(4, home, 3);
    home.wipe_cell(3);
    home.state(3) = gomap::kEmptyOne;
  });
}

TEST_F(ForgedGrowth, I27AnOverflowBucketTooMany) {
  build(doubling());
  sees_after(op(OpCode::erase, 4002), [&] { copy().append_bucket(1); });
}

TEST_F(ForgedGrowth, I27AtTheSameSizeToo) {
  build(same_size());
  sees_after(op(OpCode::erase, 4000), [&] { copy().bucket(1).swap_cells(0, 7); });
}

TEST_F(ForgedGrowth, I28TheElementsOfAnEvacuatedChainAreGone) {
  build(doubling_eight());
  sees_after(op(OpCode::assign, 3),
             [&] { std::fill_n(copy().old_bucket(3).elem(2), 8, std::byte{0}); });
}

TEST_F(ForgedGrowth, I28AnEvacuatedChainLosesItsOverflowBucket) {
  build(with_keys(with_keys(table(), 3, 8, 9), 0, 4, 44));
  ASSERT_TRUE(view().growing());
  ASSERT_GT(copy().old_bucket(3).state(0), gomap::kEvacuatedEmpty);
  sees_after(op(OpCode::assign, 3), [&] { copy().old_bucket(3).link(nullptr); });
}

TEST_F(ForgedGrowth, I28PointersAreNotWiped) {
  build(doubling_eight(KeyKind::str));
  sees_after(op(OpCode::assign, 3), [&] { *copy().old_bucket(3).elem(2) = std::byte{7}; });
}

TEST_F(ForgedGrowth, I28PointersAreWipedUnderAnIterator) {
  Program program = with_keys(table(KeyKind::str), 0, 1, 40);
  program = with(program, {op(OpCode::iter), op(OpCode::next)});
  build(with_keys(program, 40, 1, 13));
  ASSERT_TRUE(view().growing());
  ASSERT_NE(view().flags & gomap::kOldIterator, 0);
  sees_after(op(OpCode::assign, 3), [&] {
    for (int cell = 0; cell < 8; ++cell) {
      const std::uint8_t mark = copy().old_bucket(3).state(cell);
      copy().old_bucket(3).wipe_cell(cell);
      copy().old_bucket(3).state(cell) = mark;
    }
  });
}

TEST_F(ForgedGrowth, I30AThirdBucketMovesInOneWrite) {
  build(with_keys(with_keys(with_keys(table(), 0, 4, 9), 1, 4, 9), 2, 4, 9));
  ASSERT_TRUE(view().growing());
  ASSERT_EQ(view().nevacuate, 1U);
  copy().mark_old_chain(3, gomap::kEvacuatedEmpty);
  sees_in_whole();
}

// Elsewhere the mark gives a third bucket away first (I11, I11b); beyond the look-ahead it cannot.
TEST_F(ForgedGrowth, I30AThirdBucketMovesBeyondTheLookAhead) {
  build(with(table(), {op(OpCode::literal, 0, 13312), op(OpCode::assign, 20000)}));
  ASSERT_TRUE(view().growing());
  ASSERT_EQ(view().B, 12);
  ASSERT_EQ(view().nevacuate, 1U);
  sees_after(op(OpCode::assign, 20000), [&] { copy().mark_old_chain(2, gomap::kEvacuatedEmpty); });
}

}  // namespace
}  // namespace mapfuzz
