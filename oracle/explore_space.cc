#include "oracle/explore_space.h"

#include "oracle/run_plan.h"

namespace mapfuzz {
namespace {

bool has(const Space& space, OpCode code) { return (space.operations & all_of({code})) != 0; }

bool makes_sense(const Space& space, const Operation& operation, const StateInfo& state) {
  switch (operation.code) {
    case OpCode::iter: {
      // Starts that differ in buckets and cells alone: a larger draw wraps around to one of these.
      const std::uint64_t starts = (std::uint64_t{1} << state.B) * space.row.width;
      return !state.iterator_open && operation.draw.value_or(0) < starts;
    }
    case OpCode::next:
    case OpCode::close:
      return state.iterator_open;
    default:
      return true;
  }
}

bool has_room(const Space& space, const StateInfo& state) {
  return space.most_entries == 0 || state.entries < space.most_entries;
}

// Which keys of one class are worth an assign or a delete.
template <class Try>
void keys_worth_trying(const Space& space, const KeyClass& keys, OpCode code,
                       const StateInfo& state, const Try& try_key) {
  const std::uint32_t end = keys.first + std::uint32_t{keys.keys};
  bool stranger_tried = false;  // a key that is not there, and that nothing mentions
  std::uint32_t last = end;
  for (std::uint32_t key = keys.first; key < end; ++key) {
    if (state.present(key) && !never_equal(space.row.key, key)) {
      last = key;
      if (!space.stack) {
        try_key(key);
      }
      continue;
    }
    if (!state.mentioned(key)) {
      if (stranger_tried) {
        continue;
      }
      stranger_tried = true;
    }
    if (code == OpCode::assign ? has_room(space, state) : !space.stack || state.growing) {
      try_key(key);
    }
  }
  if (space.stack && last != end && code == OpCode::erase) {
    try_key(last);
  }
}

}  // namespace

const Scope* find_scope(std::string_view name) {
  for (const Scope& scope : all_scopes()) {
    if (scope.name == name) {
      return &scope;
    }
  }
  return nullptr;
}

Program start_of(const Space& space) {
  Program program;
  Header& header = program.header;
  header.key = space.row.key;
  header.elem = space.row.elem;
  header.width = space.row.width;
  header.hint = space.hint;
  if (space.explicit_hashes) {
    header.hash.kind = HashKind::explicit_;
    for (const KeyClass& keys : space.classes) {
      for (std::uint16_t at = 0; at < keys.keys; ++at) {
        header.hash.explicit_hashes.push_back(
            {static_cast<std::uint16_t>(keys.first + at), keys.top, keys.low});
      }
    }
  }
  if (space.literal > 0) {
    program.operations.push_back({.code = OpCode::literal, .value = space.literal});
  }
  repair(program);
  return program;
}

std::vector<Operation> alphabet_of(const Space& space) {
  std::vector<Operation> alphabet;
  for (const OpCode code : {OpCode::assign, OpCode::erase}) {
    for (const KeyClass& keys : space.classes) {
      for (std::uint32_t at = 0; has(space, code) && at < keys.keys; ++at) {
        alphabet.push_back({.code = code, .key = keys.first + at});
      }
    }
  }
  for (const OpCode code : {OpCode::clear, OpCode::next, OpCode::close}) {
    if (has(space, code)) {
      alphabet.push_back({.code = code});
    }
  }
  for (const std::uint32_t draw : space.draws) {
    if (has(space, OpCode::iter)) {
      alphabet.push_back({.code = OpCode::iter, .draw = draw});
    }
  }
  return alphabet;
}

void operations_at(const Space& space, std::span<const Operation> alphabet, const StateInfo& state,
                   std::vector<std::uint16_t>& out) {
  out.clear();
  std::uint16_t at = 0;
  for (const OpCode code : {OpCode::assign, OpCode::erase}) {
    for (const KeyClass& keys : space.classes) {
      if (has(space, code)) {
        keys_worth_trying(space, keys, code, state, [&](std::uint32_t key) {
          out.push_back(static_cast<std::uint16_t>(at + key - keys.first));
        });
        at = static_cast<std::uint16_t>(at + keys.keys);
      }
    }
  }
  for (; at < alphabet.size(); ++at) {
    if (makes_sense(space, alphabet[at], state)) {
      out.push_back(at);
    }
  }
}

}  // namespace mapfuzz
