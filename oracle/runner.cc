#include "oracle/runner.h"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "oracle/audit.h"
#include "oracle/hash_plan.h"
#include "oracle/judge_threads.h"
#include "oracle/model.h"
#include "oracle/peer.h"
#include "oracle/picture.h"
#include "oracle/reference.h"
#include "oracle/text.h"
#include "oracle/trace_digest.h"
#include "oracle/work_budget.h"

namespace mapfuzz {
namespace {

Progress current;

Clause reenter_clause() {
  return {"reenter", "an operation from inside a write's hash or equality call is detected"};
}
Clause fault_clause() { return {"fault", "a legal program ends without a fatal error"}; }
Clause injected_clause() {
  return {"injected", "an exception of hash, equality, value or allocator reaches the caller"};
}
Clause lifetimes_clause() {
  return {"lifetimes", "a key or element is made once, destroyed once, and not used when dead"};
}
Clause expectation_clause() { return {"expect", "an expectation written into the program holds"}; }
Clause agreement_clause() { return {"widths.agree", "maps of all bucket widths answer alike"}; }

// What must not depend on the width: every answer but the order of iteration.
struct Answer {
  Step step = Step::none;
  bool found = false;
  std::uint64_t value = 0;
  std::uint64_t length = 0;
  std::uint64_t entries = 0;  // order-free digest of a range
  friend bool operator==(const Answer&, const Answer&) = default;
};

Answer answer_of(const Operation& operation, const Observation& seen) {
  if (operation.code == OpCode::next) {
    return {};
  }
  Answer answer{seen.step, seen.found, seen.value, seen.length, 0};
  for (const Entry& entry : seen.entries) {
    answer.entries += digest_of(entry);
  }
  return answer;
}

Outcome outcome_of(const Observation& seen) {
  if (seen.fault != nullptr) {
    return Outcome::fatal;
  }
  if (seen.injected) {
    return Outcome::interrupted;
  }
  return seen.panic != nullptr ? Outcome::panicked : Outcome::done;
}

// Of a plan that this program cannot run: nothing it could be asked would be true.
[[noreturn]] void refuse(const std::string& why) {
  std::fprintf(stderr, "mapfuzz: %s\n", why.c_str());
  std::abort();
}

std::string to_string(const Answer& answer) {
  return cat("found ", answer.found ? "yes" : "no", ", value ", answer.value, ", length ",
             answer.length, ", entries ", hex(answer.entries, 16));
}

}  // namespace

class Runner::Impl {
 public:
  explicit Impl(RunPlan run_plan) : plan(std::move(run_plan)) {
    for (const Row& row : rows_of(plan)) {
      add_row(row);
    }
    for (const char* peer : plan.peers) {
      add_peer(peer);
    }
    if (plan.go_runtime) {
      reference_ = make_reference();
      if (reference_ == nullptr) {
        refuse("this program does not link the Go runtime (oracle/go)");
      }
    }
    if (plan.tree_model) {
      models_.push_back(make_tree_model());
    }
    if (plan.flat_model) {
      models_.push_back(make_flat_model());
    }
  }

  Verdict run(const Program& program) {
    Verdict verdict;
    answers_.clear();
    steps_ = program.operations.size();
    const Header& header = program.header;
    bool first = true;
    for (Subject& subject : subjects_) {
      const Row& row = subject.row.row;
      if (plan.every_kind && (row.key != header.key || row.elem != header.elem)) {
        continue;
      }
      subject_ = &subject;
      if (auto failure = run_subject(program, first, verdict)) {
        verdict.failure = std::move(failure);
        break;
      }
      first = false;
    }
    return verdict;
  }

  [[nodiscard]] const Implementation& subject() const { return *subject_->engine; }

  RunPlan plan;
  Observer observer;
  StateCounter* counter = nullptr;
  Trace* trace = nullptr;

 private:
  struct Subject {
    EngineRow row;
    std::string name;
    std::unique_ptr<Implementation> engine;
    Audit audit;
    bool counted;  // its keys or elements are
  };

  void add_row(const Row& wanted) {
    const EngineRow* row = find_engine(wanted, plan.threads);
    if (row == nullptr) {
      refuse(cat("row ", to_string(wanted), plan.threads ? " with yield points" : "",
                 " is not linked into this program; kinds.def lists the rows"));
    }
    add_subject(*row, to_string(wanted));
  }

  void add_peer(const char* wanted) {
    const Peer* peer = find_peer(wanted);
    if (peer == nullptr) {
      refuse(cat("peer ", wanted, " is not linked into this program (oracle/peers)"));
    }
    if (plan.audit != AuditMode::off || plan.go_runtime) {
      refuse(cat("plan ", plan.name, " has peers: its audit and Go runtime must be off"));
    }
    if (plan.key != KeyKind::u64 || plan.elem != ElemKind::u64) {
      refuse(cat("plan ", plan.name, " has peers: its kinds must be u64 -> u64"));
    }
    add_subject({{plan.key, plan.elem, plan.widths.front()}, peer->make, {}},
                subject_of(plan, wanted));
  }

  void add_subject(const EngineRow& row, std::string name) {
    subjects_.push_back(
        {row, std::move(name), row.make(), Audit(row.row.key, row.reader), is_counted(row.row)});
  }

  std::optional<Failure> run_subject(const Program& program, bool first, Verdict& verdict);
  std::optional<Failure> run_step(const Program& program, std::size_t step, bool first,
                                  Verdict& verdict);
  std::optional<Failure> run_as_threads(const Program& program, std::size_t step,
                                        const Observation& seen, bool first, Verdict& verdict);
  std::optional<Violation> audit_step(const Operation& operation, const gomap::TableView& view,
                                      const Observation& seen, const IteratorView& iterator);
  std::optional<Mismatch> judge(std::size_t step, const Operation& operation,
                                const Observation& seen, const gomap::TableView& view, bool first);
  std::optional<Mismatch> judge_table(const Operation& operation,
                                      const gomap::TableView& view) const;
  [[nodiscard]] std::optional<Failure> misuse() const;
  [[nodiscard]] std::optional<Failure> miscount(bool finished) const;
  [[nodiscard]] Failure failure(const Clause& clause, const Place& place, std::string expected,
                                std::string got) const;
  [[nodiscard]] Failure failure(const Difference& difference) const;

  std::vector<Subject> subjects_;
  std::vector<std::unique_ptr<Model>> models_;
  std::unique_ptr<Reference> reference_;
  std::vector<Answer> answers_;  // of the first subject
  std::size_t steps_ = 0;        // that the first subject ran before its budget was used up
  bool stopped_ = false;         // a fatal error that had to come ended the program
  Subject* subject_ = nullptr;
  // Of the subject, before and after its last step; they take turns.
  std::array<gomap::TableView, 2> views_;
  gomap::TableView* before_ = views_.data();
  gomap::TableView* view_ = before_ + 1;
};

Failure Runner::Impl::failure(const Clause& clause, const Place& place, std::string expected,
                              std::string got) const {
  return {.clause = clause,
          .step = current.step,
          .code = current.code,
          .phase = current.phase,
          .expected = std::move(expected),
          .got = std::move(got),
          .where = mapfuzz::to_string(place),
          .table = picture(subject_->engine->view(), subject_->row.reader, place),
          .subject = subject_->name};
}

Failure Runner::Impl::failure(const Difference& difference) const {
  const Mismatch& mismatch = difference.mismatch;
  Failure out = failure(mismatch.clause, {}, mismatch.expected, mismatch.got);
  if (!difference.table.empty()) {
    out.table = difference.table;
  }
  return out;
}

std::optional<Failure> Runner::Impl::misuse() const {
  if (!subject_->counted) {
    return std::nullopt;
  }
  const Lifetimes lifetimes = subject_->engine->lifetimes();
  if (lifetimes.misused == 0) {
    return std::nullopt;
  }
  return failure(lifetimes_clause(), {}, "instances are used where they were made, and while alive",
                 cat(lifetimes.misused, " uses of something else"));
}

// More may be alive while iterators are, for whom deleted values are kept.
std::optional<Failure> Runner::Impl::miscount(bool finished) const {
  if (!subject_->counted) {
    return std::nullopt;
  }
  const Lifetimes lifetimes = subject_->engine->lifetimes();
  if (finished ? lifetimes.alive == 0 : lifetimes.alive >= lifetimes.owed) {
    return std::nullopt;
  }
  return failure(lifetimes_clause(), {},
                 finished ? std::string("no instance outlives the maps")
                          : cat(lifetimes.owed, " instances or more, for the entries of the maps"),
                 cat(lifetimes.alive, " alive"));
}

std::optional<Failure> Runner::Impl::run_subject(const Program& program, bool first,
                                                 Verdict& verdict) {
  current = {};
  stopped_ = false;
  if (first && counter != nullptr) {
    counter->start();
  }
  subject_->engine->prepare(program);
  subject_->engine->look(*view_);
  for (const auto& model : models_) {
    model->start(program, plan.iteration_contract);
  }
  const bool audited = plan.audit == AuditMode::touched && !models_.empty();
  if (audited) {
    subject_->audit.start(program);
  }
  if (reference_ != nullptr) {
    reference_->prepare(program, subject_->row);
    if (auto difference = reference_->compare_start(*view_, *subject_->engine)) {
      return failure(*difference);
    }
  }
  std::size_t work = 0;
  std::size_t step = 0;
  for (; step < steps_; ++step) {
    const Operation& operation = program.operations[step];
    if ((program.header.off >> static_cast<unsigned>(operation.code) & 1U) != 0) {
      answers_.resize(std::max(answers_.size(), step + 1));
      continue;
    }
    if (first) {
      work += work_of(operation, *view_, program.header.hash);
      if (work > kWorkBudget) {
        steps_ = step;
        break;
      }
    }
    if (auto found = run_step(program, step, first, verdict)) {
      return found;
    }
    ++verdict.steps;
    if (stopped_) {
      // It gave no answer, and maps of other widths grow at other steps: they go as far as this.
      steps_ = step;
      break;
    }
  }
  current.step = program.operations.size();
  current.code = OpCode::len;
  current.phase = phase_of(*view_);
  if (audited && !stopped_) {
    if (auto violation = subject_->audit.whole(subject_->engine->view(), *models_.front())) {
      return failure(clause_of(violation->invariant), violation->place, violation->expected,
                     violation->got);
    }
  }
  if (!subject_->counted) {
    return std::nullopt;
  }
  // After a fatal error too: whatever the maps hold then, they own all of it.
  subject_->engine->finish();
  auto found = misuse();
  return found.has_value() ? found : miscount(true);
}

std::optional<Failure> Runner::Impl::run_step(const Program& program, std::size_t step, bool first,
                                              Verdict& verdict) {
  const Operation& operation = program.operations[step];
  Implementation& engine = *subject_->engine;
  const bool audited = plan.audit == AuditMode::touched && !models_.empty();
  std::swap(before_, view_);
  current = {step, operation.code, phase_of(*before_)};
  IteratorView iterator;
  if (audited) {
    subject_->audit.before(*before_, operation);
    if (operation.code == OpCode::next) {
      iterator = engine.iterator(operation.slot);
      subject_->audit.before_next(*before_, operation.slot, iterator, *models_.front());
    }
  }
  const Observation seen = engine.step(step);
  engine.look(*view_);
  const gomap::TableView& view = *view_;
  if (first && counter != nullptr) {
    counter->count(operation, *before_, seen, view, engine);
  }

  verdict.digest = mix(verdict.digest + digest_of(seen));
  if (trace != nullptr) {
    trace->push_back({step, mix(verdict.digest + digest_of(view) + digest_of(engine.cost()))});
  }

  if (seen.interleaving != nullptr) {
    return run_as_threads(program, step, seen, first, verdict);
  }

  if (seen.reentered) {
    if (seen.fault != nullptr) {
      stopped_ = true;  // as it must: what is left of the map is nobody's business
      return std::nullopt;
    }
    return failure(reenter_clause(), {}, "a fatal error", "none");
  }

  if (seen.swallowed) {
    return failure(injected_clause(), {}, "the injected exception", "a normal return");
  }

  if (auto found = misuse()) {
    return found;
  }

  // Models first take the step, so that the audit can ask them; the audit's word comes first.
  std::optional<Mismatch> mismatch = judge(step, operation, seen, view, first);
  if (audited) {
    if (auto violation = audit_step(operation, view, seen, iterator)) {
      return failure(clause_of(violation->invariant), violation->place, violation->expected,
                     seen.fault == nullptr
                         ? violation->got
                         : cat(violation->got, ", and the fatal error \"", seen.fault, '"'));
    }
  }
  if (auto found = miscount(false)) {
    return found;
  }
  if (seen.fault != nullptr) {
    return failure(fault_clause(), {}, "no fatal error", seen.fault);
  }
  if (mismatch.has_value()) {
    return failure(mismatch->clause, {}, mismatch->expected, mismatch->got);
  }
  if (reference_ != nullptr) {
    if (auto difference = reference_->compare(step, seen, view, engine)) {
      return failure(*difference);
    }
  }
  if (first && observer) {
    observer(program, step, seen, view);
  }
  return std::nullopt;
}

// Operations that ran as threads end the program: where they met a conflict, what is left of the
// map is nobody's business; where they met none, the whole table has been looked at.
std::optional<Failure> Runner::Impl::run_as_threads(const Program& program, std::size_t step,
                                                    const Observation& seen, bool first,
                                                    Verdict& verdict) {
  stopped_ = true;
  if (first && observer) {
    observer(program, step, seen, *view_);
  }
  if (models_.empty()) {
    return std::nullopt;
  }
  subject_->audit.lose_track(seen.interleaving->operations.size());
  const ThreadsVerdict threads = judge_threads(
      *seen.interleaving, *models_.front(),
      [this](const Model& model) { return subject_->audit.whole(*view_, model); },
      depends_on_seed(program.header.hash));
  verdict.threads = threads.end;
  if (threads.mismatch.has_value()) {
    return failure(threads.mismatch->clause, {}, threads.mismatch->expected, threads.mismatch->got);
  }
  return std::nullopt;
}

std::optional<Violation> Runner::Impl::audit_step(const Operation& operation,
                                                  const gomap::TableView& view,
                                                  const Observation& seen,
                                                  const IteratorView& iterator) {
  const StepCost cost = subject_->engine->cost();
  auto violation = subject_->audit.after(view, operation, cost, *models_.front(), outcome_of(seen));
  if (!violation.has_value() && operation.code == OpCode::next && seen.fault == nullptr) {
    violation = Audit::iterator_step(view, iterator, subject_->engine->iterator(operation.slot));
  }
  return violation;
}

std::optional<Mismatch> Runner::Impl::judge(std::size_t step, const Operation& operation,
                                            const Observation& seen, const gomap::TableView& view,
                                            bool first) {
  if (seen.fault != nullptr) {
    return std::nullopt;  // the operation gave no answer
  }
  for (const auto& model : models_) {
    if (auto mismatch = model->judge(operation, seen, plan.expectations)) {
      return mismatch;
    }
  }
  if (plan.widths.size() > 1) {
    const Answer answer = answer_of(operation, seen);
    if (first) {
      answers_.resize(step);
      answers_.push_back(answer);
    } else if (answers_[step] != answer) {
      return Mismatch{agreement_clause(), to_string(answers_[step]), to_string(answer)};
    }
  }
  return plan.expectations ? judge_table(operation, view) : std::nullopt;
}

std::optional<Mismatch> Runner::Impl::judge_table(const Operation& operation,
                                                  const gomap::TableView& view) const {
  std::int64_t got = operation.value;
  switch (operation.code) {
    case OpCode::expect_phase:
      if (static_cast<std::int64_t>(phase_of(view)) != operation.value) {
        return Mismatch{expectation_clause(),
                        mapfuzz::to_string(static_cast<GrowthPhase>(operation.value)),
                        mapfuzz::to_string(phase_of(view))};
      }
      return std::nullopt;
    case OpCode::expect_buckets:
      got = std::int64_t{1} << view.B;
      break;
    case OpCode::expect_overflow:
      got = view.noverflow;
      break;
    default:
      return std::nullopt;
  }
  if (got != operation.value) {
    return Mismatch{expectation_clause(), cat(operation.value), cat(got)};
  }
  return std::nullopt;
}

Runner::Runner(RunPlan plan) : impl_(std::make_unique<Impl>(std::move(plan))) {}
Runner::Runner(Runner&&) noexcept = default;
Runner::~Runner() = default;

Verdict Runner::run(const Program& program) { return impl_->run(program); }
void Runner::observe(Observer observer) { impl_->observer = std::move(observer); }
void Runner::count_states(StateCounter* counter) { impl_->counter = counter; }
void Runner::record(Trace* trace) { impl_->trace = trace; }
const Implementation& Runner::subject() const { return impl_->subject(); }
const RunPlan& Runner::plan() const { return impl_->plan; }
const Progress& Runner::progress() { return current; }

}  // namespace mapfuzz
