// Operations that run as threads: the schedule alone decides who goes on; the model of Go's flag
// says who must find a conflict; and where nobody does, the answers are those of some order, but
// for the blind spots of the original.

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <variant>
#include <vector>

#include "oracle/flag_protocol.h"
#include "oracle/interleaving.h"
#include "oracle/judge_threads.h"
#include "oracle/runner.h"
#include "oracle/text_codec.h"

namespace mapfuzz {
namespace {

using gomap::Point;
using Kind = ThreadEvent::Kind;

Program program_of(const std::string& operations, const std::string& header = "") {
  const auto parsed = parse_ops("mapfuzz 1\nmap key=u64 elem=u64 " + header + "\n" + operations);
  if (const auto* error = std::get_if<ParseError>(&parsed)) {
    ADD_FAILURE() << to_string(*error, "test");
    return {};
  }
  return std::get<OpsText>(parsed).program;
}

struct Seen {
  Verdict verdict;
  Interleaving run;
  std::string events;
  std::string fatal;
};

Seen run_threads(const std::string& operations, const std::string& header = "") {
  Runner runner({.name = "test", .threads = true});
  Seen out;
  runner.observe(
      [&](const Program&, std::size_t, const Observation& seen, const gomap::TableView&) {
        if (seen.interleaving != nullptr) {
          out.run = *seen.interleaving;
        }
      });
  out.verdict = runner.run(program_of(operations, header));
  out.events = to_string(out.run);
  out.fatal = out.run.fatal == nullptr ? "" : out.run.fatal;
  EXPECT_EQ(out.verdict.failure.value_or(Failure{}).got, "");
  return out;
}

TEST(Interleave, WithoutSwitchesOneComesAfterTheOther) {
  const Seen seen = run_threads("assign 1 = 10\ninterleave 1 = access2\ndelete 1\n");
  EXPECT_EQ(seen.events,
            "0 starts, 0 entry, 0 checked, 0 toggle, 0 toggling, 0 toggled, 0 count, 0 exit, "
            "0 lowering, 0 returns, 1 starts, 1 returns");
  EXPECT_EQ(seen.verdict.threads, ThreadsEnd::serial);
}

TEST(Interleave, SwitchesComeAfterSoManyPointsOfTheRunningThread) {
  const Seen seen = run_threads(
      "assign 1 = 10\nassign 2 = 20\ninterleave 2 = access2 2 1 1\naccess2 1\n", "hint=26");
  EXPECT_EQ(seen.events,
            "0 starts, 0 entry, 0 checked, 1 starts, 1 entry, 0 locate, 1 checked, 1 locate, "
            "1 returns, 0 returns");
}

TEST(Interleave, OfThreeThreadsTheNextOneOrTheOneBeforeGoesOn) {
  const std::string map = "assign 1 = 10\n";
  const std::string forwards = "interleave 1 = access2 1 1\ninterleave 1 = access2\naccess2 1\n";
  EXPECT_EQ(run_threads(map + forwards, "hint=26").events,
            "0 starts, 0 entry, 1 starts, 1 entry, 2 starts, 2 entry, 2 checked, 2 locate, "
            "2 returns, 0 checked, 0 locate, 0 returns, 1 checked, 1 locate, 1 returns");
  const std::string backwards = "interleave 1 = access2 -1 -1\ninterleave 1 = access2\naccess2 1\n";
  EXPECT_EQ(run_threads(map + backwards, "hint=26").events,
            "0 starts, 0 entry, 2 starts, 2 entry, 1 starts, 1 entry, 1 checked, 1 locate, "
            "1 returns, 2 checked, 2 locate, 2 returns, 0 checked, 0 locate, 0 returns");
}

TEST(Interleave, AReadInsideAWriteIsFatal) {
  const Seen seen = run_threads("assign 1 = 10\ninterleave 1 = access2 5\ndelete 1\n");
  EXPECT_EQ(seen.events,
            "0 starts, 0 entry, 0 checked, 0 toggle, 0 toggling, 0 toggled, 1 starts, 1 entry, "
            "1 fatal");
  EXPECT_EQ(seen.fatal, "concurrent map read and map write");
  EXPECT_EQ(seen.verdict.threads, ThreadsEnd::seen);
}

TEST(Interleave, AStepInsideAWriteIsFatal) {
  const Seen seen = run_threads("assign 1 = 10\niter a\ninterleave 0 = next 5\ndelete 1\n");
  EXPECT_EQ(seen.fatal, "concurrent map iteration and map write");
  EXPECT_EQ(seen.verdict.threads, ThreadsEnd::seen);
}

TEST(Interleave, AWriteThatIsOverBeforeTheOtherTogglesIsFine) {
  const Seen seen = run_threads("assign 1 = 10\ninterleave 2 = assign 3\nassign 3 = 5\n");
  EXPECT_EQ(seen.fatal, "") << seen.events;
  EXPECT_EQ(seen.verdict.threads, ThreadsEnd::serial);
}

TEST(Interleave, OfTwoWritersThatBothPassedTheCheckTheFirstToLeaveIsFatal) {
  const Seen seen = run_threads("assign 1 = 10\ninterleave 2 = assign 1 2 4\nassign 3 = 5\n");
  EXPECT_EQ(seen.events,
            "0 starts, 0 entry, 1 starts, 1 entry, 1 checked, 0 checked, 0 toggle, 0 toggling, "
            "0 toggled, 1 toggle, 1 toggling, 1 toggled, 1 claim, 1 count, 1 exit, 1 fatal");
  EXPECT_EQ(seen.fatal, "concurrent map writes");
  EXPECT_EQ(seen.verdict.threads, ThreadsEnd::seen);
}

// Three toggles leave the flag up.
TEST(Interleave, OfThreeWritersInsideTheFirstToLeaveIsNotSeen) {
  const Seen seen = run_threads(
      "assign 1 = 10\ninterleave 2 = assign 1 2 2 4\ninterleave 3 = assign 3\nassign 4 = 5\n");
  EXPECT_NE(seen.events.find("2 returns, 0 exit, 0 fatal"), std::string::npos) << seen.events;
  EXPECT_EQ(seen.verdict.threads, ThreadsEnd::seen);
}

// Go tells neither: the reader goes on in a chain that is no longer what it was.
TEST(Interleave, AReaderThatWasInTheMapBeforeTheWriteIsFoundByTheCountAlone) {
  const Seen seen =
      run_threads("literal 1 = 12\ninterleave 1 = delete 4\naccess2 11\n", "hash=constant");
  EXPECT_EQ(seen.fatal, "concurrent map read and map write") << seen.events;
  EXPECT_EQ(seen.verdict.threads, ThreadsEnd::counted);
}

TEST(Interleave, ALengthIsNeverChecked) {
  const Seen seen = run_threads("assign 1 = 10\ninterleave 0 = len 5\ndelete 1\n");
  EXPECT_EQ(seen.fatal, "");
  EXPECT_EQ(seen.run.answers[1].length, 1U);
  EXPECT_EQ(seen.verdict.threads, ThreadsEnd::serial);
}

// A read that passed its check before the write began meets an entry without its element.
TEST(Interleave, HalfAWriteIsABlindSpot) {
  const Seen seen = run_threads("assign 1 = 10\ninterleave 9 = assign 2 7\naccess2 9\n");
  EXPECT_EQ(seen.verdict.threads, ThreadsEnd::wrong) << seen.events;
  EXPECT_TRUE(seen.run.answers[0].found);
  EXPECT_EQ(seen.run.answers[0].value, 0U);
}

// Hashed before the clear drew a new seed, placed after: nobody will find this key.
TEST(Interleave, AHashOfAnOldSeedIsABlindSpot) {
  const Seen seen =
      run_threads("assign 1 = 10\ninterleave 1 = clear 3\nassign 10 = 5\n", "hint=104");
  EXPECT_EQ(seen.verdict.threads, ThreadsEnd::wrong) << seen.events;
}

TEST(Interleave, TwoThreadsNeverShareAnIterator) {
  const Seen seen = run_threads("assign 1 = 10\niter a\ninterleave 0 = next 1\nnext a\n");
  EXPECT_TRUE(seen.run.events.empty());
}

TEST(Interleave, RowsWithoutYieldPointsRunTheOperationAlone) {
  Runner runner({.name = "test"});
  const Verdict verdict =
      runner.run(program_of("assign 1 = 10\ninterleave 1 = clear 5\ndelete 1\nlen\n"));
  EXPECT_TRUE(verdict.ok());
  EXPECT_EQ(verdict.steps, 4U);
  EXPECT_EQ(verdict.threads, std::nullopt);
}

TEST(Interleave, TheSameScheduleGivesTheSameTrace) {
  const Program program = program_of(
      "literal 1 = 12\ninterleave 3 = assign 2 4 1\ninterleave 4 = delete -3 2\nassign 3 = 1\n");
  Trace first;
  for (int round = 0; round < 50; ++round) {
    Trace trace;
    Runner runner({.name = "test", .threads = true});
    runner.record(&trace);
    (void)runner.run(program);
    if (round == 0) {
      first = trace;
    }
    ASSERT_EQ(trace, first) << "round " << round;
  }
}

TEST(Interleave, ValuesHaveOneSpellingEach) {
  std::mt19937_64 random(5);
  for (int round = 0; round < 10'000; ++round) {
    const auto value =
        static_cast<std::int64_t>(random() & static_cast<std::uint64_t>(kMaxInterleaving));
    const std::int64_t legal = legal_interleaving(value);
    ASSERT_EQ(legal_interleaving(legal), legal);
    ASSERT_EQ(interleaving_of(companion_code(legal), switches_of(legal)), legal);
    ASSERT_EQ(companion_code(legal), companion_code(value));
  }
}

// What no engine did: the model must say so.
struct Forged : testing::Test {
  Forged() { run.operations.assign(2, {.code = OpCode::assign, .key = 1, .value = 2, .draw = {}}); }
  void event(std::uint8_t thread, Kind kind, Point point = Point::entry) {
    run.events.push_back({thread, kind, point, 0});
  }
  void reach(std::uint8_t thread, std::initializer_list<Point> points) {
    for (const Point point : points) {
      event(thread, Kind::reached, point);
    }
  }
  std::string disagreement() {
    Detection detection;
    const auto found = follow(run, detection);
    return found.has_value() ? found->expected + " / " + found->got : "none";
  }

  Interleaving run;
};

TEST_F(Forged, AWriterThatDoesNotLookAtTheFlagIsFound) {
  reach(0, {Point::entry, Point::checked, Point::toggle, Point::toggling, Point::toggled});
  reach(1, {Point::entry, Point::checked});
  EXPECT_EQ(disagreement(),
            "thread 1 (assign), behind 'entry': fatal error: concurrent map writes / "
            "thread 1 (assign), behind 'entry': went on");
}

TEST_F(Forged, AReaderThatDoesNotLookAtTheFlagIsFound) {
  run.operations[1].code = OpCode::access2;
  reach(0, {Point::entry, Point::checked, Point::toggle, Point::toggling, Point::toggled});
  reach(1, {Point::entry, Point::checked});
  EXPECT_NE(disagreement().find("concurrent map read and map write / "), std::string::npos);
}

TEST_F(Forged, AWriterThatLeavesWithoutItsFlagIsFound) {
  reach(0, {Point::entry, Point::checked});
  reach(1, {Point::entry, Point::checked, Point::toggle, Point::toggling, Point::toggled});
  reach(0, {Point::toggle, Point::toggling, Point::toggled, Point::exit, Point::lowering});
  EXPECT_NE(disagreement().find("thread 0 (assign), behind 'exit': went on"), std::string::npos);
}

TEST_F(Forged, AWriterThatGoesOnInAChangedMapIsFound) {
  reach(0, {Point::entry, Point::checked, Point::toggle});
  reach(1, {Point::entry, Point::checked, Point::toggle, Point::toggling, Point::toggled});
  reach(0, {Point::toggling, Point::toggled});
  reach(1, {Point::claim});
  EXPECT_NE(disagreement().find("leaves a changed map by its last check"), std::string::npos);
}

TEST_F(Forged, AFatalErrorForNothingIsFound) {
  run.fatal = "concurrent map writes";
  reach(0, {Point::entry});
  event(0, Kind::fatal);
  EXPECT_NE(disagreement().find("behind 'entry': went on / "), std::string::npos);
}

TEST_F(Forged, TheWrongTextIsFound) {
  reach(0, {Point::entry, Point::checked, Point::toggle, Point::toggling, Point::toggled});
  reach(1, {Point::entry});
  event(1, Kind::fatal);
  run.fatal = "concurrent map writes";
  EXPECT_EQ(disagreement(), "none");
  run.fatal = "concurrent map read and map write";
  EXPECT_NE(disagreement(), "none");
}

// Of both orders one at least must explain what the threads saw.
struct Answers : testing::Test {
  Answers() : program(program_of("assign 1 = 10\n")) {
    model->start(program, true);
    (void)model->judge(program.operations[0], {}, false);
    run.operations.push_back({.code = OpCode::update, .key = 1, .value = 5, .draw = {}});
    run.operations.push_back({.code = OpCode::access2, .key = 1, .draw = {}});
    updated = updated_value(ElemKind::u64, 10, 5);
    answer(0, updated);
    for (const Kind kind : {Kind::started, Kind::returned}) {
      for (const std::uint8_t thread : {std::uint8_t{0}, std::uint8_t{1}}) {
        run.events.push_back({thread, kind, Point::entry, 0});
      }
    }
  }
  void answer(std::size_t thread, std::uint64_t value) {
    run.answers.at(thread).step = Step::lookup;
    run.answers.at(thread).found = true;
    run.answers.at(thread).value = value;
  }
  std::string clause() {
    const ThreadsVerdict verdict =
        judge_threads(run, *model, [](const Model&) { return std::nullopt; }, true);
    return verdict.mismatch.has_value() ? verdict.mismatch->clause.id : "none";
  }

  Program program;
  std::unique_ptr<Model> model = make_tree_model();
  Interleaving run;
  std::uint64_t updated = 0;
};

TEST_F(Answers, OfEitherOrderWillDo) {
  answer(1, 10);
  EXPECT_EQ(clause(), "none");
  answer(1, updated);
  EXPECT_EQ(clause(), "none");
}

TEST_F(Answers, OfNoOrderAreFound) {
  answer(1, 11);
  EXPECT_EQ(clause(), "interleave.serial");
}

TEST_F(Answers, MustKeepToTheClock) {
  std::swap(run.events[1], run.events[2]);  // thread 0 has returned before thread 1 starts
  answer(1, 10);
  EXPECT_EQ(clause(), "interleave.serial");
  answer(1, updated);
  EXPECT_EQ(clause(), "none");
}

// A read that met half a write may have seen anything, but the write must be whole.
TEST_F(Answers, OfReadsThatMetHalfAWriteAreNotJudgedAndThoseOfWritesAre) {
  run.events.clear();
  const auto reached = [&](std::uint8_t thread, std::initializer_list<Point> points) {
    run.events.push_back({thread, Kind::started, Point::entry, 0});
    for (const Point point : points) {
      run.events.push_back({thread, Kind::reached, point, 0});
    }
  };
  reached(1, {Point::entry, Point::checked, Point::locate});
  reached(0, {Point::entry, Point::checked, Point::toggle, Point::toggling, Point::toggled});
  run.events.push_back({1, Kind::returned, Point::entry, 0});
  for (const Point point : {Point::exit, Point::lowering, Point::lowered}) {
    run.events.push_back({0, Kind::reached, point, 0});
  }
  run.events.push_back({0, Kind::returned, Point::entry, 0});
  answer(1, 11);
  EXPECT_EQ(clause(), "none");
  answer(0, updated + 1);
  EXPECT_EQ(clause(), "interleave.serial");
}

TEST_F(Answers, ATableThatNoOrderLeavesBehindIsFound) {
  answer(1, 10);
  const ThreadsVerdict verdict = judge_threads(
      run, *model,
      [](const Model&) { return std::optional(Violation{Invariant::I1, {}, "one entry", "two"}); },
      true);
  EXPECT_NE(verdict.mismatch.value_or(Mismatch{}).got.find("I1"), std::string::npos);
}

}  // namespace
}  // namespace mapfuzz
