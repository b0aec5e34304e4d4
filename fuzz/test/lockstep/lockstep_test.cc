// 20,000 random programs of 100 to 2,000 operations against the Go runtime, without a difference;
// and the corpus. What they covered is counted from the engine's side, and has to be enough.
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <random>
#include <string>
#include <variant>
#include <vector>

#include "fuzz/plans.h"
#include "oracle/audit.h"
#include "oracle/author.h"
#include "oracle/kinds.h"
#include "oracle/runner.h"
#include "oracle/text_codec.h"
#include "oracle/verdict.h"

namespace mapfuzz {
namespace {

constexpr std::size_t kShards = 4;
constexpr std::size_t kProgramsPerShard = 5'000;

struct Counts {
  std::size_t programs = 0;
  std::size_t operations = 0;
  std::array<std::size_t, 3> growths{};   // by GrowthPhase
  std::size_t entries_across_growth = 0;  // produced by iterators older than a growth
  std::size_t overflow_buckets = 0;
  std::map<std::string, std::size_t> rows;
};

// Watches the engine run. An iterator's age is told by the growths begun since it was opened.
class Watch {
 public:
  explicit Watch(Counts& counts) : counts_(counts) {}

  void begin() {
    growths_ = 0;
    buckets_ = nullptr;
    noverflow_ = 0;
    opened_.fill(0);
  }

  void step(const Operation& operation, const Observation& seen, const gomap::TableView& view) {
    ++counts_.operations;
    const bool new_map = operation.code == OpCode::remake || operation.code == OpCode::literal ||
                         operation.code == OpCode::move || operation.code == OpCode::swap ||
                         operation.code == OpCode::nil;
    if (!new_map && buckets_ != nullptr && view.buckets != buckets_) {
      ++growths_;
      ++counts_.growths.at(
          static_cast<std::size_t>(view.B == b_ ? GrowthPhase::same_size : GrowthPhase::doubling));
    }
    if (!new_map && view.noverflow > noverflow_) {
      counts_.overflow_buckets += static_cast<std::size_t>(view.noverflow - noverflow_);
    }
    if (operation.code == OpCode::iter) {
      opened_.at(operation.slot) = growths_;
    }
    if (operation.code == OpCode::next && seen.step == Step::entry &&
        opened_.at(operation.slot) < growths_) {
      ++counts_.entries_across_growth;
    }
    buckets_ = view.buckets;
    b_ = view.B;
    noverflow_ = view.noverflow;
  }

 private:
  Counts& counts_;
  std::size_t growths_ = 0;
  const std::byte* buckets_ = nullptr;
  std::uint8_t b_ = 0;
  std::uint16_t noverflow_ = 0;
  std::array<std::size_t, kIteratorSlots> opened_{};
};

std::string told(const Program& program, const Verdict& verdict) {
  return report(program, *verdict.failure) + "--- program\n" + print_ops(program);
}

class Lockstep : public ::testing::TestWithParam<std::size_t> {};

TEST_P(Lockstep, RandomProgramsDoNotDiffer) {
  Runner runner(*find_plan("lockstep"));
  Counts counts;
  Watch watch(counts);
  runner.observe(
      [&](const Program& program, std::size_t step, const Observation& seen,
          const gomap::TableView& view) { watch.step(program.operations[step], seen, view); });
  std::vector<Row> rows;
  for (const Row& row : all_rows()) {
    if (row.width == 8) {
      rows.push_back(row);
    }
  }
  Author author(1'000'003 * (GetParam() + 1));
  std::mt19937_64 random(GetParam());
  for (std::size_t n = 0; n < kProgramsPerShard; ++n) {
    const Row& row = rows[n % rows.size()];
    // Most are short; the mean is about 420 operations.
    const std::size_t length = 100 + (random() % 4 == 0 ? random() % 1600 : random() % 240);
    Program program = author.write(row, length);
    adapt(program, runner.plan());
    watch.begin();
    const Verdict verdict = runner.run(program);
    ASSERT_TRUE(verdict.ok()) << "program " << n << "\n" << told(program, verdict);
    ++counts.programs;
    ++counts.rows[std::string(to_string(row.key)) + " -> " + to_string(row.elem)];
  }
  std::printf(
      "%zu programs, %zu operations, growths %zu doubling, %zu same-size, entries of "
      "iterators older than a growth %zu, overflow buckets %zu, rows %zu of %zu\n",
      counts.programs, counts.operations, counts.growths[1], counts.growths[2],
      counts.entries_across_growth, counts.overflow_buckets, counts.rows.size(), rows.size());
  EXPECT_GE(counts.growths[1], 1'000 / kShards);
  EXPECT_GE(counts.growths[2], 1'000 / kShards);
  EXPECT_GE(counts.entries_across_growth, 10'000 / kShards);
  EXPECT_GE(counts.overflow_buckets, 10'000 / kShards);
  for (const Row& row : rows) {
    const std::string name = std::string(to_string(row.key)) + " -> " + to_string(row.elem);
    EXPECT_GE(counts.rows[name] * 100, counts.programs) << name << ": less than one in a hundred";
  }
}

INSTANTIATE_TEST_SUITE_P(Shard, Lockstep, ::testing::Range(std::size_t{0}, kShards));

TEST(LockstepCorpus, EverySeedRunsAlikeOnGo) {
  Runner runner(*find_plan("lockstep"));
  std::size_t programs = 0;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(MAPFUZZ_SOURCE_DIR "/corpus")) {
    if (entry.path().extension() != ".ops") {
      continue;
    }
    std::ifstream in(entry.path());
    const std::string text((std::istreambuf_iterator<char>(in)), {});
    Program program = std::get<OpsText>(parse_ops(text)).program;
    adapt(program, runner.plan());
    const Verdict verdict = runner.run(program);
    EXPECT_TRUE(verdict.ok()) << entry.path() << "\n" << told(program, verdict);
    ++programs;
  }
  EXPECT_GE(programs, 90U);
}

}  // namespace
}  // namespace mapfuzz
