#include "oracle/trace_digest.h"

#include "oracle/hash_plan.h"
#include "oracle/interleaving.h"

namespace mapfuzz {

std::uint64_t digest_of(const Entry& entry) { return mix(mix(entry.key + 1) + entry.value); }

std::uint64_t digest_of(const gomap::TableView& view) {
  std::uint64_t sum = mix(view.count);
  for (const std::uint64_t word :
       {std::uint64_t{view.flags}, std::uint64_t{view.B}, std::uint64_t{view.noverflow},
        std::uint64_t{view.hash0}, std::uint64_t{view.nevacuate}}) {
    sum = mix(sum + word);
  }
  return sum;
}

namespace {

std::uint64_t digest_of(const Interleaving& run) {
  std::uint64_t sum = run.fatal != nullptr ? 1 : 0;
  for (const ThreadEvent& event : run.events) {
    sum = mix(sum + event.thread + (static_cast<std::uint64_t>(event.kind) << 8U) +
              (static_cast<std::uint64_t>(event.point) << 16U));
  }
  for (std::size_t thread = 0; thread < run.operations.size(); ++thread) {
    const Observation& answer = run.answers.at(thread);
    sum = mix(sum + (answer.found ? 1 : 0) + answer.length) + digest_of(answer.entry);
    sum = mix(sum + answer.value);
  }
  return sum;
}

}  // namespace

std::uint64_t digest_of(const Observation& seen) {
  std::uint64_t sum = mix(static_cast<std::uint64_t>(seen.step) + (seen.found ? 64 : 0) +
                          (seen.panic != nullptr ? 128 : 0) + (seen.fault != nullptr ? 256 : 0));
  sum = mix(sum + seen.value) + seen.length + digest_of(seen.entry);
  for (const Entry& entry : seen.entries) {
    sum = mix(sum) + digest_of(entry);
  }
  if (seen.interleaving != nullptr) {
    sum = mix(sum + digest_of(*seen.interleaving));
  }
  return sum;
}

std::uint64_t digest_of(const StepCost& cost) {
  std::uint64_t sum = mix((std::uint64_t{cost.hash_calls} << 32U) | cost.draws);
  for (const std::uint64_t word :
       {cost.hash_trace, cost.first_hash, std::uint64_t{cost.last_draw}}) {
    sum = mix(sum + word);
  }
  return sum;
}

}  // namespace mapfuzz
