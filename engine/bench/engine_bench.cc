// engine_bench: the engine, Go's map and three C++ maps, each cell a Google Benchmark named
// KEY/ENTRIES/OPERATION/ENGINE, and an iteration of it a slice of some milliseconds. The contenders
// of a cell take turns, --turns times each: where the machine is shared, its speed changes within a
// second, and then changes for all.
//
// One process is one round: it has fresh hash seeds, fresh memory and a Go process of its own.
// run.py makes the rounds, takes medians and judges; this program only measures.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <map>
#include <optional>
#include <tuple>

#include "contender.h"
#include "free_memory.h"
#include "workload.h"

namespace gomap_bench {
namespace {

constexpr std::size_t kSizes[] = {8, 64, 1024, 65536, 1U << 20U, 8U << 20U};
constexpr std::size_t kGrowthSizes[] = {65536, 1U << 20U, 8U << 20U};
constexpr std::size_t kMemorySize = 1U << 20U;

struct Options {
  int turns = 1;       // slices of each contender, in turn
  double slice = 4e6;  // nanoseconds, at least one batch

  // Takes our arguments out of those that Google Benchmark left.
  bool take(int& argc, char** argv) {
    int kept = 1;
    for (int at = 1; at < argc; ++at) {
      const std::string_view argument = argv[at];
      const auto value = [&](std::string_view name) {
        return argument.substr(0, name.size()) == name
                   ? std::optional(std::atof(argv[at] + name.size()))
                   : std::nullopt;
      };
      if (const auto number = value("--turns=")) {
        turns = static_cast<int>(*number);
      } else if (const auto milliseconds = value("--slice=")) {
        slice = *milliseconds * 1e6;
      } else {
        argv[kept++] = argv[at];
      }
    }
    argc = kept;
    return turns > 0 && slice > 0;
  }
};

// Never destroyed: giving back a gigabyte at the end of a round would take seconds.
Contender& contender_of(const Entrant& entrant) {
  static auto& made = *new std::map<std::string, std::unique_ptr<Contender>>;
  auto& contender = made[entrant.engine + "/" + entrant.key];
  if (contender == nullptr) {
    contender = entrant.make();
  }
  return *contender;
}

void measure_latency(benchmark::State& state, Contender& contender, std::size_t entries) {
  bring_in_free_memory(entries);
  const Latency latency = contender.grow(entries);
  state.counters["p50"] = latency.p50;
  state.counters["p99"] = latency.p99;
  state.counters["p99.9"] = latency.p999;
  state.counters["max"] = latency.max;
}

void measure_memory(benchmark::State& state, Contender& contender, std::size_t entries) {
  const Memory memory = contender.fill(entries);
  state.counters["allocated_mean"] = memory.allocated_mean;
  state.counters["allocated_peak"] = memory.allocated_peak;
  state.counters["resident_mean"] = memory.resident_mean;
  state.counters["resident_peak"] = memory.resident_peak;
}

using Measure = void (*)(benchmark::State&, Contender&, std::size_t);

void run_once(benchmark::State& state, const Entrant& entrant, std::size_t entries,
              Measure measure) {
  try {
    for (auto _ : state) {
      measure(state, contender_of(entrant), entries);
    }
  } catch (const std::exception& error) {
    state.SkipWithError(error.what());
  }
}

// A slice is so many batches as fill it. Counted at the first turn, whose batch also warms up.
std::int64_t batches_for(const Entrant& entrant, std::size_t entries, Operation operation,
                         double slice) {
  static std::map<std::tuple<std::string, std::string, std::size_t, Operation>, std::int64_t> known;
  std::int64_t& batches = known[{entrant.engine, entrant.key, entries, operation}];
  // One batch of a large map is a slice: trying it out would only double the time.
  if (batches == 0 && entries > kLargestWarmed) {
    batches = 1;
  }
  if (batches == 0) {
    Timing one = contender_of(entrant).time(operation, entries, 1);
    one = contender_of(entrant).time(operation, entries, 1);
    batches = static_cast<std::int64_t>(std::ceil(slice / std::max(one.nanoseconds, 1000.0)));
  }
  return batches;
}

void run_timed(benchmark::State& state, const Entrant& entrant, std::size_t entries,
               Operation operation, double slice) {
  try {
    const std::int64_t batches = batches_for(entrant, entries, operation, slice);
    const bool grows = operation == Operation::insert || operation == Operation::insert_hint;
    if (grows && entries > kLargestWarmed) {
      bring_in_free_memory(entries);
    }
    for (auto _ : state) {
      const Timing timing = contender_of(entrant).time(operation, entries, batches);
      state.SetIterationTime(timing.nanoseconds * 1e-9);
      state.counters["ns/op"] = timing.nanoseconds / timing.operations;
    }
  } catch (const std::exception& error) {
    state.SkipWithError(error.what());
  }
}

void register_all(const std::vector<Entrant>& entrants, const Options& options) {
  const auto name = [](const Entrant& entrant, std::size_t entries, std::string_view what) {
    return entrant.key + "/" + std::to_string(entries) + "/" + std::string(what) + "/" +
           entrant.engine;
  };
  for (const std::string key : {"u64", "text"}) {
    const auto each = [&](const auto& action) {
      for (const Entrant& entrant : entrants) {
        if (entrant.key == key) {
          action(entrant);
        }
      }
    };
    for (const std::size_t entries : kSizes) {
      for (std::size_t at = 0; at < std::size(kOperationNames); ++at) {
        const auto operation = static_cast<Operation>(at);
        for (int turn = 0; turn < options.turns; ++turn) {
          each([&](const Entrant& entrant) {
            // The engine alone has a second way to iterate.
            if (operation == Operation::iterate_exact && entrant.engine != "gomap") {
              return;
            }
            benchmark::RegisterBenchmark(name(entrant, entries, name_of(operation)).c_str(),
                                         [=, slice = options.slice](benchmark::State& state) {
                                           run_timed(state, entrant, entries, operation, slice);
                                         })
                ->Iterations(1)
                ->UseManualTime();
          });
        }
      }
    }
    const auto once = [&](std::size_t entries, const char* what, Measure measure, int turns) {
      for (int turn = 0; turn < turns; ++turn) {
        each([&](const Entrant& entrant) {
          benchmark::RegisterBenchmark(
              name(entrant, entries, what).c_str(),
              [=](benchmark::State& state) { run_once(state, entrant, entries, measure); })
              ->Iterations(1);
        });
      }
    };
    for (const std::size_t entries : kGrowthSizes) {
      once(entries, "latency", measure_latency, options.turns);
    }
    once(kMemorySize, "memory", measure_memory, 1);
  }
}

}  // namespace
}  // namespace gomap_bench

int main(int argc, char** argv) {
  using namespace gomap_bench;
  benchmark::Initialize(&argc, argv);
  Options options;
  if (!options.take(argc, argv)) {
    std::fputs("engine_bench: --turns=N and --slice=MILLISECONDS want a number above 0\n", stderr);
    return 2;
  }
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) {
    return 2;
  }
  std::vector<Entrant> entrants;
  for (const auto& more :
       {go_entrants(), gomap_entrants(), std_entrants(), absl_entrants(), boost_entrants()}) {
    entrants.insert(entrants.end(), more.begin(), more.end());
  }
  register_all(entrants, options);
  const std::size_t ran = benchmark::RunSpecifiedBenchmarks();
  std::fflush(nullptr);
  std::_Exit(ran == 0 ? 1 : 0);
}
