// Objects that lived outside their bucket (Slot::indirect) and have left the map, while an iterator
// may still come across a pointer to them in an old cell. Go leaves them to its collector.
//
// Promises: an object put in stays readable until every generation that was alive then is gone;
// with no such generation but the current one, it is freed at once.
#pragma once

#include <cstddef>
#include <vector>

#include "gomap/objects.h"
#include "gomap/references.h"

namespace gomap {

template <class Key, class Elem, class Allocator>
class Graveyard {
 public:
  // With one reference, the caller's. Throws std::bad_alloc.
  [[nodiscard]] static Graveyard* create(const Allocator& allocator) {
    return make_object<Graveyard>(allocator, allocator);
  }

  explicit Graveyard(const Allocator& allocator)
      : allocator_(allocator), keys_(allocator), elems_(allocator) {}
  Graveyard(const Graveyard&) = delete;
  Graveyard& operator=(const Graveyard&) = delete;
  ~Graveyard() { free_all(); }

  void acquire() { references_.add(); }
  void release() {
    if (references_.drop()) {
      const Allocator allocator = allocator_;
      destroy_object(allocator, this);
    }
  }

  // The map holds one reference, each generation another.
  [[nodiscard]] bool has_one_generation() const { return references_.count() == 2; }

  // Room for so many keys and elements. Throws std::bad_alloc.
  void reserve(std::size_t more) {
    grow_for(keys_, more);
    grow_for(elems_, more);
  }

  // Only as many as room was reserved for.
  void keep_key(Key* key) noexcept { keys_.push_back(key); }
  void keep_elem(Elem* elem) noexcept { elems_.push_back(elem); }

  void free_all() {
    for (Key* key : keys_) {
      destroy_object(allocator_, key);
    }
    for (Elem* elem : elems_) {
      destroy_object(allocator_, elem);
    }
    keys_.clear();
    elems_.clear();
  }

 private:
  template <class Vector>
  static void grow_for(Vector& vector, std::size_t more) {
    if (vector.capacity() - vector.size() < more) {
      vector.reserve(vector.size() + (more < vector.size() ? vector.size() : more));
    }
  }

  Allocator allocator_;
  std::vector<Key*, AllocatorFor<Key*, Allocator>> keys_;
  std::vector<Elem*, AllocatorFor<Elem*, Allocator>> elems_;
  ReferenceCount references_;
};

}  // namespace gomap
