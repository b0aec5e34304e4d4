// Stages of the gate that run the repository's programs, in worker processes: replay under every
// target, lockstep beside the Go runtime, determinism.
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>

#include "fuzz/cli/determinism.h"
#include "fuzz/cli/files.h"
#include "fuzz/cli/gate_stage.h"
#include "fuzz/cli/interrupt.h"
#include "fuzz/cli/live_view.h"
#include "fuzz/cli/place.h"
#include "fuzz/cli/stop.h"
#include "fuzz/cli/test_case.h"
#include "fuzz/cli/worker.h"
#include "fuzz/plans.h"
#include "oracle/author.h"
#include "oracle/byte_codec.h"
#include "oracle/reference.h"

namespace mapfuzz::cli {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr const char* kLockstep = "lockstep";

// Beside the corpus; `ci/test -L lockstep` runs 20,000.
constexpr std::size_t kRandomPrograms = 2000;

struct Entry {
  fs::path file;  // empty: a random one
  Program program;
  std::string target;  // of its `# run:` line: it does not run under its own header
};
using Entries = std::vector<Entry>;

// Programs for one worker, which runs them in order.
struct Share {
  std::string target;  // empty: under their own headers
  std::vector<const Entry*> entries;
};

using Check = std::function<Outcome(Worker&, const std::string& target, const Program&)>;

Entries load_corpus() {
  Entries entries;
  for (const char* folder : {"seeds", "regressions"}) {
    const fs::path path = source_folder() / "corpus" / folder;
    std::error_code error;
    if (std::string_view(folder) == "regressions" && !fs::exists(path, error)) {
      continue;  // there were none so far
    }
    for (const fs::path& file : files_under(path, ".ops")) {
      OpsText ops = load_ops(file);
      entries.push_back({file, std::move(ops.program), std::move(ops.target)});
    }
  }
  return entries;
}

Share whole(const std::string& target, const Entries& entries) {
  Share share{target, {}};
  for (const Entry& entry : entries) {
    if (!target.empty() || entry.target.empty()) {
      share.entries.push_back(&entry);
    }
  }
  return share;
}

// Every program under every target that was asked for and, if none was, under its own header.
std::vector<Share> under_targets(const GateRun& run, const Entries& entries) {
  std::vector<Share> shares;
  if (run.every_target) {
    shares.push_back(whole({}, entries));
  }
  for (const std::string& target : run.options.targets) {
    shares.push_back(whole(target, entries));
  }
  return shares;
}

// Runs shares at the same time, until all are done or a program has failed.
class Pool {
 public:
  Pool(GateRun& run, const char* stage, const Check& check)
      : run_(run), stage_(stage), check_(check) {}

  StageResult work(const std::vector<Share>& shares);

  [[nodiscard]] std::size_t programs() const { return programs_; }
  [[nodiscard]] std::size_t operations() const { return operations_; }

 private:
  struct Failing {
    const Share* share;
    const Entry* entry;
    Outcome outcome;
  };

  void work_off(const std::vector<Share>& shares);
  [[nodiscard]] JunitCase run_share(const Share& share);

  GateRun& run_;
  const char* stage_;
  const Check& check_;
  std::atomic<std::size_t> next_{0};
  std::atomic<bool> stop_{false};
  std::atomic<std::size_t> programs_{0};
  std::atomic<std::size_t> operations_{0};
  std::mutex mutex_;  // of what follows
  std::optional<Failing> failing_;
  std::exception_ptr problem_;
  std::vector<JunitCase> cases_;
};

JunitCase Pool::run_share(const Share& share) {
  const std::string name = share.target.empty() ? "own header" : share.target;
  const Clock::time_point start = Clock::now();
  Worker worker({.interrupted = interrupted});
  JunitCase result{.name = name};
  std::size_t operations = 0;
  for (std::size_t at = 0; at < share.entries.size() && !stop_; ++at) {
    const Entry& entry = *share.entries[at];
    run_.status.show(
        fmt::format("{:<12} {}: {} of {}", stage_, name, at + 1, share.entries.size()));
    Outcome outcome = check_(worker, share.target, entry.program);
    ++programs_;
    operations += outcome.steps;
    if (outcome.failed) {
      const std::lock_guard lock(mutex_);
      stop_ = true;
      if (!failing_.has_value()) {
        result.problem = to_string(outcome.signature);
        result.details = outcome.report;
        failing_ = {&share, &entry, std::move(outcome)};
      }
    }
  }
  operations_ += operations;
  result.seconds = std::chrono::duration<double>(Clock::now() - start).count();
  if (operations == 0 && !stop_) {
    stop(kEnvironment, "{} ran no operation of {} programs", name, share.entries.size());
  }
  return result;
}

void Pool::work_off(const std::vector<Share>& shares) {
  for (std::size_t at = next_++; at < shares.size() && !stop_; at = next_++) {
    try {
      JunitCase done = run_share(shares[at]);
      const std::lock_guard lock(mutex_);
      cases_.push_back(std::move(done));
    } catch (...) {
      const std::lock_guard lock(mutex_);
      problem_ = std::current_exception();
      stop_ = true;
    }
  }
}

StageResult Pool::work(const std::vector<Share>& shares) {
  std::vector<std::thread> threads;
  const std::size_t jobs = std::min<std::size_t>(run_.options.jobs, shares.size());
  threads.reserve(jobs);
  for (std::size_t job = 0; job < jobs; ++job) {
    threads.emplace_back([&] { work_off(shares); });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  StageResult result;
  if (failing_.has_value()) {
    const std::string& target = failing_->share->target;
    run_.status.show(
        fmt::format("{:<12} {}: minimising", stage_, to_string(failing_->outcome.signature)));
    run_.findings.add(target, failing_->entry->program, failing_->outcome, failing_->entry->file);
    result = stage_finding(run_.findings.all().back());
  } else if (problem_) {
    std::rethrow_exception(problem_);
  } else if (programs_ == 0) {
    stop(kEnvironment, "there was no program to run");
  }
  result.cases = std::move(cases_);
  return result;
}

std::string operations_text(const Pool& pool) {
  return abbreviated(static_cast<double>(pool.operations()));
}

Outcome run_once(Worker& worker, const std::string& target, const Program& program) {
  return worker.run(target, program);
}

// The units that campaigns kept for this target.
Entries units_of(const fs::path& campaign, const std::string& target) {
  Entries entries;
  const fs::path folder = campaign / target / "corpus";
  std::error_code error;
  if (!fs::exists(folder, error)) {
    return entries;
  }
  for (const fs::path& file : files_under(folder, "")) {
    const std::string bytes = read_file(file);
    entries.push_back(
        {file, decode(std::vector<std::uint8_t>(bytes.begin(), bytes.end())), target});
  }
  return entries;
}

}  // namespace

StageResult gate_replay(GateRun& run) {
  const Entries corpus = load_corpus();
  std::vector<Share> shares = under_targets(run, corpus);
  std::erase_if(shares, [](const Share& share) { return share.target == kLockstep; });
  const Check check = run_once;
  Pool pool(run, "replay", check);
  StageResult result = pool.work(shares);
  result.summary = fmt::format("{} runs of {} programs, {} operations ({})", pool.programs(),
                               corpus.size(), operations_text(pool), configuration());
  return result;
}

StageResult gate_lockstep(GateRun& run) {
  const RunPlan* plan = find_plan(kLockstep);
  if (plan == nullptr || std::find(run.options.targets.begin(), run.options.targets.end(),
                                   kLockstep) == run.options.targets.end()) {
    stop(kEnvironment, "there is no target lockstep to run: it is not linked, or not asked for");
  }
  Entries entries = load_corpus();
  const std::vector<Row> rows = rows_of(*plan);
  Author author(1);
  Choice choice(2);
  for (std::size_t n = 0; n < kRandomPrograms; ++n) {
    entries.push_back({{}, author.write(rows[n % rows.size()], choice.between(100, 600)), {}});
  }
  // One share a processor, and each of them of every sort.
  std::vector<Share> shares(run.options.jobs, {kLockstep, {}});
  for (std::size_t at = 0; at < entries.size(); ++at) {
    shares[at % shares.size()].entries.push_back(&entries[at]);
  }
  const Check check = run_once;
  Pool pool(run, "lockstep", check);
  StageResult result = pool.work(shares);
  result.summary = fmt::format("{} programs beside the Go runtime, {} ops", pool.programs(),
                               operations_text(pool));
  return result;
}

StageResult gate_determinism(GateRun& run) {
  const Entries corpus = load_corpus();
  std::vector<Share> shares = under_targets(run, corpus);
  std::vector<Entries> units;
  units.reserve(run.options.targets.size());
  if (!run.options.campaign.empty()) {
    for (const std::string& target : run.options.targets) {
      units.push_back(units_of(run.options.campaign, target));
      if (!units.back().empty()) {
        shares.push_back(whole(target, units.back()));
      }
    }
    if (std::all_of(units.begin(), units.end(), [](const Entries& of) { return of.empty(); })) {
      stop(kEnvironment, "{} holds no unit of these targets: is it a campaign's folder?",
           shown(run.options.campaign));
    }
  }
  const Check check = check_determinism;
  Pool pool(run, "determinism", check);
  StageResult result = pool.work(shares);
  result.summary = fmt::format("{} runs, twice in one process and once alone", pool.programs());
  return result;
}

}  // namespace mapfuzz::cli
