// Which of the two maps each iterator slot belongs to, and which iterators an operation ends.
//
// A program has the map and an "other" one. An iterator follows its map's contents through swap
// and move, and ends when they are thrown away. Every implementation keeps its slots by this rule.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "oracle/program.h"

namespace mapfuzz {

enum class Home : std::uint8_t { none, map, other };

class Homes {
 public:
  [[nodiscard]] Home of(std::size_t slot) const { return homes_[slot]; }
  // Bit s: slot s belongs to the map.
  [[nodiscard]] std::uint32_t of_map() const {
    std::uint32_t slots = 0;
    for (std::size_t slot = 0; slot < homes_.size(); ++slot) {
      slots |= homes_[slot] == Home::map ? 1U << slot : 0U;
    }
    return slots;
  }
  void open(std::size_t slot) { homes_[slot] = Home::map; }
  void close(std::size_t slot) { homes_[slot] = Home::none; }
  void close_all() { homes_.fill(Home::none); }

  // Applies an operation on whole maps; calls `ended(slot)` for each iterator whose contents go.
  template <class Ended>
  void apply(OpCode code, Ended ended) {
    switch (code) {
      case OpCode::remake:
      case OpCode::literal:
      case OpCode::nil:
        end(Home::map, ended);
        break;
      case OpCode::copy:
        end(Home::other, ended);
        break;
      case OpCode::move:
        end(Home::other, ended);
        exchange();
        break;
      case OpCode::swap:
        exchange();
        break;
      default:
        break;
    }
  }

 private:
  template <class Ended>
  void end(Home home, Ended& ended) {
    for (std::size_t slot = 0; slot < homes_.size(); ++slot) {
      if (homes_[slot] == home) {
        ended(slot);
        homes_[slot] = Home::none;
      }
    }
  }

  void exchange() {
    for (Home& home : homes_) {
      if (home != Home::none) {
        home = home == Home::map ? Home::other : Home::map;
      }
    }
  }

  std::array<Home, kIteratorSlots> homes_{};
};

}  // namespace mapfuzz
