// Types that throw at the k-th call of a chosen kind, and count themselves: for tests of what the
// map promises when hash, equality, copy or allocation fails.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <stdexcept>
#include <utility>

#include "gomap/map.h"

namespace gomap::test {

enum class Site { none, hash, equal, copy, allocation };

// The one bomb of a test: off while `site` is none.
struct Bomb {
  Site site = Site::none;
  int calls_left = 0;
  int instances = 0;      // of Fragile
  std::size_t bytes = 0;  // handed out by FailingAllocator
  bool went_off = false;
};
inline Bomb bomb;

struct Bang : std::runtime_error {
  Bang() : std::runtime_error("bang") {}
};

inline void tick(Site site) {
  if (bomb.site == site && --bomb.calls_left < 0) {
    bomb.site = Site::none;
    bomb.went_off = true;
    if (site == Site::allocation) {
      throw std::bad_alloc();
    }
    throw Bang();
  }
}

// A value whose copies may throw and whose instances are counted.
class Fragile {
 public:
  explicit Fragile(std::uint64_t value = 0) : value_(value) { ++bomb.instances; }
  Fragile(const Fragile& other) : value_(other.value_) {
    tick(Site::copy);
    ++bomb.instances;
  }
  Fragile& operator=(const Fragile& other) {
    tick(Site::copy);
    value_ = other.value_;
    return *this;
  }
  ~Fragile() { --bomb.instances; }

  [[nodiscard]] std::uint64_t value() const { return value_; }

 private:
  std::uint64_t value_;
};

[[nodiscard]] inline std::uint64_t number(std::uint64_t key) { return key; }
[[nodiscard]] inline std::uint64_t number(const Fragile& key) { return key.value(); }

// Few buckets in use, so that chains and their evacuation have more than one bucket.
struct FragileHash {
  template <class Key>
  std::uint64_t operator()(const Key& key, std::uint32_t /*seed*/) const {
    tick(Site::hash);
    return (number(key) % 5) | (number(key) << 56U);
  }
};

struct FragileEqual {
  template <class Key>
  bool operator()(const Key& a, const Key& b) const {
    tick(Site::equal);
    return number(a) == number(b);
  }
};

template <class T>
struct FailingAllocator {
  using value_type = T;
  FailingAllocator() = default;
  template <class U>
  FailingAllocator(const FailingAllocator<U>& /*other*/) {}  // NOLINT: converts, as allocators do

  [[nodiscard]] T* allocate(std::size_t n) {
    tick(Site::allocation);
    bomb.bytes += n * sizeof(T);
    return std::allocator<T>().allocate(n);
  }
  void deallocate(T* memory, std::size_t n) {
    bomb.bytes -= n * sizeof(T);
    std::allocator<T>().deallocate(memory, n);
  }
  friend bool operator==(const FailingAllocator&, const FailingAllocator&) { return true; }
};

struct FragileConfig : DefaultConfig {
  using Allocator = FailingAllocator<std::byte>;
};

template <class Key, class Elem>
using FragileMap = Map<Key, Elem, FragileHash, FragileEqual, FragileConfig>;

}  // namespace gomap::test
