#include "oracle/interleaving.h"

#include <cstdlib>

#include "oracle/text.h"

namespace mapfuzz {
namespace {

constexpr unsigned kCompanionBits = 3;
constexpr unsigned kSwitchBits = 7;  // six of points, and one that says "backwards"
constexpr std::int64_t kBackwards = kMostPoints + 1;

static_assert(kMaxInterleaving ==
              (std::int64_t{1} << (kCompanionBits + kSwitchesEach * kSwitchBits)) - 1);
static_assert(kCompanions.size() == std::size_t{1} << kCompanionBits);

constexpr std::array<const char*, gomap::kPoints> kPointNames = {
    "entry",  "checked", "toggle", "toggling", "toggled", "grow",     "evacuated",
    "grown",  "chain",   "claim",  "count",    "exit",    "lowering", "lowered",
    "locate", "link",    "open",   "opening",  "step",    "bucket"};

}  // namespace

std::int64_t interleaving_of(Companion companion, const std::array<int, kSwitchesEach>& switches) {
  auto value = static_cast<std::int64_t>(companion);
  unsigned shift = kCompanionBits;
  for (const int points : switches) {
    if (points == 0) {
      break;
    }
    const std::int64_t digit = std::abs(points) + (points < 0 ? kBackwards : 0);
    value |= digit << shift;
    shift += kSwitchBits;
  }
  return value;
}

Companion companion_code(std::int64_t value) {
  return static_cast<Companion>(value & ((1 << kCompanionBits) - 1));
}

std::array<int, kSwitchesEach> switches_of(std::int64_t value) {
  std::array<int, kSwitchesEach> switches{};
  value >>= kCompanionBits;
  for (int& points : switches) {
    const auto digit = static_cast<int>(value & (kBackwards + kMostPoints));
    points = digit & kMostPoints;
    if (points == 0) {
      break;
    }
    points = digit > kBackwards ? -points : points;
    value >>= kSwitchBits;
  }
  return switches;
}

std::int64_t legal_interleaving(std::int64_t value) {
  return interleaving_of(companion_code(value), switches_of(value));
}

Operation companion_of(const Operation& interleave) {
  constexpr std::array<OpCode, kCompanions.size()> codes = {
      OpCode::access2, OpCode::assign, OpCode::update, OpCode::erase,
      OpCode::clear,   OpCode::iter,   OpCode::next,   OpCode::len};
  Operation made;
  made.code = codes.at(static_cast<std::size_t>(companion_code(interleave.value)));
  made.id = interleave.id;
  const OpShape& shape = shape_of(made.code);
  if (shape.key) {
    made.key = interleave.key;
  }
  if (shape.slot) {
    made.slot = static_cast<std::uint8_t>(interleave.key % kIteratorSlots);
  }
  if (shape.value) {
    made.value = 1'000'000 + interleave.id;
  }
  return made;
}

bool can_be_thread(OpCode code) {
  switch (code) {
    case OpCode::len:
    case OpCode::access1:
    case OpCode::access2:
    case OpCode::assign:
    case OpCode::update:
    case OpCode::erase:
    case OpCode::clear:
    case OpCode::iter:
    case OpCode::next:
      return true;
    default:
      return false;
  }
}

const char* to_string(gomap::Point point) {
  return kPointNames.at(static_cast<std::size_t>(point));
}

std::string to_string(const Interleaving& run) {
  std::string out;
  for (const ThreadEvent& event : run.events) {
    append(out, out.empty() ? "" : ", ");
    append(out, cat(event.thread, ' '));
    switch (event.kind) {
      case ThreadEvent::Kind::started:
        append(out, "starts");
        break;
      case ThreadEvent::Kind::reached:
        append(out, to_string(event.point));
        break;
      case ThreadEvent::Kind::returned:
        append(out, "returns");
        break;
      case ThreadEvent::Kind::fatal:
        append(out, "fatal");
        break;
    }
  }
  return out;
}

}  // namespace mapfuzz
