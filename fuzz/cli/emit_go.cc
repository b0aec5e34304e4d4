#include "fuzz/cli/emit_go.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>
#include <vector>

#include "fuzz/cli/emit_kinds.h"
#include "fuzz/cli/emit_prune.h"
#include "fuzz/cli/emit_support.h"
#include "fuzz/cli/stop.h"
#include "oracle/kinds.h"
#include "oracle/text_codec.h"

namespace mapfuzz::cli {
namespace {

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r");
  return first == std::string_view::npos
             ? std::string_view()
             : text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

// Lines without their ends; a last line that does not end counts too.
std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

std::string go_comment(std::string_view text, std::string_view indent) {
  std::string out;
  for (const std::string_view line : lines_of(text)) {
    const std::string_view words = trimmed(line);
    out += fmt::format("{}//{}{}\n", indent, words.empty() ? "" : " ", words);
  }
  return out;
}

bool is_off(const Program& program, OpCode code) {
  return (program.header.off >> static_cast<unsigned>(code) & 1U) != 0;
}

// So that a step of the output is soon found among the statements.
constexpr std::uint32_t kStepsPerMark = 10;

// The statement that performs an operation.
std::string statement(const GoKinds& kinds, const Operation& operation) {
  const auto key = [&] { return kinds.key(operation.key); };
  const auto elem = [&] { return kinds.elem(operation.value); };
  const char slot = static_cast<char>('a' + operation.slot);
  switch (operation.code) {
    case OpCode::len:
      return "m.len()";
    case OpCode::access1:
      return fmt::format("m.access1({})", key());
    case OpCode::access2:
      return fmt::format("m.access2({})", key());
    case OpCode::assign:
      return fmt::format("m.assign({}, {})", key(), elem());
    case OpCode::update:
      return fmt::format("m.update({}, {})", key(), elem());
    case OpCode::erase:
      return fmt::format("m.delete({})", key());
    case OpCode::clear:
      return "m.clear()";
    case OpCode::remake:
      return fmt::format("m.remake({})", operation.value);
    case OpCode::literal:
      return fmt::format("m.literal({}, {})", operation.key, operation.value);
    case OpCode::range:
      return "m.rangeAll()";
    case OpCode::iter:
      return operation.draw.has_value()
                 ? fmt::format("m.iterDraw(\"{}\", {})", slot, *operation.draw)
                 : fmt::format("m.iter(\"{}\")", slot);
    case OpCode::next:
      return fmt::format("m.next(\"{}\")", slot);
    case OpCode::close:
      return fmt::format("m.close(\"{}\")", slot);
    case OpCode::copy:
      return "m.copy()";
    case OpCode::move:
      return "m.move()";
    case OpCode::swap:
      return "m.swap()";
    case OpCode::expect_len:
      return fmt::format("m.expectLen({})", operation.value);
    case OpCode::expect_value:
      return fmt::format("m.expectValue({}, {})", key(), elem());
    case OpCode::expect_absent:
      return fmt::format("m.expectAbsent({})", key());
    case OpCode::expect_phase: {
      constexpr std::array<const char*, 3> names = {"quiet", "doubling", "same-size"};
      return fmt::format("m.expectPhase(\"{}\")",
                         names.at(static_cast<std::size_t>(operation.value)));
    }
    case OpCode::expect_buckets:
      return fmt::format("m.expectBuckets({})", operation.value);
    case OpCode::expect_overflow:
      return fmt::format("m.expectOverflow({})", operation.value);
    case OpCode::nil:
      return "m.setNil()";
    case OpCode::reenter: {
      constexpr std::array<const char*, 3> names = {"access", "assign", "delete"};
      return fmt::format("m.reenter(\"{}\", \"{}\", {})",
                         operation.value % 2 == 0 ? "hash" : "equal",
                         names.at(static_cast<std::size_t>(operation.value / 2 % 3)), key());
    }
    case OpCode::inject:
      return fmt::format("// inject {}: Go's hash, equality and copies do not fail",
                         operation.value);
    case OpCode::interleave:
      return "// interleave: where Go switches between goroutines is not for a program to say";
  }
  return "";
}

std::string body(const GoSource& source, const GoKinds& kinds) {
  const Program& program = source.program;
  std::string out = fmt::format("\tm := newMap({})\n", program.header.hint);
  std::uint32_t step = 0;  // the one that Map counts to
  std::uint32_t mark = kStepsPerMark;
  for (std::size_t at = 0; at < program.operations.size(); ++at) {
    const Operation& operation = program.operations[at];
    if (const auto note = source.notes.find(at); note != source.notes.end()) {
      out += go_comment(note->second, "\t");
    }
    const std::string text = statement(kinds, operation);
    if (is_off(program, operation.code)) {
      out += fmt::format("\t// switched off: {}\n", text);
      continue;
    }
    if (program.operations.size() > kStepsPerMark && operation.id >= mark) {
      out += fmt::format("\t// step {}\n", operation.id);
      mark = (operation.id / kStepsPerMark + 1) * kStepsPerMark;
    }
    if (operation.id != step) {
      out += fmt::format("\tm.step = {}\n", operation.id);
    }
    out += fmt::format("\t{}\n", text);
    step = operation.id + 1;
  }
  return out + "\tm.finish()\n";
}

// "map key=... elem=..." and the hash lines, as an .ops file says them.
std::string header_lines(const Program& program) {
  Program empty;
  empty.header = program.header;
  std::string out;
  const std::string text = print_ops(empty);
  for (const std::string_view line : lines_of(text)) {
    if (!line.starts_with("mapfuzz") && !line.empty()) {
      out += fmt::format("//\t{}\n", line);
    }
  }
  return out;
}

// How a key class becomes a hash (oracle/hash_plan.h); only what the test case uses.
std::string hash_of(const HashSpec& hash) {
  constexpr std::string_view mixed = "mix(id*0x9e3779b97f4a7c15 + hash0)";
  std::string does;
  std::string what;
  switch (hash.kind) {
    case HashKind::mix:
      what = "a good hash, seeded";
      does = fmt::format("\treturn {}\n", mixed);
      break;
    case HashKind::identity:
      what = "the key's number itself";
      does = "\treturn id\n";
      break;
    case HashKind::constant:
      what = "the same for all keys";
      does = "\treturn 0x2a2a2a2a2a2a2a2a\n";
      break;
    case HashKind::low:
      what = fmt::format("a good hash, of which only the lowest {} bits choose the bucket",
                         hash.parameter);
      does = fmt::format("\th := {}\n\treturn h & (0xff00000000000000 | (1<<{} - 1))\n", mixed,
                         hash.parameter);
      break;
    case HashKind::top:
      what = fmt::format("a good hash, but with the same top byte ({:#04x}) for all keys",
                         hash.parameter);
      does = fmt::format("\th := {}\n\treturn {:#04x}<<56 | h&0x00ffffffffffffff\n", mixed,
                         hash.parameter);
      break;
    case HashKind::explicit_:
      what = "listed for some keys, and a good one for the others";
      does = "\tswitch id {\n";
      for (const KeyHash& entry : hash.explicit_hashes) {
        does += fmt::format("\tcase {}:\n\t\treturn {:#04x}<<56 | {:#06x}\n", entry.key, entry.top,
                            entry.low);
      }
      does += fmt::format("\t}}\n\treturn {}\n", mixed);
      break;
  }
  return fmt::format(
      "// hashOf is the test case's hash: {}.\nfunc hashOf(id, hash0 uint64) uint64 {{\n{}}}\n",
      what, does);
}

std::string filled(std::string_view text, const std::vector<GoPiece>& pieces) {
  std::string out;
  while (!text.empty()) {
    const std::size_t at = text.find('@');
    out += text.substr(0, at);
    if (at == std::string_view::npos) {
      break;
    }
    const std::size_t end = text.find('@', at + 1);
    const std::string_view name = text.substr(at + 1, end - at - 1);
    const auto piece = std::find_if(pieces.begin(), pieces.end(),
                                    [&](const GoPiece& known) { return known.name == name; });
    if (piece == pieces.end()) {
      throw std::logic_error(fmt::format("emit: no piece for @{}@", name));
    }
    out += filled(piece->text, pieces);
    text.remove_prefix(end + 1);
  }
  return out;
}

std::string imports(const std::vector<std::string_view>& packages) {
  std::string out = "import (\n";
  for (const std::string_view name : packages) {
    out += fmt::format("\t\"{}\"\n", name);
  }
  return out + ")\n";
}

}  // namespace

OperationNotes operation_notes(std::string_view ops_text) {
  OperationNotes notes;
  std::string pending;
  int heads = 0;  // the lines "mapfuzz" and "map"
  std::size_t operations = 0;
  for (const std::string_view raw : lines_of(ops_text)) {
    const std::string_view line = trimmed(raw);
    if (line.starts_with('#')) {
      pending += heads < 2 ? "" : fmt::format("{}\n", trimmed(line.substr(1)));
    } else if (!line.empty() && heads < 2) {
      ++heads;
    } else if (!line.empty() && !line.starts_with("hash")) {
      if (!pending.empty()) {
        notes[operations] = std::exchange(pending, {});
      }
      ++operations;
    }
  }
  return notes;
}

std::string emit_go(const GoSource& source) {
  const Program& program = source.program;
  if (program.header.width != 8) {
    stop(kUsage, "{} has buckets of width {}: expected 8, Go's only width", source.name,
         program.header.width);
  }
  const bool reenters =
      std::any_of(program.operations.begin(), program.operations.end(),
                  [](const Operation& operation) { return operation.code == OpCode::reenter; });
  const GoKinds kinds(program.header.key, program.header.elem);
  std::vector<GoPiece> pieces = kinds.pieces(reenters);
  pieces.push_back({"seed", fmt::format("{}", program.header.seed)});
  pieces.push_back({"hash_of", hash_of(program.header.hash)});
  std::string out = go_comment(source.comment.empty() ? source.name : source.comment, "");
  out += fmt::format(
      "//\n"
      "// The program performs the steps of main on a map[{}]{} and prints after each one\n"
      "// what came of it and how the map changed inside. The hash of the keys and what the "
      "runtime\n"
      "// draws at random are chosen, so every run is the same. Needs Go 1.19 to 1.23, whose map "
      "this\n"
      "// is about. Made by mapfuzz from {}:\n"
      "//\n{}package main\n\n",
      kinds.key_type(), kinds.elem_type(), source.name, header_lines(program));
  out += imports(kinds.packages());
  out += fmt::format("\ntype (\n\tKey  {}\n\tElem {}\n)\n", kinds.key_type(), kinds.elem_type());
  out += "\nfunc main() {\n" + body(source, kinds) + "}\n";
  out += "\n// ---------------------------------- support: ----------------------------------\n";
  for (const std::string_view part : {kGoSteps, kGoIterators, std::string_view(kinds.values()),
                                      kGoPicture, kGoLayout, kGoSetup}) {
    out += filled(part, pieces);
  }
  return without_unused_functions(out);
}

}  // namespace mapfuzz::cli
