#include "props/answers.h"

#include <rapidcheck.h>

#include <algorithm>
#include <cstdlib>
#include <tuple>

#include "oracle/runner.h"
#include "props/judge.h"
#include "props/met.h"

namespace mapfuzz {
namespace {

RunPlan unjudged_plan_of(const Program& program) {
  RunPlan plan = plan_of(program);
  plan.audit = AuditMode::off;
  plan.tree_model = false;
  plan.flat_model = false;
  plan.iteration_contract = false;
  plan.off = kNoFaults;
  return plan;
}

}  // namespace

std::vector<Answer> answers_to(const Program& program) {
  std::vector<Answer> answers;
  const RunPlan plan = unjudged_plan_of(program);
  Runner runner(plan);
  Met met;
  runner.observe([&](const Program& run, std::size_t step, const Observation& seen,
                     const gomap::TableView& view) {
    note_met(met, run.operations[step], seen, view);
    answers.resize(step + 1);
    if (run.operations[step].code == OpCode::next) {
      return;
    }
    Answer& answer = answers.back();
    answer = {seen.step, seen.found, seen.value, seen.length, {}};
    answer.entries.assign(seen.entries.begin(), seen.entries.end());
    std::sort(answer.entries.begin(), answer.entries.end(), [](const Entry& a, const Entry& b) {
      return std::tie(a.key, a.value) < std::tie(b.key, b.value);
    });
  });
  if (!runner.run(adapted(program, plan)).ok()) {
    fail_over(program, "a run that nobody judges has failed");
  }
  met.classify();
  return answers;
}

void require_alike(const Program& some, const Program& other) {
  const auto answers = answers_to(some);
  const auto others = answers_to(other);
  const std::size_t shared = std::min(answers.size(), others.size());
  for (std::size_t step = 0; step < shared; ++step) {
    if (answers[step] != others[step]) {
      RC_LOG() << "the answers to operation " << step << " differ\n";
      require_passes(some);
      fail_over(other, "two programs that must answer alike do not, and no judge objects to one");
    }
  }
}

void fail_over(const Program& program, const char* why) {
  require_passes(program);
  RC_FAIL(why);
  std::abort();  // RC_FAIL throws, and does not say so
}

}  // namespace mapfuzz
