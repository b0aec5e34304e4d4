// Counted: a value that knows where it was made, and how many of its kind there are. Of keys and
// elements of kind `obj` (kinds.def), and what the Runner's clause "lifetimes" judges.
//
// Promises: each instance is counted from its constructor to its destructor. One that is used where
// no constructor has run (its bytes were copied from elsewhere) counts as misused, each time.
// Copies and moves are not noexcept, so that a map keeps instances behind pointers, and throw where
// an injected fault says so.
#pragma once

#include <atomic>
#include <cstdint>

#include "oracle/faults.h"

namespace mapfuzz {

class Counted {
 public:
  // Of all instances of the process, so far.
  [[nodiscard]] static std::int64_t alive() { return alive_count.load(std::memory_order_relaxed); }
  [[nodiscard]] static std::uint64_t misused() {
    return misused_count.load(std::memory_order_relaxed);
  }

  // The zero value: nothing was ever stored here.
  Counted() { count(1); }
  explicit Counted(std::uint64_t value) : value_(value), stored_(true) { count(1); }
  Counted(const Counted& from) : value_(from.checked().value_), stored_(from.stored_) {
    Faults::at(FaultSite::copy);
    count(1);
  }
  // NOLINTNEXTLINE(performance-noexcept-move-constructor): see above
  Counted(Counted&& from) : value_(from.checked().value_), stored_(from.stored_) {
    Faults::at(FaultSite::move);
    from.value_ = kMovedFrom;
    count(1);
  }
  // NOLINTNEXTLINE(bugprone-unhandled-self-assignment): to itself, it stores what it has
  Counted& operator=(const Counted& from) {
    Faults::at(FaultSite::copy);
    (void)checked();
    value_ = from.checked().value_;
    stored_ = from.stored_;
    return *this;
  }
  // NOLINTNEXTLINE(performance-noexcept-move-constructor): see above
  Counted& operator=(Counted&& from) {
    Faults::at(FaultSite::move);
    (void)checked();
    value_ = from.checked().value_;
    stored_ = from.stored_;
    if (this != &from) {
      from.value_ = kMovedFrom;
    }
    return *this;
  }
  ~Counted() {
    (void)checked();
    self_ = nullptr;
    count(-1);
  }

  // What a moved-from or misplaced instance reads as.
  static constexpr std::uint64_t kMovedFrom = ~std::uint64_t{0};

  // Looking at bytes in which no instance may be is no misuse.
  [[nodiscard]] bool is_whole() const { return self_ == this && value_ != kMovedFrom; }
  [[nodiscard]] bool is_zero() const { return is_whole() && !stored_; }
  [[nodiscard]] bool is(std::uint64_t value) const {
    return is_whole() && stored_ && value_ == value;
  }
  [[nodiscard]] std::uint64_t number() const { return is_whole() ? value_ : kMovedFrom; }

  // A comparison by a map, which is use.
  friend bool operator==(const Counted& a, const Counted& b) {
    return a.checked().value_ == b.checked().value_;
  }

 private:
  [[nodiscard]] const Counted& checked() const {
    if (self_ != this) {
      misused_count.fetch_add(1, std::memory_order_relaxed);
    }
    return *this;
  }
  static void count(int by) { alive_count.fetch_add(by, std::memory_order_relaxed); }

  inline static std::atomic<std::int64_t> alive_count{0};
  inline static std::atomic<std::uint64_t> misused_count{0};

  const Counted* volatile self_ = this;  // so that what the destructor writes stays written
  std::uint64_t value_ = 0;
  bool stored_ = false;
};

}  // namespace mapfuzz
