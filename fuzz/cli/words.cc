#include "fuzz/cli/words.h"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "oracle/audit.h"
#include "oracle/faults.h"
#include "oracle/interleaving.h"
#include "oracle/text_codec.h"
#include "oracle/verdict.h"

namespace mapfuzz::cli {
namespace {

constexpr std::size_t kMostEntries = 8;

std::string entry_text(const Entry& entry) {
  return entry.key == kNoKey ? fmt::format("no key of ours = {}", entry.value)
                             : fmt::format("{} = {}", entry.key, entry.value);
}

std::string entries_text(const Observation& seen) {
  std::string out = fmt::format("{} entries", seen.entries.size());
  const char* before = ": ";
  for (std::size_t at = 0; at < seen.entries.size() && at < kMostEntries; ++at) {
    out += before + entry_text(seen.entries[at]);
    before = ", ";
  }
  return out + (seen.entries.size() > kMostEntries ? ", ..." : "");
}

std::string map_text(const gomap::TableView& view) {
  if (!can_be_seen(view)) {
    return fmt::format("count {}", view.count);
  }
  const std::size_t buckets = view.buckets == nullptr ? 0 : std::size_t{1} << view.B;
  std::string out =
      fmt::format("count {}, {} bucket{}", view.count, buckets, buckets == 1 ? "" : "s");
  if (view.noverflow > 0) {
    out += fmt::format(", {} overflow", view.noverflow);
  }
  if (view.growing()) {
    out += fmt::format(", {} {}/{}", to_string(phase_of(view)), view.nevacuate,
                       old_bucket_count(view));
  }
  return out;
}

}  // namespace

std::string in_words(const Operation& operation) {
  const auto slot = static_cast<char>('a' + operation.slot);
  switch (operation.code) {
    case OpCode::len:
      return "ask the length";
    case OpCode::access1:
      return fmt::format("read key {} (v := m[k])", operation.key);
    case OpCode::access2:
      return fmt::format("look up key {} (v, ok := m[k])", operation.key);
    case OpCode::assign:
      return fmt::format("set key {} to {}", operation.key, operation.value);
    case OpCode::update:
      return fmt::format("update key {} in place with {}", operation.key, operation.value);
    case OpCode::erase:
      return fmt::format("delete key {}", operation.key);
    case OpCode::clear:
      return "clear the map";
    case OpCode::remake:
      return fmt::format("make a new map, hint {}", operation.value);
    case OpCode::literal:
      return fmt::format("make a literal of {} entries from key {}", operation.value,
                         operation.key);
    case OpCode::range:
      return "range over the whole map";
    case OpCode::iter:
      return operation.draw.has_value()
                 ? fmt::format("open iterator {}, start drawn as {}", slot, *operation.draw)
                 : fmt::format("open iterator {}", slot);
    case OpCode::next:
      return fmt::format("step iterator {}", slot);
    case OpCode::close:
      return fmt::format("close iterator {}", slot);
    case OpCode::copy:
      return "copy the map to the other one";
    case OpCode::move:
      return "move the map to the other one, start anew";
    case OpCode::swap:
      return "swap the map with the other one";
    case OpCode::nil:
      return "make it the nil map";
    case OpCode::reenter: {
      constexpr std::array<const char*, 3> verbs = {"look up", "assign", "delete"};
      return fmt::format("at the next write's first {} call, {} key {}",
                         operation.value % 2 == 0 ? "hash" : "equality",
                         verbs.at(static_cast<std::size_t>(operation.value / 2)), operation.key);
    }
    case OpCode::inject: {
      constexpr std::array<const char*, kFaultSites> sites = {"hash call", "equality call", "copy",
                                                              "move", "allocation"};
      return fmt::format("throw from {} number {} of the next operation",
                         sites.at(static_cast<std::size_t>(operation.value % kFaultSites)),
                         operation.value / kFaultSites + 1);
    }
    case OpCode::interleave: {
      std::string out =
          fmt::format("beside the next operation: {}", in_words(companion_of(operation)));
      const char* before = ", switched after points ";
      for (const int points : switches_of(operation.value)) {
        if (points != 0) {
          out += fmt::format("{}{}", std::exchange(before, ", "), points);
        }
      }
      return out;
    }
    default:
      return print_operation(operation);
  }
}

std::string in_words(const Operation& operation, const Observation& seen) {
  if (seen.interleaving != nullptr) {
    const Interleaving& run = *seen.interleaving;
    const std::string end = run.fatal == nullptr ? std::string("no conflict found")
                                                 : fmt::format("fatal error: {}", run.fatal);
    return fmt::format("threads, {}: {}", end, to_string(run));
  }
  if (seen.fault != nullptr) {
    return fmt::format("fatal error: {}", seen.fault);
  }
  if (seen.panic != nullptr) {
    return fmt::format("panic: {}", seen.panic);
  }
  switch (seen.step) {
    case Step::none:
      return {};
    case Step::lookup:
      if (operation.code == OpCode::access1) {
        return fmt::format("value {}", seen.value);
      }
      if (operation.code == OpCode::update) {
        return fmt::format("now {}", seen.value);
      }
      if (!seen.found) {
        return "not found";
      }
      return operation.code == OpCode::erase ? "was there"
                                             : fmt::format("found, value {}", seen.value);
    case Step::length:
      return fmt::format("length {}", seen.length);
    case Step::entry:
      return fmt::format("gives {}", entry_text(seen.entry));
    case Step::end:
      return "at its end";
    case Step::closed:
      return "there is none";
    case Step::entries:
      return entries_text(seen);
  }
  return {};
}

std::string step_in_words(const Program& program, std::size_t step, const Observation& seen,
                          const gomap::TableView& view) {
  const Operation& operation = program.operations[step];
  return fmt::format("{:>5}  {:<40}  {:<22}  {}\n", step, in_words(operation),
                     in_words(operation, seen), map_text(view));
}

std::string table_after(std::size_t step, const std::string& picture) {
  return fmt::format(
      "\ntable after step {} (- emptyRest, . emptyOne, X Y E evacuated, tophash:key=elem)\n{}\n",
      step, picture);
}

}  // namespace mapfuzz::cli
