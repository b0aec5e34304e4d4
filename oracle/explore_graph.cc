#include "oracle/explore_graph.h"

#include <algorithm>

#include "oracle/text.h"

namespace mapfuzz {

const char* to_string(Turn turn) {
  constexpr std::array<const char*, kTurns> names = {"none",  "begun", "whole",
                                                     "ended", "next",  "wiped"};
  return names[static_cast<std::size_t>(turn)];
}

const char* to_string(Due due) { return due == Due::load ? "load" : "overflow"; }

Moment moment_of(const gomap::TableView& view) {
  return {.phase = phase_of(view),
          .made = view.buckets != nullptr,
          .B = view.B,
          .buckets = view.buckets,
          .count = view.count,
          .noverflow = view.noverflow};
}

Turn turn_of(const Operation& operation, const Moment& before, const Moment& after) {
  if (operation.code == OpCode::clear) {
    return before.count > 0 ? Turn::wiped : Turn::none;
  }
  // Two doublings in one write may end in an array at the old address.
  const bool begun = before.made && (after.buckets != before.buckets || after.B != before.B);
  if (begun) {
    return before.growing() ? Turn::next : after.growing() ? Turn::begun : Turn::whole;
  }
  return before.growing() && !after.growing() ? Turn::ended : Turn::none;
}

bool is_due(Due due, const Moment& at, int width) {
  if (due == Due::overflow) {
    return at.noverflow >= std::size_t{1} << std::min<unsigned>(at.B, 15);
  }
  const auto cells = static_cast<std::size_t>(width);
  const std::size_t count = at.count + 1;
  return count > cells && 16 * count > 13 * cells * (std::size_t{1} << at.B);
}

void PhaseGraph::count(const Operation& operation, const Moment& before, const Moment& after) {
  const auto turn = static_cast<std::size_t>(turn_of(operation, before, after));
  ++arrows[static_cast<std::size_t>(before.phase)][static_cast<std::size_t>(after.phase)][turn]
          [static_cast<std::size_t>(operation.code)];
}

void PhaseGraph::add(const PhaseGraph& other) {
  for (std::size_t from = 0; from < kPhases; ++from) {
    for (std::size_t to = 0; to < kPhases; ++to) {
      for (std::size_t turn = 0; turn < kTurns; ++turn) {
        for (std::size_t code = 0; code < kOpCodes; ++code) {
          arrows[from][to][turn][code] += other.arrows[from][to][turn][code];
        }
      }
    }
  }
}

std::uint64_t PhaseGraph::total(GrowthPhase from, GrowthPhase to, Turn turn) const {
  std::uint64_t sum = 0;
  for (const std::uint64_t count : arrows[static_cast<std::size_t>(from)][static_cast<std::size_t>(
           to)][static_cast<std::size_t>(turn)]) {
    sum += count;
  }
  return sum;
}

std::span<const Arrow> all_arrows() {
  using enum GrowthPhase;
  static constexpr std::array arrows = {
      Arrow{quiet, quiet, Turn::none, "no growth"},
      Arrow{quiet, quiet, Turn::whole, "a growth within one write"},
      Arrow{quiet, quiet, Turn::wiped, "wiped"},
      Arrow{quiet, doubling, Turn::begun, "a doubling begins"},
      Arrow{quiet, same_size, Turn::begun, "a same-size growth begins"},
      Arrow{doubling, doubling, Turn::none, "it goes on"},
      Arrow{doubling, quiet, Turn::ended, "it ends"},
      Arrow{doubling, quiet, Turn::wiped, "wiped"},
      Arrow{same_size, same_size, Turn::none, "it goes on"},
      Arrow{same_size, quiet, Turn::ended, "it ends"},
      Arrow{same_size, quiet, Turn::wiped, "wiped"},
      Arrow{same_size, doubling, Turn::next, "it ends, and a doubling begins"},
  };
  return arrows;
}

namespace {

std::string separated(std::uint64_t number) {
  std::string digits = cat(number);
  for (std::size_t at = digits.size(); at > 3; at -= 3) {
    digits.insert(at - 3, 1, ',');
  }
  return digits;
}

// "assign 12,345, delete 3", two in a line.
std::string counts_text(const PhaseGraph::Codes& codes) {
  std::string out;
  std::size_t counts = 0;
  for (std::size_t code = 0; code < kOpCodes; ++code) {
    if (codes[code] != 0) {
      const char* gap = counts == 0 ? "" : counts % 2 == 0 ? ",\\l        " : ", ";
      append(out, cat(gap, shape_of(static_cast<OpCode>(code)).name, ' ', separated(codes[code])));
      ++counts;
    }
  }
  return out;
}

constexpr std::array<const char*, kPhases> kNodes = {"quiet", "doubling", "same_size"};
// Where an arrow from a node to itself goes, out of the way of others.
constexpr std::array<const char*, kPhases> kLoops = {"n", "s", "e"};

}  // namespace

std::string PhaseGraph::dot(const std::string& title) const {
  std::string out = cat("digraph states {\n  label=\"", title,
                        "\"\n  labelloc=t\n  rankdir=TB\n  nodesep=0.6\n  ranksep=1.6\n"
                        "  graph [fontname=\"sans-serif\", fontsize=12]\n"
                        "  node [shape=box, style=rounded, fontname=\"sans-serif\"]\n"
                        "  edge [fontname=\"sans-serif\", fontsize=10]\n"
                        "  quiet\n  doubling\n  same_size [label=\"same-size growth\"]\n");
  for (std::size_t from = 0; from < kPhases; ++from) {
    for (std::size_t to = 0; to < kPhases; ++to) {
      std::string lines;
      for (const Arrow& arrow : all_arrows()) {
        if (static_cast<std::size_t>(arrow.from) == from &&
            static_cast<std::size_t>(arrow.to) == to) {
          append(lines,
                 cat("  ", arrow.text, ": ",
                     counts_text(arrows[from][to][static_cast<std::size_t>(arrow.turn)]), "\\l"));
        }
      }
      if (!lines.empty()) {
        const std::string port = from == to ? cat(':', kLoops[from]) : "";
        append(out, cat("  ", kNodes[from], port, " -> ", kNodes[to], port, " [label=\"", lines,
                        "\"]\n"));
      }
    }
  }
  return out + "}\n";
}

}  // namespace mapfuzz
