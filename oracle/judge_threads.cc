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

bool is_write(OpCode code) {
  return code == OpCode::assign || code == OpCode::update || code == OpCode::erase ||
         code == OpCode::clear;
}

class Orders {
 public:
  using Table = std::function<std::optional<Violation>(const Model&)>;
  Orders(const Interleaving& run, const Model& before, const Table& table)
      : run_(run), before_(before), table_(table) {}

  // Does some order explain all that the threads saw, or all that the writes did?
  bool explain(bool reads) {
    std::vector<std::size_t> order(run_.operations.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    refutations_.clear();
    do {
      if (!keeps_to_the_clock(order)) {
        continue;
      }
      const auto mismatch = refuted(order, reads);
      if (!mismatch.has_value()) {
        return true;
      }
      append(refutations_, refutations_.empty() ? "in the order" : "; in the order");
      for (const std::size_t thread : order) {
        append(refutations_, cat(' ', thread));
      }
      append(refutations_, cat(": ", mismatch->clause.id, ", expected ", mismatch->expected,
                               ", got ", mismatch->got));
    } while (std::next_permutation(order.begin(), order.end()));
    return false;
  }

  [[nodiscard]] const std::string& refutations() const { return refutations_; }

 private:
  [[nodiscard]] bool keeps_to_the_clock(const std::vector<std::size_t>& order) const {
    for (std::size_t at = 1; at < order.size(); ++at) {
      for (std::size_t earlier = 0; earlier < at; ++earlier) {
        if (precedes(run_, order[at], order[earlier])) {
          return false;
        }
      }
    }
    return true;
  }

  // What is wrong with this order, or nothing.
  [[nodiscard]] std::optional<Mismatch> refuted(const std::vector<std::size_t>& order,
                                                bool reads) const {
    const std::unique_ptr<Model> model = before_.copy();
    for (const std::size_t thread : order) {
      const Operation& operation = run_.operations[thread];
      if (!reads && !is_write(operation.code)) {
        continue;
      }
      if (auto mismatch = model->judge(operation, run_.answers.at(thread), false)) {
        return mismatch;
      }
    }
    if (auto violation = table_(*model)) {
      return Mismatch{clause_of(violation->invariant), violation->expected, violation->got};
    }
    return std::nullopt;
  }

  const Interleaving& run_;
  const Model& before_;
  const Table& table_;
  std::string refutations_;
};

}  // namespace

ThreadsVerdict judge_threads(const Interleaving& run, const Model& before,
                             const std::function<std::optional<Violation>(const Model&)>& table,
                             bool seeded) {
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
  Orders orders(run, before, table);
  if (orders.explain(true)) {
    return verdict;
  }
  verdict.end = ThreadsEnd::wrong;
  BlindSpots& blind = verdict.detection.blind;
  blind.stale_hash = blind.stale_hash && seeded;
  const std::string refutations = orders.refutations();
  if (!blind.stale_hash && !(blind.half_a_write && orders.explain(false))) {
    verdict.mismatch = Mismatch{serial_clause(), "an order that explains all answers",
                                cat(refutations, "; ", to_string(run))};
  }
  return verdict;
}

}  // namespace mapfuzz
