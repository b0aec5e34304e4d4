#include "fuzz/cli/determinism.h"

#include <fmt/format.h>

#include <algorithm>

#include "fuzz/cli/interrupt.h"
#include "fuzz/plans.h"
#include "oracle/hash_plan.h"

namespace mapfuzz::cli {
namespace {

Outcome difference(const std::string& target, const Program& program, const Trace& first,
                   const Trace& other, std::size_t step, const char* where) {
  const RunPlan* plan = find_plan(target);
  const Program run = plan == nullptr ? program : adapted(program, *plan);
  Failure failure;
  failure.clause = {kDeterminismClause,
                    "a program goes the same way whenever and wherever it runs"};
  failure.step = step;
  failure.code = step < run.operations.size() ? run.operations[step].code : OpCode::len;
  failure.expected = fmt::format("trace digest {:016x}, as when it ran first", digest_of(first));
  failure.got = fmt::format("trace digest {:016x} {}", digest_of(other), where);
  failure.where = fmt::format("the traces differ from step {} on", step);
  failure.subject = to_string(Row{run.header.key, run.header.elem, run.header.width});
  Outcome outcome;
  outcome.failed = true;
  outcome.signature = signature_of(failure);
  outcome.step = step;
  outcome.report = report(run, failure);
  return outcome;
}

}  // namespace

std::uint64_t digest_of(const Trace& trace) {
  std::uint64_t sum = 0;
  for (const TracePoint& point : trace) {
    sum = mix(mix(sum + point.step) + point.digest);
  }
  return sum;
}

std::optional<std::size_t> first_difference(const Trace& one, const Trace& other) {
  const auto [a, b] = std::mismatch(one.begin(), one.end(), other.begin(), other.end());
  if (a == one.end() && b == other.end()) {
    return std::nullopt;
  }
  return a != one.end() ? a->step : b->step;
}

Outcome check_determinism(Worker& shared, const std::string& target, const Program& program) {
  Trace first;
  Outcome outcome = shared.trace(target, program, first);
  if (outcome.failed) {
    return outcome;
  }
  Trace trace;
  Worker alone({.interrupted = interrupted});
  for (Worker* worker : {&shared, &alone}) {
    Outcome again = worker->trace(target, program, trace);
    if (again.failed) {
      return again;
    }
    if (const auto step = first_difference(first, trace)) {
      return difference(
          target, program, first, trace, *step,
          worker == &shared ? "when it ran again in the same process" : "in a process of its own");
    }
  }
  return outcome;
}

Outcome run_for(Worker& worker, const std::string& clause, const std::string& target,
                const Program& program) {
  return clause == kDeterminismClause ? check_determinism(worker, target, program)
                                      : worker.run_with_leaks(target, program);
}

}  // namespace mapfuzz::cli
