// The states found so far: for each the digest by which it is known, and the way to it.
//
// Promises: in the order in which they were found; 30 to 40 bytes a state.
#pragma once

#include <cstddef>
#include <cstdint>
#include <istream>
#include <ostream>
#include <vector>

#include "oracle/explore_state.h"

namespace mapfuzz {

class NodeTable {
 public:
  // False if it is known already.
  bool add(const StateDigest& digest, std::uint32_t parent, std::uint16_t operation) {
    if (2 * digests_.size() >= slots_.size()) {
      rehash(slots_.empty() ? 1024 : 2 * slots_.size());
    }
    std::uint32_t& slot = slots_[slot_of(digest)];
    if (slot != kFree) {
      return false;
    }
    slot = static_cast<std::uint32_t>(digests_.size());
    digests_.push_back(digest);
    parents_.push_back(parent);
    operations_.push_back(operation);
    return true;
  }

  [[nodiscard]] bool knows(const StateDigest& digest) const {
    return !slots_.empty() && slots_[slot_of(digest)] != kFree;
  }
  [[nodiscard]] std::size_t size() const { return digests_.size(); }
  [[nodiscard]] std::uint32_t parent(std::uint32_t node) const { return parents_[node]; }
  [[nodiscard]] std::uint16_t operation(std::uint32_t node) const { return operations_[node]; }

  void save(std::ostream& out) const {
    const std::uint64_t states = size();
    write(out, &states, 1);
    write(out, digests_.data(), states);
    write(out, parents_.data(), states);
    write(out, operations_.data(), states);
  }

  // False where `in` ends too early.
  bool load(std::istream& in) {
    std::uint64_t states = 0;
    if (!read(in, &states, 1) || states >= kFree) {
      return false;
    }
    digests_.resize(states);
    parents_.resize(states);
    operations_.resize(states);
    if (!read(in, digests_.data(), states) || !read(in, parents_.data(), states) ||
        !read(in, operations_.data(), states)) {
      return false;
    }
    std::size_t slots = 1024;
    while (slots < 2 * states) {
      slots *= 2;
    }
    rehash(slots);
    return true;
  }

 private:
  static constexpr std::uint32_t kFree = 0xFFFFFFFF;

  template <class T>
  static void write(std::ostream& out, const T* from, std::size_t n) {
    out.write(reinterpret_cast<const char*>(from), static_cast<std::streamsize>(n * sizeof(T)));
  }
  template <class T>
  static bool read(std::istream& in, T* to, std::size_t n) {
    return static_cast<bool>(
        in.read(reinterpret_cast<char*>(to), static_cast<std::streamsize>(n * sizeof(T))));
  }

  // Where it is, or could be put.
  [[nodiscard]] std::size_t slot_of(const StateDigest& digest) const {
    std::size_t at = digest.first & (slots_.size() - 1);
    while (slots_[at] != kFree && !(digests_[slots_[at]] == digest)) {
      at = (at + 1) & (slots_.size() - 1);
    }
    return at;
  }

  void rehash(std::size_t slots) {
    slots_.assign(slots, kFree);
    for (std::size_t node = 0; node < digests_.size(); ++node) {
      slots_[slot_of(digests_[node])] = static_cast<std::uint32_t>(node);
    }
  }

  std::vector<StateDigest> digests_;
  std::vector<std::uint32_t> parents_;
  std::vector<std::uint16_t> operations_;
  std::vector<std::uint32_t> slots_;  // node numbers, by digest; a power of two
};

}  // namespace mapfuzz
