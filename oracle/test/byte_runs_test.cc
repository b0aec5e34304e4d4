// Runs: what the byte form makes of many operations alike.
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>

#include "oracle/author.h"
#include "oracle/byte_codec.h"
#include "oracle/text_codec.h"

namespace mapfuzz {
namespace {

Program run_of(OpCode code, std::uint32_t first, std::uint32_t step, std::uint32_t count) {
  Program program;
  for (std::uint32_t n = 0; n < count; ++n) {
    Operation& added = program.operations.emplace_back();
    added.code = code;
    added.id = n;
    if (shape_of(code).key) {
      added.key = first + n * step;
    }
    if (shape_of(code).value) {
      added.value = plain_value(n);
    }
  }
  return program;
}

// Bytes beyond the header's three.
std::size_t cost(const Program& program) {
  EXPECT_EQ(decode(encode(program)), program) << print_ops(program);
  return encode(program).size() - 3;
}

TEST(ByteRuns, CostThreeBytesForEach128Operations) {
  for (const OpCode code : {OpCode::assign, OpCode::update, OpCode::erase, OpCode::access2}) {
    EXPECT_EQ(cost(run_of(code, 7, 1, 3)), 3U);
    EXPECT_EQ(cost(run_of(code, 7, 1, 128)), 3U);
    EXPECT_EQ(cost(run_of(code, 255, 1, 40)), 3U);
    EXPECT_EQ(cost(run_of(code, 0, 8, 100)), 3U);
  }
  EXPECT_EQ(cost(run_of(OpCode::next, 0, 0, 32)), 2U);
}

TEST(ByteRuns, AreCutWhereOneBurstEnds) {
  EXPECT_EQ(cost(run_of(OpCode::assign, 0, 1, 128 + 100)), 6U);
  EXPECT_EQ(cost(run_of(OpCode::next, 0, 0, 64)), 4U);
}

TEST(ByteRuns, WithAnotherStepAreWrittenOneByOne) {
  EXPECT_EQ(cost(run_of(OpCode::assign, 0, 3, 10)), 20U);
  EXPECT_EQ(cost(run_of(OpCode::assign, 0, 256, 4)), 2U + 3 * 3);
  EXPECT_EQ(cost(run_of(OpCode::access1, 0, 1, 10)), 20U);
}

TEST(ByteRuns, EndAtAGapOfIdsAtAnotherSlotAndAtAValueOfItsOwn) {
  Program gap = run_of(OpCode::erase, 0, 1, 6);
  for (std::size_t n = 3; n < 6; ++n) {
    gap.operations[n].id += 5;
  }
  EXPECT_EQ(cost(gap), 3U + 2 + 3);
  Program slots = run_of(OpCode::next, 0, 0, 6);
  for (std::size_t n = 3; n < 6; ++n) {
    slots.operations[n].slot = 2;
  }
  EXPECT_EQ(cost(slots), 4U);
  Program values = run_of(OpCode::assign, 0, 1, 7);
  values.operations[3].value = 1000;
  EXPECT_EQ(cost(values), 3U + 4 + 3);
}

TEST(ByteRuns, DoNotPassTheKeysThatABurstFolds) {
  EXPECT_EQ(cost(run_of(OpCode::erase, 128, 128, 40)), 3U + 3 * 9);
}

TEST(ByteRuns, OfWholeProgramsComeBackAsTheyWere) {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    const auto rows = all_rows();
    const Program program = Author(seed).write(rows[seed % rows.size()], 200);
    ASSERT_EQ(decode(encode(program)), program) << print_ops(program);
  }
}

}  // namespace
}  // namespace mapfuzz
