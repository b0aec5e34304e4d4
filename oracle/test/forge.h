// Forged tables: a real map, an owned copy of it, one thing damaged, and the audit's word for it.
//
// Promises: a copy shares no byte with the map, is linked within itself, and keeps every array and
// bucket at its place from one look to the next, as the map does. Before anything is damaged the
// audit has found nothing. The name of a forging test begins with the id of the invariant that it
// must see reported first (go-map-spec part 3): I14bTheListIsGone sees I14b, and fails unless it
// did; audit_clean_test.cc fails if some invariant has no such test.
#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gomap/table_view.h"
#include "oracle/audit.h"
#include "oracle/implementation.h"
#include "oracle/kinds.h"
#include "oracle/model.h"
#include "oracle/program.h"

namespace mapfuzz {

// A bucket of a copy, open to damage.
class ForgedBucket {
 public:
  ForgedBucket() = default;
  ForgedBucket(std::byte* raw, const gomap::BucketGeometry* geometry)
      : raw_(raw), geometry_(geometry) {}

  [[nodiscard]] std::byte* raw() const { return raw_; }
  [[nodiscard]] std::uint8_t& state(int cell) const {
    return reinterpret_cast<std::uint8_t*>(raw_)[cell];
  }
  [[nodiscard]] std::byte* key(int cell) const {
    return raw_ + geometry_->key_offset + static_cast<std::size_t>(cell) * geometry_->key_size;
  }
  [[nodiscard]] std::byte* elem(int cell) const {
    return raw_ + geometry_->elem_offset + static_cast<std::size_t>(cell) * geometry_->elem_size;
  }
  [[nodiscard]] ForgedBucket overflow() const;
  void link(const std::byte* next) const;

  void copy_cell(int cell, ForgedBucket from, int from_cell) const;
  void swap_cells(int a, int b) const;
  // emptyRest and zero bytes.
  void wipe_cell(int cell) const;

 private:
  std::byte* raw_ = nullptr;
  const gomap::BucketGeometry* geometry_ = nullptr;
};

// An owned, deep copy of a view. Header fields are damaged in `view`.
class TableCopy {
 public:
  TableCopy() = default;
  TableCopy(const TableCopy&) = delete;
  TableCopy& operator=(const TableCopy&) = delete;

  void take(const gomap::TableView& source);

  [[nodiscard]] ForgedBucket bucket(std::size_t chain, std::size_t depth = 0) const;
  [[nodiscard]] ForgedBucket old_bucket(std::size_t chain, std::size_t depth = 0) const;
  // A zero bucket behind the chain's last one, listed and counted as the map would.
  ForgedBucket append_bucket(std::size_t chain);
  // Sets every cell of an old chain to one mark.
  void mark_old_chain(std::size_t chain, std::uint8_t mark) const;

  gomap::TableView view;

 private:
  using Blocks = std::map<const std::byte*, std::vector<std::byte>>;  // by place in the map

  void keep(Blocks& blocks, const std::byte* from, std::size_t size);
  [[nodiscard]] std::byte* moved(const std::byte* from);
  [[nodiscard]] ForgedBucket walk(const std::byte* base, std::size_t depth) const;

  Blocks blocks_;
  std::vector<std::vector<std::byte>> forged_;
  std::vector<std::byte*> overflow_;
  std::vector<std::byte*> oldoverflow_;
};

[[nodiscard]] Operation op(OpCode code, std::uint32_t key = 0, std::int64_t value = 0,
                           std::uint8_t slot = 0);

// A program without operations whose keys hash to their own ids: key k lies in chain k mod 2^B.
[[nodiscard]] Program table(KeyKind key = KeyKind::u64, std::uint8_t width = 8,
                            ElemKind elem = ElemKind::u64);

// Each returns the program with more operations behind; elements are ids plus 1000.
[[nodiscard]] Program with(Program program, std::initializer_list<Operation> operations);
[[nodiscard]] Program with_keys(Program program, std::initializer_list<std::uint32_t> keys);
// Keys first, first + step, ...
[[nodiscard]] Program with_keys(Program program, std::uint32_t first, std::uint32_t step,
                                std::uint32_t count);

// Four chains being doubled: keys 0 to 26, chains 0 and 2 evacuated, the mark on 1.
[[nodiscard]] Program doubling(KeyKind key = KeyKind::u64);
// One insert short of a growth at the same size: chain 0 has 3 buckets and 8 entries, chain 1 has 3
// buckets and 17 entries, and those are all.
[[nodiscard]] Program before_same_size(KeyKind key = KeyKind::u64);
// Four chains that grow at the same size: chains 0 and 2 evacuated, the mark on 1.
[[nodiscard]] Program same_size(KeyKind key = KeyKind::u64);

// A model's answers with another number of entries.
class Recount final : public Expectation {
 public:
  Recount(const Expectation& model, std::size_t size) : model_(model), size_(size) {}
  [[nodiscard]] std::size_t size() const override { return size_; }
  [[nodiscard]] std::optional<std::uint64_t> element(std::uint32_t key) const override {
    return model_.element(key);
  }

 private:
  const Expectation& model_;
  std::size_t size_;
};

// A map, its model and its audit, one operation at a time.
class Bench {
 public:
  explicit Bench(Program program);

  // Runs the operations of the program so far not run; expects that the audit finds nothing.
  void run();

  // One more operation. `damage` sees the copy as it is afterwards, and may change `cost` too.
  using Damage = std::function<void()>;
  [[nodiscard]] std::optional<Violation> step(const Operation& operation, const Damage& damage);
  // The same, but the copy is as it was before: `forge` makes what the operation made of it.
  [[nodiscard]] std::optional<Violation> forge(const Operation& operation, const Damage& damage);

  [[nodiscard]] std::optional<Violation> whole() { return audit.whole(copy.view, *model); }

  std::unique_ptr<Implementation> engine;
  std::unique_ptr<Model> model = make_tree_model();
  Audit audit;
  TableCopy copy;
  StepCost cost;

 private:
  void announce(const Operation& operation);
  void perform();

  Program program_;
  std::size_t done_ = 0;
  gomap::TableView before_;  // of the step being audited
};

// The fixture of forging tests.
class Forged : public ::testing::Test {
 protected:
  void build(Program program);
  [[nodiscard]] Bench& bench() { return *bench_; }
  [[nodiscard]] TableCopy& copy() { return bench_->copy; }
  [[nodiscard]] gomap::TableView& view() { return bench_->copy.view; }

  // The damage done so far must be reported as what the test's name begins with, and is undone.
  void sees_in_whole();
  void sees(const std::optional<Violation>& violation);
  void sees_after(const Operation& operation, const Bench::Damage& damage) {
    sees(bench().step(operation, damage));
  }
  void sees_instead_of(const Operation& operation, const Bench::Damage& damage) {
    sees(bench().forge(operation, damage));
  }

  void TearDown() override { EXPECT_GT(seen_, 0) << "the test saw no violation at all"; }

 private:
  std::unique_ptr<Bench> bench_;
  int seen_ = 0;
};

// "I14b" of "I14bTheListIsGone"; empty where the name begins with no invariant.
[[nodiscard]] std::string invariant_in_name(const std::string& test);

// How a violation reads in a failing test.
[[nodiscard]] std::string told(const std::optional<Violation>& violation);

}  // namespace mapfuzz
