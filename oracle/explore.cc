#include "oracle/explore.h"

#include <algorithm>
#include <array>
#include <istream>
#include <ostream>
#include <type_traits>
#include <utility>

#include "oracle/audit.h"
#include "oracle/explore_nodes.h"
#include "oracle/runner.h"

namespace mapfuzz {
namespace {

constexpr std::uint32_t kRoot = 0;

RunPlan plan_of(const Space& space, bool other_width) {
  RunPlan plan{.name = "explore", .key = space.row.key, .elem = space.row.elem};
  plan.widths = {space.row.width};
  // Answers of another width, where there is one of these kinds.
  const std::uint8_t other = space.row.width == 8 ? 1 : 8;
  if (other_width && find_engine({space.row.key, space.row.elem, other}) != nullptr) {
    plan.widths.push_back(other);
  }
  return plan;
}

std::uint64_t longest_chain(const gomap::TableView& view) {
  std::uint64_t longest = 0;
  const std::size_t count = view.buckets == nullptr ? 0 : gomap::bucket_count(view.B);
  for (std::size_t index = 0; index < count; ++index) {
    std::uint64_t depth = 0;
    for (auto bucket = view.bucket(index); bucket; bucket = bucket.overflow()) {
      ++depth;
    }
    longest = std::max(longest, depth);
  }
  return longest;
}

}  // namespace

class Explorer::Impl {
 public:
  explicit Impl(const Space& space)
      : space_(space),
        start_(start_of(space)),
        alphabet_(alphabet_of(space)),
        runner_(plan_of(space, false)),
        checker_(plan_of(space, true)),
        watch_(space.row.key),
        key_(space, find_engine(space.row)->reader) {
    program_ = start_;
    runner_.observe(
        [this](const Program& ran, std::size_t step, const Observation& seen,
               const gomap::TableView& view) { follow(runner_, ran, step, seen, view); });
    checker_.observe([this](const Program& ran, std::size_t step, const Observation& seen,
                            const gomap::TableView& view) {
      if (step < watched_) {
        follow(checker_, ran, step, seen, view);
        longest_ = step + 1 == watched_ ? longest_chain(view) : 0;
      }
    });
  }

  End run(const std::function<bool(const ExploreStats&)>& pause) {
    if (nodes_.size() == 0) {
      program_.operations.resize(start_.operations.size());
      if (!check_state()) {
        return End::failed;
      }
      nodes_.add(key_.digest(), kRoot, 0);
      stats_.states = 1;
    }
    for (; stats_.expanded < nodes_.size(); ++stats_.expanded) {
      if (pause(stats_)) {
        return End::paused;
      }
      if (!expand(static_cast<std::uint32_t>(stats_.expanded))) {
        return End::failed;
      }
    }
    return End::closed;
  }

  void save(std::ostream& out) const {
    write(out, stats_);
    write(out, witnesses_);
    nodes_.save(out);
  }

  bool load(std::istream& in) {
    return read(in, stats_) && read(in, witnesses_) && nodes_.load(in) &&
           nodes_.size() == stats_.states;
  }

  [[nodiscard]] std::optional<Program> witness(Due due, GrowthPhase phase) const {
    const Witness& found =
        witnesses_[static_cast<std::size_t>(due)][static_cast<std::size_t>(phase)];
    if (found.operation == kNoOperation) {
      return std::nullopt;
    }
    Program program = start_;
    append_path(program, found.node);
    append_operation(program, alphabet_[found.operation]);
    program.operations.back().code = OpCode::assign;
    program.operations.back().value = static_cast<std::int64_t>(program.operations.size());
    return program;
  }

  [[nodiscard]] const ExploreStats& stats() const { return stats_; }
  [[nodiscard]] const ExploreFailure& failure() const { return failure_; }
  [[nodiscard]] const Program& running() const { return program_; }
  [[nodiscard]] bool knows(const StateDigest& state) const { return nodes_.knows(state); }

 private:
  static constexpr std::uint16_t kNoOperation = 0xFFFF;
  // The delete of an absent key that does what the witness's assign does up to its test.
  struct Witness {
    std::uint32_t node = 0;
    std::uint16_t operation = kNoOperation;
  };

  template <class T>
  static void write(std::ostream& out, const T& value) {
    static_assert(std::is_trivially_copyable_v<T>);
    out.write(reinterpret_cast<const char*>(&value), sizeof value);
  }
  template <class T>
  static bool read(std::istream& in, T& value) {
    return static_cast<bool>(in.read(reinterpret_cast<char*>(&value), sizeof value));
  }

  // Follows a run up to its operation number watched_ - 1, and keeps what is true then.
  void follow(const Runner& runner, const Program& ran, std::size_t step, const Observation& seen,
              const gomap::TableView& view) {
    if (step == 0) {
      watch_.start();
    }
    watch_.note(ran.operations[step], seen);
    if (step + 2 == watched_) {
      before_ = moment_of(view);
    }
    if (step + 1 != watched_) {
      return;
    }
    moment_ = moment_of(view);
    key_.take(view, runner.subject().iterator(0), watch_);
  }

  static void append_operation(Program& program, Operation operation) {
    operation.id = static_cast<std::uint32_t>(program.operations.size());
    if (operation.code == OpCode::assign) {
      operation.value = operation.id + 1;  // another value at each step
    }
    program.operations.push_back(operation);
  }

  // The operations that lead to a state, behind those of every program.
  void append_path(Program& program, std::uint32_t node) const {
    std::vector<std::uint16_t> path;
    for (; node != kRoot; node = nodes_.parent(node)) {
      path.push_back(nodes_.operation(node));
    }
    std::reverse(path.begin(), path.end());
    for (const std::uint16_t operation : path) {
      append_operation(program, alphabet_[operation]);
    }
  }

  bool fail(Failure failure) {
    failure_.failure = std::move(failure);
    failure_.program = program_;
    return false;
  }

  bool expand(std::uint32_t node);
  bool check_state();
  bool try_operation(std::uint32_t node, std::uint16_t operation);
  void note_due(std::uint32_t node, std::uint16_t operation, Turn turn);

  Space space_;
  Program start_;
  std::vector<Operation> alphabet_;
  Runner runner_;   // tries operations
  Runner checker_;  // looks at states, at two widths
  Watch watch_;
  StateKey key_;
  NodeTable nodes_;
  ExploreStats stats_;
  std::array<std::array<Witness, kPhases>, kDues> witnesses_{};
  ExploreFailure failure_;

  Program program_;          // that is being run
  std::size_t watched_ = 0;  // how many of its operations lead to the state of interest
  std::uint64_t longest_ = 0;
  Moment moment_;  // of that state
  Moment before_;  // of the one before it; there is none where that is the start
  std::vector<std::uint16_t> to_try_;
};

// The program of a state, and after it every question that there is.
bool Explorer::Impl::check_state() {
  const std::size_t path = program_.operations.size();
  watched_ = std::max<std::size_t>(path, 1);  // the first question leaves all as it is
  append_operation(program_, {.code = OpCode::len});
  for (const KeyClass& keys : space_.classes) {
    for (std::uint32_t at = 0; at < keys.keys; ++at) {
      append_operation(program_, {.code = OpCode::access2, .key = keys.first + at});
    }
  }
  append_operation(program_, {.code = OpCode::range});
  Verdict verdict = checker_.run(program_);
  if (verdict.ok()) {
    program_.operations.resize(path);
    return true;
  }
  // The other questions change nothing: the one that failed is enough.
  const std::size_t step = verdict.failure->step;
  if (step >= path && step < program_.operations.size()) {
    Operation question = program_.operations[step];
    program_.operations.resize(path);
    append_operation(program_, question);
    if (Verdict again = checker_.run(program_); !again.ok()) {
      verdict = std::move(again);
    }
  }
  return fail(std::move(*verdict.failure));
}

bool Explorer::Impl::expand(std::uint32_t node) {
  program_.operations.resize(start_.operations.size());
  append_path(program_, node);
  if (!check_state()) {
    return false;
  }
  StateInfo state{.growing = moment_.growing(),
                  .iterator_open = watch_.iterator_open(),
                  .B = moment_.B,
                  .entries = watch_.size(),
                  .present = [this](std::uint32_t key) { return watch_.present(key); },
                  .mentioned = [this](std::uint32_t key) { return key_.mentioned(key); }};
  operations_at(space_, alphabet_, state, to_try_);
  stats_.most_entries = std::max<std::uint64_t>(stats_.most_entries, watch_.size());
  stats_.largest_B = std::max<std::uint64_t>(stats_.largest_B, moment_.B);
  stats_.longest_chain = std::max(stats_.longest_chain, longest_);
  stats_.depth =
      std::max<std::uint64_t>(stats_.depth, program_.operations.size() - start_.operations.size());
  for (const std::uint16_t operation : to_try_) {
    if (!try_operation(node, operation)) {
      return false;
    }
  }
  return true;
}

bool Explorer::Impl::try_operation(std::uint32_t node, std::uint16_t operation) {
  const std::size_t path = program_.operations.size();
  append_operation(program_, alphabet_[operation]);
  watched_ = path + 1;
  before_ = {};
  Verdict verdict = runner_.run(program_);
  ++stats_.transitions;
  if (!verdict.ok()) {
    return fail(std::move(*verdict.failure));
  }
  const Operation& tried = alphabet_[operation];
  stats_.graph.count(tried, before_, moment_);
  note_due(node, operation, turn_of(tried, before_, moment_));
  if (nodes_.add(key_.digest(), node, operation)) {
    ++stats_.states;
  }
  program_.operations.resize(path);
  return true;
}

void Explorer::Impl::note_due(std::uint32_t node, std::uint16_t operation, Turn turn) {
  const Operation& tried = alphabet_[operation];
  if (tried.code != OpCode::erase || !moment_.growing() || turn != Turn::none ||
      moment_.count != before_.count) {
    return;
  }
  for (const Due due : {Due::load, Due::overflow}) {
    if (is_due(due, moment_, space_.row.width)) {
      const auto trigger = static_cast<std::size_t>(due);
      const auto phase = static_cast<std::size_t>(moment_.phase);
      if (stats_.dues[trigger][phase]++ == 0) {
        witnesses_[trigger][phase] = {node, operation};
      }
    }
  }
}

Explorer::Explorer(const Space& space) : impl_(std::make_unique<Impl>(space)) {}
Explorer::~Explorer() = default;

Explorer::End Explorer::run(const std::function<bool(const ExploreStats&)>& pause) {
  return impl_->run(pause);
}
const ExploreStats& Explorer::stats() const { return impl_->stats(); }
const ExploreFailure& Explorer::failure() const { return impl_->failure(); }
std::optional<Program> Explorer::witness(Due due, GrowthPhase phase) const {
  return impl_->witness(due, phase);
}
bool Explorer::knows(const StateDigest& state) const { return impl_->knows(state); }
const Program& Explorer::running() const { return impl_->running(); }
void Explorer::save(std::ostream& out) const { impl_->save(out); }
bool Explorer::load(std::istream& in) { return impl_->load(in); }

}  // namespace mapfuzz
