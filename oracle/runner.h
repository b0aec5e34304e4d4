// Runner: drives one program through a subject and its judges, and stops at the first wrong step.
//
// Promises: the same program and plan give the same Verdict, digest and trace included. Work is
// bounded by kWorkBudget (work_budget.h) whatever the program asks for. Leaves to others: what is
// judged (audit.h, model.h), what there is to run (run_plan.h).
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "oracle/implementation.h"
#include "oracle/program.h"
#include "oracle/run_plan.h"
#include "oracle/state_cells.h"
#include "oracle/verdict.h"

namespace mapfuzz {

// Where the run is, for whoever has to report a crash; updated before every step.
struct Progress {
  std::size_t step = 0;
  OpCode code = OpCode::len;
  GrowthPhase phase = GrowthPhase::quiet;
};

// A run, operation by operation: a digest of every answer so far, of what the operation cost and
// of the table's header after it. No address is in it, so equal runs have equal traces, in whatever
// process they run.
struct TracePoint {
  std::uint64_t step = 0;
  std::uint64_t digest = 0;
  friend bool operator==(const TracePoint&, const TracePoint&) = default;
};
using Trace = std::vector<TracePoint>;

class Runner {
 public:
  explicit Runner(RunPlan plan);
  Runner(Runner&&) noexcept;
  ~Runner();

  // `program` must be legal (repair). Its key, elem, width and policy are those of the plan.
  [[nodiscard]] Verdict run(const Program& program);

  // Called with every observation of the first subject, for explain; null switches it off.
  using Observer = std::function<void(const Program&, std::size_t step, const Observation&,
                                      const gomap::TableView&)>;
  void observe(Observer observer);

  // Counts the states that the first subject passes through, unless it is a peer, of which nobody
  // knows them; null switches it off.
  void count_states(StateCounter* counter);

  // Appends a point for every operation of every row; null switches it off.
  void record(Trace* trace);

  // What is being run, for observers; before the first run there is nothing.
  [[nodiscard]] const Implementation& subject() const;

  [[nodiscard]] const RunPlan& plan() const;
  [[nodiscard]] static const Progress& progress();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace mapfuzz
