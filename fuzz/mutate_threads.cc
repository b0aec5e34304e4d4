// Mutations of operations that run as threads (oracle/interleaving.h).
#include <algorithm>
#include <array>

#include "fuzz/mutator.h"
#include "oracle/interleaving.h"

namespace mapfuzz {

// What the other thread is to do, mostly to the same key, and up to three preemptions among few
// points: no operation has many.
Operation Mutator::interleave_operation(std::uint32_t key) {
  std::array<int, kSwitchesEach> switches{};
  const std::uint32_t preemptions = choice_.between(1, 3);
  for (std::uint32_t at = 0; at < preemptions; ++at) {
    const auto points = static_cast<int>(choice_.between(1, 12));
    switches.at(at) = choice_.one_in(8) ? -points : points;
  }
  const auto companion = static_cast<Companion>(choice_.below(kCompanions.size()));
  return {.code = OpCode::interleave,
          .key = choice_.one_in(4) ? choice_.below(64) : key,
          .value = interleaving_of(companion, switches),
          .draw = {}};
}

Operation Mutator::thread_operation(const Operations& before, std::uint32_t key) {
  constexpr std::array<OpCode, 10> codes = {
      OpCode::assign,  OpCode::assign,  OpCode::update, OpCode::erase, OpCode::erase,
      OpCode::access2, OpCode::access2, OpCode::clear,  OpCode::iter,  OpCode::next};
  Operation made{.code = choice_.of(codes), .key = key, .value = kPlain, .draw = {}};
  for (const Operation& operation : before) {
    made.slot = operation.code == OpCode::iter ? operation.slot : made.slot;
  }
  if (!has_value(made.code)) {
    made.value = 0;
  }
  return made;
}

void Mutator::interleave(Program& program) {
  Operations& operations = program.operations;
  hide_plain_values(program);
  const auto first = std::find_if(operations.begin(), operations.end(), [](const Operation& at) {
    return at.code == OpCode::interleave;
  });
  if (first != operations.end() && !choice_.one_in(4)) {
    // The program ends with the first one, so that its operations are what can be changed.
    const std::uint32_t key = first->key;
    *first = interleave_operation(choice_.one_in(2) ? key : choice_.below(64));
    settle(program);
    return;
  }
  Operation* const known = keyed(operations);
  const std::uint32_t key = known == nullptr || choice_.one_in(4) ? choice_.below(64) : known->key;
  const std::size_t late =
      operations.size() - std::min<std::size_t>(operations.size(), choice_.below(16));
  const std::size_t at = first != operations.end()
                             ? static_cast<std::size_t>(first - operations.begin())
                         : choice_.one_in(2) ? late
                                             : eventful(program).value_or(late);
  Operations piece;
  if (choice_.one_in(2)) {
    const auto slot = static_cast<std::uint8_t>(key % kIteratorSlots);
    piece.push_back({.code = OpCode::iter, .slot = slot, .draw = {}});
    piece.resize(1 + choice_.below(3), {.code = OpCode::next, .slot = slot, .draw = {}});
  }
  piece.push_back(interleave_operation(key));
  if (choice_.one_in(3)) {
    piece.push_back(interleave_operation(key));
  }
  piece.push_back(thread_operation(operations, choice_.one_in(4) ? choice_.below(64) : key));
  operations.insert(operations.begin() + static_cast<std::ptrdiff_t>(at), piece.begin(),
                    piece.end());
  settle(program);
}

}  // namespace mapfuzz
