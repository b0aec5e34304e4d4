// Faults: exceptions thrown from what a map is given: its hash and equality, the copies and moves
// of its values, its allocator.
//
// Promises: armed, the k-th call at one site throws InjectedFault, once; nothing else does. Copies
// and moves are those of Counted, and the allocator is that of the rows with objects.
// Leaves to others: when to arm (OpCode::inject, engine_impl.h), and what must hold afterwards
// (Runner, Audit::interrupted).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>

namespace mapfuzz {

enum class FaultSite : std::uint8_t { hash, equal, copy, move, allocate };
inline constexpr std::int64_t kFaultSites = 5;

// Of the type that allocators throw, since it may come from one.
struct InjectedFault : std::bad_alloc {
  [[nodiscard]] const char* what() const noexcept override { return "injected fault"; }
};

class Faults {
 public:
  // The call number `skipped`, from 0, at this site is to throw.
  static void arm(FaultSite site, std::int64_t skipped) {
    site_ = site;
    left_ = skipped + 1;
    fired_ = false;
  }
  static void disarm() { left_ = 0; }

  // Has one been thrown since `arm`?
  [[nodiscard]] static bool fired() { return fired_; }

  // A call at this site.
  static void at(FaultSite site) {
    if (left_ != 0 && site == site_ && --left_ == 0) [[unlikely]] {
      fired_ = true;
      throw InjectedFault();
    }
  }

 private:
  static constinit inline thread_local FaultSite site_ = FaultSite::hash;
  static constinit inline thread_local std::int64_t left_ = 0;
  static constinit inline thread_local bool fired_ = false;
};

// std::allocator, where it does not fail.
template <class T>
struct FaultAllocator {
  using value_type = T;

  FaultAllocator() = default;
  template <class U>
  explicit(false) FaultAllocator(const FaultAllocator<U>& /*other*/) {}

  [[nodiscard]] T* allocate(std::size_t count) {
    Faults::at(FaultSite::allocate);
    return std::allocator<T>().allocate(count);
  }
  void deallocate(T* memory, std::size_t count) { std::allocator<T>().deallocate(memory, count); }

  friend bool operator==(const FaultAllocator& /*a*/, const FaultAllocator& /*b*/) { return true; }
};

}  // namespace mapfuzz
