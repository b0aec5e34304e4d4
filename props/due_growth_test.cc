// A growth that becomes due by the overflow counter while another is on: what claims.md says of
// maps with 65,536 buckets, where that counter is a sample.
#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <random>

#include "gomap/inspect.h"
#include "gomap/map.h"
#include "oracle/audit.h"

namespace mapfuzz {
namespace {

constexpr std::uint64_t kBuckets = std::uint64_t{1} << 16U;
constexpr std::uint64_t kPiles = kBuckets / 2;
constexpr std::size_t kTrigger = std::size_t{1} << 15U;

struct Identity {
  std::uint64_t operator()(std::uint64_t key, std::uint32_t /*seed*/) const { return key; }
};

// Every hand-out of an overflow bucket counts.
struct Rigged {
  std::uint32_t operator()() const { return 0; }
  [[nodiscard]] std::uint64_t wide() const { return 0; }
};

struct Fair {
  std::uint32_t operator()() { return static_cast<std::uint32_t>(numbers()); }
  std::uint64_t wide() { return std::uint64_t{numbers()} << 32U | numbers(); }
  std::mt19937 numbers{1};
};

template <class Draws>
struct Config : gomap::DefaultConfig {
  using Random = Draws;
};
template <class Draws>
using Map =
    gomap::Map<std::uint64_t, std::uint64_t, Identity, std::equal_to<std::uint64_t>, Config<Draws>>;

// One more of the keys of a bucket.
constexpr std::uint64_t key_of(std::uint64_t bucket, std::uint64_t number) {
  return bucket + kBuckets * number;
}

// A map of 2^16 buckets with an overflow bucket in every second of them.
template <class Draws>
Map<Draws> piled() {
  constexpr std::uint64_t pile = 9;
  Map<Draws> map(static_cast<std::int64_t>(13 * kBuckets / 2), Identity{}, {}, Draws{});
  for (std::uint64_t number = 0; number < pile; ++number) {
    for (std::uint64_t bucket = 0; bucket < kPiles; ++bucket) {
      map.assign(key_of(bucket, number)) = 1;
    }
  }
  return map;
}

TEST(DueGrowth, RiggedDrawsMakeTheSampledCounterDueDuringAGrowth) {
  Map<Rigged> map = piled<Rigged>();
  ASSERT_EQ(gomap::view_of(map).B, 16);
  ASSERT_EQ(gomap::view_of(map).noverflow, kTrigger);
  map.assign(key_of(0, 9)) = 1;
  ASSERT_EQ(phase_of(gomap::view_of(map)), GrowthPhase::same_size);
  for (std::uint64_t bucket = kPiles; bucket > kPiles / 2; --bucket) {
    map.erase(key_of(bucket - 1, 9));  // not there: it moves its bucket, and the next in turn
  }
  // All piles have been moved, and half of the buckets are still to come.
  ASSERT_EQ(phase_of(gomap::view_of(map)), GrowthPhase::same_size);
  EXPECT_GE(gomap::view_of(map).noverflow, kTrigger);
  const std::size_t moved = gomap::view_of(map).nevacuate;
  map.assign(key_of(0, 10)) = 1;
  EXPECT_EQ(phase_of(gomap::view_of(map)), GrowthPhase::same_size);
  EXPECT_GT(gomap::view_of(map).nevacuate, moved) << "the growth that is on goes on";
}

TEST(DueGrowth, FairDrawsCountHalfOfTheSameBucketsAndStartNothing) {
  Map<Fair> map = piled<Fair>();
  EXPECT_NEAR(gomap::view_of(map).noverflow, kTrigger / 2, 1000);
  map.assign(key_of(0, 9)) = 1;
  EXPECT_EQ(phase_of(gomap::view_of(map)), GrowthPhase::quiet);
}

}  // namespace
}  // namespace mapfuzz
