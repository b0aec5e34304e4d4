#include "props/answers.h"

#include <rapidcheck.h>

#include <algorithm>
#include <tuple>

#include "oracle/runner.h"
#include "props/judge.h"

namespace mapfuzz {

std::vector<Answer> answers_to(const Program& program) {
  require_passes(program);
  std::vector<Answer> answers;
  RunPlan plan = plan_of(program);
  plan.off = kNoFaults;
  Runner runner(plan);
  runner.observe(
      [&](const Program& run, std::size_t step, const Observation& seen, const gomap::TableView&) {
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
  RC_ASSERT(runner.run(adapted(program, plan)).ok());
  return answers;
}

void require_same(const std::vector<Answer>& some, const std::vector<Answer>& others) {
  const std::size_t shared = std::min(some.size(), others.size());
  for (std::size_t step = 0; step < shared; ++step) {
    if (some[step] != others[step]) {
      RC_LOG() << "the answers to operation " << step << " differ\n";
      RC_FAIL("two runs that must answer alike do not");
    }
  }
}

}  // namespace mapfuzz
