#include "fuzz/explore/explore_scope.h"

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <optional>
#include <sstream>
#include <system_error>

#include "fuzz/cli/files.h"
#include "fuzz/cli/interrupt.h"
#include "fuzz/cli/place.h"
#include "fuzz/cli/status_line.h"
#include "fuzz/cli/stop.h"
#include "fuzz/explore/figures.h"
#include "fuzz/explore/guard.h"
#include "oracle/hash_plan.h"
#include "oracle/text_codec.h"

namespace mapfuzz::cli {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr std::uint64_t kAskEvery = 256;  // states
constexpr double kTellEvery = 30;         // seconds, where there is no status line
constexpr double kSaveEvery = 120;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// What was saved by another program may mean something else.
std::uint64_t fingerprint() {
  std::ifstream file(self_path(), std::ios::binary);
  std::uint64_t sum = 0;
  for (std::uint64_t word = 0; file.read(reinterpret_cast<char*>(&word), sizeof word);) {
    sum = mix(sum ^ word);
  }
  return sum;
}

class ScopeRun {
 public:
  explicit ScopeRun(const ExploreOptions& options)
      : options_(options),
        scope_(*find_scope(options.scope)),
        folder_(options.out.empty() ? source_folder() / "build" / "explore" : options.out),
        fingerprint_(fingerprint()) {
    figures_.scope = &scope_;
    make_folder(saved());
  }

  int run() {
    const GuardedEnd end = guarded(scope_, [this] { return run_spaces(); });
    return end.death.has_value() ? finding(end.death->failure) : end.code;
  }

 private:
  [[nodiscard]] fs::path saved() const { return folder_ / (scope_.name + ".state"); }
  [[nodiscard]] fs::path saved(const Space& space) const { return saved() / space.name; }

  // In the child process.
  int run_spaces() {
    catch_interrupts();
    try {
      for (std::size_t number = 0; number < scope_.spaces.size(); ++number) {
        if (const auto code = run_space(number)) {
          return *code;
        }
      }
      fs::remove_all(saved());
      if (!options_.dot.empty()) {
        write_file(options_.dot, figures_.graph().dot(title()));
        note("wrote {}: dot -Tsvg -o FILE.svg {}", shown(options_.dot), shown(options_.dot));
      }
      tell();
      return kOk;
    } catch (const Stop& reason) {
      note("{}", reason.what());
      return reason.code();
    }
  }

  // Nothing: the space is closed.
  std::optional<int> run_space(std::size_t number) {
    const Space& space = scope_.spaces[number];
    Explorer explorer(space);
    if (load(space, explorer)) {
      note("{}: going on from {} states", space.name, explorer.stats().states);
    }
    const Exploring exploring(number, explorer);
    const Explorer::End end = explorer.run(pauser(space, explorer));
    status_.clear();
    if (end == Explorer::End::failed) {
      leave(finding(explorer.failure()));
    }
    save(space, explorer);
    take_figures(space, explorer, end == Explorer::End::closed);
    if (end == Explorer::End::closed) {
      return std::nullopt;
    }
    tell();
    note("interrupted; the same command goes on from {}", shown(saved()));
    return kInterrupted;
  }

  [[nodiscard]] std::string title() const {
    std::uint64_t states = 0;
    std::uint64_t transitions = 0;
    for (const SpaceFigures& one : figures_.spaces) {
      states += one.stats.states;
      transitions += one.stats.transitions;
    }
    return fmt::format("mapfuzz explore --scope {}: {} states, {} transitions", scope_.name, states,
                       transitions);
  }

  bool load(const Space& space, Explorer& explorer) {
    std::ifstream file(saved(space), std::ios::binary);
    std::uint64_t made_by = 0;
    return file.read(reinterpret_cast<char*>(&made_by), sizeof made_by) &&
           made_by == fingerprint_ && explorer.load(file);
  }

  // All or nothing, as all that is written here.
  void save(const Space& space, const Explorer& explorer) {
    const fs::path target = saved(space);
    const fs::path draft = target.string() + ".new";
    {
      std::ofstream file(draft, std::ios::binary | std::ios::trunc);
      file.write(reinterpret_cast<const char*>(&fingerprint_), sizeof fingerprint_);
      explorer.save(file);
      if (!file.flush()) {
        stop(kEnvironment, "cannot write {}: is the disk full?", shown(draft));
      }
    }
    fs::rename(draft, target);
    last_save_ = Clock::now();
  }

  // Asked before each state: shows progress, saves now and then, says when to stop.
  std::function<bool(const ExploreStats&)> pauser(const Space& space, const Explorer& explorer) {
    return [this, &space, &explorer](const ExploreStats& stats) {
      if (stats.expanded % kAskEvery != 0) {
        return false;
      }
      const std::string progress = fmt::format(
          "{} {}: {} states, {} to look at, depth {}, {:.0f} s", scope_.name, space.name,
          stats.states, stats.states - stats.expanded, stats.depth, seconds_since(start_));
      status_.show(progress);
      if (isatty(STDERR_FILENO) == 0 && seconds_since(last_word_) > kTellEvery) {
        note("{}", progress);
        last_word_ = Clock::now();
      }
      if (seconds_since(last_save_) > kSaveEvery) {
        save(space, explorer);
      }
      return interrupted();
    };
  }

  void take_figures(const Space& space, const Explorer& explorer, bool closed) {
    figures_.spaces.push_back({&space, explorer.stats(), closed});
    for (const Due due : {Due::load, Due::overflow}) {
      for (const GrowthPhase phase : {GrowthPhase::doubling, GrowthPhase::same_size}) {
        const auto program = explorer.witness(due, phase);
        if (!program.has_value()) {
          continue;
        }
        const fs::path file = folder_ / fmt::format("{}-{}-due-by-{}-{}.ops", scope_.name,
                                                    space.name, to_string(due), to_string(phase));
        write_file(file, print_ops(*program));
        const auto times =
            explorer.stats().dues[static_cast<std::size_t>(due)][static_cast<std::size_t>(phase)];
        figures_.dues.push_back(
            {&space, due, phase, times, program->operations.size(), shown(file)});
      }
    }
  }

  void tell() {
    figures_.seconds = seconds_since(start_);
    figures_.cpu_seconds = static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
    fmt::print("{}", options_.json ? as_json(figures_) : as_text(figures_));
  }

  int finding(const ExploreFailure& found) {
    const std::string signature = to_string(signature_of(found.failure));
    std::string name = signature;
    for (char& c : name) {
      c = c == ' ' ? '-' : c;
    }
    const fs::path file = folder_ / fmt::format("{}-{}.ops", scope_.name, name);
    write_file(
        file,
        fmt::format("# {}\n# a shortest program of its space, found by mapfuzz explore --scope {}"
                    "\n{}",
                    signature, scope_.name, print_ops(found.program)));
    fs::remove_all(saved());
    const std::string self = self_command();
    if (options_.json) {
      fmt::print(
          "{{\"scope\": \"{}\", \"signature\": \"{}\", \"operations\": {}, \"file\": \"{}\", "
          "\"seconds\": {:.3f}}}\n",
          scope_.name, signature, found.program.operations.size(), shown(file),
          seconds_since(start_));
      return kFinding;
    }
    fmt::print(
        "{}\n\nsignature   {}\nfile        {}, {} operations: its space has no shorter program\n"
        "every step  {} explain {}\nonce more   {} repro {}\n",
        report(found.program, found.failure), signature, shown(file),
        found.program.operations.size(), self, shown(file), self, shown(file));
    return kFinding;
  }

  ExploreOptions options_;
  const Scope& scope_;
  fs::path folder_;
  std::uint64_t fingerprint_;
  ScopeFigures figures_;
  StatusLine status_;
  Clock::time_point start_ = Clock::now();
  Clock::time_point last_word_ = start_;
  Clock::time_point last_save_ = start_;
};

}  // namespace

int explore_scope(const ExploreOptions& options) { return ScopeRun(options).run(); }

}  // namespace mapfuzz::cli
