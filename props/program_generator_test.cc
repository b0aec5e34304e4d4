// A property is worth what its generator reaches: counted here, over programs of one fixed random.
#include "props/program_generator.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string>

#include "oracle/kinds.h"
#include "oracle/runner.h"
#include "props/judge.h"

namespace mapfuzz {
namespace {

constexpr int kPrograms = 300;

GrowthPhase phase_of_table(const gomap::TableView& view) {
  constexpr unsigned same_size_grow = 8;
  if (!view.growing()) {
    return GrowthPhase::quiet;
  }
  return (view.flags & same_size_grow) != 0 ? GrowthPhase::same_size : GrowthPhase::doubling;
}

struct Reach {
  std::array<int, kOpCodes> operations{};
  std::array<int, 6> hashes{};
  std::array<int, 3> phases{};                // operations that left the table so
  std::array<int, 3> entries_after_growth{};  // by what began since the iterator was opened
  int entries_mid_growth = 0;
  int overflows = 0;
  int skipped = 0;
  std::map<std::string, int> rows;
};

// Follows one run: which growths began since each iterator was opened.
class Follower {
 public:
  explicit Follower(Reach& reach) : reach_(reach) {}

  void step(const Operation& operation, const Observation& seen, const gomap::TableView& view) {
    const GrowthPhase phase = phase_of_table(view);
    ++reach_.phases.at(static_cast<std::size_t>(phase));
    reach_.overflows += view.noverflow > 0 ? 1 : 0;
    const bool other_map = operation.code == OpCode::swap || operation.code == OpCode::move ||
                           operation.code == OpCode::remake || operation.code == OpCode::literal;
    if (other_map) {
      since_ = {};
    } else if (view.B != B_ || (phase != phase_ && phase == GrowthPhase::doubling)) {
      began(GrowthPhase::doubling);
    } else if (phase != phase_ && phase == GrowthPhase::same_size) {
      began(GrowthPhase::same_size);
    }
    B_ = view.B;
    phase_ = phase;
    if (operation.code == OpCode::iter) {
      since_.at(operation.slot) = {};
    }
    if (operation.code == OpCode::next && seen.step == Step::entry) {
      reach_.entries_mid_growth += phase == GrowthPhase::quiet ? 0 : 1;
      for (std::size_t kind = 0; kind < 3; ++kind) {
        reach_.entries_after_growth.at(kind) += since_.at(operation.slot).at(kind) ? 1 : 0;
      }
    }
  }

 private:
  void began(GrowthPhase phase) {
    for (auto& kinds : since_) {
      kinds.at(static_cast<std::size_t>(phase)) = true;
    }
  }

  Reach& reach_;
  std::array<std::array<bool, 3>, kIteratorSlots> since_{};
  std::uint8_t B_ = 0;
  GrowthPhase phase_ = GrowthPhase::quiet;
};

std::string name_of(const Row& row) {
  return std::string(to_string(row.key)) + " " + to_string(row.elem) + " " +
         std::to_string(row.width);
}

const Reach& reach() {
  static const Reach counted = [] {
    Reach made;
    const auto programs = any_program();
    rc::Random random(20230710);
    for (int at = 0; at < kPrograms; ++at) {
      const Program program = programs(random.split(), at % 100).value();
      ++made.hashes.at(static_cast<std::size_t>(program.header.hash.kind));
      ++made.rows[name_of({program.header.key, program.header.elem, program.header.width})];
      made.skipped += program.header.off != 0 ? 1 : 0;
      Follower follower(made);
      Runner runner(plan_of(program));
      runner.observe([&](const Program& run, std::size_t step, const Observation& seen,
                         const gomap::TableView& view) {
        ++made.operations.at(static_cast<std::size_t>(run.operations[step].code));
        follower.step(run.operations[step], seen, view);
      });
      EXPECT_TRUE(runner.run(program).ok());
    }
    return made;
  }();
  return counted;
}

TEST(Generator, MakesLegalProgramsOf10To400Operations) {
  rc::Random random(1);
  for (int size = 0; size <= 100; ++size) {
    const Program program = any_program()(random.split(), size).value();
    Program repaired = program;
    repair(repaired);
    EXPECT_EQ(repaired, program);
    EXPECT_GE(program.operations.size(), 10U);
    EXPECT_LE(program.operations.size(), 400U);
  }
}

TEST(Generator, RowsArePrintedInWords) {
  EXPECT_EQ(testing::PrintToString(Row{KeyKind::u64, ElemKind::str, 4}), "u64 -> str, width 4");
}

TEST(Generator, IsAFunctionOfRandomAndSize) {
  EXPECT_EQ(any_program()(rc::Random(7), 50).value(), any_program()(rc::Random(7), 50).value());
}

TEST(Generator, ReachesEveryOperation) {
  // But for threads, which are one target's own.
  for (std::uint8_t code = 0; code < static_cast<std::uint8_t>(OpCode::interleave); ++code) {
    EXPECT_GE(reach().operations.at(code), 10) << shape_of(static_cast<OpCode>(code)).name;
  }
}

TEST(Generator, ReachesEveryRow) {
  for (const Row& row : all_rows()) {
    EXPECT_GE(reach().rows.count(name_of(row)), 1U) << name_of(row);
  }
}

TEST(Generator, ReachesEveryHashKind) {
  EXPECT_GE(*std::min_element(reach().hashes.begin(), reach().hashes.end()), 20);
}

TEST(Generator, ReachesEveryGrowthPhaseAndOverflow) {
  EXPECT_GE(reach().phases[0], 10000);
  EXPECT_GE(reach().phases[1], 500);
  EXPECT_GE(reach().phases[2], 150);
  EXPECT_GE(reach().overflows, 5000);
}

TEST(Generator, StepsIteratorsAcrossBothKindsOfGrowth) {
  EXPECT_GE(reach().entries_after_growth[1], 300);
  EXPECT_GE(reach().entries_after_growth[2], 25);
  EXPECT_GE(reach().entries_mid_growth, 200);
}

TEST(Generator, SwitchesOperationsOff) { EXPECT_GE(reach().skipped, 10); }

}  // namespace
}  // namespace mapfuzz
