#include "oracle/flag_protocol.h"

#include <array>
#include <cstring>

#include "oracle/text.h"

namespace mapfuzz {
namespace {

using gomap::Point;
using Kind = ThreadEvent::Kind;

constexpr const char* kReadAndWrite = "concurrent map read and map write";
constexpr const char* kWrites = "concurrent map writes";
constexpr const char* kIteration = "concurrent map iteration and map write";

bool writes(OpCode code) {
  return code == OpCode::assign || code == OpCode::update || code == OpCode::erase ||
         code == OpCode::clear;
}

struct Thread {
  bool reached = false;            // a point:
  Point at = Point::entry;         // where it waits
  bool writing = false;            // the flag as it read it before its toggle
  std::uint64_t writes = 0;        // of all threads, when it came where it waits
  std::uint64_t hashed_under = 0;  // seed epoch
  bool inside = false;             // has toggled, and has not returned
  bool leaving = false;            // of a writer: found the map changed
  bool doomed = false;             // of an iterator: its look-up goes on in a changed map
};

// What a thread must do next.
struct Must {
  const char* fatal = nullptr;
  SeenBy seen_by = SeenBy::nobody;
  bool leave = false;  // by way of the last check of a write
};

class Protocol {
 public:
  Protocol(const Interleaving& run, Detection& detection) : run_(run), out_(detection) {}

  std::optional<Disagreement> follow() {
    for (const ThreadEvent& event : run_.events) {
      if (auto found = take(event)) {
        return found;
      }
      epoch_ = event.seed_epoch;
    }
    return std::nullopt;
  }

 private:
  std::optional<Disagreement> take(const ThreadEvent& event) {
    Thread& thread = threads_.at(event.thread);
    if (event.kind == Kind::started) {
      return std::nullopt;
    }
    note_blind_spots(event.thread);
    Must must = thread.reached ? leave_point(thread, event.thread) : Must{};
    if (thread.doomed && event.kind == Kind::reached && event.point == Point::link) {
      must = {};  // its look-up goes on, to be found out at the end
    }
    const bool fatal = event.kind == Kind::fatal;
    if (must.fatal != nullptr || fatal) {
      if (!fatal || must.fatal == nullptr || std::strcmp(must.fatal, run_.fatal) != 0) {
        return Disagreement{place(event.thread, text_of(must.fatal)),
                            place(event.thread, fatal ? text_of(run_.fatal) : "went on")};
      }
      out_.seen_by = must.seen_by;
      out_.thread = event.thread;
      out_.at = thread.at;
      out_.text = run_.fatal;
    }
    const bool leaves = event.kind == Kind::reached && event.point == Point::exit;
    if (must.leave && !leaves) {
      return Disagreement{place(event.thread, "leaves a changed map by its last check"),
                          place(event.thread, "went on")};
    }
    arrive(thread, event);
    return std::nullopt;
  }

  // The segment of code behind the point where the thread waited: what it does to the flag.
  Must leave_point(Thread& thread, std::size_t index) {
    const OpCode code = run_.operations[index].code;
    const bool changed = writes_ != thread.writes;
    switch (thread.at) {
      case Point::entry:
        return flag_ ? Must{writes(code) ? kWrites : kReadAndWrite, SeenBy::check, false} : Must{};
      case Point::step:
        return flag_ ? Must{kIteration, SeenBy::check, false} : Must{};
      case Point::toggle:
        thread.writing = flag_;
        return {};
      case Point::toggling:
        flag_ = !thread.writing;
        ++writes_;
        thread.inside = true;
        return {};
      case Point::toggled:
      case Point::grow:
      case Point::evacuated:
      case Point::grown:
      case Point::chain:
      case Point::claim:
      case Point::count:
        thread.leaving = thread.leaving || changed;
        return {nullptr, SeenBy::nobody, changed};
      case Point::exit:
        if (!flag_) {
          return {kWrites, SeenBy::check, false};
        }
        return thread.leaving || changed ? Must{kWrites, SeenBy::count, false} : Must{};
      case Point::lowering:
        if (changed) {
          return {kWrites, SeenBy::count, false};
        }
        flag_ = false;
        return {};
      case Point::lowered:
        return changed ? Must{kWrites, SeenBy::count, false} : Must{};
      case Point::locate:
        thread.doomed = changed && code == OpCode::next;
        return thread.doomed ? Must{kIteration, SeenBy::count, false} : Must{};
      case Point::link:
        if (changed) {
          return {kReadAndWrite, SeenBy::count, false};
        }
        return thread.doomed ? Must{kIteration, SeenBy::count, false} : Must{};
      case Point::bucket:
        return changed ? Must{kIteration, SeenBy::count, false} : Must{};
      case Point::checked:
      case Point::open:
      case Point::opening:
        return {};
    }
    return {};
  }

  // Before the segment: does it look into the map while another thread is inside a write?
  void note_blind_spots(std::size_t index) {
    const Thread& thread = threads_.at(index);
    const bool uses_hash =
        thread.at == Point::locate ||
        (thread.at == Point::toggling && run_.operations[index].code != OpCode::clear);
    if (thread.reached && uses_hash && thread.hashed_under != epoch_) {
      out_.blind.stale_hash = true;
    }
    if (thread.reached &&
        (thread.at == Point::entry || thread.at == Point::toggle || thread.at == Point::toggling ||
         thread.at == Point::exit || thread.at == Point::lowering)) {
      return;  // of the flag alone
    }
    for (std::size_t other = 0; other < run_.operations.size(); ++other) {
      if (other != index && threads_.at(other).inside) {
        out_.blind.half_a_write = true;
      }
    }
  }

  void arrive(Thread& thread, const ThreadEvent& event) {
    if (event.kind != Kind::reached) {
      thread.inside = false;
      return;
    }
    if (event.point == Point::toggle || event.point == Point::locate) {
      thread.hashed_under = event.seed_epoch;
    }
    thread.reached = true;
    thread.at = event.point;
    thread.writes = writes_;
  }

  static std::string text_of(const char* fatal) {
    return fatal == nullptr ? "went on" : cat("fatal error: ", fatal);
  }
  [[nodiscard]] std::string place(std::size_t thread, const std::string& what) const {
    const Thread& at = threads_.at(thread);
    return cat("thread ", thread, " (", shape_of(run_.operations[thread].code).name, ')',
               at.reached ? cat(", behind '", to_string(at.at), "'") : std::string(), ": ", what);
  }

  const Interleaving& run_;
  Detection& out_;
  std::array<Thread, kMaxThreads> threads_{};
  bool flag_ = false;
  std::uint64_t writes_ = 0;
  std::uint64_t epoch_ = 0;
};

}  // namespace

std::optional<Disagreement> follow(const Interleaving& run, Detection& detection) {
  detection = {};
  return Protocol(run, detection).follow();
}

}  // namespace mapfuzz
