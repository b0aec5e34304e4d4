// The audit of a growth that gives memory back as it goes on. A program of its own: its engine
// makes page calls, and so it is compiled without sanitizers, which want all memory to be their
// allocator's.
#include <gtest/gtest.h>

#include <cstddef>

#include "gomap/map.h"
#include "gomap/pages.h"
#include "oracle/test/forge.h"

static_assert(GOMAP_PAGE_CALLS != 0);

namespace mapfuzz {
namespace {

TEST(PageCalls, GiveBackOldBucketsThatTheAuditAccountsFor) {
  constexpr std::uint32_t most = 106'496;  // of 2^14 buckets of 144 bytes
  Program program = table();
  program.header.hint = most;
  program.operations.reserve(most + 16'400);
  for (std::uint32_t key = 0; key <= most; ++key) {
    program.operations.push_back(op(OpCode::assign, key, 1));
  }
  program.operations.resize(most + 1 + 14'700, op(OpCode::erase, 1U << 20U));
  Bench bench(program);
  std::size_t given_back = 0;
  for (std::size_t at = 0; at < program.operations.size(); ++at) {
    const Operation& operation = program.operations[at];
    const gomap::TableView before = bench.engine->view();
    bench.audit.before(before, operation);
    const Observation seen = bench.engine->step(at);
    ASSERT_FALSE(bench.model->judge(operation, seen, true).has_value());
    const gomap::TableView after = bench.engine->view();
    ASSERT_EQ(told(bench.audit.after(after, operation, bench.engine->cost(), *bench.model,
                                     Outcome::done)),
              "nothing")
        << "operation " << at;
    given_back = after.old_readable_from;
  }
  EXPECT_GT(given_back, 14'000U);
  ASSERT_TRUE(bench.engine->view().growing());
  EXPECT_EQ(told(bench.audit.whole(bench.engine->view(), *bench.model)), "nothing");
}

// Of 18 MiB: the starts of its halves are on small pages, the rest on huge ones.
TEST(PageCalls, GiveBackSmallAndHugePagesAndNothingThatIsInUse) {
  constexpr std::uint64_t grows_at = 13 << 17U;
  constexpr std::uint64_t most = grows_at + (1U << 17U);
  gomap::Map<std::uint64_t, std::uint64_t> map(std::int64_t{0});
  for (std::uint64_t key = 0; key < most; ++key) {
    map.assign(key) = ~key;
    if (key % 4096 == 0 || key >= most - 4) {
      for (std::uint64_t other = 0; other <= key; other += 1 + key / 1000) {
        ASSERT_NE(map.access2(other), nullptr) << "key " << other << " of " << key;
        ASSERT_EQ(*map.access2(other), ~other);
      }
    }
  }
}

}  // namespace
}  // namespace mapfuzz
