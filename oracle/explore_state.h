// When are two states the same? Watch follows what the outside has seen of a program; StateKey puts
// that and the table into bytes without names, and those into 128 bits.
//
// Part of a state: header fields, every cell's state byte, keys of live cells, which old chains are
// evacuated, the iterator's place and what it may still read, and of each entry whether the
// iterator owes it or has produced it. Not part of it: elements, the seed (hashes of a space do not
// depend on it, or nothing replaces it), bytes that nobody reads any more, addresses, the order in
// which overflow buckets were handed out, and what has become of arrays nobody can reach. Two
// different states are taken for one with a probability of n^2 / 2^129, for n states.
#pragma once

#include <cstdint>
#include <vector>

#include "gomap/table_view.h"
#include "oracle/explore_space.h"
#include "oracle/implementation.h"
#include "oracle/kinds.h"
#include "oracle/observation.h"

namespace mapfuzz {

// The entries of the map and how they stand to the one iterator, from operations and answers alone.
class Watch {
 public:
  struct Entry {
    std::uint32_t key = 0;
    std::uint64_t value = 0;
    bool owed = false;  // there since before the iterator was opened
    bool seen = false;  // produced by it
  };

  explicit Watch(KeyKind kind) : kind_(kind) {}
  void start();
  void note(const Operation& operation, const Observation& seen);

  [[nodiscard]] std::size_t size() const { return entries_.size(); }
  [[nodiscard]] bool present(std::uint32_t key) const { return find(key) != nullptr; }
  [[nodiscard]] const Entry* find(std::uint32_t key) const;
  [[nodiscard]] const Entry* find(std::uint32_t key, std::uint64_t value) const;
  [[nodiscard]] bool iterator_open() const { return open_; }
  // It is open, and may produce something: it has not come to its end, nor has the map lost all its
  // entries since it was opened.
  [[nodiscard]] bool iterator_walks() const { return open_ && !ended_ && !emptied_; }

 private:
  void assign(std::uint32_t key, std::uint64_t value);

  KeyKind kind_;
  std::vector<Entry> entries_;
  bool open_ = false;
  bool ended_ = false;
  bool emptied_ = false;
};

struct StateDigest {
  std::uint64_t first = 0;
  std::uint64_t second = 0;
  friend bool operator==(const StateDigest&, const StateDigest&) = default;
};

class StateKey {
 public:
  StateKey(const Space& space, const CellReader& reader);

  // `view`, `iterator` and `watch` are of one moment.
  void take(const gomap::TableView& view, const IteratorView& iterator, const Watch& watch);

  [[nodiscard]] StateDigest digest() const;
  [[nodiscard]] const std::vector<std::uint8_t>& bytes() const { return bytes_; }

  // A key that is nowhere live, and that the iterator may still meet.
  [[nodiscard]] bool mentioned(std::uint32_t key) const {
    return key < names_.size() && names_[key] != kNoName;
  }

 private:
  static constexpr std::uint8_t kNoName = 0xFF;

  void put(std::uint64_t byte) { bytes_.push_back(static_cast<std::uint8_t>(byte)); }
  [[nodiscard]] std::uint8_t name_of(std::uint32_t key);
  void put_header(const gomap::TableView& view);
  void put_cells(gomap::BucketView bucket, const Watch& watch);
  void put_chain(gomap::BucketView bucket, const Watch& watch);
  void put_iterator(const gomap::TableView& view, const IteratorView& it, const Watch& watch);
  bool put_place(const gomap::TableView& view, const std::byte* bucket);

  CellReader reader_;
  int width_;
  std::vector<std::uint8_t> class_of_;  // of a key: its class, or kNoName
  std::vector<std::uint8_t> first_of_;  // of a class: the name of its first key
  std::vector<std::uint8_t> used_;      // of a class: names given out so far
  std::vector<std::uint8_t> names_;     // of a key
  std::vector<std::uint8_t> bytes_;
};

}  // namespace mapfuzz
