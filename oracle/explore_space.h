// Space: all programs over a few keys and operations, as the explorer walks through them; a scope
// is a list of spaces.
//
// Keys of a class have one hash, so nothing but their names tells them apart: of those that a state
// does not mention one stands for all (`operations_at`), and states are told apart up to renaming
// within a class (explore_state.h).
// Leaves to others: walking (explore.h).
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "oracle/kinds.h"
#include "oracle/program.h"

namespace mapfuzz {

// Keys first, first + 1, ..., and, where the space has explicit hashes, the hash of all of them.
struct KeyClass {
  std::uint16_t first = 0;
  std::uint16_t keys = 1;
  std::uint8_t top = 0;
  std::uint16_t low = 0;
};

struct Space {
  std::string name;   // unique in its scope
  std::string about;  // what it is there for
  Row row{KeyKind::u64, ElemKind::u64, 8};
  std::vector<KeyClass> classes;  // the keys that may be assigned and deleted
  bool explicit_hashes = true;    // of the classes; else seeded ones: a class is one key then
  std::int64_t hint = 0;
  std::uint16_t literal = 0;     // every program starts from a literal of keys 0 to literal - 1
  std::uint32_t operations = 0;  // all_of({...}); iter, next and close are of one iterator
  std::vector<std::uint32_t> draws = {0};  // where iterators start
  // As a stack: of a class the key assigned last is deleted first, and absent keys are deleted only
  // while the map grows. For long programs: what matters is how many keys of a class there are.
  bool stack = false;
  std::uint16_t most_entries = 0;  // new keys are assigned below that; 0: no limit
};

struct Scope {
  std::string name;
  std::string about;
  std::vector<Space> spaces;
};

// All there are, the quickest first.
[[nodiscard]] std::span<const Scope> all_scopes();
[[nodiscard]] const Scope* find_scope(std::string_view name);

// The program that every other one of the space begins with: header, and a literal if it has one.
[[nodiscard]] Program start_of(const Space& space);

// What decides which operations are worth trying in a state.
struct StateInfo {
  bool growing = false;
  bool iterator_open = false;
  std::uint8_t B = 0;
  std::size_t entries = 0;
  std::function<bool(std::uint32_t key)> present;
  // An iterator may still read it in a place where it no longer is.
  std::function<bool(std::uint32_t key)> mentioned;
};

// Every operation that programs of the space consist of, in a fixed order; values are set by
// whoever appends them. Their indices name them.
[[nodiscard]] std::vector<Operation> alphabet_of(const Space& space);

// Indices into the alphabet: one operation of each kind that behaves alike.
void operations_at(const Space& space, std::span<const Operation> alphabet, const StateInfo& state,
                   std::vector<std::uint16_t>& out);

}  // namespace mapfuzz
