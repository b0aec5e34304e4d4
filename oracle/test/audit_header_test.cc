// Invariants of the header and its lists: I1 to I3, I11 to I18, I21 of go-map-spec part 3. Each
// test damages one field of a sound table and must see that field's invariant reported first.
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <optional>

#include "gomap/constants.h"
#include "oracle/test/forge.h"

namespace mapfuzz {
namespace {

class ForgedHeader : public Forged {};

std::optional<Invariant> broken(const std::optional<Violation>& violation) {
  return violation.has_value() ? std::optional(violation->invariant) : std::nullopt;
}

TEST_F(ForgedHeader, I1CountIsOffByOne) {
  build(with_keys(table(), 0, 1, 5));
  ++view().count;
  sees_in_whole();
  --view().count;
  sees_in_whole();
}

TEST_F(ForgedHeader, I1AnEntryIsGoneFromItsCell) {
  build(with_keys(table(), 0, 1, 5));
  copy().bucket(0).wipe_cell(4);
  sees_in_whole();
}

TEST_F(ForgedHeader, I1OneOfTwoNansIsGone) {
  build(with_keys(table(KeyKind::f64), {2, 7, 7}));
  copy().bucket(0).wipe_cell(2);
  sees_in_whole();
}

TEST_F(ForgedHeader, I1TheModelHasMoreEntriesThanTheMap) {
  build(with_keys(table(), 0, 1, 5));
  const Recount more(*bench().model, 6);
  sees(bench().audit.whole(view(), more));
}

TEST_F(ForgedHeader, I2HashWritingStaysSet) {
  build(with_keys(table(), {1}));
  view().flags |= gomap::kHashWriting;
  sees_in_whole();
}

TEST_F(ForgedHeader, I3AMapWithoutBucketsHasAnythingElse) {
  build(table());
  ASSERT_EQ(view().buckets, nullptr);
  view().B = 1;
  sees_in_whole();
  view().noverflow = 1;
  sees_in_whole();
  view().has_extra = true;
  sees_in_whole();
  view().flags = gomap::kIterator | gomap::kOldIterator;
  sees_in_whole();
  view().flags = gomap::kSameSizeGrow;
  sees_in_whole();
}

TEST_F(ForgedHeader, I3TheArrayIsSmallerThanBSays) {
  build(with_keys(table(), 0, 1, 9));
  ++view().B;
  sees_in_whole();
}

TEST_F(ForgedHeader, I11TheMarkIsOutsideTheOldArray) {
  build(doubling());
  view().nevacuate = 0;
  sees_in_whole();
  view().nevacuate = 4;
  sees_in_whole();
}

TEST_F(ForgedHeader, I11TheBucketAtTheMarkIsEvacuated) {
  build(doubling());
  view().nevacuate = 2;
  sees_in_whole();
}

TEST_F(ForgedHeader, I11ABucketBelowTheMarkIsNotEvacuated) {
  build(doubling());
  view().nevacuate = 3;
  sees_in_whole();
}

TEST_F(ForgedHeader, I11AGrowthOfTwoBucketsIsAtRest) {
  build(doubling());
  view().B = 2;
  sees_in_whole();
}

TEST_F(ForgedHeader, I11TheOldArrayIsSmallerThanTheGrowthSays) {
  build(doubling());
  view().flags |= gomap::kSameSizeGrow;
  sees_in_whole();
}

TEST_F(ForgedHeader, I12SameSizeGrowOutlivesItsGrowth) {
  build(with_keys(table(), 0, 1, 9));
  view().flags |= gomap::kSameSizeGrow;
  sees_in_whole();
}

TEST_F(ForgedHeader, I13TheOldListOutlivesItsGrowth) {
  build(with_keys(table(), 0, 1, 9));
  view().oldoverflow.exists = true;
  sees_in_whole();
}

TEST_F(ForgedHeader, I14AMapWithPointersHasAList) {
  build(with_keys(table(KeyKind::str), 0, 1, 9));
  view().overflow.exists = true;
  sees_in_whole();
}

TEST_F(ForgedHeader, I14AMapWithoutPointersHasOverflowBucketsButNoList) {
  build(before_same_size());
  view().overflow.exists = false;
  sees_in_whole();
}

TEST_F(ForgedHeader, I14AnOldListIsNotKept) {
  build(same_size());
  view().oldoverflow.exists = false;
  sees_in_whole();
}

TEST_F(ForgedHeader, I14AListWithoutExtra) {
  build(before_same_size());
  view().has_extra = false;
  sees_in_whole();
}

TEST_F(ForgedHeader, I14AListedBucketIsNotLinked) {
  build(before_same_size());
  copy().bucket(0, 1).link(nullptr);
  sees_in_whole();
}

TEST_F(ForgedHeader, I14AnOldListedBucketIsNotLinked) {
  build(same_size());
  copy().old_bucket(1, 1).link(nullptr);
  sees_in_whole();
}

TEST_F(ForgedHeader, I14ALinkedBucketIsNotListed) {
  build(with_keys(table(), {1}));
  TableCopy elsewhere;
  elsewhere.take(bench().engine->view());
  copy().bucket(0).link(elsewhere.bucket(0).raw());
  sees_in_whole();
}

TEST_F(ForgedHeader, I15NoverflowIsOffByOne) {
  for (const KeyKind key : {KeyKind::u64, KeyKind::str, KeyKind::f64}) {
    build(before_same_size(key));
    ++view().noverflow;
    sees_in_whole();
    view().noverflow = 0;
    sees_in_whole();
  }
}

TEST_F(ForgedHeader, I15NoverflowSurvivesTheStartOfAGrowth) {
  build(before_same_size());
  sees_after(op(OpCode::assign, 2), [&] { view().noverflow = 4; });
}

TEST_F(ForgedHeader, I16MoreOverflowBucketsThanBuckets) {
  build(with_keys(table(), {1}));
  copy().append_bucket(0);
  EXPECT_FALSE(bench().whole().has_value()) << "one bucket may have one overflow bucket";
  copy().append_bucket(0);
  sees_in_whole();
}

TEST_F(ForgedHeader, I16AnInsertAmongTooManyOverflowBucketsStartsNoGrowth) {
  build(before_same_size());
  sees_instead_of(op(OpCode::assign, 2), [&] {
    const ForgedBucket home = copy().bucket(2);
    home.copy_cell(0, copy().bucket(1), 0);
    *home.key(0) = std::byte{2};
    std::fill_n(home.elem(0), 8, std::byte{0});
    ++view().count;
  });
}

TEST_F(ForgedHeader, I17TheMapIsFullerThanItMayBe) {
  struct Bound {
    std::int64_t hint;
    std::size_t most;
  };
  for (const Bound bound : {Bound{8, 8}, {13, 13}, {26, 26}, {52, 52}, {104, 104}, {208, 208}}) {
    Program program = table();
    program.header.hint = bound.hint;
    build(with_keys(program, {0}));
    view().count = bound.most;
    EXPECT_EQ(broken(bench().audit.whole(view(), Recount(*bench().model, bound.most))),
              Invariant::I1)
        << "the cells give the forged count away, but its bound does not";
    view().count = bound.most + 1;
    sees(bench().audit.whole(view(), Recount(*bench().model, bound.most + 1)));
  }
}

TEST_F(ForgedHeader, I17AfterASameSizeGrowthABucketMoreThanThreeIsAnEntryMore) {
  build(with_keys(same_size(), {2, 2}));
  ASSERT_FALSE(view().growing());
  // 26, and a growth of four buckets leaves room for one untested insert.
  const Recount one_less(*bench().model, 27);
  view().count = 27;
  EXPECT_EQ(broken(bench().audit.whole(view(), one_less)), Invariant::I1);
  view().count = 28;
  sees(bench().audit.whole(view(), Recount(*bench().model, 28)));
}

TEST_F(ForgedHeader, I18NextOverflowSkipsABucket) {
  Program program = table();
  program.header.hint = 104;
  build(with_keys(program, {1}));
  ASSERT_EQ(view().next_overflow, view().bucket(16).raw());
  view().next_overflow = view().bucket(17).raw();
  sees_in_whole();
  view().next_overflow = nullptr;
  sees_in_whole();
}

TEST_F(ForgedHeader, I18ASmallMapHasANextOverflow) {
  build(with_keys(table(), {1}));
  view().next_overflow = view().buckets;
  sees_in_whole();
}

TEST_F(ForgedHeader, I18SixteenBucketsButNoExtra) {
  Program program = table();
  program.header.hint = 104;
  build(with_keys(program, {1}));
  view().has_extra = false;
  sees_in_whole();
}

TEST_F(ForgedHeader, I18AnUnusedPreallocatedBucketIsDirty) {
  Program program = table();
  program.header.hint = 104;
  build(with_keys(program, {1}));
  *copy().bucket(16).elem(7) = std::byte{1};
  sees_in_whole();
  copy().bucket(17).link(nullptr);  // the last one's link marks the end
  sees_in_whole();
}

TEST_F(ForgedHeader, I18PreallocatedBucketsAreUsedOutOfOrder) {
  Program program = table();
  program.header.hint = 104;
  build(with_keys(program, 0, 16, 9));
  ASSERT_EQ(copy().bucket(0, 1).raw(), copy().bucket(16).raw());
  const ForgedBucket second = copy().bucket(17);
  for (int cell = 0; cell < 8; ++cell) {
    second.copy_cell(cell, copy().bucket(16), cell);
    copy().bucket(16).wipe_cell(cell);
  }
  copy().bucket(0).link(second.raw());
  std::byte* const listed[] = {second.raw()};
  view().overflow.buckets = listed;
  second.link(nullptr);
  sees_in_whole();
}

TEST_F(ForgedHeader, I21IteratorWithoutOldIterator) {
  build(with_keys(table(), {1}));
  view().flags = gomap::kIterator;
  sees_in_whole();
}

TEST_F(ForgedHeader, I21AFlagThatDoesNotExist) {
  build(with_keys(table(), {1}));
  view().flags = 16;
  sees_in_whole();
}

}  // namespace
}  // namespace mapfuzz
