// Objects that live outside their bucket (Slot::indirect) and have left the map, while an iterator
// may still come across a pointer to them in an old cell. Go leaves them to its collector.
//
// Promises: an object put in stays readable until every generation that was alive then is gone;
// with no such generation but the current one, it is freed at once.
#pragma once

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <vector>

namespace gomap {

class Graveyard {
 public:
  // With one reference, the caller's.
  [[nodiscard]] static Graveyard* create() { return new Graveyard; }

  Graveyard(const Graveyard&) = delete;
  Graveyard& operator=(const Graveyard&) = delete;

  void acquire() { references_.fetch_add(1, std::memory_order_relaxed); }
  void release() {
    if (references_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
      delete this;
    }
  }

  // The map holds one reference, each generation another.
  [[nodiscard]] bool has_one_generation() const {
    return references_.load(std::memory_order_acquire) == 2;
  }

  // Throws std::bad_alloc.
  void keep(void* object) { objects_.push_back(object); }

  void free_all() {
    for (void* object : objects_) {
      std::free(object);
    }
    objects_.clear();
  }

 private:
  Graveyard() = default;
  ~Graveyard() { free_all(); }

  std::vector<void*> objects_;
  std::atomic<std::uint32_t> references_{1};
};

}  // namespace gomap
