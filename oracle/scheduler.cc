#include "oracle/scheduler.h"

#include <cstdlib>

namespace mapfuzz {

Scheduler::~Scheduler() {
  quit_ = true;
  for (const auto& worker : workers_) {
    if (worker != nullptr) {
      worker->baton.release();
      worker->thread.join();
    }
  }
}

void Scheduler::run(std::size_t threads, const Schedule& schedule,
                    const std::function<bool(std::size_t)>& body,
                    const std::function<void(std::size_t)>& turn, const std::uint64_t& seed_epoch,
                    std::vector<ThreadEvent>& events) {
  threads_ = threads;
  schedule_ = &schedule;
  switches_ = 0;
  points_ = 0;
  stopping_ = false;
  body_ = &body;
  turn_ = &turn;
  seed_epoch_ = &seed_epoch;
  events_ = &events;
  for (std::size_t thread = 0; thread < threads; ++thread) {
    auto& worker = workers_.at(thread);
    if (worker == nullptr) {
      worker = std::make_unique<Worker>();
      worker->thread = std::thread([this, thread] { work(thread); });
    }
    worker->ended = false;
    worker->begun = false;
  }
  for (std::size_t thread = 0; !stopping_;) {
    let_run(thread);
    const bool preempted = !workers_.at(thread)->ended;
    const std::size_t next = after(thread, preempted && schedule[switches_ - 1] < 0);
    if (next == threads_) {
      break;
    }
    thread = next;
  }
  for (std::size_t thread = 0; thread < threads; ++thread) {
    const Worker& worker = *workers_.at(thread);
    if (worker.begun && !worker.ended) {
      let_run(thread);
    }
  }
}

// The next thread that has not ended, itself last of all; threads_: there is none.
std::size_t Scheduler::after(std::size_t thread, bool backwards) const {
  for (std::size_t step = 1; step <= threads_; ++step) {
    const std::size_t next = (thread + (backwards ? threads_ - step : step)) % threads_;
    if (!workers_.at(next)->ended) {
      return next;
    }
  }
  return threads_;
}

void Scheduler::let_run(std::size_t thread) {
  running_ = thread;
  points_ = 0;
  (*turn_)(thread);
  workers_.at(thread)->baton.release();
  hub_.acquire();
  (*turn_)(thread);
}

void Scheduler::work(std::size_t index) {
  Worker& worker = *workers_.at(index);
  of_thread() = this;
  for (;;) {
    worker.baton.acquire();
    if (quit_) {
      return;
    }
    worker.begun = true;
    try {
      note(ThreadEvent::Kind::started);
      const bool returned = (*body_)(index);
      note(returned ? ThreadEvent::Kind::returned : ThreadEvent::Kind::fatal);
      stopping_ = stopping_ || !returned;
    } catch (const Stopped&) {
      stopping_ = true;
    }
    worker.ended = true;
    hub_.release();
  }
}

void Scheduler::reached(gomap::Point point) {
  note(ThreadEvent::Kind::reached, point);
  ++points_;
  if (switches_ == schedule_->size() || points_ != std::abs((*schedule_)[switches_])) {
    return;
  }
  ++switches_;
  Worker& worker = *workers_.at(running_);
  hub_.release();
  worker.baton.acquire();
  if (stopping_) {
    throw Stopped{};
  }
}

void Scheduler::note(ThreadEvent::Kind kind, gomap::Point point) {
  events_->push_back({static_cast<std::uint8_t>(running_), kind, point, *seed_epoch_});
}

}  // namespace mapfuzz
