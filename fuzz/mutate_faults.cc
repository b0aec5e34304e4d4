// Mutations that interrupt an operation: by an exception, or by another operation inside it.
#include <algorithm>
#include <array>
#include <vector>

#include "fuzz/foresight.h"
#include "fuzz/mutator.h"
#include "oracle/faults.h"
#include "oracle/kinds.h"

namespace mapfuzz {

// Before which operation something may go wrong: one that starts a growth, or does more than its
// own cell asks for, or is met by a growth, or any that has a key.
std::optional<std::size_t> Mutator::eventful(const Program& program) {
  std::array<std::vector<std::size_t>, 4> places;
  auto& [starts, busy, met, any] = places;
  Foresight table(program, 0);
  for (std::size_t n = 0; n < program.operations.size(); ++n) {
    const Operation& operation = program.operations[n];
    const bool growing = table.growing();
    const Foresight::Effect effect = table.apply(operation);
    if (effect.grew) {
      starts.push_back(n);
    }
    if (effect.grew || effect.evacuated > 0 || effect.appended || effect.emptied) {
      busy.push_back(n);
    }
    if (shape_of(operation.code).key) {
      any.push_back(n);
      if (growing) {
        met.push_back(n);
      }
    }
  }
  const std::vector<std::size_t>& drawn = choice_.of(places);
  const std::vector<std::size_t>& from = drawn.empty() ? any : drawn;
  return from.empty() ? std::nullopt : std::optional(choice_.of(from));
}

// What the next operation calls throws once.
void Mutator::fault(Program& program) {
  constexpr std::ptrdiff_t many = 3;  // after the first the audit knows less of a growth
  Operations& operations = program.operations;
  const auto injects = [](const Operation& at) { return at.code == OpCode::inject; };
  if (std::count_if(operations.begin(), operations.end(), injects) >= many) {
    operations.erase(std::find_if(operations.begin(), operations.end(), injects));
  }
  const auto at = eventful(program);
  if (!at.has_value()) {
    return;
  }
  // Of other kinds hash and equality alone are planned calls.
  constexpr std::array<FaultSite, 2> planned = {FaultSite::hash, FaultSite::equal};
  const Header& header = program.header;
  const FaultSite site = is_counted({header.key, header.elem, header.width})
                             ? static_cast<FaultSite>(choice_.below(kFaultSites))
                             : choice_.of(planned);
  std::int64_t calls = choice_.below(4);
  if (site != FaultSite::allocate) {  // of which four are a growth that has begun to move
    calls = choice_.one_in(2) ? 0 : choice_.below(choice_.one_in(2) ? 4 : 40);
  }
  insert(operations, *at,
         {{.code = OpCode::inject,
           .value = calls * kFaultSites + static_cast<std::int64_t>(site),
           .draw = {}}});
}

// The next operation meets another one inside it, which ends the program if either of them writes.
void Mutator::reenter(Program& program) {
  Operations& operations = program.operations;
  operations.erase(std::remove_if(operations.begin(), operations.end(),
                                  [](const Operation& at) { return at.code == OpCode::reenter; }),
                   operations.end());
  if (const auto at = eventful(program)) {
    const Operation* const known = keyed(operations);
    insert(operations, *at,
           {{.code = OpCode::reenter,
             .key = known == nullptr ? 0 : known->key,
             .value = choice_.below(kMaxReentry + 1),
             .draw = {}}});
  }
}

}  // namespace mapfuzz
