// Operations of a program that run as threads on the engine (OpCode::interleave). Part of
// engine_impl.h.
#pragma once

#include "oracle/engine_impl.h"

namespace mapfuzz {

// The operation and those that were to run beside it. Rows without yield points, and operations
// that no thread runs, have none; two threads never share an iterator, which no map allows.
template <KeyKind kKey, ElemKind kElem, int kWidth, class PointsT>
Observation EngineImpl<kKey, kElem, kWidth, PointsT>::run_beside(const Operation& operation) {
  const auto armed = std::exchange(companions_, {});
  if constexpr (PointsT::active) {
    threads_.operations.assign(1, operation);
    Schedule schedule;
    for (const Operation& interleave : armed) {
      const Operation companion = companion_of(interleave);
      const bool shares =
          shape_of(companion.code).slot &&
          std::any_of(threads_.operations.begin(), threads_.operations.end(),
                      [&](const Operation& other) {
                        return shape_of(other.code).slot && other.slot == companion.slot;
                      });
      if (shares) {
        continue;
      }
      threads_.operations.push_back(companion);
      for (const int points : switches_of(interleave.value)) {
        if (points != 0) {
          schedule.push_back(points);
        }
      }
    }
    if (threads_.operations.size() > 1 && can_be_thread(operation.code)) {
      return run_threads(schedule);
    }
  }
  return run(operation);
}

template <KeyKind kKey, ElemKind kElem, int kWidth, class PointsT>
Observation EngineImpl<kKey, kElem, kWidth, PointsT>::run_threads(const Schedule& schedule) {
  threads_.events.clear();
  threads_.fatal = nullptr;
  for (std::size_t thread = 0; thread < threads_.operations.size(); ++thread) {
    const Operation& operation = threads_.operations[thread];
    draws_of_.at(thread).start(program_->header.seed, operation.id, operation.draw);
    threads_.answers.at(thread) = kNothingSeen;
  }
  const auto body = [this](std::size_t thread) {
    Observation& answer = threads_.answers.at(thread);
    try {
      answer = run(threads_.operations[thread]);
    } catch (const EngineFatal& fatal) {
      threads_.fatal = fatal.text;
      return false;
    } catch (const gomap::Panic& panic) {
      threads_.panics.at(thread) = text_of(panic);
      answer.panic = threads_.panics.at(thread).c_str();
    }
    return true;
  };
  const auto turn = [this](std::size_t thread) { std::swap(context_.draws, draws_of_.at(thread)); };
  if (scheduler_ == nullptr) {
    scheduler_ = std::make_unique<Scheduler>();
  }
  scheduler_->run(threads_.operations.size(), schedule, body, turn, map_.inside()->seed_epoch,
                  threads_.events);
  Observation observation;
  observation.interleaving = &threads_;
  return observation;
}

}  // namespace mapfuzz
