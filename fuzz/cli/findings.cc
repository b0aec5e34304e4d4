#include "fuzz/cli/findings.h"

#include <fmt/format.h>

#include <cctype>
#include <system_error>

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

Outcome run_alone(const std::string& target, const Program& program) {
  return Worker({.interrupted = interrupted}).run_with_leaks(target, program);
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

std::size_t Findings::count() const {
  const std::lock_guard lock(mutex_);
  return known_.size();
}

// One at a time: two targets may have met the same bug at once.
bool Findings::handle(const std::string& target, const Fuzzer& fuzzer) {
  const std::lock_guard lock(mutex_);
  const fs::path artifact = fuzzer.log().artifact();
  const std::string bytes = read_file(artifact);
  const RunPlan& plan = *find_plan(target);
  const Program program =
      adapted(decode(std::vector<std::uint8_t>(bytes.begin(), bytes.end())), plan);

  Outcome outcome = as_told(program, fuzzer);
  bool reproduced = false;
  try {
    Outcome alone = run_alone(target, program);
    if (!alone.ok()) {
      outcome = std::move(alone);
      reproduced = true;
    }
  } catch (const Stop& reason) {
    note("{}: {}", artifact.string(), reason.what());
  }

  const std::string signature = to_string(outcome.signature);
  const auto [at, is_new] = known_.emplace(signature, target);
  if (!is_new) {
    // The first one stands for all: a loop of restarts would fill the disk.
    std::error_code ignored;
    fs::remove(artifact, ignored);
    return false;
  }
  save(target, bytes, program, outcome, reproduced);
  return true;
}

void Findings::save(const std::string& target, const std::string& bytes, Program program,
                    const Outcome& outcome, bool reproduced) {
  const Signature& signature = outcome.signature;
  const std::size_t before = program.operations.size();
  std::string report = outcome.report;
  std::string how = "it did not fail again when it ran alone";
  if (reproduced) {
    try {
      const Minimized smallest = minimize_in_worker(
          program, target, signature, {.time = kMinimizeTime, .interrupted = interrupted});
      program = smallest.program;
      how =
          fmt::format("{} -> {} operations, same failure, {}", before, program.operations.size(),
                      smallest.complete ? "1-minimal" : "out of time: minimize may take more away");
      Outcome again = run_alone(target, program);
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
  const fs::path original = folder_ / (file_stem(signature) + ".bytes");
  write_file(original, bytes);
  write_file(original.string() + ".run", run_line(target) + '\n');
  write_file(file, ops_file(program, target, to_string(signature)));
  say_(
      fmt::format("\n=== finding in {}: {}\n\n{}\nfile        {} ({})\nas found    {}\n"
                  "reproduce   {} repro {}\n{}\n",
                  target, to_string(signature), report, shown(file), how, shown(original),
                  self_command(), shown(file), next_commands(file, {})));
}

}  // namespace mapfuzz::cli
