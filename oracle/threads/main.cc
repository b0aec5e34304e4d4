// Prints what becomes of every interleaving of two or three operations: interleavings
// [--preemptions N]
// [--threads N] [--all] [--check FILE]
//
//   --preemptions N  at most so many (3)
//   --threads N      2 or 3 (2); of three, those that contain two writes
//   --all            a table for each state of the map, not one of all
//   --check FILE     does FILE hold this very table? Nothing is printed where it does
// Exit codes: 0; 1 a schedule broke a clause, or FILE says something else; 2 usage.
#include <sched.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>

#include "oracle/text.h"
#include "oracle/text_codec.h"
#include "oracle/threads/explore.h"

namespace mapfuzz {
namespace {

struct Options {
  std::size_t preemptions = 3;
  std::size_t threads = 2;
  bool all = false;
  std::string check;
};

bool is_write(Act act) {
  return act == Act::assign_new || act == Act::assign_old || act == Act::delete_old ||
         act == Act::delete_absent || act == Act::clear;
}

// Every choice of acts, in their order: who comes first is the schedule's business. Of three
// threads at least two write, and none is `len`, or there is nothing that two would not show.
std::vector<std::vector<Act>> choices(std::size_t threads) {
  std::vector<std::vector<Act>> out;
  const auto add = [&](auto& self, std::vector<Act>& acts, std::size_t from) -> void {
    if (acts.size() == threads) {
      const auto writes = std::count_if(acts.begin(), acts.end(), is_write);
      if (threads == 2 || (writes >= 2 && acts.back() != Act::len)) {
        out.push_back(acts);
      }
      return;
    }
    for (std::size_t act = from; act < kActs.size(); ++act) {
      acts.push_back(static_cast<Act>(act));
      self(self, acts, act);
      acts.pop_back();
    }
  };
  std::vector<Act> acts;
  add(add, acts, 0);
  return out;
}

std::string row(const std::string& name, const Tally& tally) {
  return cat("| ", name, " | ", tally.schedules, " | ", tally.ends[0], " | ", tally.ends[1], " | ",
             tally.ends[2], " | ", tally.ends[3], " |\n");
}

std::string name_of(const std::vector<Act>& acts) {
  std::string name;
  for (const Act act : acts) {
    append(name, cat(name.empty() ? "" : ", ", kActs.at(static_cast<std::size_t>(act))));
  }
  return name;
}

constexpr const char* kHead =
    "| threads | schedules | seen | counted | serial | wrong |\n|---|---|---|---|---|---|\n";

int print(const Options& options) {
  Runner integers({.name = "interleavings", .threads = true});
  Runner floats({.name = "interleavings", .key = KeyKind::f64, .threads = true});
  std::string out;
  Tally all;
  const std::vector<MapState> states = map_states();
  for (const std::vector<Act>& acts : choices(options.threads)) {
    Tally of_acts;
    for (const MapState& state : states) {
      const bool is_float = program_of(state, acts, {}).header.key == KeyKind::f64;
      const Exploration found =
          explore(is_float ? floats : integers, state, acts, options.preemptions);
      if (found.failed.has_value()) {
        std::fprintf(stderr, "%s\n%s\n%s%s", assertion_line(*found.failed).c_str(),
                     report(found.program, *found.failed).c_str(), "# run: target=interleave\n",
                     print_ops(found.program).c_str());
        return 1;
      }
      if (options.all) {
        append(out, row(cat(name_of(acts), " (", state.name, ')'), found.tally));
      }
      of_acts.add(found.tally);
    }
    if (!options.all) {
      append(out, row(name_of(acts), of_acts));
    }
    all.add(of_acts);
  }
  out = kHead + out + row("all", all);
  append(out, "\nSeen by Go's check:\n\n");
  for (const auto& [text, count] : all.seen) {
    append(out, cat("- ", text, ": ", count, '\n'));
  }
  append(out, "\nCounted, behind which point:\n\n");
  for (const auto& [text, count] : all.counted) {
    append(out, cat("- ", text, ": ", count, '\n'));
  }
  append(out, "\nWrong, and an example of each:\n\n");
  for (const auto& [text, example] : all.wrong) {
    append(out, cat("- ", text, " (", example, ")\n"));
  }
  if (options.check.empty()) {
    std::fputs(out.c_str(), stdout);
    return 0;
  }
  const std::ifstream file(options.check);
  std::stringstream content;
  content << file.rdbuf();
  if (content.str().find(out) != std::string::npos) {
    return 0;
  }
  std::fprintf(stderr, "%s does not hold this table; if the change is meant, put it there:\n\n%s",
               options.check.c_str(), out.c_str());
  return 1;
}

bool number(const char* text, std::size_t most, std::size_t& out) {
  const std::string_view word(text);
  const auto [end, status] = std::from_chars(word.data(), word.data() + word.size(), out);
  return status == std::errc() && end == word.data() + word.size() && out <= most;
}

int run(int count, char** words) {
  Options options;
  for (int at = 1; at < count; ++at) {
    const std::string_view word(words[at]);
    const char* const value = at + 1 < count ? words[at + 1] : "";
    if (word == "--all") {
      options.all = true;
    } else if (word == "--check") {
      options.check = value;
      ++at;
    } else if ((word == "--preemptions" && number(value, kSwitchesEach, options.preemptions)) ||
               (word == "--threads" && number(value, kMaxThreads, options.threads) &&
                options.threads >= 2)) {
      ++at;
    } else {
      std::fputs(
          "usage: interleavings [--preemptions 0..4] [--threads 2|3] [--all] [--check FILE]\n",
          stderr);
      return 2;
    }
  }
  return print(options);
}

// One thread runs at a time: handing over costs a fraction where all are on one processor, and a
// multiple where others keep the second one busy.
void stay_on_one_processor() {
  cpu_set_t here;
  CPU_ZERO(&here);
  CPU_SET(static_cast<unsigned>(sched_getcpu()), &here);
  sched_setaffinity(0, sizeof here, &here);
}

}  // namespace
}  // namespace mapfuzz

int main(int count, char** words) {
  mapfuzz::stay_on_one_processor();
  return mapfuzz::run(count, words);
}
