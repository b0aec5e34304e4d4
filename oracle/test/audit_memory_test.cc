// What a growth may cost: I11c, I22 and I30 (writes), I34 and I35 (memory; the law is told in
// audit_memory.cc). And nobody looks at old buckets that have been given back.
#include <gtest/gtest.h>
#include <sys/mman.h>

#include <cstddef>
#include <cstring>
#include <optional>
#include <string>

#include "gomap/constants.h"
#include "oracle/picture.h"
#include "oracle/snapshot.h"
#include "oracle/test/forge.h"

namespace mapfuzz {
namespace {

class ForgedCost : public Forged {
 protected:
  [[nodiscard]] std::size_t bucket_size() { return view().geometry->bucket_size; }
};

Program with_hint(std::int64_t hint) {
  Program program = table();
  program.header.hint = hint;
  return program;
}

// Eight old chains of which 4 and 0 are evacuated; the mark is on 1.
Program doubling_eight() { return with_keys(with_hint(52), 0, 1, 53); }

// Four old chains, and the write that ended their growth.
Program just_doubled() { return with(doubling(), {op(OpCode::assign, 3, 1003)}); }

TEST_F(ForgedCost, I11cAGrowthIsStillOnAfterItsLastWrite) {
  // The slowest way: its last chain moves first, and then one write after the other helps chain 0.
  Program program = with_keys(with_keys(with_hint(52), 0, 1, 52), {63});
  for (int n = 0; n < 5; ++n) {
    program = with(program, {op(OpCode::erase, 4000)});
  }
  build(program);
  ASSERT_TRUE(view().growing());
  ASSERT_EQ(view().nevacuate, 6U);
  sees_instead_of(op(OpCode::erase, 4000), [&] {
    copy().mark_old_chain(6, gomap::kEvacuatedEmpty);
    view().nevacuate = 7;
  });
}

TEST_F(ForgedCost, I22AGrowthEndsInASmallerTable) {
  build(doubling());
  sees_after(op(OpCode::erase, 3), [&] {
    ASSERT_FALSE(view().growing());
    --view().B;
  });
}

TEST_F(ForgedCost, I22AnArrayLosesBuckets) {
  build(with_keys(with_hint(104), 0, 1, 20));
  sees_after(op(OpCode::assign, 3), [&] {
    ASSERT_EQ(view().total, 18U);
    --view().total;
    view().held_bytes -= bucket_size();
  });
}

TEST_F(ForgedCost, I30AThirdBucketMovesAndTheMarkWithIt) {
  build(doubling_eight());
  sees_after(op(OpCode::erase, 4003), [&] {
    ASSERT_EQ(view().nevacuate, 2U);
    copy().mark_old_chain(2, gomap::kEvacuatedEmpty);
    view().nevacuate = 5;  // beyond 3 and 4, which are evacuated
  });
}

TEST_F(ForgedCost, I30AThirdBucketMovesFarFromTheMark) {
  for (const Operation& operation : {op(OpCode::erase, 4003), op(OpCode::assign, 3)}) {
    build(doubling_eight());
    sees_after(operation, [&] { copy().mark_old_chain(7, gomap::kEvacuatedEmpty); });
  }
}

TEST_F(ForgedCost, I34NothingIsHeldWithoutBuckets) {
  build(table());
  view().held_bytes = 144;
  sees_in_whole();
}

TEST_F(ForgedCost, I34TheOldArrayIsHeldAfterItsGrowth) {
  build(with_keys(just_doubled(), {5}));
  ASSERT_EQ(view().held_bytes, view().total * bucket_size());
  view().held_bytes += 4 * bucket_size();
  sees_in_whole();
  view().old_total = 4;
  sees_in_whole();
}

TEST_F(ForgedCost, I34TheOldArrayIsNotHeldWhileItIsRead) {
  build(doubling());
  ASSERT_EQ(view().held_bytes, (view().total + view().old_total) * bucket_size());
  view().held_bytes -= view().old_total * bucket_size();
  sees_in_whole();
}

TEST_F(ForgedCost, I34AnArrayIsLargerThanItsExponentSays) {
  build(with_keys(table(), 0, 1, 20));
  ++view().total;
  view().held_bytes += bucket_size();
  sees_in_whole();
  build(with_keys(with_hint(104), 0, 1, 20));
  ++view().total;
  view().held_bytes += bucket_size();
  sees_in_whole();
}

// Sixteen buckets of 144 bytes want one more; Go's allocator gives room for a second (spec 1.7).
TEST_F(ForgedCost, I34AnArrayIsNotRoundedUpToASizeClass) {
  build(with_keys(with_hint(104), 0, 1, 20));
  ASSERT_EQ(view().total, 18U);
  --view().total;
  view().held_bytes -= bucket_size();
  sees_in_whole();
}

TEST_F(ForgedCost, I34LinkedOverflowBucketsAreNotHeld) {
  build(before_same_size());
  ASSERT_EQ(view().overflow.buckets.size(), 4U);
  view().held_bytes = (view().total + 3) * bucket_size();
  sees_in_whole();
}

TEST_F(ForgedCost, I34OverflowBucketsAreNotGivenBack) {
  build(before_same_size());
  view().held_bytes = (view().total + 10) * bucket_size();  // four, and one ahead: nine at most
  sees_in_whole();
  build(with_keys(same_size(), {2, 2}));
  ASSERT_FALSE(view().growing());
  view().held_bytes += 20 * bucket_size();
  sees_in_whole();
}

TEST_F(ForgedCost, I34ABucketIsGivenBackThatHasNotMoved) {
  build(doubling());
  ASSERT_EQ(view().nevacuate, 1U);
  view().old_readable_from = 2;
  view().held_bytes -= 2 * bucket_size();
  sees_in_whole();
}

TEST_F(ForgedCost, I35TheOldArrayGoesWithTheEndOfItsGrowth) {
  build(doubling());
  sees_after(op(OpCode::assign, 3), [&] {
    ASSERT_EQ(view().retired_bytes, 4 * bucket_size());
    view().retired_bytes = 0;
  });
  build(with_keys(table(), 0, 1, 8));  // a growth that starts and ends in one write
  sees_after(op(OpCode::assign, 8), [&] {
    ASSERT_EQ(view().retired_bytes, bucket_size());
    view().retired_bytes = 0;
  });
}

TEST_F(ForgedCost, I35TheOldArrayIsKeptBeyondTheNextWrite) {
  for (const Operation& operation :
       {op(OpCode::assign, 5), op(OpCode::update, 5), op(OpCode::erase, 4000), op(OpCode::clear)}) {
    build(just_doubled());
    const std::size_t kept = view().retired_bytes;
    ASSERT_GT(kept, 0U);
    sees_after(operation, [&] {
      ASSERT_EQ(view().retired_bytes, 0U);
      view().retired_bytes = kept;
    });
  }
}

TEST_F(ForgedCost, I35AReadGivesTheOldArrayBack) {
  for (const OpCode code : {OpCode::access1, OpCode::access2, OpCode::len, OpCode::range}) {
    build(just_doubled());
    sees_after(op(code, 5), [&] { view().retired_bytes = 0; });
  }
}

// A map's view, but for its old array: that is a copy whose first buckets may not be touched.
class GivenBack {
 public:
  GivenBack(const gomap::TableView& source, std::size_t buckets) : buckets_(buckets) {
    const std::size_t size = source.geometry->bucket_size;
    below_ = pages(buckets * size);
    bytes_ = below_ + pages((source.old_total - buckets) * size);
    void* const memory =
        mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    EXPECT_NE(memory, MAP_FAILED);
    memory_ = static_cast<std::byte*>(memory);
    EXPECT_EQ(mprotect(memory, below_, PROT_NONE), 0);
    follow(source);
  }
  GivenBack(const GivenBack&) = delete;
  GivenBack& operator=(const GivenBack&) = delete;
  ~GivenBack() { munmap(memory_, bytes_); }

  // The map after an operation.
  void follow(const gomap::TableView& source) {
    const std::size_t size = source.geometry->bucket_size;
    view = source;
    if (!source.growing()) {
      return;
    }
    std::byte* const first = memory_ + below_;
    std::memcpy(first, source.old_bucket(buckets_).raw(), (source.old_total - buckets_) * size);
    view.oldbuckets = first - buckets_ * size;
    view.old_readable_from = buckets_;
    view.held_bytes -= buckets_ * size;
  }

  gomap::TableView view;

 private:
  static std::size_t pages(std::size_t bytes) {
    constexpr std::size_t page = 4096;
    return (bytes + page - 1) / page * page;
  }

  std::size_t buckets_;
  std::size_t below_ = 0;
  std::size_t bytes_ = 0;
  std::byte* memory_ = nullptr;
};

// 64 old buckets, the mark beyond 20 of them; chains 0 and 1 had overflow buckets.
Program far_on() {
  Program program = with_keys(with_keys(with_hint(416), 0, 64, 20), 1, 64, 20);
  program = with_keys(program, 1300, 1, 377);
  for (int n = 0; n < 20; ++n) {
    program = with(program, {op(OpCode::erase, 6400)});
  }
  return program;
}

TEST(GivenBackBuckets, AreNotLookedAtByAudits) {
  Bench bench(far_on());
  ASSERT_NO_FATAL_FAILURE(bench.run());
  ASSERT_TRUE(bench.engine->view().growing());
  ASSERT_GT(bench.engine->view().nevacuate, 20U);
  GivenBack now(bench.engine->view(), 20);
  EXPECT_EQ(told(bench.audit.whole(now.view, *bench.model)), "nothing");
  const OpCode codes[] = {OpCode::access1, OpCode::access2, OpCode::len,    OpCode::range,
                          OpCode::update,  OpCode::erase,   OpCode::assign, OpCode::iter};
  for (std::uint32_t key = 0; bench.engine->view().growing(); ++key) {
    const Operation operation = op(codes[key % std::size(codes)], key % 5 == 0 ? 6400 + key : key);
    Audit twin = bench.audit;
    now.follow(bench.engine->view());
    const gomap::TableView before = now.view;
    twin.before(before, operation);
    std::optional<Violation> seen;
    const auto own = bench.step(operation, [&] {
      now.follow(bench.engine->view());
      seen = twin.after(now.view, operation, bench.cost, *bench.model, Outcome::done);
      if (!seen.has_value()) {
        seen = twin.whole(now.view, *bench.model);
      }
    });
    ASSERT_EQ(told(own), "nothing");
    ASSERT_EQ(told(seen), "nothing") << "operation " << key;
  }
}

// The engine does give back, where it may: arrays from 2 MiB on, in pieces as large. Under a
// sanitizer it has no page calls.
TEST(GivenBackBuckets, AreNotLookedAtByPicturesAndSnapshots) {
  Bench bench(far_on());
  ASSERT_NO_FATAL_FAILURE(bench.run());
  const GivenBack given(bench.engine->view(), 20);
  const CellReader& reader = find_engine({KeyKind::u64, ElemKind::u64, 8})->reader;
  const std::string drawn = picture(given.view, reader, Place{true, 3});
  EXPECT_NE(drawn.find("old 3  (evacuated, and given back)"), std::string::npos) << drawn;
  Snapshot snapshot;
  snapshot.take(given.view, reader, *bench.engine);
  Snapshot whole;
  whole.take(bench.engine->view(), reader, *bench.engine);
  ASSERT_LT(snapshot.words().size(), whole.words().size()) << "without the links given back";
  EXPECT_EQ(snapshot.words()[kHeaderWords - 1], whole.words()[kHeaderWords - 1]);
}

}  // namespace
}  // namespace mapfuzz
