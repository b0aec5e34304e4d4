// Interleaving: operations on one map as several threads run them, one at a time and in an order
// that the program decides; and the record of such a run.
//
// `interleave KEY = COMPANION N...` in text: the next operation runs as thread 0, the companion (a
// word of kCompanions, on KEY) as thread 1, and another interleave before it as thread 2. Thread 0
// begins. After N points (gomap/points.h) of the running thread the next one goes on, before it for
// a negative N: at most kSwitchesEach such preemptions for each interleave. A thread that has ended
// makes way for the next, and after the last preemption each runs to its end.
// Leaves to others: running it (scheduler.h), what must come of it (flag_protocol.h,
// judge_threads.h).
#pragma once

#include <array>
#include <boost/container/static_vector.hpp>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gomap/points.h"
#include "oracle/observation.h"
#include "oracle/program.h"

namespace mapfuzz {

inline constexpr std::size_t kMaxThreads = 3;
inline constexpr std::size_t kSwitchesEach = 4;
inline constexpr int kMostPoints = 63;  // between two switches

// Codes are append-only, as those of operations are.
enum class Companion : std::uint8_t { access2, assign, update, erase, clear, iter, next, len };
inline constexpr std::array<std::string_view, 8> kCompanions = {
    "access2", "assign", "update", "delete", "clear", "iter", "next", "len"};

// The value of an interleave operation. Of the switches, those from the first 0 on are ignored.
[[nodiscard]] std::int64_t interleaving_of(Companion companion,
                                           const std::array<int, kSwitchesEach>& switches);
[[nodiscard]] Companion companion_code(std::int64_t value);
[[nodiscard]] std::array<int, kSwitchesEach> switches_of(std::int64_t value);

// The same with one spelling for each meaning; any value from 0 to kMaxInterleaving will do.
[[nodiscard]] std::int64_t legal_interleaving(std::int64_t value);

// The operation that an interleave starts. It assigns values that others seldom do.
[[nodiscard]] Operation companion_of(const Operation& interleave);

// Does a key hash otherwise under another seed of the map?
[[nodiscard]] inline bool depends_on_seed(const HashSpec& hash) {
  return hash.kind != HashKind::identity && hash.kind != HashKind::constant;
}

// May this operation be a thread of an interleaving? Those on whole maps may not.
[[nodiscard]] bool can_be_thread(OpCode code);

// The preemptions, in order: after so many points, forwards or backwards.
using Schedule = boost::container::static_vector<int, (kMaxThreads - 1) * kSwitchesEach>;

struct ThreadEvent {
  enum class Kind : std::uint8_t {
    started,
    reached,   // `point`, where another thread may come next
    returned,  // with an answer or a panic
    fatal,     // the fatal error, which ends all
  };
  std::uint8_t thread = 0;
  Kind kind = Kind::started;
  gomap::Point point = gomap::Point::entry;
  std::uint64_t seed_epoch = 0;  // of the map: how often its hash seed has changed
};

// What happened, in the order in which it did.
struct Interleaving {
  boost::container::static_vector<Operation, kMaxThreads> operations;  // by thread
  std::array<Observation, kMaxThreads> answers;                        // of those that returned
  std::array<std::string, kMaxThreads> panics;                         // which answers point to
  std::vector<ThreadEvent> events;
  const char* fatal = nullptr;
};

[[nodiscard]] const char* to_string(gomap::Point point);

// One line of events: "0 entry, 0 checked, 1 entry, ...".
[[nodiscard]] std::string to_string(const Interleaving& run);

}  // namespace mapfuzz
