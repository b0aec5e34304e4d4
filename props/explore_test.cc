// The explorer: that it goes everywhere, takes no two states for one, and says so when it is done.
#include "oracle/explore.h"

#include <gmock/gmock.h>

#include <set>
#include <sstream>

#include "oracle/run_plan.h"
#include "oracle/runner.h"
#include "oracle/text.h"

namespace mapfuzz {
namespace {

const Space& space_of(const char* scope, const std::string& name) {
  for (const Space& space : find_scope(scope)->spaces) {
    if (space.name == name) {
      return space;
    }
  }
  ADD_FAILURE() << "scope " << scope << " has no space " << name;
  std::abort();
}

Space few_keys() {
  return {.name = "few-keys",
          .about = "small enough to go through it without any help",
          .row = {KeyKind::u64, ElemKind::u64, 1},
          .classes = {{0, 2, 1, 0}, {2, 1, 1, 1}, {3, 1, 9, 2}},
          .operations = all_of({OpCode::assign, OpCode::erase, OpCode::clear, OpCode::iter,
                                OpCode::next, OpCode::close}),
          .draws = {0, 1}};
}

Explorer::End run_to_the_end(Explorer& explorer) {
  return explorer.run([](const ExploreStats&) { return false; });
}

// The state after a program's last operation.
StateDigest state_after(const Space& space, Program program) {
  for (std::size_t at = 0; at < program.operations.size(); ++at) {
    Operation& operation = program.operations[at];
    operation.id = static_cast<std::uint32_t>(at);
    operation.value = operation.code == OpCode::assign ? operation.id + 1 : operation.value;
  }
  Watch watch(space.row.key);
  watch.start();
  StateKey key(space, find_engine(space.row)->reader);
  Runner runner({.name = "explore_test", .widths = {space.row.width}});
  runner.observe([&](const Program& ran, std::size_t step, const Observation& seen,
                     const gomap::TableView& view) {
    watch.note(ran.operations[step], seen);
    key.take(view, runner.subject().iterator(0), watch);
  });
  EXPECT_TRUE(runner.run(program).ok());
  return key.digest();
}

Program program_of(const Space& space, const std::vector<Operation>& operations) {
  Program program = start_of(space);
  program.operations.assign(operations.begin(), operations.end());
  return program;
}

constexpr Operation assign(std::uint32_t key) { return {.code = OpCode::assign, .key = key}; }
constexpr Operation erase(std::uint32_t key) { return {.code = OpCode::erase, .key = key}; }

TEST(Explorer, ScopeTinyCloses) {
  PhaseGraph graph;
  for (const Space& space : find_scope("tiny")->spaces) {
    Explorer explorer(space);
    ASSERT_EQ(run_to_the_end(explorer), Explorer::End::closed)
        << space.name << '\n'
        << report(explorer.failure().program, explorer.failure().failure);
    EXPECT_EQ(explorer.stats().expanded, explorer.stats().states);
    graph.add(explorer.stats().graph);
  }
  for (const Arrow& arrow : all_arrows()) {
    EXPECT_GT(graph.total(arrow.from, arrow.to, arrow.turn), 0)
        << to_string(arrow.from) << " to " << to_string(arrow.to) << ": " << arrow.text;
  }
}

TEST(Explorer, EveryTransitionIsAnArrowOfTheDiagram) {
  Explorer explorer(space_of("tiny", "overflow-w1"));
  ASSERT_EQ(run_to_the_end(explorer), Explorer::End::closed);
  std::uint64_t drawn = 0;
  for (const Arrow& arrow : all_arrows()) {
    drawn += explorer.stats().graph.total(arrow.from, arrow.to, arrow.turn);
  }
  EXPECT_EQ(drawn, explorer.stats().transitions);
}

// Every program of five operations, each run by itself: no merging of states, no renaming of keys.
TEST(Explorer, NoShortProgramLeadsToAnUnknownState) {
  const Space space = few_keys();
  Explorer explorer(space);
  ASSERT_EQ(run_to_the_end(explorer), Explorer::End::closed);
  const std::vector<Operation> alphabet = alphabet_of(space);
  constexpr std::size_t longest = 4;
  std::size_t programs = 0;
  std::vector<Operation> operations;
  const auto visit = [&](const auto& self) -> void {
    if (!operations.empty()) {
      ++programs;
      ASSERT_TRUE(explorer.knows(state_after(space, program_of(space, operations))));
    }
    const bool open = std::count_if(operations.begin(), operations.end(),
                                    [](const Operation& one) { return one.code == OpCode::iter; }) >
                      std::count_if(operations.begin(), operations.end(),
                                    [](const Operation& one) { return one.code == OpCode::close; });
    for (const Operation& next : alphabet) {
      const bool of_iterator = next.code == OpCode::next || next.code == OpCode::close;
      if (operations.size() == longest || of_iterator != (of_iterator && open) ||
          (next.code == OpCode::iter && open)) {
        continue;
      }
      operations.push_back(next);
      self(self);
      operations.pop_back();
    }
  };
  visit(visit);
  EXPECT_GT(programs, 10'000);
}

TEST(Explorer, GoesOnFromWhatWasSavedAndComesToTheSameEnd) {
  const Space space = few_keys();
  Explorer whole(space);
  ASSERT_EQ(run_to_the_end(whole), Explorer::End::closed);

  Explorer first(space);
  ASSERT_EQ(first.run([](const ExploreStats& stats) { return stats.expanded == 100; }),
            Explorer::End::paused);
  std::stringstream saved;
  first.save(saved);
  Explorer second(space);
  ASSERT_TRUE(second.load(saved));
  ASSERT_EQ(run_to_the_end(second), Explorer::End::closed);
  EXPECT_EQ(second.stats().states, whole.stats().states);
  EXPECT_EQ(second.stats().transitions, whole.stats().transitions);
  EXPECT_EQ(second.stats().depth, whole.stats().depth);
  EXPECT_EQ(second.stats().graph.arrows, whole.stats().graph.arrows);
}

TEST(Explorer, RefusesWhatWasSavedInPart) {
  Explorer explorer(few_keys());
  ASSERT_EQ(explorer.run([](const ExploreStats& stats) { return stats.expanded == 10; }),
            Explorer::End::paused);
  std::stringstream saved;
  explorer.save(saved);
  const std::string whole = saved.str();
  std::stringstream part(whole.substr(0, whole.size() - 1));
  Explorer other(few_keys());
  EXPECT_FALSE(other.load(part));
}

TEST(Explorer, FindsTheShortestProgramInWhichTwoGrowthsAreDueAtOnce) {
  Explorer explorer(space_of("tiny", "overflow-w1"));
  ASSERT_EQ(run_to_the_end(explorer), Explorer::End::closed);
  const auto program = explorer.witness(Due::load, GrowthPhase::same_size);
  ASSERT_TRUE(program.has_value());
  EXPECT_EQ(program->operations.size(), 12);
  EXPECT_EQ(program->operations.back().code, OpCode::assign);
  EXPECT_FALSE(explorer.witness(Due::overflow, GrowthPhase::same_size).has_value());
}

TEST(StateKey, ForgetsTheNamesOfKeysOfOneClass) {
  const Space space = few_keys();
  EXPECT_EQ(state_after(space, program_of(space, {assign(0), assign(1), erase(0)})),
            state_after(space, program_of(space, {assign(1), assign(0), erase(1)})));
  EXPECT_FALSE(state_after(space, program_of(space, {assign(0), assign(1), erase(0)})) ==
               state_after(space, program_of(space, {assign(0), assign(1), erase(1)})));
}

TEST(StateKey, TellsKeysOfDifferentClassesApart) {
  const Space space = few_keys();
  EXPECT_FALSE(state_after(space, program_of(space, {assign(0)})) ==
               state_after(space, program_of(space, {assign(2)})));
}

TEST(StateKey, LeavesElementsAndTheSeedOut) {
  const Space space = few_keys();
  const StateDigest fresh = state_after(space, program_of(space, {assign(0)}));
  EXPECT_EQ(fresh, state_after(space, program_of(space, {assign(0), assign(0)})));
  EXPECT_EQ(fresh, state_after(space, program_of(space, {assign(0), erase(0), assign(0)})));
}

TEST(StateKey, HoldsWhatTheIteratorHasProduced) {
  const Space space = few_keys();
  constexpr Operation iter{.code = OpCode::iter, .draw = 0};
  constexpr Operation next{.code = OpCode::next};
  const auto after = [&](const std::vector<Operation>& operations) {
    return state_after(space, program_of(space, operations));
  };
  EXPECT_FALSE(after({assign(0), iter}) == after({assign(0), iter, next}));
  // The entry is a new one, and the iterator does not owe it.
  EXPECT_FALSE(after({assign(0), assign(2), iter}) ==
               after({assign(0), assign(2), iter, erase(2), assign(2)}));
}

TEST(Scopes, AreLegalAndTellTheirSpacesApart) {
  std::set<std::string> scopes;
  for (const Scope& scope : all_scopes()) {
    EXPECT_TRUE(scopes.insert(scope.name).second) << scope.name;
    std::set<std::string> names;
    for (const Space& space : scope.spaces) {
      SCOPED_TRACE(cat(scope.name, ' ', space.name));
      EXPECT_TRUE(names.insert(space.name).second);
      EXPECT_FALSE(space.about.empty());
      EXPECT_NE(find_engine(space.row), nullptr);
      const Program start = start_of(space);
      EXPECT_EQ(start.header.width, space.row.width);
      EXPECT_EQ(start.header.key, space.row.key);
      std::set<std::uint32_t> keys;
      for (const KeyClass& one : space.classes) {
        EXPECT_TRUE(space.explicit_hashes || one.keys == 1);
        for (std::uint32_t at = 0; at < one.keys; ++at) {
          EXPECT_TRUE(keys.insert(one.first + at).second);
        }
      }
    }
  }
}

}  // namespace
}  // namespace mapfuzz
