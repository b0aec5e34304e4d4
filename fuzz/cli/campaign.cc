#include "fuzz/cli/campaign.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <system_error>
#include <thread>

#include "fuzz/cli/campaign_folder.h"
#include "fuzz/cli/duration.h"
#include "fuzz/cli/findings.h"
#include "fuzz/cli/fuzzer.h"
#include "fuzz/cli/interrupt.h"
#include "fuzz/cli/live_view.h"
#include "fuzz/cli/place.h"
#include "fuzz/cli/scoreboard.h"
#include "fuzz/cli/stop.h"
#include "fuzz/cli/targets_verb.h"
#include "fuzz/cli/test_case.h"
#include "fuzz/plans.h"

namespace mapfuzz::cli {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kDefaultTime{60};
constexpr auto kSavePause = std::chrono::seconds(10);

std::string last_lines(std::string_view text, std::size_t lines) {
  std::size_t at = text.size();
  for (std::size_t line = 0; line <= lines && at != std::string_view::npos && at > 0; ++line) {
    at = text.rfind('\n', at - 1);
  }
  return std::string(at == std::string_view::npos ? text : text.substr(at + 1));
}

class Campaign {
 public:
  explicit Campaign(CampaignOptions options)
      : options_(std::move(options)),
        folder_(options_.out.empty() ? default_campaign_folder() : options_.out),
        board_(options_.targets),
        view_(options_.quiet ? LiveView::Where::terminal : LiveView::Where::anywhere),
        findings_(
            folder_.findings(),
            options_.quiet ? Findings::Say() : [this](std::string_view text) { view_.say(text); }) {
  }

  void run();
  [[nodiscard]] CampaignResult result() const { return {board_.all(), findings_.all()}; }
  [[nodiscard]] int conclude();

 private:
  void prepare();
  void announce(unsigned jobs) const;
  void work();
  void fuzz(std::size_t index);
  [[nodiscard]] FuzzerOptions fuzzer_options(const std::string& target, const Score& so_far) const;
  bool after_run(std::size_t index, const Fuzzer& fuzzer, FuzzerEnd end);
  void save_state() const;
  [[nodiscard]] StateCounts states() const;
  [[nodiscard]] bool stopping() const { return interrupted() || stop_; }

  CampaignOptions options_;
  CampaignFolder folder_;
  Scoreboard board_;
  LiveView view_;
  Findings findings_;
  std::atomic<std::size_t> next_{0};
  std::atomic<unsigned> working_{0};
  std::atomic<bool> stop_{false};
};

void Campaign::prepare() {
  if (!options_.empty) {
    folder_.build_seeds(source_folder() / "corpus");
  }
  for (const std::string& target : options_.targets) {
    folder_.add_target(target);
    std::error_code ignored;
    fs::remove(folder_.log(target), ignored);
    const std::size_t units = folder_.units(target);
    const Totals totals = folder_.totals(target);
    if (!options_.quiet && (units > 0 || totals.execs > 0)) {
      note("{}: resuming: {} units, {} executions so far", target, units, totals.execs);
    }
  }
}

void Campaign::run() {
  prepare();
  const auto jobs = static_cast<unsigned>(std::min<std::size_t>(
      options_.jobs > 0 ? options_.jobs : std::max(1U, std::thread::hardware_concurrency()),
      options_.targets.size()));
  if (!options_.quiet) {
    announce(jobs);
  }
  std::vector<std::thread> workers;
  workers.reserve(jobs);
  working_ = jobs;
  for (unsigned worker = 0; worker < jobs; ++worker) {
    workers.emplace_back([this] { work(); });
  }
  Clock::time_point next_save = Clock::now() + kSavePause;
  while (working_ > 0) {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    view_.tick(board_.all());
    if (Clock::now() >= next_save) {
      save_state();
      next_save = Clock::now() + kSavePause;
    }
  }
  for (std::thread& worker : workers) {
    worker.join();
  }
  view_.finish();
  save_state();
}

void Campaign::announce(unsigned jobs) const {
  std::vector<std::string> budget;
  if (options_.runs.has_value()) {
    budget.push_back(fmt::format("{} runs", *options_.runs));
  }
  if (options_.time.has_value()) {
    budget.push_back(shown(*options_.time));
  }
  note("{} for each of {}, {} at a time, in {}", fmt::join(budget, " or "),
       fmt::join(options_.targets, ", "), jobs, shown(folder_.root()));
}

void Campaign::work() {
  for (std::size_t index = next_++; index < options_.targets.size(); index = next_++) {
    try {
      fuzz(index);
    } catch (const std::exception& problem) {
      board_.change(index, [&](Score& score) {
        score.state = stopping() ? TargetState::interrupted : TargetState::broken;
        score.problem = problem.what();
      });
    }
  }
  --working_;
}

FuzzerOptions Campaign::fuzzer_options(const std::string& target, const Score& so_far) const {
  FuzzerOptions options;
  options.program = fuzzer_path(target);
  options.folders = {folder_.corpus(target)};
  if (!options_.empty) {
    options.folders.push_back(folder_.seeds());
  }
  options.artifacts = folder_.artifacts(target);
  options.log = folder_.log(target);
  options.seed = options_.seed;
  options.known = findings_.known();  // there are some only where it keeps going
  options.stopping = [this] { return stopping(); };
  // What is left after a restart.
  if (options_.runs.has_value()) {
    options.runs = *options_.runs - std::min(*options_.runs, so_far.execs);
  }
  if (options_.time.has_value()) {
    const auto used = std::chrono::seconds(std::llround(so_far.busy.count()));
    options.time = *options_.time - std::min(*options_.time, used);
  }
  return options;
}

// A target until its budget is used up: several runs of its process where it keeps going.
void Campaign::fuzz(std::size_t index) {
  for (bool again = true; again;) {
    const Score before = board_.all().at(index);
    if (stopping()) {
      board_.change(index, [](Score& score) { score.state = TargetState::interrupted; });
      return;
    }
    const FuzzerOptions options = fuzzer_options(before.target, before);
    if (options.time == std::chrono::seconds(0) || options.runs == 0) {
      board_.change(index, [](Score& score) { score.state = TargetState::done; });
      return;
    }
    board_.change(index, [](Score& score) {
      score.state = TargetState::running;
      ++score.runs;
    });
    Fuzzer fuzzer(options);
    const auto publish = [&](const Fuzzer& now) {
      board_.change(index, [&](Score& score) {
        score.execs = before.execs + now.execs();
        score.operations = before.operations + now.operations();
        score.busy = before.busy + now.busy();
        score.states = sum(state_counts(now.stats()), before.states);
        score.edges = std::max(score.edges, now.log().edges());
        score.corpus = now.log().corpus() > 0 ? now.log().corpus() : score.corpus;
      });
    };
    const FuzzerEnd end = fuzzer.run(publish);
    publish(fuzzer);
    again = after_run(index, fuzzer, end);
  }
}

// True: the target is to be started once more.
bool Campaign::after_run(std::size_t index, const Fuzzer& fuzzer, FuzzerEnd end) {
  const auto set = [&](TargetState state, std::string problem = {}) {
    board_.change(index, [&](Score& score) {
      score.state = state;
      score.problem = std::move(problem);
    });
  };
  const std::string& target = options_.targets[index];
  switch (end) {
    case FuzzerEnd::used_up:
      set(TargetState::done);
      return false;
    case FuzzerEnd::interrupted:
      set(TargetState::interrupted);
      return false;
    case FuzzerEnd::failed: {
      const std::string why =
          fuzzer.execs() == 0 || fuzzer.operations() == 0
              ? "it ran nothing"
              : fmt::format("it ended with {}{} and saved no input",
                            fuzzer.death().status.signaled ? "signal " : "exit code ",
                            fuzzer.death().status.code);
      view_.say({});
      note("{}: {}; the end of {}:\n{}", target, why, shown(folder_.log(target)),
           last_lines(fuzzer.log().last_words(), 12));
      set(TargetState::broken, why);
      return false;
    }
    case FuzzerEnd::finding:
      break;
  }
  set(TargetState::minimizing);
  stop_ = options_.stop_all;
  const bool is_new = findings_.handle(target, fuzzer);
  board_.change(index, [&](Score& score) { score.findings += is_new ? 1 : 0; });
  if (!options_.keep_going || interrupted()) {
    set(interrupted() ? TargetState::interrupted : TargetState::stopped,
        is_new ? "" : "met by another target already");
    return false;
  }
  if (!fuzzer.log().initialized() && !is_new) {
    set(TargetState::stopped, "an input of its own folders fails, so it cannot start");
    return false;
  }
  return true;
}

void Campaign::save_state() const {
  std::map<std::string, Totals> totals;
  for (const Score& score : board_.all()) {
    totals[score.target] = {score.execs, score.operations,
                            static_cast<std::uint64_t>(std::llround(score.busy.count())),
                            score.runs};
  }
  folder_.save(totals, states());
}

StateCounts Campaign::states() const {
  StateCounts all;
  for (const Score& score : board_.all()) {
    all = sum(std::move(all), score.states);
  }
  return all;
}

int Campaign::conclude() {
  const std::vector<Score> scores = board_.all();
  const bool broken = std::any_of(scores.begin(), scores.end(), [](const Score& score) {
    return score.state == TargetState::broken;
  });
  const std::size_t found = findings_.all().size();
  fmt::print("\n{}\n{}\n{} finding{}{}\n", summary_table(scores),
             state_table(folder_.states_with(states())), found, found == 1 ? "" : "s",
             found > 0 ? fmt::format(", in {}", shown(folder_.findings())) : "");
  if (interrupted()) {
    note(
        "interrupted; units, findings and figures are kept in {}, and the same command goes on "
        "from there",
        shown(folder_.root()));
    return kInterrupted;
  }
  if (found > 0) {
    return kFinding;
  }
  if (broken) {
    note("a target did not do its work; mapfuzz doctor tells what this machine lacks");
    return kEnvironment;
  }
  return kOk;
}

CampaignOptions completed(CampaignOptions options) {
  options.targets = in_order_of_plans(options.targets);
  for (const std::string& target : options.targets) {
    if (access(fuzzer_path(target).c_str(), X_OK) != 0) {
      stop(kEnvironment, "{} is not built: run ci/campaign, which builds it",
           shown(fuzzer_path(target)));
    }
  }
  if (!options.time.has_value() && !options.runs.has_value()) {
    options.time = kDefaultTime;
  }
  return options;
}

}  // namespace

CampaignResult run_campaign(CampaignOptions options) {
  Campaign campaign(completed(std::move(options)));
  campaign.run();
  return campaign.result();
}

int campaign(CampaignOptions options) {
  catch_interrupts();
  Campaign campaign(completed(std::move(options)));
  campaign.run();
  return campaign.conclude();
}

}  // namespace mapfuzz::cli
