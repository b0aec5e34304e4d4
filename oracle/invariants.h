// Names of the invariants, and the findings of one check.
//
// Promises: of all that was noted in one pass, the one declared first is kept.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "oracle/verdict.h"

namespace mapfuzz {

enum class Invariant : std::uint8_t {
#define MAPFUZZ_INVARIANT(id, sentence) id,
#include "oracle/invariants.def"
#undef MAPFUZZ_INVARIANT
};

[[nodiscard]] Clause clause_of(Invariant invariant);
inline constexpr std::size_t kInvariants = static_cast<std::size_t>(Invariant::I35) + 1;

// Where in the table something is wrong. Negative: does not apply.
struct Place {
  bool old_array = false;
  std::ptrdiff_t chain = -1;
  std::ptrdiff_t depth = -1;  // 0 is the base bucket, 1 its first overflow bucket
  int cell = -1;
};
[[nodiscard]] std::string to_string(const Place& place);

struct Violation {
  Invariant invariant;
  Place place;
  std::string expected;
  std::string got;
};

class Findings {
 public:
  void note(Invariant invariant, const Place& place, std::string expected, std::string got) {
    if (!first_.has_value() || invariant < first_->invariant) {
      first_ = Violation{invariant, place, std::move(expected), std::move(got)};
    }
  }

  [[nodiscard]] bool none() const { return !first_.has_value(); }
  [[nodiscard]] std::optional<Violation> take() {
    return none() ? std::nullopt : std::exchange(first_, std::nullopt);
  }

 private:
  std::optional<Violation> first_;
};

}  // namespace mapfuzz
