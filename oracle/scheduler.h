// Scheduler: runs several bodies as threads of which one runs at a time; who goes on where, the
// schedule decides alone.
//
// Promises: the same bodies under the same schedule give the same events, whatever the machine
// does. A body that ends with a fatal error ends the run: the others are unwound from where they
// wait by an exception of their own, and none of them goes on. Real threads that hand over a baton:
// under ASan a switch costs them what it costs ucontext with its annotations (measured: 5.8 and 4.8
// us there and back), and every sanitizer understands them.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <semaphore>
#include <thread>
#include <vector>

#include "gomap/points.h"
#include "oracle/interleaving.h"

namespace mapfuzz {

class Scheduler {
 public:
  // Unwinds a thread that is not to go on.
  struct Stopped {};

  Scheduler() = default;
  Scheduler(const Scheduler&) = delete;
  Scheduler& operator=(const Scheduler&) = delete;
  ~Scheduler();

  // `body` runs the operation of a thread and says whether it returned; false: it was fatal. `turn`
  // is called, from this thread, before and after each stretch that a thread runs. `seed_epoch` is
  // looked at with each event.
  void run(std::size_t threads, const Schedule& schedule,
           const std::function<bool(std::size_t)>& body,
           const std::function<void(std::size_t)>& turn, const std::uint64_t& seed_epoch,
           std::vector<ThreadEvent>& events);

  // A point of the map under test; outside of a run, nothing.
  static void reach(gomap::Point point) {
    if (Scheduler* const scheduler = of_thread()) [[unlikely]] {
      scheduler->reached(point);
    }
  }

 private:
  struct Worker {
    std::binary_semaphore baton{0};
    std::thread thread;
    bool ended = false;
    bool begun = false;
  };

  void work(std::size_t index);
  void reached(gomap::Point point);
  void note(ThreadEvent::Kind kind, gomap::Point point = gomap::Point::entry);
  void let_run(std::size_t thread);
  [[nodiscard]] std::size_t after(std::size_t thread, bool backwards) const;

  // Whose thread the present one is.
  [[nodiscard]] static Scheduler*& of_thread() {
    constinit static thread_local Scheduler* scheduler = nullptr;
    return scheduler;
  }

  std::array<std::unique_ptr<Worker>, kMaxThreads> workers_;
  std::binary_semaphore hub_{0};  // the baton of whoever called `run`
  bool quit_ = false;

  // Of the present run; whoever holds the baton may touch them.
  std::size_t threads_ = 0;
  std::size_t running_ = 0;
  const Schedule* schedule_ = nullptr;
  std::size_t switches_ = 0;  // of the schedule, that have been made
  int points_ = 0;            // that the running thread has reached since it went on
  bool stopping_ = false;
  const std::function<bool(std::size_t)>* body_ = nullptr;
  const std::function<void(std::size_t)>* turn_ = nullptr;
  const std::uint64_t* seed_epoch_ = nullptr;
  std::vector<ThreadEvent>* events_ = nullptr;
};

// The policy of maps whose operations may run as threads (gomap::DefaultConfig::Points).
struct ScheduledPoints {
  static constexpr bool active = true;
  static void reach(gomap::Point point) { Scheduler::reach(point); }
};

}  // namespace mapfuzz
