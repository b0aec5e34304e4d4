#include "oracle/threads/explore.h"

#include <algorithm>
#include <cstdlib>
#include <set>
#include <utility>
#include <variant>

#include "oracle/text.h"
#include "oracle/text_codec.h"

namespace mapfuzz {
namespace {

// Keys first, first + step, ...
std::string each(const char* operation, std::uint32_t first, std::uint32_t step,
                 std::uint32_t count) {
  std::string out;
  for (std::uint32_t n = 0; n < count; ++n) {
    const bool value = std::string_view(operation) == "assign";
    append(out, cat(operation, ' ', first + n * step, value ? " = 1\n" : "\n"));
  }
  return out;
}

std::string walked(const std::string& operations, const char* hash, const char* key = "u64") {
  return cat("mapfuzz 1\nmap key=", key, " elem=u64 hash=", hash, " seed=7\n", operations,
             "iter a draw=0\nnext a\niter b draw=0\nnext b\n");
}

// Chains of two buckets, emptied but for the last key of each: as many overflow buckets as buckets.
std::string piled() {
  std::string out = "remake 26\n";
  for (std::uint32_t pile = 0; pile < 4; ++pile) {
    append(out, each("assign", 100 + pile, 4, 9));
    append(out, each("delete", 100 + pile, 4, 6));
  }
  return out;
}

Companion companion_of(Act act) {
  switch (act) {
    case Act::read:
    case Act::read_absent:
      return Companion::access2;
    case Act::assign_new:
    case Act::assign_old:
      return Companion::assign;
    case Act::delete_old:
    case Act::delete_absent:
      return Companion::erase;
    case Act::clear:
      return Companion::clear;
    case Act::open:
      return Companion::iter;
    case Act::next:
      return Companion::next;
    case Act::len:
      return Companion::len;
  }
  return Companion::len;
}

constexpr std::uint32_t kSlotOpened = 2;  // c, d, e

std::uint32_t key_of(const MapState& state, Act act, std::uint32_t thread) {
  switch (act) {
    case Act::read_absent:
    case Act::assign_new:
    case Act::delete_absent:
      return state.absent;
    case Act::open:
      return kSlotOpened + thread;
    case Act::next:
      return thread;
    default:
      return state.present;
  }
}

// How many points the stretch has in which the next preemption would fall; 0: there is nobody to
// make way for.
std::size_t room_for_another(const Interleaving& run, std::span<const int> switches) {
  std::size_t made = 0;
  std::size_t points = 0;
  std::size_t longest = 0;
  std::size_t ended = 0;
  for (const ThreadEvent& event : run.events) {
    if (event.kind == ThreadEvent::Kind::reached) {
      ++points;
      if (made < switches.size() && points == static_cast<std::size_t>(std::abs(switches[made]))) {
        ++made;
        points = 0;
        longest = 0;
      }
      longest = made == switches.size() && ended + 1 < run.operations.size()
                    ? std::max(longest, points)
                    : longest;
    } else if (event.kind != ThreadEvent::Kind::started) {
      points = 0;
      ++ended;
    }
  }
  return longest;
}

std::string reason(const BlindSpots& blind) {
  if (blind.half_a_write && blind.stale_hash) {
    return "half a write, and a hash of an old seed";
  }
  return blind.half_a_write ? "half a write" : "a hash of an old seed";
}

class Explorer {
 public:
  Explorer(Runner& runner, const MapState& state, std::span<const Act> acts,
           std::size_t preemptions)
      : runner_(runner), state_(state), acts_(acts), preemptions_(preemptions) {}

  Exploration take() {
    runner_.observe(
        [this](const Program&, std::size_t, const Observation& seen, const gomap::TableView&) {
          if (seen.interleaving != nullptr) {
            last_ = *seen.interleaving;
          }
        });
    std::vector<int> switches;
    go_on(switches);
    runner_.observe({});
    return std::move(out_);
  }

 private:
  void go_on(std::vector<int>& switches) {
    Program program = program_of(state_, acts_, switches);
    last_.operations.clear();
    const Verdict verdict = runner_.run(program);
    if (!verdict.ok()) {
      out_.failed = verdict.failure;
      out_.program = std::move(program);
      return;
    }
    const std::string events = to_string(last_);
    if (seen_.insert(events).second) {
      count(verdict, events, depends_on_seed(program.header.hash));
    }
    if (switches.size() == preemptions_) {
      return;
    }
    const auto most = static_cast<int>(room_for_another(last_, switches));
    for (int points = 1; points <= most; ++points) {
      for (const int direction : {1, -1}) {
        if (direction < 0 && acts_.size() == 2) {
          continue;
        }
        switches.push_back(direction * points);
        go_on(switches);
        switches.pop_back();
        if (out_.failed.has_value()) {
          return;
        }
      }
    }
  }

  void count(const Verdict& verdict, const std::string& events, bool seeded) {
    Tally& tally = out_.tally;
    ++tally.schedules;
    const ThreadsEnd end = verdict.threads.value_or(ThreadsEnd::serial);
    ++tally.ends.at(static_cast<std::size_t>(end));
    Detection detection;
    (void)follow(last_, detection);
    if (end == ThreadsEnd::seen) {
      ++tally.seen[detection.text];
    } else if (end == ThreadsEnd::counted) {
      ++tally.counted[cat(kActs.at(static_cast<std::size_t>(acts_[detection.thread])), " behind ",
                          to_string(detection.at))];
    } else if (end == ThreadsEnd::wrong) {
      BlindSpots& blind = detection.blind;
      blind.stale_hash = blind.stale_hash && seeded;
      tally.wrong.emplace(reason(blind), cat(state_.name, ": ", events));
    }
  }

  Runner& runner_;
  const MapState& state_;
  std::span<const Act> acts_;
  std::size_t preemptions_;
  Exploration out_;
  Interleaving last_;
  std::set<std::string> seen_;
};

}  // namespace

std::vector<MapState> map_states() {
  return {
      {"empty", "mapfuzz 1\nmap key=u64 elem=u64 hash=identity seed=7\niter a\niter b\n", 1, 2},
      {"one entry", walked("remake 26\nassign 1 = 1\n", "mix"), 1, 2},
      {"quiet", walked(each("assign", 1, 1, 5), "identity"), 3, 9},
      {"chains", walked(each("assign", 1, 1, 12), "constant"), 11, 20},
      {"about to grow", walked(each("assign", 1, 1, 8), "identity"), 3, 9},
      {"doubling", walked("remake 26\n" + each("assign", 1, 1, 27), "identity"), 1, 33},
      {"same size", walked(piled() + "assign 3 = 1\n", "identity"), 128, 40},
      {"floats", walked(each("assign", 2, 1, 5), "mix", "f64"), 3, 9},
      {"floats, doubling", walked("remake 26\n" + each("assign", 2, 1, 27), "mix", "f64"), 3, 33},
  };
}

Program program_of(const MapState& state, std::span<const Act> acts,
                   std::span<const int> switches) {
  auto parsed = parse_ops(state.text);
  Program program = std::get<OpsText>(std::move(parsed)).program;
  for (std::size_t thread = 1; thread < acts.size(); ++thread) {
    std::array<int, kSwitchesEach> own{};
    for (std::size_t at = 0; at < kSwitchesEach && !switches.empty(); ++at) {
      own.at(at) = switches.front();
      switches = switches.subspan(1);
    }
    program.operations.push_back(
        {.code = OpCode::interleave,
         .key = key_of(state, acts[thread], static_cast<std::uint32_t>(thread)),
         .value = interleaving_of(companion_of(acts[thread]), own),
         .draw = {}});
  }
  // Thread 0 does what a companion would, on its own key and iterator.
  const Operation as_companion{.code = OpCode::interleave,
                               .id = 0,
                               .key = key_of(state, acts.front(), 0),
                               .value = interleaving_of(companion_of(acts.front()), {}),
                               .draw = {}};
  program.operations.push_back(companion_of(as_companion));
  renumber(program);
  return program;
}

void Tally::add(const Tally& other) {
  schedules += other.schedules;
  for (std::size_t end = 0; end < ends.size(); ++end) {
    ends.at(end) += other.ends.at(end);
  }
  for (const auto& [text, count] : other.seen) {
    seen[text] += count;
  }
  for (const auto& [text, count] : other.counted) {
    counted[text] += count;
  }
  wrong.insert(other.wrong.begin(), other.wrong.end());
}

Exploration explore(Runner& runner, const MapState& state, std::span<const Act> acts,
                    std::size_t preemptions) {
  return Explorer(runner, state, acts, preemptions).take();
}

}  // namespace mapfuzz
