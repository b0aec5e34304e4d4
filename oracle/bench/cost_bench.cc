// What judging costs: ops_u64 against a bare differential loop, with and without the audit, and the
// audit against the size of the map.
//
// Both sides of a ratio run in this process, interleaved, on the same programs; ratios are of
// medians of CPU time. Run it from the asan build: that is where fuzz targets live.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "oracle/audit.h"
#include "oracle/bench/medians.h"
#include "oracle/byte_codec.h"
#include "oracle/kinds.h"
#include "oracle/runner.h"

namespace mapfuzz {
namespace {

constexpr std::size_t kPrograms = 10'000;
constexpr std::size_t kOperations = 39;  // a program: the mean of such loops in the wild
constexpr std::uint32_t kKeys = 64;

// Put, get and delete on few keys, as byte strings: what both sides get from the fuzzer.
const std::vector<std::vector<std::uint8_t>>& inputs() {
  static const auto all = [] {
    std::mt19937 random(1);
    std::vector<std::vector<std::uint8_t>> made;
    for (std::size_t at = 0; at < kPrograms; ++at) {
      Program program;
      program.header.seed = static_cast<std::uint32_t>(at);
      for (std::size_t n = 0; n < kOperations; ++n) {
        constexpr OpCode codes[] = {OpCode::assign, OpCode::access2, OpCode::erase};
        Operation operation;
        operation.code = codes[random() % std::size(codes)];
        operation.key = random() % kKeys;
        operation.value =
            operation.code == OpCode::assign ? static_cast<std::int64_t>(random() % 1000) : 0;
        program.operations.push_back(operation);
      }
      renumber(program);
      made.push_back(encode(program));
    }
    return made;
  }();
  return all;
}

void require(bool holds) {
  if (!holds) {
    std::fputs("cost_bench: the two sides disagree\n", stderr);
    std::abort();
  }
}

// The least that a differential map fuzzer does: two maps, one answer compared an operation.
void bare_program(const Program& program) {
  boost::unordered_flat_map<std::uint64_t, std::uint64_t> map;
  std::map<std::uint64_t, std::uint64_t> model;
  for (const Operation& operation : program.operations) {
    const auto value = static_cast<std::uint64_t>(operation.value);
    switch (operation.code) {
      case OpCode::assign:
        map[operation.key] = value;
        model[operation.key] = value;
        break;
      case OpCode::erase:
        require(map.erase(operation.key) == model.erase(operation.key));
        break;
      default: {
        const auto got = map.find(operation.key);
        const auto wanted = model.find(operation.key);
        require((got == map.end()) == (wanted == model.end()) &&
                (got == map.end() || got->second == wanted->second));
        break;
      }
    }
  }
  require(map.size() == model.size());
  for (const auto& [key, value] : model) {
    require(map.at(key) == value);
  }
}

void count_operations(benchmark::State& state, std::size_t operations) {
  using benchmark::Counter;
  // Seconds a billion operations: nanoseconds an operation.
  state.counters["ns/op"] = Counter(static_cast<double>(operations) * 1e-9,
                                    Counter::kIsIterationInvariantRate | Counter::kInvert);
}

void bare_loop(benchmark::State& state) {
  Program program;
  for (auto _ : state) {
    for (const auto& bytes : inputs()) {
      decode(bytes, program);
      bare_program(program);
    }
  }
  count_operations(state, kPrograms * kOperations);
}

void ops_u64(benchmark::State& state, AuditMode audit) {
  Runner runner(RunPlan{.name = "ops_u64", .audit = audit});
  Program program;
  for (auto _ : state) {
    for (const auto& bytes : inputs()) {
      decode(bytes, program);
      adapt(program, runner.plan());
      require(runner.run(program).ok());
    }
  }
  count_operations(state, kPrograms * kOperations);
}

// The model's part of the audit, at no cost that grows with the map.
class Answers final : public Expectation {
 public:
  explicit Answers(std::size_t keys) : values_(keys) {}
  void apply(const Operation& operation) {
    auto& value = values_[operation.key];
    size_ -= value.has_value() ? 1 : 0;
    value.reset();
    if (operation.code == OpCode::assign) {
      value = static_cast<std::uint64_t>(operation.value);
      ++size_;
    }
  }
  [[nodiscard]] std::size_t size() const override { return size_; }
  [[nodiscard]] std::optional<std::uint64_t> element(std::uint32_t key) const override {
    return values_[key];
  }

 private:
  std::vector<std::optional<std::uint64_t>> values_;
  std::size_t size_ = 0;
};

// A map of `entries`, then churn at that size, with the audit (its looks at the whole table
// included) and without. What the audit costs is the difference of the two.
MAPFUZZ_UNCHECKED void churn_at_size(benchmark::State& state, AuditMode mode) {
  const auto entries = static_cast<std::uint32_t>(state.range(0));
  constexpr std::size_t churn = 400'000;
  std::mt19937 random(2);
  Program program;
  program.operations.reserve(entries + churn);
  for (std::uint32_t at = 0; at < entries + churn; ++at) {
    const bool fill = at < entries;
    Operation operation;
    operation.id = at;
    operation.code = fill || at % 2 == 0 ? OpCode::assign : OpCode::erase;
    operation.key = fill ? at : random() % entries;
    operation.value = operation.code == OpCode::assign ? at : 0;
    program.operations.push_back(operation);
  }
  const bool audited = mode == AuditMode::touched;
  const EngineRow* row = find_engine({KeyKind::u64, ElemKind::u64, 8});
  const auto engine = row->make();
  Audit audit(KeyKind::u64, row->reader);
  for (auto _ : state) {
    Answers answers(entries);
    engine->prepare(program);
    audit.start(program);
    gomap::TableView before;
    gomap::TableView view = engine->view();
    std::clock_t started = std::clock();
    for (std::size_t at = 0; at < program.operations.size(); ++at) {
      if (at == entries) {
        started = std::clock();
      }
      const Operation& operation = program.operations[at];
      std::swap(before, view);
      if (audited) {
        audit.before(before, operation);
      }
      (void)engine->step(at);
      answers.apply(operation);
      engine->look(view);
      require(!audited || !audit.after(view, operation, engine->cost(), answers, Outcome::done));
    }
    state.SetIterationTime(static_cast<double>(std::clock() - started) / CLOCKS_PER_SEC);
  }
  count_operations(state, churn);
}

BENCHMARK(bare_loop)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(ops_u64, audit_off, AuditMode::off)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(ops_u64, audit_on, AuditMode::touched)->Unit(benchmark::kMillisecond);
void sizes(benchmark::internal::Benchmark* churn) {
  churn->Arg(10)->Arg(1000)->Arg(100'000)->UseManualTime()->Iterations(1)->Unit(
      benchmark::kMillisecond);
}
BENCHMARK_CAPTURE(churn_at_size, audit_off, AuditMode::off)->Apply(sizes);
BENCHMARK_CAPTURE(churn_at_size, audit_on, AuditMode::touched)->Apply(sizes);

bool print_ratios(const Medians& medians) {
  const auto of = [&](const std::string& name) { return medians.of(name); };
  const double bare = of("bare_loop/");
  const double off = of("ops_u64/audit_off/");
  const double on = of("ops_u64/audit_on/");
  if (bare == 0 || off == 0 || on == 0) {
    return false;
  }
  std::printf("\nmedians, ns per operation\n");
  std::printf("  bare loop %.0f, ops_u64 %.0f: %.2f of the bare loop's speed (goal: 0.50)\n", bare,
              on, bare / on);
  std::printf("  audit off %.0f, on %.0f: %.2f times (goal: at most 1.50)\n", off, on, on / off);
  for (const std::string entries : {"10", "1000", "100000"}) {
    const double without = of("churn_at_size/audit_off/" + entries);
    const double with = of("churn_at_size/audit_on/" + entries);
    std::printf("  audit of one operation on a map of %s: %.0f\n", entries.c_str(), with - without);
  }
  return true;
}

}  // namespace
}  // namespace mapfuzz

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  mapfuzz::Medians medians("ns/op");
  benchmark::RunSpecifiedBenchmarks(&medians);
  return mapfuzz::print_ratios(medians) ? 0 : 3;
}
