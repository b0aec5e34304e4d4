// What a model keeps beside its indexes. Internal to model.cc.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "oracle/homes.h"
#include "oracle/program.h"

namespace mapfuzz {

struct ModelEntry {
  std::uint32_t key = 0;  // the representation stored last
  std::uint64_t value = 0;
  std::uint64_t birth = 0;
  std::array<std::uint32_t, kIteratorSlots + 1> seen{};  // stamp of the iterator that produced it
};

struct ModelIterator {
  std::uint32_t stamp = 0;
  std::uint64_t born = 0;
  std::size_t pending = 0;    // entries it must still produce
  std::uint64_t emptied = 0;  // ModelOn::emptied_ when it was opened
  bool ended = false;
  bool told = false;  // its next answer was given, and judged, as it was opened
};

struct ModelState {
  bool iteration_ = true;
  bool nil_ = false;
  bool other_nil_ = false;
  const Header* header_ = nullptr;
  std::vector<ModelEntry> entries_;
  std::vector<std::uint32_t> free_;
  Homes homes_;
  std::array<ModelIterator, kIteratorSlots + 1> iterators_{};
  std::uint32_t stamps_ = 0;
  std::uint64_t births_ = 0;
  std::uint64_t emptied_ = 0;  // how often the map lost its last entry, and so its hash seed
};

}  // namespace mapfuzz
