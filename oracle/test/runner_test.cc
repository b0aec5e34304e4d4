// The Runner: which judges speak, when a run stops, and that equal runs are equal. Where an answer
// or a table must be wrong, a row of widths that kinds.def does not list is registered: the real
// engine with one lie in it.
#include "oracle/runner.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "oracle/test/forge.h"

namespace mapfuzz {
namespace {

// What the lying rows do: nothing, until a test says so.
struct Lie {
  OpCode code = OpCode::len;
  bool armed = false;
  void (*tell)(Observation& seen) = nullptr;
  void (*show)(gomap::TableView& view) = nullptr;
  void (*count)(Lifetimes& lifetimes) = nullptr;
  int prepared = 0;
};
Lie lie;

// A row at width 8, but answers as told. It stands in for a width of its own, 3.
class Liar final : public Implementation {
 public:
  explicit Liar(KeyKind key) : engine_(find_engine({key, ElemKind::u64, 8})->make()) {}

  void prepare(const Program& program) override {
    program_ = &program;
    ++lie.prepared;
    lied_ = false;
    engine_->prepare(program);
  }
  Observation step(std::size_t index) override {
    Observation seen = engine_->step(index);
    if (lie.armed && program_->operations[index].code == lie.code) {
      lied_ = true;
      if (lie.tell != nullptr) {
        lie.tell(seen);
      }
    }
    return seen;
  }
  void look(gomap::TableView& view) const override {
    engine_->look(view);
    if (lied_ && lie.show != nullptr) {
      lie.show(view);
    }
  }
  [[nodiscard]] IteratorView iterator(std::size_t slot) const override {
    return engine_->iterator(slot);
  }
  [[nodiscard]] StepCost cost() const override { return engine_->cost(); }
  void finish() override { engine_->finish(); }
  [[nodiscard]] Lifetimes lifetimes() const override {
    Lifetimes lifetimes = engine_->lifetimes();
    if (lied_ && lie.count != nullptr) {
      lie.count(lifetimes);
    }
    return lifetimes;
  }

 private:
  const Program* program_ = nullptr;
  bool lied_ = false;
  std::unique_ptr<Implementation> engine_;
};

constexpr std::uint8_t kLiarsWidth = 3;

class RunnerTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    static const EngineRow kPlain = lying_row<KeyKind::u64>();
    static const EngineRow kCounted = lying_row<KeyKind::obj>();
    for (const EngineRow* row : {&kPlain, &kCounted}) {
      if (find_engine(row->row) == nullptr) {
        add_engine(row);
      }
    }
  }
  template <KeyKind key>
  static EngineRow lying_row() {
    return {{key, ElemKind::u64, kLiarsWidth},
            [] { return std::unique_ptr<Implementation>(std::make_unique<Liar>(key)); },
            find_engine({key, ElemKind::u64, 8})->reader};
  }
  void SetUp() override { lie = {}; }

  static RunPlan lying_plan(KeyKind key = KeyKind::u64) {
    RunPlan plan;
    plan.key = key;
    plan.widths = {kLiarsWidth};
    return plan;
  }
  static std::string clause(const Verdict& verdict) {
    return verdict.failure.has_value() ? verdict.failure->clause.id : std::string();
  }
  // Of a verdict that fails; else an empty one, which is like none that a test wants.
  static Failure failure(const Verdict& verdict) { return verdict.failure.value_or(Failure{}); }
  static Program program(std::initializer_list<Operation> operations) {
    Program made = with(table(), operations);
    renumber(made);
    return made;
  }
};

TEST_F(RunnerTest, AHarmlessLiarPasses) {
  Runner runner(lying_plan());
  EXPECT_EQ(clause(runner.run(program({op(OpCode::assign, 1, 2), op(OpCode::access2, 1)}))), "");
}

TEST_F(RunnerTest, AWrongAnswerIsTheModelsClause) {
  lie = {.code = OpCode::access2, .armed = true, .tell = [](Observation& seen) { ++seen.value; }};
  Runner runner(lying_plan());
  const Verdict verdict = runner.run(program(
      {op(OpCode::assign, 1, 2), op(OpCode::access1, 1), op(OpCode::access2, 1), op(OpCode::len)}));
  ASSERT_EQ(clause(verdict), "model.value");
  EXPECT_EQ(failure(verdict).step, 2U);
  EXPECT_EQ(failure(verdict).code, OpCode::access2);
  EXPECT_EQ(failure(verdict).subject, "u64 -> u64, width 3");
  EXPECT_NE(failure(verdict).table.find("05:1=2"), std::string::npos) << failure(verdict).table;
  EXPECT_EQ(verdict.steps, 2U) << "what was run before it";
}

TEST_F(RunnerTest, AFatalErrorIsAFault) {
  lie = {.code = OpCode::len, .armed = true, .tell = [](Observation& seen) { seen.fault = "!!!"; }};
  Runner runner(lying_plan());
  const Verdict verdict = runner.run(program({op(OpCode::assign, 1, 2), op(OpCode::len)}));
  ASSERT_EQ(clause(verdict), "fault");
  EXPECT_EQ(failure(verdict).got, "!!!");
}

TEST_F(RunnerTest, LifetimesAreJudgedAtEveryStepAndAtTheEnd) {
  const Program short_life =
      program({op(OpCode::assign, 1, 2), op(OpCode::access2, 1), op(OpCode::len)});
  const auto run = [&](void (*count)(Lifetimes&)) {
    lie = {.code = OpCode::access2, .armed = true, .count = count};
    return failure(Runner(lying_plan(KeyKind::obj)).run(short_life));
  };
  EXPECT_EQ(run(nullptr).clause.id, "");

  const Failure misused = run([](Lifetimes& lifetimes) { lifetimes.misused = 3; });
  EXPECT_EQ(misused.clause.id, "lifetimes");
  EXPECT_EQ(misused.step, 1U);
  EXPECT_EQ(misused.got, "3 uses of something else");

  const Failure missing = run([](Lifetimes& lifetimes) { --lifetimes.alive; });
  EXPECT_EQ(missing.clause.id, "lifetimes");
  EXPECT_EQ(missing.step, 1U);
  EXPECT_EQ(missing.got, "0 alive");

  const Failure leaked = run([](Lifetimes& lifetimes) { ++lifetimes.alive; });
  EXPECT_EQ(leaked.clause.id, "lifetimes");
  EXPECT_EQ(leaked.step, short_life.operations.size()) << "iterators may keep more alive till then";
  EXPECT_EQ(leaked.got, "1 alive");
}

TEST_F(RunnerTest, OfPlainValuesNoLifetimesAreAsked) {
  lie = {.code = OpCode::len, .armed = true, .count = [](Lifetimes& lifetimes) {
           lifetimes = {.alive = 1, .owed = 2, .misused = 3};
         }};
  EXPECT_EQ(clause(Runner(lying_plan()).run(program({op(OpCode::len)}))), "");
}

TEST_F(RunnerTest, AnInvariantComesBeforeTheModel) {
  lie = {.code = OpCode::access2,
         .armed = true,
         .tell = [](Observation& seen) { ++seen.value; },
         .show = [](gomap::TableView& view) { ++view.hash0; }};
  Runner runner(lying_plan());
  EXPECT_EQ(clause(runner.run(program({op(OpCode::assign, 1, 2), op(OpCode::access2, 1)}))), "I23");
}

TEST_F(RunnerTest, WithTheAuditOffOnlyAnswersAreJudged) {
  lie = {.code = OpCode::access2, .armed = true, .show = [](gomap::TableView& view) {
           view.flags = 16;
         }};
  RunPlan plan = lying_plan();
  plan.audit = AuditMode::off;
  Runner runner(plan);
  const Program lying = program({op(OpCode::assign, 1, 2), op(OpCode::access2, 1)});
  EXPECT_EQ(clause(runner.run(lying)), "");
  EXPECT_EQ(clause(Runner(lying_plan()).run(lying)), "I21");
}

TEST_F(RunnerTest, WidthsMustAgree) {
  lie = {.code = OpCode::access1, .armed = true, .tell = [](Observation& seen) { ++seen.value; }};
  RunPlan plan = lying_plan();
  plan.widths = {8, kLiarsWidth};
  plan.tree_model = false;
  Runner runner(plan);
  const Verdict verdict = runner.run(program({op(OpCode::assign, 1, 2), op(OpCode::access1, 1)}));
  ASSERT_EQ(clause(verdict), "widths.agree");
  EXPECT_EQ(failure(verdict).step, 1U);
  EXPECT_EQ(failure(verdict).subject, "u64 -> u64, width 3");
}

TEST_F(RunnerTest, WidthsMustAgreeOnARangeButNotOnItsOrder) {
  static std::vector<Entry> entries;
  RunPlan plan = lying_plan();
  plan.widths = {8, kLiarsWidth};
  plan.tree_model = false;
  Runner runner(plan);
  const Program ranging = with(with_keys(table(), 0, 1, 9), {op(OpCode::range)});
  lie = {.code = OpCode::range, .armed = true, .tell = [](Observation& seen) {
           entries.assign(seen.entries.rbegin(), seen.entries.rend());
           seen.entries = entries;
         }};
  EXPECT_EQ(clause(runner.run(ranging)), "");
  lie.tell = [](Observation& seen) {
    entries.assign(seen.entries.begin(), seen.entries.end());
    ++entries[4].value;
    seen.entries = entries;
  };
  EXPECT_EQ(clause(runner.run(ranging)), "widths.agree");
}

TEST_F(RunnerTest, AllWidthsAnswerAlike) {
  RunPlan plan;
  plan.widths = {1, 2, 4, 8};
  Runner runner(plan);
  const Program grown =
      with(with_keys(table(), 0, 3, 100), {op(OpCode::range), op(OpCode::clear), op(OpCode::len)});
  const Verdict verdict = runner.run(grown);
  EXPECT_EQ(clause(verdict), "");
  EXPECT_EQ(verdict.steps, 4 * grown.operations.size());
}

TEST_F(RunnerTest, ExpectationsAreJudgedOnlyWhenThePlanAsks) {
  RunPlan asking;
  asking.expectations = true;
  const Program start = with_keys(table(), 0, 1, 27);
  for (const Operation& wrong :
       {op(OpCode::expect_len, 0, 26), op(OpCode::expect_value, 3, 4), op(OpCode::expect_absent, 3),
        op(OpCode::expect_phase, 0, 0), op(OpCode::expect_buckets, 0, 4),
        op(OpCode::expect_overflow, 0, 1)}) {
    const Program failing = with(start, {wrong});
    EXPECT_EQ(clause(Runner(RunPlan()).run(failing)), "") << shape_of(wrong.code).name;
    EXPECT_EQ(clause(Runner(asking).run(failing)), "expect") << shape_of(wrong.code).name;
  }
  const Program right =
      with(start, {op(OpCode::expect_len, 0, 27), op(OpCode::expect_value, 3, 1003),
                   op(OpCode::expect_absent, 30), op(OpCode::expect_phase, 0, 1),
                   op(OpCode::expect_buckets, 0, 8), op(OpCode::expect_overflow, 0, 0)});
  EXPECT_EQ(clause(Runner(asking).run(right)), "");
}

TEST_F(RunnerTest, OperationsThatAreSwitchedOffAreSkipped) {
  RunPlan plan;
  plan.expectations = true;
  Program swarm = program({op(OpCode::assign, 1, 1), op(OpCode::clear), op(OpCode::assign, 2, 1),
                           op(OpCode::expect_len, 0, 2)});
  EXPECT_EQ(clause(Runner(plan).run(swarm)), "expect");
  swarm.header.off = 1U << static_cast<unsigned>(OpCode::clear);
  const Verdict verdict = Runner(plan).run(swarm);
  EXPECT_EQ(clause(verdict), "");
  EXPECT_EQ(verdict.steps, 3U);
}

TEST_F(RunnerTest, WorkHasABudget) {
  Program costly = with_keys(table(), 0, 1, 3000);
  while (costly.operations.size() < kMaxOperations) {
    costly.operations.push_back(op(OpCode::range));
  }
  repair(costly);
  const Verdict verdict = Runner(RunPlan()).run(costly);
  EXPECT_TRUE(verdict.ok());
  EXPECT_GT(verdict.steps, 3000U);
  EXPECT_LT(verdict.steps, 3200U);
}

TEST_F(RunnerTest, AllWidthsStopAtTheSameStep) {
  RunPlan plan;
  plan.widths = {8, 1};
  Program costly = with_keys(table(), 0, 1, 2000);
  for (int at = 0; at < 1000; ++at) {
    costly.operations.push_back(op(OpCode::range));
  }
  repair(costly);
  const Verdict verdict = Runner(plan).run(costly);
  EXPECT_TRUE(verdict.ok());
  EXPECT_EQ(verdict.steps % 2, 0U);
  EXPECT_LT(verdict.steps, 2 * costly.operations.size());
}

TEST_F(RunnerTest, EqualRunsHaveEqualDigests) {
  std::mt19937 random(1);
  std::set<std::uint64_t> digests;
  Runner runner((RunPlan()));
  for (std::uint32_t round = 0; round < 50; ++round) {
    Program made = with_keys(table(), 0, 1 + round, 20);
    made.header.seed = static_cast<std::uint32_t>(random());
    made.operations.push_back(op(OpCode::range));
    repair(made);
    const Verdict first = runner.run(made);
    (void)runner.run(with_keys(table(), 0, 1, 100));
    EXPECT_EQ(runner.run(made).digest, first.digest) << "with the same Runner";
    EXPECT_EQ(Runner(RunPlan()).run(made).digest, first.digest) << "and with a new one";
    digests.insert(first.digest);
  }
  EXPECT_EQ(digests.size(), 50U);
}

TEST_F(RunnerTest, AnyDifferenceInWhatIsSeenChangesTheDigest) {
  const Program seen = program({op(OpCode::assign, 1, 2), op(OpCode::access2, 1)});
  RunPlan plan = lying_plan();
  plan.tree_model = false;
  Runner runner(plan);
  std::set<std::uint64_t> digests = {runner.run(seen).digest};
  lie = {.code = OpCode::access2, .armed = true, .tell = nullptr};
  for (void (*tell)(Observation&) :
       {+[](Observation& o) { o.found = false; }, +[](Observation& o) { ++o.value; },
        +[](Observation& o) { ++o.length; }, +[](Observation& o) { o.step = Step::none; },
        +[](Observation& o) { ++o.entry.key; }}) {
    lie.tell = tell;
    digests.insert(runner.run(seen).digest);
  }
  EXPECT_EQ(digests.size(), 6U);
}

TEST_F(RunnerTest, TheObserverSeesEveryStepOfTheFirstRowAlone) {
  RunPlan plan;
  plan.widths = {8, 1};
  Runner runner(plan);
  std::vector<std::size_t> steps;
  runner.observe(
      [&](const Program&, std::size_t step, const Observation&, const gomap::TableView& view) {
        EXPECT_EQ(view.geometry->width, 8);
        steps.push_back(step);
      });
  (void)runner.run(with_keys(table(), {1, 2, 3}));
  EXPECT_EQ(steps, (std::vector<std::size_t>{0, 1, 2}));
}

TEST_F(RunnerTest, AdaptedProgramsHaveThePlansKinds) {
  RunPlan plan;
  plan.key = KeyKind::str;
  const Program program = adapted(with_keys(table(KeyKind::u64, 4), {65535}), plan);
  EXPECT_EQ(program.header.key, KeyKind::str);
  EXPECT_EQ(program.header.width, 8);
  EXPECT_LT(program.operations[0].key, kStringKeys);
  const Program same = with_keys(table(), {1, 2});
  EXPECT_EQ(adapted(same, RunPlan()), same);
}

}  // namespace
}  // namespace mapfuzz
