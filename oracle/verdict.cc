#include "oracle/verdict.h"

#include <algorithm>
#include <array>

#include "oracle/text.h"
#include "oracle/text_codec.h"

namespace mapfuzz {
namespace {

constexpr std::array<const char*, 3> kPhases = {"quiet", "doubling", "same-size"};

// Operations shown before and after the failing one.
constexpr std::size_t kContext = 14;

std::string step_lines(const Program& program, std::size_t failed) {
  const auto& operations = program.operations;
  const std::size_t end = std::min(operations.size(), failed + 1);
  const std::size_t first = end > kContext ? end - kContext : 0;
  std::string out = first > 0 ? cat("     ... ", first, " operations before\n") : std::string();
  for (std::size_t at = first; at < end; ++at) {
    const std::string number = cat(at);
    out += cat(at == failed ? "  >" : "   ",
               std::string(5 - std::min<std::size_t>(number.size(), 5), ' '), number, "  ",
               print_operation(operations[at]), '\n');
  }
  return out;
}

}  // namespace

const char* to_string(GrowthPhase phase) { return kPhases.at(static_cast<std::size_t>(phase)); }

Signature signature_of(const Failure& failure) {
  return {failure.clause.id, failure.code, failure.phase};
}

std::string to_string(const Signature& signature) {
  return cat(signature.clause, ' ', shape_of(signature.code).name, ' ', to_string(signature.phase));
}

std::optional<Signature> parse_signature(std::string_view text) {
  const std::size_t first = text.find(' ');
  const std::size_t second = first == std::string_view::npos ? first : text.find(' ', first + 1);
  if (first == 0 || second == std::string_view::npos) {
    return std::nullopt;
  }
  const std::string_view name = text.substr(first + 1, second - first - 1);
  const std::string_view phase = text.substr(second + 1);
  const auto phase_at = std::find(kPhases.begin(), kPhases.end(), phase);
  for (std::uint8_t code = 0; code < kOpCodes; ++code) {
    if (phase_at != kPhases.end() && name == shape_of(static_cast<OpCode>(code)).name) {
      return Signature{std::string(text.substr(0, first)), static_cast<OpCode>(code),
                       static_cast<GrowthPhase>(phase_at - kPhases.begin())};
    }
  }
  return std::nullopt;
}

std::string assertion_line(const Failure& failure) {
  return cat("verdict.cc:", __LINE__, ": ASSERTION FAILED: oracle[", failure.clause.id, "] ",
             failure.clause.sentence);
}

std::string report(const Program& program, const Failure& failure) {
  const std::size_t steps = program.operations.size();
  const bool at_end = failure.step >= steps;
  std::string out = at_end
                        ? cat("FAILED ", failure.clause.id, " in the check after the last step\n")
                        : cat("FAILED ", failure.clause.id, " at step ", failure.step, " of ",
                              steps, ": ", print_operation(program.operations[failure.step]), " (",
                              to_string(failure.phase), ")\n");
  out += cat("  clause    ", failure.clause.sentence, '\n');
  out += cat("  expected  ", failure.expected, '\n');
  out += cat("  got       ", failure.got, '\n');
  if (!failure.where.empty()) {
    out += cat("  where     ", failure.where, '\n');
  }
  out += cat("  subject   ", failure.subject, '\n');
  if (!failure.table.empty()) {
    out +=
        cat("\ntable after the step (- emptyRest, . emptyOne, X Y E evacuated, "
            "tophash:key=elem)\n",
            failure.table);
  }
  out += cat("\nprogram\n", step_lines(program, failure.step));
  return out;
}

}  // namespace mapfuzz
