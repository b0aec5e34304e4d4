// State cells: each has a name of its own, programs count those that they pass through, and none
// reaches a cell that is said to be out of reach.
#include "oracle/state_cells.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "oracle/author.h"
#include "oracle/runner.h"
#include "oracle/text_codec.h"

namespace mapfuzz {
namespace {

using Reached = std::set<std::string>;

std::vector<std::uint8_t> counts_of(const Program& program) {
  std::vector<std::uint8_t> counts(state_cells());
  StateCounter counter{counts};
  const auto& operations = program.operations;
  RunPlan plan{.key = program.header.key,
               .elem = program.header.elem,
               .widths = {program.header.width},
               .policy = program.header.policy,
               // Rows of one kind alone have yield points.
               .threads = std::any_of(operations.begin(), operations.end(), [](const auto& at) {
                 return at.code == OpCode::interleave;
               })};
  Runner runner(plan);
  runner.count_states(&counter);
  EXPECT_TRUE(runner.run(program).ok());
  return counts;
}

Reached reached(const std::string& map, const std::string& operations) {
  const auto parsed = parse_ops("mapfuzz 1\nmap " + map + "\n" + operations);
  EXPECT_TRUE(std::holds_alternative<OpsText>(parsed));
  const auto counts = counts_of(std::get<OpsText>(parsed).program);
  Reached out;
  for (std::size_t cell = 0; cell < counts.size(); ++cell) {
    if (counts[cell] > 0) {
      const CellText text = describe_cell(cell);
      out.insert(text.group + " " + text.state);
    }
  }
  return out;
}

std::string assigns(int first, int count, int stride = 1) {
  std::string out;
  for (int n = 0; n < count; ++n) {
    out += "assign " + std::to_string(first + n * stride) + " = 1\n";
  }
  return out;
}

void expect_all(const Reached& got, const std::vector<std::string>& wanted) {
  for (const std::string& cell : wanted) {
    EXPECT_TRUE(got.contains(cell)) << cell;
  }
}

// Which growths an iterator has seen begin, of any number the last two.
TEST(StateCells, TellTheHistoryOfAnIterator) {
  const std::string map = "hash=identity hint=26";
  const std::string doubling = assigns(0, 26) + "iter a\nnext a\n" + assigns(26, 1);
  expect_all(reached(map, doubling + "next a\n"),
             {"iterator no growth since, none now, opened quiet, an entry",
              "iterator a doubling since, on now, opened quiet, an entry"});
  expect_all(reached(map, doubling + assigns(27, 26) + "next a\n"),
             {"iterator two doublings since, on now, opened quiet, an entry"});
}

TEST(StateCells, HaveNamesOfTheirOwn) {
  ASSERT_LE(state_cells(), kMostCells);
  Reached names;
  std::size_t excluded = 0;
  for (std::size_t cell = 0; cell < state_cells(); ++cell) {
    const CellText text = describe_cell(cell);
    EXPECT_FALSE(text.group.empty()) << cell;
    EXPECT_TRUE(names.insert(text.group + " " + text.state).second) << text.group << text.state;
    excluded += text.reason.empty() ? 0 : 1;
  }
  EXPECT_EQ(excluded, 20U) << "each reason of the list names a cell that there is";
  EXPECT_LE(20 * excluded, state_cells()) << "more than one in 20 is not worth counting";
}

TEST(StateCells, AnEmptyProgramReachesNone) { EXPECT_EQ(reached("", ""), Reached{}); }

TEST(StateCells, OneStepReachesItsOutcomeAndItsShapes) {
  EXPECT_EQ(reached("", "assign 1 = 2\n"),
            (Reached{"assign quiet: inserted", "size 1 bucket, quiet",
                     "load up to a quarter of the threshold, quiet",
                     "overflow no overflow bucket, quiet", "chain chain of 1, quiet, write",
                     "extra no extra, quiet", "open no iterator, quiet"}));
}

TEST(StateCells, OutcomesAreToldApart) {
  expect_all(reached("",
                     "access2 1\nassign 1 = 2\nassign 1 = 3\naccess2 1\ndelete 2\nassign 2 = 1\n"
                     "delete 2\ndelete 1\nclear\ncopy\nnext a\niter a\nassign 1 = 1\niter b\n"
                     "iter c\nnext b\nnext b\nremake -1\nremake 8\nremake 9\nremake 53\n"
                     "literal 0 = 0\nliteral 0 = 25\nliteral 0 = 26\nnil\naccess1 1\n"),
             {"access2 quiet: not found",
              "assign quiet: updated",
              "access2 quiet: found",
              "delete quiet: not found",
              "delete quiet: deleted",
              "delete quiet: emptied the map",
              "clear quiet: of an empty map",
              "copy quiet: of an empty map",
              "next quiet: no such iterator",
              "iter quiet: of an empty map",
              "iter quiet: the first iterator",
              "iter quiet: one more iterator",
              "next quiet: an entry",
              "next quiet: the end",
              "remake quiet: with a hint that counts as 0",
              "remake quiet: without an array",
              "remake quiet: with an array",
              "remake quiet: with preallocated overflow buckets",
              "literal quiet: of an empty map",
              "literal quiet: of 25 entries at most",
              "literal quiet: of more than 25 entries",
              "nil quiet: done",
              "access1 quiet: done",
              "open two iterators, quiet"});
  expect_all(reached("key=any", "access2 15\nassign 15 = 1\ndelete 15\naccess1 15\n"),
             {"access2 quiet: panicked", "assign quiet: panicked", "delete quiet: panicked",
              "access1 quiet: panicked"});
}

TEST(StateCells, ADoublingIsFollowed) {
  expect_all(
      reached("hint=52 hash=identity", "iter a\n" + assigns(0, 53) +
                                           "iter b\nnext a\nnext b\nupdate 0 = 1\n" +
                                           assigns(100, 8) + "next b\n"),
      {"assign quiet: started to double", "update doubling: updated", "assign doubling: inserted",
       "assign doubling: ended the growth", "evacuation first quarter, doubling, older iterators",
       "evacuation last quarter, doubling, older iterators", "size 16 buckets, doubling",
       "chain chain of 1, doubling, write",
       "iterator no growth since, on now, opened while doubling, an entry",
       "iterator no growth since, none now, opened while doubling, an entry"});
}

TEST(StateCells, AnOverflowBucketAndAGrowthOfTheSameSizeAreSeen) {
  // Four chains of buckets fill up one after the other, and are emptied again.
  std::string text;
  for (int chain = 0; chain < 4; ++chain) {
    text += assigns(chain, 9, 4);
    for (int n = 1; n < 9; ++n) {
      text += "delete " + std::to_string(chain + 4 * n) + "\n";
    }
  }
  expect_all(reached("hint=26 hash=identity", text + "access2 0\nassign 100 = 1\ndelete 2\n"),
             {"assign quiet: appended an overflow bucket",
              "assign quiet: started to grow at the same size", "overflow enough to regrow, quiet",
              "overflow one too few to regrow, quiet", "chain chain of 2, quiet, look-up",
              "size 4 buckets, same-size"});
}

TEST(StateCells, ThreadsAreToldApart) {
  const std::string before = "literal 0 = 26\n";
  const std::string growing = before + "assign 100 = 1\n";
  expect_all(reached("", before + "interleave 1 = access2\naccess2 2\n"),
             {"threads readers alone, two threads, quiet"});
  expect_all(reached("", growing + "interleave 1 = access2\ninterleave 2 = len\ndelete 3\n"),
             {"threads one writer: no conflict found, three threads, doubling"});
  expect_all(reached("", before + "interleave 1 = access2 5\ndelete 1\n"),
             {"threads one writer: a conflict found, two threads, quiet"});
  expect_all(reached("", growing + "interleave 1 = assign\ndelete 1\n"),
             {"threads writers: no conflict found, two threads, doubling"});
  expect_all(reached("", growing + "interleave 1 = assign 5\ninterleave 2 = clear\ndelete 1\n"),
             {"threads writers: a conflict found, three threads, doubling"});
}

TEST(StateCells, CountingStopsAtTheMost) {
  std::string text;
  for (int n = 0; n < 400; ++n) {
    text += "len\n";
  }
  const auto parsed = parse_ops("mapfuzz 1\nmap\n" + text);
  const auto counts = counts_of(std::get<OpsText>(parsed).program);
  EXPECT_EQ(*std::max_element(counts.begin(), counts.end()), 255);
}

TEST(StateCells, NoProgramReachesWhatIsOutOfReach) {
  Author author(77);
  for (int round = 0; round < 300; ++round) {
    const Program program = author.write({KeyKind::u64, ElemKind::u64, 8}, 200);
    const auto counts = counts_of(program);
    EXPECT_EQ(counts, counts_of(program));
    for (std::size_t cell = 0; cell < counts.size(); ++cell) {
      const CellText text = describe_cell(cell);
      EXPECT_TRUE(counts[cell] == 0 || text.reason.empty())
          << text.group << ' ' << text.state << " is reached, though " << text.reason << '\n'
          << print_ops(program);
    }
  }
}

}  // namespace
}  // namespace mapfuzz
