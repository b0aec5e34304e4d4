// What lockstep costs: the Go side alone, the engine alone, both with every step compared, and
// ops_u64 with its audit and model, on the same programs of 64 operations in one process.
//
// Run it from the asan build, where the fuzz target lives. Rates are of medians of CPU time.
#include <benchmark/benchmark.h>

#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "oracle/bench/medians.h"
#include "oracle/go/cpp/pack.h"
#include "oracle/go/wire.h"
#include "oracle/kinds.h"
#include "oracle/runner.h"

namespace mapfuzz {
namespace {

constexpr std::size_t kPrograms = 2'000;
constexpr std::size_t kOperations = 64;

// Two thirds writes, a few iterators: maps of up to 40 entries that have grown twice.
const std::vector<Program>& programs() {
  static const auto all = [] {
    std::mt19937 random(1);
    std::vector<Program> made(kPrograms);
    for (Program& program : made) {
      program.header.seed = static_cast<std::uint32_t>(random());
      program.header.policy = Policy::go_exact;
      constexpr OpCode codes[] = {OpCode::assign,  OpCode::assign, OpCode::assign, OpCode::erase,
                                  OpCode::access2, OpCode::update, OpCode::iter,   OpCode::next};
      while (program.operations.size() < kOperations) {
        Operation operation;
        operation.code = codes[random() % std::size(codes)];
        const OpShape& shape = shape_of(operation.code);
        operation.key = shape.key ? static_cast<std::uint32_t>(random() % 64) : 0;
        operation.value = shape.value ? static_cast<std::int64_t>(random() % 1000) : 0;
        program.operations.push_back(operation);
      }
      renumber(program);
      repair(program);
    }
    return made;
  }();
  return all;
}

void require(bool holds) {
  if (!holds) {
    std::fputs("lockstep_bench: a program failed that must not\n", stderr);
    std::abort();
  }
}

void count_programs(benchmark::State& state) {
  state.counters["programs/s"] = benchmark::Counter(static_cast<double>(kPrograms),
                                                    benchmark::Counter::kIsIterationInvariantRate);
}

void run_plan(benchmark::State& state, const RunPlan& plan) {
  Runner runner(plan);
  std::vector<Program> adapted_programs;
  for (const Program& program : programs()) {
    adapted_programs.push_back(adapted(program, plan));
  }
  for (auto _ : state) {
    for (const Program& program : adapted_programs) {
      require(runner.run(program).ok());
    }
  }
  count_programs(state);
}

RunPlan engine_plan() {
  return {.name = "engine",
          .policy = Policy::go_exact,
          .audit = AuditMode::off,
          .tree_model = false,
          .iteration_contract = false};
}

void engine_alone(benchmark::State& state) { run_plan(state, engine_plan()); }

void lockstep(benchmark::State& state) {
  RunPlan plan = engine_plan();
  plan.name = "lockstep";
  plan.go_runtime = true;
  run_plan(state, plan);
}

void ops_u64(benchmark::State& state) { run_plan(state, {.name = "ops_u64"}); }

// One call a program, with a digest of the table after every step, as lockstep asks for it.
void go_alone(benchmark::State& state) {
  std::vector<WireOperation> operations;
  std::vector<WireStep> steps(kOperations + 1);
  std::vector<WireEntry> entries(1024);
  WireProgram wire{};
  for (auto _ : state) {
    for (const Program& program : programs()) {
      pack(program, operations, wire);
      WireTrace trace{};
      trace.steps = steps.data();
      trace.entries = entries.data();
      trace.entries_capacity = entries.size();
      trace.snapshot_at = -1;
      trace.flip_at = -1;
      trace.work_budget = 1'000'000;
      MapfuzzGoRun(&wire, &trace);
      require(trace.steps_size == kOperations + 1 && steps[kOperations].digested != 0);
    }
  }
  count_programs(state);
}

BENCHMARK(go_alone)->Unit(benchmark::kMillisecond);
BENCHMARK(engine_alone)->Unit(benchmark::kMillisecond);
BENCHMARK(lockstep)->Unit(benchmark::kMillisecond);
BENCHMARK(ops_u64)->Unit(benchmark::kMillisecond);

bool print_rates(const Medians& medians) {
  constexpr const char* names[] = {"engine_alone", "go_alone", "lockstep", "ops_u64"};
  std::printf("\nmedians: programs of %zu operations a second, operations a second\n", kOperations);
  for (const char* name : names) {
    const double rate = medians.of(std::string(name) + "/");
    if (rate == 0) {
      return false;
    }
    std::printf("  %-13s %8.0f %10.0f\n", name, rate, rate * static_cast<double>(kOperations));
  }
  std::printf("  lockstep runs at %.2f of the speed of ops_u64 (goal: 10000 programs a second)\n",
              medians.of("lockstep/") / medians.of("ops_u64/"));
  return true;
}

}  // namespace
}  // namespace mapfuzz

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  mapfuzz::Medians medians("programs/s");
  benchmark::RunSpecifiedBenchmarks(&medians);
  if (!mapfuzz::print_rates(medians)) {
    std::fputs("for the medians: --benchmark_repetitions=5 and no filter\n", stderr);
    return 3;
  }
  return 0;
}
