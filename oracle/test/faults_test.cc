// Injected faults: each site throws where it should, and the operation it hits is as if it had not
// been. What the Runner says when a map does not keep to that, the canaries with target `fault`
// show.
#include "oracle/faults.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "oracle/counted.h"
#include "oracle/program.h"
#include "oracle/runner.h"
#include "oracle/text_codec.h"

namespace mapfuzz {
namespace {

Program parsed(const std::string& text) {
  const auto read = parse_ops(text);
  EXPECT_TRUE(std::holds_alternative<OpsText>(read)) << text;
  return std::get<OpsText>(read).program;
}

struct Outcomes {
  Verdict verdict;
  std::size_t injected = 0;
};

// Every operation of `text` meets call number `call` at `site`.
Outcomes run(const std::string& text, FaultSite site, std::int64_t call) {
  Program program = parsed(text);
  auto operations = std::exchange(program.operations, {});
  for (const Operation& operation : operations) {
    program.operations.push_back(
        {.code = OpCode::inject, .value = call * kFaultSites + static_cast<std::int64_t>(site)});
    program.operations.push_back(operation);
  }
  renumber(program);
  repair(program);
  Runner runner({.name = "faults", .key = program.header.key, .elem = program.header.elem});
  Outcomes out;
  runner.observe([&](const Program& /*program*/, std::size_t /*step*/, const Observation& seen,
                     const gomap::TableView& /*view*/) { out.injected += seen.injected ? 1 : 0; });
  out.verdict = runner.run(program);
  return out;
}

// Growth, overflow, deletion, copies, twice: what the first round failed to do, the second meets.
std::string history(const char* kinds) {
  std::string text = std::string("mapfuzz 1\nmap ") + kinds + " hash=low:2 seed=7 hint=0\n";
  for (int round = 0; round < 2; ++round) {
    for (int key = 0; key < 40; ++key) {
      text += "assign " + std::to_string(key) + " = 3\n";
      if (key % 3 == 0) {
        text += "delete " + std::to_string(key / 2) + "\naccess2 " + std::to_string(key) + "\n";
      }
    }
    text += "copy\nclear\nassign 5 = 5\nupdate 5 = 1\nswap\n";
  }
  return text;
}

class FaultAt : public testing::TestWithParam<FaultSite> {};

TEST_P(FaultAt, LeavesAMapOfObjectsAsItWas) {
  for (const char* kinds : {"key=obj elem=u64", "key=u64 elem=obj"}) {
    std::size_t injected = 0;
    for (std::int64_t call = 0; call < 12; ++call) {
      const Outcomes out = run(history(kinds), GetParam(), call);
      ASSERT_FALSE(out.verdict.failure.has_value())
          << kinds << ", call " << call << ": " << out.verdict.failure->clause.id << ", expected "
          << out.verdict.failure->expected << ", got " << out.verdict.failure->got;
      injected += out.injected;
    }
    const bool moves = GetParam() == FaultSite::move;
    const bool copies_elem = GetParam() == FaultSite::copy;
    EXPECT_GT(injected + (moves || copies_elem ? 1 : 0), 0U) << kinds << ": nothing was thrown";
  }
}

INSTANTIATE_TEST_SUITE_P(Sites, FaultAt,
                         testing::Values(FaultSite::hash, FaultSite::equal, FaultSite::copy,
                                         FaultSite::move, FaultSite::allocate));

TEST(Fault, HashAndEqualityThrowForEveryKindOfKey) {
  for (const char* kinds : {"key=u64 elem=u64", "key=u32 elem=u64", "key=f64 elem=u64",
                            "key=str elem=u64", "key=big elem=u64", "key=any elem=u64"}) {
    for (const FaultSite site : {FaultSite::hash, FaultSite::equal}) {
      const Outcomes out = run(history(kinds), site, 0);
      EXPECT_FALSE(out.verdict.failure.has_value()) << kinds;
      EXPECT_GT(out.injected, 0U) << kinds;
    }
  }
}

TEST(Fault, CopiesOfKeysAndOfWholeMapsThrow) {
  EXPECT_GT(run(history("key=obj elem=u64"), FaultSite::copy, 0).injected, 40U);
  EXPECT_EQ(run("mapfuzz 1\nmap key=u64 elem=obj hash=mix seed=1 hint=0\nassign 1 = 1\ncopy\n",
                FaultSite::copy, 0)
                .injected,
            1U);
}

TEST(Fault, TheNextOperationAloneIsHit) {
  const Program program = parsed(
      "mapfuzz 1\nmap key=u64 elem=u64 hash=mix seed=1 hint=0\n"
      "inject 0\nassign 1 = 1\nassign 1 = 2\nexpect-value 1 = 2\nexpect-len 1\n");
  Runner runner({.name = "faults", .expectations = true});
  std::vector<bool> injected;
  runner.observe([&](const Program& /*program*/, std::size_t /*step*/, const Observation& seen,
                     const gomap::TableView& /*view*/) { injected.push_back(seen.injected); });
  const Verdict verdict = runner.run(program);
  EXPECT_FALSE(verdict.failure.has_value());
  EXPECT_EQ(injected, (std::vector<bool>{false, true, false, false, false}));
}

TEST(Fault, ThrowsAtTheCallItWasArmedForAndOnlyOnce) {
  Faults::arm(FaultSite::copy, 2);
  const Counted one(1);
  const Counted second(one);
  const Counted third(second);
  const std::int64_t alive = Counted::alive();
  EXPECT_FALSE(Faults::fired());
  EXPECT_THROW(const Counted fourth(third), InjectedFault);
  EXPECT_TRUE(Faults::fired());
  EXPECT_EQ(Counted::alive(), alive) << "an instance that was not made is not counted";
  EXPECT_NO_THROW(const Counted fourth(third));

  Faults::arm(FaultSite::allocate, 0);
  Faults::disarm();
  FaultAllocator<int> allocator;
  int* const memory = allocator.allocate(1);
  allocator.deallocate(memory, 1);
  EXPECT_FALSE(Faults::fired());
}

}  // namespace
}  // namespace mapfuzz
