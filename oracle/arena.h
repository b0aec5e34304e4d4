// A bump arena: memory for the length of one program, taken back all at once.
//
// Promises: after the first few programs a run allocates nothing. `deallocate` is a no-op.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

namespace mapfuzz {

class Arena {
 public:
  Arena() = default;
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  // Aligned for any ordinary type. Throws std::bad_alloc.
  [[nodiscard]] void* take(std::size_t size) {
    size = (size + alignof(std::max_align_t) - 1) / alignof(std::max_align_t) *
           alignof(std::max_align_t);
    if (block_ == blocks_.size() || used_ + size > blocks_[block_].size) {
      next_block(size);
    }
    void* memory = blocks_[block_].bytes.get() + used_;
    used_ += size;
    return memory;
  }

  // Everything taken is gone; the blocks stay for the next program.
  void reset() {
    block_ = 0;
    used_ = 0;
  }

 private:
  struct Block {
    std::unique_ptr<std::byte[]> bytes;
    std::size_t size;
  };

  static constexpr std::size_t kBlockSize = 64 * 1024;

  void next_block(std::size_t size) {
    used_ = 0;
    block_ += block_ < blocks_.size() ? 1 : 0;
    while (block_ < blocks_.size() && blocks_[block_].size < size) {
      ++block_;
    }
    if (block_ == blocks_.size()) {
      const std::size_t wanted = size > kBlockSize ? size : kBlockSize;
      blocks_.push_back({std::make_unique<std::byte[]>(wanted), wanted});
    }
  }

  std::vector<Block> blocks_;
  std::size_t block_ = 0;
  std::size_t used_ = 0;
};

// The allocator face of an arena, which must outlive the container.
template <class T>
class ArenaAllocator {
 public:
  using value_type = T;

  explicit ArenaAllocator(Arena& arena) : arena_(&arena) {}
  template <class U>
  explicit(false) ArenaAllocator(const ArenaAllocator<U>& other) : arena_(other.arena()) {}

  [[nodiscard]] T* allocate(std::size_t n) { return static_cast<T*>(arena_->take(n * sizeof(T))); }
  void deallocate(T* /*memory*/, std::size_t /*n*/) {}

  [[nodiscard]] Arena* arena() const { return arena_; }
  friend bool operator==(const ArenaAllocator& a, const ArenaAllocator& b) {
    return a.arena_ == b.arena_;
  }

 private:
  Arena* arena_;
};

}  // namespace mapfuzz
