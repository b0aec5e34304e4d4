// Verdict: what a run of a program proved, and how it is told.
//
// Promises: a failure names the step, the clause that broke, what was expected and what was seen;
// `signature` tells bugs apart and survives minimising. The one-line form that precedes abort()
// is an API: fleets sort findings by it, so it carries no key, size or address.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "oracle/program.h"

namespace mapfuzz {

// A broken rule: an invariant ("I5"), a model rule ("model.value"), or the way a process died
// ("asan.heap-use-after-free", "hang").
struct Clause {
  std::string id;
  std::string sentence;  // constant text: the same at every failure of this clause
};

struct Failure {
  Clause clause;
  std::size_t step = 0;  // index into operations; operations.size(): the check at the end
  OpCode code = OpCode::len;
  GrowthPhase phase = GrowthPhase::quiet;  // before the operation
  std::string expected;
  std::string got;
  std::string where;    // "bucket 3, overflow 1, cell 5", or empty
  std::string table;    // a picture of the table after the step, or empty
  std::string subject;  // the row that failed: "u64 -> u64, width 8"
};

// What tells one bug from another: "I5 delete quiet".
struct Signature {
  std::string clause;
  OpCode code = OpCode::len;
  GrowthPhase phase = GrowthPhase::quiet;
  friend bool operator==(const Signature&, const Signature&) = default;
};
[[nodiscard]] Signature signature_of(const Failure& failure);
[[nodiscard]] std::string to_string(const Signature& signature);
// The inverse of to_string; nothing where the text is not one.
[[nodiscard]] std::optional<Signature> parse_signature(std::string_view text);

[[nodiscard]] const char* to_string(GrowthPhase phase);

// How a run of threads came out, where nothing is wrong with it.
enum class ThreadsEnd : std::uint8_t {
  seen,     // a conflict, found by Go's own check
  counted,  // a conflict that Go does not see, found by the count of modifications
  serial,   // no conflict found, and none to be seen
  wrong,    // none found, and yet no order explains the answers: the original is blind there
};

struct Verdict {
  std::optional<Failure> failure;
  std::size_t steps = 0;              // operations that were run
  std::optional<ThreadsEnd> threads;  // of the interleaving that ended the run, if one did
  std::uint64_t digest = 0;           // of all observations: equal runs have equal digests
  [[nodiscard]] bool ok() const { return !failure.has_value(); }
};

// "runner.cc:LINE: ASSERTION FAILED: oracle[I5] a chain's ..." without a newline.
[[nodiscard]] std::string assertion_line(const Failure& failure);

// The screen an engineer reads: step, clause, expected and got, table.
[[nodiscard]] std::string report(const Program& program, const Failure& failure);

}  // namespace mapfuzz
