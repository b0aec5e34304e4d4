#include "props/judge.h"

#include <rapidcheck.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <fstream>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "oracle/minimize.h"
#include "oracle/text.h"
#include "oracle/text_codec.h"

namespace mapfuzz {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kWidths = "widths";

// `mapfuzz repro` judges expectations. Made-up ones become what they do when nobody judges them.
Program without_expectations(Program program) {
  for (Operation& operation : program.operations) {
    switch (operation.code) {
      case OpCode::expect_value:
      case OpCode::expect_absent:
        operation.code = OpCode::access2;
        break;
      case OpCode::expect_len:
      case OpCode::expect_phase:
      case OpCode::expect_buckets:
      case OpCode::expect_overflow:
        operation.code = OpCode::len;
        break;
      default:
        break;
    }
  }
  repair(program);
  return program;
}

// "I5-delete-quiet"
std::string stem_of(const Signature& signature) {
  std::string stem = to_string(signature);
  std::replace_if(
      stem.begin(), stem.end(),
      [](unsigned char c) { return std::isalnum(c) == 0 && c != '.' && c != '_'; }, '-');
  return stem;
}

// Readers see no file or a whole one; two tests may meet the same bug at once.
void write_whole(const fs::path& file, std::string_view text) {
  fs::create_directories(file.parent_path());
  const fs::path draft = file.string() + cat(".", getpid());
  std::ofstream out(draft, std::ios::binary);
  out << text;
  out.close();
  if (!out) {
    throw std::runtime_error("cannot write " + draft.string());
  }
  fs::rename(draft, file);
}

}  // namespace

RunPlan plan_of(const Program& program) {
  return {.name = "",
          .key = program.header.key,
          .elem = program.header.elem,
          .widths = {program.header.width},
          .policy = program.header.policy,
          .flat_model = true};
}

RunPlan widths_plan() {
  return {.name = kWidths.data(),
          .widths = {8, 4, 2, 1},
          .tree_model = false,
          .flat_model = true,
          .off = kNoFaults};
}

fs::path failures_folder() {
  return fs::read_symlink("/proc/self/exe").parent_path() / "props-failures";
}

void note_met(Met& met, const Operation& operation, const Observation& seen,
              const gomap::TableView& view) {
  met.look(view);
  if (seen.panic != nullptr) {
    met.note("panic");
  }
  if (seen.fault != nullptr) {
    met.note("fatal error");
  }
  if (seen.injected) {
    met.note("exception");
  }
  if (operation.code == OpCode::next && seen.step == Step::entry && view.growing()) {
    met.note("walk in a growth");
  }
}

std::optional<Complaint> Judge::complaint(const Program& program, const RunPlan& plan,
                                          Met* met) const {
  Runner runner(plan);
  if (met != nullptr) {
    runner.observe(
        [met](const Program& run, std::size_t step, const Observation& seen,
              const gomap::TableView& view) { note_met(*met, run.operations[step], seen, view); });
  }
  Program wrong = adapted(program, plan);
  Verdict verdict = runner.run(wrong);
  runner.observe(nullptr);
  if (verdict.ok()) {
    return std::nullopt;
  }
  if (!plan.expectations) {
    const Program plain = without_expectations(wrong);
    if (Verdict again = runner.run(plain); !again.ok()) {
      wrong = plain;
      verdict = std::move(again);
    }
  }
  const Signature signature = signature_of(*verdict.failure);
  const std::size_t before = wrong.operations.size();
  const Trial trial = [&](const Program& candidate) -> std::optional<Signature> {
    const Verdict tried = runner.run(candidate);
    return tried.ok() ? std::nullopt : std::optional(signature_of(*tried.failure));
  };
  wrong = minimize(wrong, signature, trial, [&](Program& candidate) {
            legalize(candidate, plan);
          }).program;
  verdict = runner.run(wrong);

  const std::string_view name = plan.name;
  const fs::path file = folder_ / (stem_of(signature) + ".ops");
  write_whole(file,
              cat("# ", to_string(signature), "\n# run: by=props_test",
                  name.empty() ? std::string() : cat(" target=", name), '\n', print_ops(wrong)));
  return Complaint{
      file, signature,
      cat(report(wrong, *verdict.failure), "\nfile        ", file.string(), " (", before, " -> ",
          wrong.operations.size(),
          " operations, same failure)\nreproduce   build/bin/mapfuzz repro ", file.string(), '\n')};
}

void require_passes(const Program& program, Met* met) {
  require_passes(program, plan_of(program), met);
}

void require_passes(const Program& program, const RunPlan& plan, Met* met) {
  if (const auto found = Judge().complaint(program, plan, met)) {
    RC_FAIL(found->text);
  }
}

}  // namespace mapfuzz
