#include "fuzz/cli/findings.h"

#include <fmt/format.h>

#include <cctype>
#include <system_error>

#include "fuzz/cli/determinism.h"
#include "fuzz/cli/files.h"
#include "fuzz/cli/interrupt.h"
#include "fuzz/cli/minimizing.h"
#include "fuzz/cli/place.h"
#include "fuzz/cli/repro.h"
#include "fuzz/cli/stop.h"
#include "fuzz/cli/test_case.h"
#include "fuzz/cli/worker.h"
#include "fuzz/plans.h"
#include "oracle/byte_codec.h"

namespace mapfuzz::cli {

namespace fs = std::filesystem;

namespace {

constexpr std::chrono::seconds kMinimizeTime{120};

Outcome run_alone(const std::string& target, const Program& program,
                  const std::string& clause = {}) {
  Worker worker({.interrupted = interrupted});
  return run_for(worker, clause, target, program);
}

// What the fuzzer itself said, where the input alone does not fail again.
Outcome as_told(const Program& program, const Fuzzer& fuzzer) {
  const Death death = fuzzer.death();
  const Failure failure = failure_of_death(program, death, fuzzer.stats());
  Outcome outcome;
  outcome.failed = true;
  outcome.signature = signature_of(failure);
  outcome.report = report(program, failure) + "\n" + excerpt(death.messages);
  return outcome;
}

}  // namespace

std::string file_stem(const Signature& signature) {
  std::string stem = to_string(signature);
  for (char& c : stem) {
    const bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' || c == '_';
    c = plain ? c : '-';
  }
  return stem;
}

std::vector<std::string> Findings::known() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> signatures;
  for (const auto& [signature, target] : known_) {
    signatures.push_back(signature);
  }
  return signatures;
}

std::vector<Finding> Findings::all() const {
  const std::lock_guard lock(mutex_);
  return all_;
}

// On its way to a file.
struct Findings::Failing {
  std::string target;
  Program program;
  Outcome outcome;
  std::string bytes;    // as a fuzzer saved it
  fs::path from;        // the file it came from, where it stays
  std::string smaller;  // why there is no smaller one to look for; empty: there may be
};

// One at a time: two targets may have met the same bug at once.
bool Findings::handle(const std::string& target, const Fuzzer& fuzzer) {
  const std::lock_guard lock(mutex_);
  const fs::path artifact = fuzzer.log().artifact();
  const std::string bytes = read_file(artifact);
  const RunPlan& plan = *find_plan(target);
  const Program program =
      adapted(decode(std::vector<std::uint8_t>(bytes.begin(), bytes.end())), plan);

  Outcome outcome = as_told(program, fuzzer);
  std::string smaller = "it did not fail again when it ran alone";
  try {
    Outcome alone = run_alone(target, program);
    if (!alone.ok()) {
      outcome = std::move(alone);
      smaller.clear();
    }
  } catch (const Stop& reason) {
    note("{}: {}", artifact.string(), reason.what());
  }

  const auto [at, is_new] = known_.emplace(to_string(outcome.signature), target);
  if (!is_new) {
    // The first one stands for all: a loop of restarts would fill the disk.
    std::error_code ignored;
    fs::remove(artifact, ignored);
    return false;
  }
  save({target, program, outcome, bytes, {}, smaller});
  return true;
}

bool Findings::add(const std::string& target, const Program& program, const Outcome& outcome,
                   const fs::path& from) {
  const std::lock_guard lock(mutex_);
  if (!known_.emplace(to_string(outcome.signature), target).second) {
    return false;
  }
  std::string bytes;
  if (from.empty()) {
    const auto encoded = encode(program);
    bytes.assign(encoded.begin(), encoded.end());
  }
  save({target, program, outcome, bytes, from, {}});
  return true;
}

void Findings::save(Failing failing) {
  const std::string& target = failing.target;
  const Signature signature = failing.outcome.signature;
  Program& program = failing.program;
  const std::size_t before = program.operations.size();
  std::string& report = failing.outcome.report;
  std::string how = failing.smaller;
  if (how.empty()) {
    try {
      const Minimized smallest = minimize_in_worker(
          program, target, signature, {.time = kMinimizeTime, .interrupted = interrupted});
      program = smallest.program;
      how =
          fmt::format("{} -> {} operations, same failure, {}", before, program.operations.size(),
                      smallest.complete ? "1-minimal" : "out of time: minimize may take more away");
      Outcome again = run_alone(target, program, signature.clause);
      if (again.failed && again.signature == signature) {
        report = std::move(again.report);
      } else {
        how += ", but alone it does not always fail like that: the report is of the original";
      }
    } catch (const Stop& reason) {
      how =
          fmt::format("{} operations, not minimised: {}", program.operations.size(), reason.what());
    }
  }
  const fs::path file = folder_ / (file_stem(signature) + ".ops");
  fs::path original = failing.from;
  if (original.empty()) {
    original = folder_ / (file_stem(signature) + ".bytes");
    write_file(original, failing.bytes);
    write_file(original.string() + ".run", run_line(target) + '\n');
  }
  const std::string known = known_as(target, program, signature);
  write_file(file, ops_file(program, target,
                            to_string(signature) + (known.empty() ? "" : "\nknown as " + known)));
  all_.push_back(
      {target, signature, file,
       fmt::format("{}\n{}file        {} ({})\nas found    {}\nreproduce   {} repro {}\n{}", report,
                   known.empty() ? known : fmt::format("known as    {}\n", known), shown(file), how,
                   shown(original), self_command(), shown(file), next_commands(file, {}))});
  if (say_) {
    say_(fmt::format("\n=== finding in {}: {}\n\n{}\n", target, to_string(signature),
                     all_.back().screen));
  }
}

}  // namespace mapfuzz::cli
