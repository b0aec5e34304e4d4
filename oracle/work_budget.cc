#include "oracle/work_budget.h"

#include <cstdint>

namespace mapfuzz {
namespace {

// Entries that one operation on a map of `count` entries may meet on its way where all keys
// collide, in the coin of the budget. The engine meets a bucket of them at a time; peers go from
// entry to entry, some through lists.
std::size_t detour_of(const HashSpec& hash, std::size_t count, const gomap::TableView& view) {
  constexpr std::uint8_t few_buckets = 4;  // bits
  if (!can_be_seen(view)) {
    const bool collides = hash.kind == HashKind::constant || hash.kind == HashKind::low;
    return collides ? count / 8 : 0;
  }
  const bool collides = hash.kind == HashKind::constant ||
                        (hash.kind == HashKind::low && hash.parameter < few_buckets);
  return collides ? count / 64 : 0;
}

}  // namespace

std::size_t work_of(const Operation& operation, const gomap::TableView& view,
                    const HashSpec& hash) {
  const std::size_t table = view.total + view.old_total + view.overflow.buckets.size();
  switch (operation.code) {
    case OpCode::range:
    case OpCode::iter:
    case OpCode::copy:
    case OpCode::clear:
      return 1 + view.count + table;
    case OpCode::remake:
      return operation.value > 0 && operation.value <= kMaxHint
                 ? 1 + static_cast<std::size_t>(operation.value)
                 : 1;
    case OpCode::literal: {
      const auto entries = static_cast<std::size_t>(operation.value);
      return 1 + entries * (4 + detour_of(hash, entries / 2, view));
    }
    default:
      return can_be_seen(view) ? 1 + view.overflow.buckets.size() / 8
                               : 1 + detour_of(hash, view.count, view);
  }
}

}  // namespace mapfuzz
