#include "fuzz/explore/figures.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace mapfuzz::cli {
namespace {

std::string separated(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3) {
    digits.insert(static_cast<std::size_t>(at), 1, ',');
  }
  return digits;
}

constexpr const char* kLine = "{:<22} {:>12} {:>13} {:>6} {:>7} {:>6} {:>8}  {}\n";

std::string line_of(const std::string& name, const ExploreStats& stats, bool closed) {
  return fmt::format(
      kLine, name, separated(stats.states), separated(stats.transitions), stats.depth,
      stats.most_entries, stats.longest_chain, std::uint64_t{1} << stats.largest_B,
      closed ? "closed"
             : fmt::format("open: {} states to look at", separated(stats.states - stats.expanded)));
}

}  // namespace

bool ScopeFigures::closed() const {
  return spaces.size() == scope->spaces.size() &&
         std::all_of(spaces.begin(), spaces.end(),
                     [](const SpaceFigures& one) { return one.closed; });
}

PhaseGraph ScopeFigures::graph() const {
  PhaseGraph sum;
  for (const SpaceFigures& one : spaces) {
    sum.add(one.stats.graph);
  }
  return sum;
}

std::string as_text(const ScopeFigures& figures) {
  std::string out = fmt::format(kLine, "space", "states", "transitions", "depth", "entries",
                                "chain", "buckets", "");
  ExploreStats sum;
  for (const SpaceFigures& one : figures.spaces) {
    out += line_of(one.space->name, one.stats, one.closed);
    sum.states += one.stats.states;
    sum.expanded += one.stats.expanded;
    sum.transitions += one.stats.transitions;
    sum.depth = std::max(sum.depth, one.stats.depth);
    sum.most_entries = std::max(sum.most_entries, one.stats.most_entries);
    sum.longest_chain = std::max(sum.longest_chain, one.stats.longest_chain);
    sum.largest_B = std::max(sum.largest_B, one.stats.largest_B);
  }
  out += line_of("all", sum, figures.closed());
  const PhaseGraph graph = figures.graph();
  out += "\nfrom, to, what happens: transitions\n";
  for (const Arrow& arrow : all_arrows()) {
    out +=
        fmt::format("  {:<9}  {:<9}  {:<32} {:>12}\n", to_string(arrow.from), to_string(arrow.to),
                    arrow.text, separated(graph.total(arrow.from, arrow.to, arrow.turn)));
  }
  for (const DueFigures& one : figures.dues) {
    out += fmt::format(
        "\n{}: an assign found a growth due by {} during a {} growth, {} times; the "
        "shortest program has {} operations:\n  {}\n",
        one.space->name, to_string(one.due), to_string(one.phase), separated(one.times),
        one.operations, one.file);
  }
  return out + fmt::format("\n{}: {} in {:.1f} s, {:.1f} s of CPU\n", figures.scope->name,
                           figures.closed() ? "closed" : "not closed", figures.seconds,
                           figures.cpu_seconds);
}

std::string as_json(const ScopeFigures& figures) {
  nlohmann::ordered_json out = {{"scope", figures.scope->name},
                                {"closed", figures.closed()},
                                {"seconds", figures.seconds},
                                {"cpu_seconds", figures.cpu_seconds}};
  for (const SpaceFigures& one : figures.spaces) {
    out["spaces"].push_back({{"name", one.space->name},
                             {"row", to_string(one.space->row)},
                             {"closed", one.closed},
                             {"states", one.stats.states},
                             {"transitions", one.stats.transitions},
                             {"depth", one.stats.depth},
                             {"most_entries", one.stats.most_entries},
                             {"longest_chain", one.stats.longest_chain},
                             {"most_buckets", std::uint64_t{1} << one.stats.largest_B}});
  }
  const PhaseGraph graph = figures.graph();
  for (const Arrow& arrow : all_arrows()) {
    out["arrows"].push_back({{"from", to_string(arrow.from)},
                             {"to", to_string(arrow.to)},
                             {"turn", to_string(arrow.turn)},
                             {"transitions", graph.total(arrow.from, arrow.to, arrow.turn)}});
  }
  out["due"] = nlohmann::ordered_json::array();
  for (const DueFigures& one : figures.dues) {
    out["due"].push_back({{"space", one.space->name},
                          {"trigger", to_string(one.due)},
                          {"during", to_string(one.phase)},
                          {"times", one.times},
                          {"operations", one.operations},
                          {"file", one.file}});
  }
  return out.dump(2) + "\n";
}

}  // namespace mapfuzz::cli
