#include "oracle/judge_threads.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <string>

#include "oracle/text.h"

namespace mapfuzz {
namespace {

using Kind = ThreadEvent::Kind;

// Constant texts: they end up in the line that fleets sort findings by.
Clause check_clause() {
  return {"interleave.check", "a conflict is found where Go's check sees it, and nowhere else"};
}
Clause serial_clause() {
  return {"interleave.serial", "threads that met no conflict did as one after the other would"};
}

// Did `first` end before `second` began?
bool precedes(const Interleaving& run, std::size_t first, std::size_t second) {
  const auto place = [&](std::size_t thread, Kind kind) {
    return std::find_if(run.events.begin(), run.events.end(), [&](const ThreadEvent& event) {
      return event.thread == thread && event.kind == kind;
    });
  };
  return place(first, Kind::returned) < place(second, Kind::started);
}

// What is wrong with this order, or nothing.
std::optional<Mismatch> refuted(
    const Interleaving& run, const std::vector<std::size_t>& order, const Model& before,
    const std::function<std::optional<Violation>(const Model&)>& table) {
  const std::unique_ptr<Model> model = before.copy();
  for (const std::size_t thread : order) {
    if (auto mismatch = model->judge(run.operations[thread], run.answers.at(thread), false)) {
      return mismatch;
    }
  }
  if (auto violation = table(*model)) {
    return Mismatch{clause_of(violation->invariant), violation->expected, violation->got};
  }
  return std::nullopt;
}

}  // namespace

ThreadsVerdict judge_threads(const Interleaving& run, const Model& before,
                             const std::function<std::optional<Violation>(const Model&)>& table) {
  ThreadsVerdict verdict;
  if (auto disagreement = follow(run, verdict.detection)) {
    verdict.mismatch = Mismatch{check_clause(), std::move(disagreement->expected),
                                cat(disagreement->got, "; ", to_string(run))};
    return verdict;
  }
  if (run.fatal != nullptr) {
    verdict.end =
        verdict.detection.seen_by == SeenBy::check ? ThreadsEnd::seen : ThreadsEnd::counted;
    return verdict;
  }
  std::vector<std::size_t> order(run.operations.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::string refutations;
  do {
    bool keeps_to_the_clock = true;
    for (std::size_t at = 1; at < order.size(); ++at) {
      for (std::size_t earlier = 0; earlier < at; ++earlier) {
        keeps_to_the_clock = keeps_to_the_clock && !precedes(run, order[at], order[earlier]);
      }
    }
    if (!keeps_to_the_clock) {
      continue;
    }
    const auto mismatch = refuted(run, order, before, table);
    if (!mismatch.has_value()) {
      return verdict;
    }
    append(refutations, refutations.empty() ? "in the order" : "; in the order");
    for (const std::size_t thread : order) {
      append(refutations, cat(' ', thread));
    }
    append(refutations, cat(": ", mismatch->clause.id, ", expected ", mismatch->expected, ", got ",
                            mismatch->got));
  } while (std::next_permutation(order.begin(), order.end()));
  verdict.end = ThreadsEnd::wrong;
  if (!verdict.detection.blind.any()) {
    verdict.mismatch = Mismatch{serial_clause(), "an order that explains all answers",
                                cat(refutations, "; ", to_string(run))};
  }
  return verdict;
}

}  // namespace mapfuzz
