#include "fuzz/plans.h"

#include <algorithm>
#include <initializer_list>
#include <vector>

#include "gomap/poison.h"
#include "oracle/kinds.h"
#include "oracle/peer.h"
#include "oracle/reference.h"

namespace mapfuzz {

namespace {

// Switches all operations off but these. Literals are left on where a table is to grow: in their
// place a finding would have an assign for each entry (oracle/minimize.h).
std::uint32_t all_but(std::initializer_list<OpCode> codes) {
  return ((std::uint32_t{1} << kOpCodes) - 1) & ~all_of(codes);
}

// The Go runtime alone judges: what the other targets' judges see is theirs to find. A reentered
// write is fatal in Go, and would take the process along; and nothing throws there.
RunPlan lockstep_plan() {
  return {.name = "lockstep",
          .every_kind = true,
          .policy = Policy::go_exact,
          .audit = AuditMode::off,
          .tree_model = false,
          .iteration_contract = false,
          .go_runtime = true,
          .off = all_of({OpCode::reenter, OpCode::inject, OpCode::interleave})};
}

RunPlan ops_plan(const char* name, KeyKind key) {
  return {.name = name, .key = key, .off = kNoFaults};
}

// Several iterators in a table that grows under them, undiluted.
RunPlan iterate_plan() {
  return {
      .name = "iterate",
      .off = all_but({OpCode::assign, OpCode::update, OpCode::erase, OpCode::clear, OpCode::literal,
                      OpCode::iter, OpCode::next, OpCode::close, OpCode::range})};
}

RunPlan hints_plan() {
  return {.name = "hints",
          .off = all_but({OpCode::len, OpCode::access2, OpCode::assign, OpCode::erase,
                          OpCode::clear, OpCode::remake, OpCode::literal, OpCode::copy,
                          OpCode::move, OpCode::swap, OpCode::nil})};
}

// Keys that are compared by a function of the program's, which Go's fast families do not call.
RunPlan reenter_plan() {
  return {
      .name = "reenter",
      .key = KeyKind::big,
      .off = all_but({OpCode::access2, OpCode::assign, OpCode::update, OpCode::erase, OpCode::clear,
                      OpCode::literal, OpCode::iter, OpCode::next, OpCode::reenter})};
}

// Operations as threads, one at a time, on a map in any state.
RunPlan interleave_plan() {
  return {.name = "interleave",
          .threads = true,
          .off = all_but({OpCode::len, OpCode::access2, OpCode::assign, OpCode::update,
                          OpCode::erase, OpCode::clear, OpCode::literal, OpCode::iter, OpCode::next,
                          OpCode::close, OpCode::interleave})};
}

// Go's own iterators under the contract that they break: finds the defects of spec 2.12 (Q1 to Q7).
RunPlan quirks_plan() {
  return {
      .name = "quirks",
      .every_kind = true,
      .policy = Policy::go_exact,
      .on_request = true,
      .off = all_but({OpCode::assign, OpCode::update, OpCode::erase, OpCode::clear, OpCode::remake,
                      OpCode::literal, OpCode::iter, OpCode::next, OpCode::close, OpCode::range})};
}

// For MemorySanitizer, which takes what uninstrumented code wrote for never written: std::map is
// half in libstdc++. The audit reads dead cells on purpose, and here they are marked as unwritten
// (gomap/poison.h). Programs are those of `fault`.
RunPlan memory_plan() {
  return {.name = "memory",
          .every_kind = true,
          .audit = AuditMode::off,
          .tree_model = false,
          .flat_model = true,
          .off = all_of({OpCode::reenter, OpCode::interleave})};
}

// Maps of other libraries: what is reported here is a false alarm, or theirs.
RunPlan peers_plan() {
  return {.name = "peers",
          .peers = {kPeers.begin(), kPeers.end()},
          .audit = AuditMode::off,
          .off = kOffForPeers};
}

// All of them are linked, or none.
bool has_peers() { return find_peer(kPeers.front()) != nullptr; }

}  // namespace

std::span<const RunPlan> all_plans() {
  static const std::vector<RunPlan> plans = [] {
    if (gomap::kUnderMsan) {
      return std::vector<RunPlan>{memory_plan()};
    }
    std::vector<RunPlan> made = {
        ops_plan("ops_u64", KeyKind::u64),
        ops_plan("ops_u32", KeyKind::u32),
        ops_plan("ops_f64", KeyKind::f64),
        {.name = "ops_str",
         .key = KeyKind::str,
         .tree_model = false,
         .flat_model = true,
         .off = kNoFaults},
        ops_plan("ops_big", KeyKind::big),
        ops_plan("ops_any", KeyKind::any),
        {.name = "kinds", .every_kind = true, .off = kNoFaults},
        {.name = "fault", .every_kind = true, .off = all_of({OpCode::reenter, OpCode::interleave})},
        iterate_plan(),
        hints_plan(),
        reenter_plan(),
        interleave_plan(),
        quirks_plan(),
        {.name = "widths",
         .widths = {8, 4, 2, 1},
         .tree_model = false,
         .flat_model = true,
         .off = kNoFaults},
    };
    if (has_peers()) {
      made.push_back(peers_plan());
    }
    if (has_reference()) {
      made.push_back(lockstep_plan());
    }
    return made;
  }();
  return plans;
}

const RunPlan* find_plan(std::string_view name) {
  const auto plans = all_plans();
  const auto at = std::find_if(plans.begin(), plans.end(),
                               [&](const RunPlan& plan) { return plan.name == name; });
  return at == plans.end() ? nullptr : &*at;
}

// Does it ask for threads, and does its row have them?
static bool runs_threads(const Program& program) {
  const Header& header = program.header;
  return !gomap::kUnderMsan && header.policy == Policy::sound &&
         std::any_of(
             program.operations.begin(), program.operations.end(),
             [](const Operation& operation) { return operation.code == OpCode::interleave; }) &&
         find_engine({header.key, header.elem, header.width}, true) != nullptr;
}

RunPlan replay_plan(const Program& program) {
  return {.name = "replay",
          .key = program.header.key,
          .elem = program.header.elem,
          .widths = {program.header.width},
          .policy = program.header.policy,
          .flat_model = true,
          .expectations = true,
          .threads = runs_threads(program)};
}

}  // namespace mapfuzz
