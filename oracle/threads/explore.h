// Every interleaving of a few operations with a bounded number of preemptions (CHESS's bound): who
// notices a conflict, and who cannot.
//
// Promises: each schedule runs through the Runner and is judged by it (judge_threads.h); one whose
// events have been seen before is not counted again. All is a function of the arguments.
#pragma once

#include <array>
#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "oracle/flag_protocol.h"
#include "oracle/interleaving.h"
#include "oracle/runner.h"

namespace mapfuzz {

// A map in some state, and iterators a and b on it that have produced an entry.
struct MapState {
  const char* name;
  std::string text;  // a program
  std::uint32_t present = 0;
  std::uint32_t absent = 0;
};
[[nodiscard]] std::vector<MapState> map_states();

// What a thread does to it.
enum class Act : std::uint8_t {
  read,
  read_absent,
  assign_new,
  assign_old,
  delete_old,
  delete_absent,
  clear,
  open,
  next,
  len
};
inline constexpr std::array<const char*, 10> kActs = {
    "read",          "read absent", "assign new", "assign old", "delete",
    "delete absent", "clear",       "open",       "next",       "len"};

// The acts as threads, the first one as thread 0. A second `next` steps another iterator.
[[nodiscard]] Program program_of(const MapState& state, std::span<const Act> acts,
                                 std::span<const int> switches);

struct Tally {
  std::size_t schedules = 0;
  std::array<std::size_t, 4> ends{};           // by ThreadsEnd
  std::map<std::string, std::size_t> seen;     // fatal texts of Go's check
  std::map<std::string, std::size_t> counted;  // "next behind bucket": where only the count saw it
  std::map<std::string, std::string> wrong;    // why nobody saw it, and an example
  void add(const Tally& other);
};

// Of all schedules with at most so many preemptions; nothing but `failed` where one broke a clause.
struct Exploration {
  Tally tally;
  std::optional<Failure> failed;
  Program program;  // that failed
};
[[nodiscard]] Exploration explore(Runner& runner, const MapState& state, std::span<const Act> acts,
                                  std::size_t preemptions);

}  // namespace mapfuzz
