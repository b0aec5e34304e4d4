// Runner: drives one program through a subject and its judges, and stops at the first wrong step.
//
// Promises: the same program and plan give the same Verdict, digest and trace included. Work is
// bounded by kWorkBudget whatever the program asks for. Leaves to others: what is judged (audit.h,
// model.h), what the plan is for (fuzz targets).
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "oracle/implementation.h"
#include "oracle/kinds.h"
#include "oracle/program.h"
#include "oracle/state_cells.h"
#include "oracle/verdict.h"

namespace mapfuzz {

enum class AuditMode : std::uint8_t { off, touched };

// Which maps run, who judges them.
struct RunPlan {
  const char* name = "";  // of the target: "ops_u64"
  KeyKind key = KeyKind::u64;
  ElemKind elem = ElemKind::u64;
  std::vector<std::uint8_t> widths = {8};  // several: all must answer alike
  bool every_kind = false;                 // key and elem are the program's, not the plan's
  // Not empty: these maps of other libraries (peer.h), in turn, instead of the engine's rows. They
  // are u64 -> u64, and nobody can look into them: audit and Go runtime must be off.
  std::vector<const char*> peers = {};
  Policy policy = Policy::sound;
  AuditMode audit = AuditMode::touched;
  bool tree_model = true;          // the std::map model
  bool flat_model = false;         // the boost::container::flat_map model
  bool expectations = false;       // judge expect-... operations
  bool iteration_contract = true;  // judge what iterators produce (I32)
  bool go_runtime = false;         // the Go runtime judges, where it is linked (reference.h)
  std::uint32_t off = 0;           // operations never run, beside those the program switches off
};

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

// For changed programs (minimize.h): legal again, and what the plan would run. What the plan
// switches off is its own affair, and not written into the program.
void legalize(Program& program, const RunPlan& plan);

// The rows of the plan: all that run where it names its kinds, else those that programs may ask
// for.
[[nodiscard]] std::vector<Row> rows_of(const RunPlan& plan);

// The same as findings name them, peers included: "u64 -> u64, width 8".
[[nodiscard]] std::vector<std::string> subjects_of(const RunPlan& plan);

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

  [[nodiscard]] const RunPlan& plan() const;
  [[nodiscard]] static const Progress& progress();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

// Gives a legal program the plan's key, elem, width and policy: what a run of the plan really runs.
void adapt(Program& program, const RunPlan& plan);
[[nodiscard]] Program adapted(const Program& program, const RunPlan& plan);

}  // namespace mapfuzz
