// Writes random programs that reach what single random operations seldom do: chains, both kinds of
// growth, iterators in the middle of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>

#include "oracle/kinds.h"
#include "oracle/program.h"

namespace mapfuzz {

class Author {
 public:
  explicit Author(std::uint64_t seed) : random_(seed) {}

  // A legal program for the row, of about `length` operations.
  [[nodiscard]] Program write(const Row& row, std::size_t length);

 private:
  [[nodiscard]] std::uint32_t below(std::uint32_t n) {
    return static_cast<std::uint32_t>(random_() % n);
  }
  [[nodiscard]] bool one_in(std::uint32_t n) { return below(n) == 0; }

  void write_header(const Row& row);
  void add(OpCode code, std::uint32_t key = 0, std::int64_t value = 0);
  void add_iterator(OpCode code, std::uint32_t slot);
  [[nodiscard]] std::uint32_t key() { return below(one_in(8) ? kMaxKey : keys_); }

  void fill();
  void drain();
  void pile();
  void walk();
  void a_few();
  void one();
  void new_map();

  std::mt19937_64 random_;
  Program program_;
  std::uint32_t keys_ = 64;  // most keys are below it
};

}  // namespace mapfuzz
