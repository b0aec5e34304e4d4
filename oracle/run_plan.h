// RunPlan: which maps run a program, and who judges them. What a fuzz target is, but for its name.
//
// Leaves to others: the plans of the targets (fuzz/plans.h), running one (runner.h).
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

#include "oracle/kinds.h"
#include "oracle/program.h"

namespace mapfuzz {

enum class AuditMode : std::uint8_t { off, touched };

// A set of operations, as RunPlan::off and a program's header hold it.
constexpr std::uint32_t all_of(std::initializer_list<OpCode> codes) {
  std::uint32_t set = 0;
  for (const OpCode code : codes) {
    set |= std::uint32_t{1} << static_cast<unsigned>(code);
  }
  return set;
}

// Off where maps do not meet thrown exceptions, which is what the target `fault` is for. Off above
// all where tables of other layouts must answer alike: the k-th hash is another operation's there.
// And operations run as threads in the target `interleave` alone, whose rows can.
inline constexpr std::uint32_t kNoFaults = all_of({OpCode::inject, OpCode::interleave});

// Which maps run, who judges them.
struct RunPlan {
  const char* name = "";  // of the target: "ops_u64"
  KeyKind key = KeyKind::u64;
  ElemKind elem = ElemKind::u64;
  std::vector<std::uint8_t> widths = {8};  // several: all must answer alike
  bool every_kind = false;                 // key and elem are the program's, not the plan's
  // Not empty: these maps of other libraries (peer.h), in turn, instead of the engine's rows. They
  // are u64 -> u64, and nobody can look into them: audit and Go runtime must be off.
  std::vector<const char*> peers = {};
  Policy policy = Policy::sound;
  AuditMode audit = AuditMode::touched;
  bool tree_model = true;          // the std::map model
  bool flat_model = false;         // the boost::container::flat_map model
  bool expectations = false;       // judge expect-... operations
  bool iteration_contract = true;  // judge what iterators produce (I32)
  bool go_runtime = false;         // the Go runtime judges, where it is linked (reference.h)
  bool threads = false;            // operations may run as threads (OpCode::interleave)
  bool on_request = false;         // not in a whole campaign: that it finds something is known
  std::uint32_t off = 0;           // operations never run, beside those the program switches off
};

// Gives a legal program the plan's key, elem, width and policy: what a run of the plan really runs.
void adapt(Program& program, const RunPlan& plan);
[[nodiscard]] Program adapted(const Program& program, const RunPlan& plan);

// For changed programs (minimize.h): legal again, and what the plan would run. What the plan
// switches off is its own affair, and not written into the program.
void legalize(Program& program, const RunPlan& plan);

// The rows of the plan: all that run where it names its kinds, else those that programs may ask
// for.
[[nodiscard]] std::vector<Row> rows_of(const RunPlan& plan);

// The same as findings name them, peers included: "u64 -> u64, width 8".
[[nodiscard]] std::vector<std::string> subjects_of(const RunPlan& plan);
[[nodiscard]] std::string subject_of(const RunPlan& plan, const char* peer);

}  // namespace mapfuzz
