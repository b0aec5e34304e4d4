// Audit: the structural invariants of the spec's part 3, checked after every operation.
//
// Promises: per operation only what it may have touched is looked at, so the cost does not depend
// on the size of the map; the whole table is looked at when a growth starts or ends, when the map
// is replaced or cleared, every so many operations, and at the end. What is checked comes from the
// program (hash plan, draws) and the model, never from the map.
// Leaves to others: answers and the iteration contract I32 (model.h).
//
// Two tiers: first the transition and the touched cells, then, if those are clean, the whole
// table. Within a tier the invariant declared first is reported.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "gomap/constants.h"
#include "gomap/table_view.h"
#include "oracle/hash_plan.h"
#include "oracle/implementation.h"
#include "oracle/invariants.h"
#include "oracle/kinds.h"
#include "oracle/program.h"

namespace mapfuzz {

// What the audit asks of the model.
class Expectation {
 public:
  Expectation() = default;
  Expectation(const Expectation&) = delete;
  Expectation& operator=(const Expectation&) = delete;
  virtual ~Expectation() = default;
  [[nodiscard]] virtual std::size_t size() const = 0;
  // The element that the map must hold for an ordinary key, or nothing.
  [[nodiscard]] virtual std::optional<std::uint64_t> element(std::uint32_t key) const = 0;
};

[[nodiscard]] GrowthPhase phase_of(const gomap::TableView& view);
[[nodiscard]] std::size_t old_bucket_count(const gomap::TableView& view);

// Old buckets below TableView::old_readable_from have been evacuated and given back: nobody may
// look at them.
[[nodiscard]] inline bool old_bucket_evacuated(const gomap::TableView& view, std::size_t index) {
  return index < view.old_readable_from ||
         gomap::is_evacuated_mark(view.old_bucket(index).state(0));
}

// What nearly every view is like, and I34 wants it: no need to look closer.
[[nodiscard]] inline bool holds_its_array_alone(const gomap::TableView& view) {
  const std::size_t base = std::size_t{1} << (view.B & 63U);
  return !view.growing() && view.B < gomap::kPreallocatedFromB && view.total == base &&
         view.old_total == 0 && view.old_readable_from == 0 && view.overflow.buckets.empty() &&
         view.held_bytes == base * view.geometry->bucket_size;
}

// How many old buckets are evacuated. Only of a small array: it looks at each.
inline constexpr std::size_t kCountedOldBuckets = 32;
[[nodiscard]] std::size_t evacuated_buckets(const gomap::TableView& view);

// A chain as it was before the operation: bucket bytes and where they lay.
class ChainCopy {
 public:
  void forget() { taken_ = false; }
  // Keys behind pointers may be gone by the time they are asked for: their ids are read now.
  void take(const gomap::TableView& view, bool old_array, std::size_t index,
            const CellReader& reader);

  [[nodiscard]] bool taken() const { return taken_; }
  [[nodiscard]] bool old_array() const { return old_array_; }
  [[nodiscard]] std::size_t index() const { return index_; }
  [[nodiscard]] std::size_t buckets() const { return addresses_.size(); }
  [[nodiscard]] const std::byte* address(std::size_t depth) const { return addresses_[depth]; }
  [[nodiscard]] gomap::BucketView bucket(std::size_t depth) const {
    return {&bytes_[depth * geometry_->bucket_size], geometry_};
  }
  // The id of a key; only of a filled cell.
  [[nodiscard]] std::uint32_t key(std::size_t depth, int cell, const CellReader& reader) const {
    return geometry_->indirect_key
               ? ids_[depth * gomap::kTopHashBytes + static_cast<unsigned>(cell)]
               : reader.key_id(bucket(depth).key(cell));
  }

 private:
  bool taken_ = false;
  bool old_array_ = false;
  std::size_t index_ = 0;
  const gomap::BucketGeometry* geometry_ = nullptr;
  std::vector<std::byte> bytes_;
  std::vector<const std::byte*> addresses_;
  std::vector<std::uint32_t> ids_;  // eight a bucket, of indirect keys
};

// How an operation ended: as asked; with a recoverable panic, before any change (a literal's: after
// some entries); with an exception from what the map was given, done in no entry but perhaps in the
// growth; with a fatal error, half done.
enum class Outcome : std::uint8_t { done, panicked, interrupted, fatal };

class Audit {
 public:
  Audit(KeyKind key, CellReader reader) : key_kind_(key), reader_(reader) {}

  // Starts a program; `program` outlives the run.
  void start(const Program& program);

  // Before and after each operation; the view given to `before` outlives `after`.
  void before(const gomap::TableView& view, const Operation& operation);
  [[nodiscard]] std::optional<Violation> after(const gomap::TableView& view,
                                               const Operation& operation, const StepCost& cost,
                                               const Expectation& model, Outcome outcome);

  // Before a step of the iterator in `slot`, too.
  void before_next(const gomap::TableView& view, std::size_t slot, const IteratorView& iterator,
                   const Expectation& model);

  // An iterator's fields before and after a step of it.
  [[nodiscard]] static std::optional<Violation> iterator_step(const gomap::TableView& view,
                                                              const IteratorView& before,
                                                              const IteratorView& after);

  // Several operations ran at once, so many at most of them writes: from now on only the whole
  // table may be asked for.
  void lose_track(std::size_t writes);

  // The whole table, as at the end of a program.
  [[nodiscard]] std::optional<Violation> whole(const gomap::TableView& view,
                                               const Expectation& model);

 private:
  [[nodiscard]] bool reaches_chain(const Operation& operation) const;
  [[nodiscard]] std::uint64_t hash_of(std::uint32_t key, std::uint32_t seed) const {
    return plan_.hash(key, seed);
  }
  [[nodiscard]] std::uint32_t key_at(gomap::BucketView bucket, int cell) const {
    return reader_.key_id(bucket.key(cell));
  }

  void predict_evacuation(const gomap::TableView& view, std::size_t index);
  void note_writes(const gomap::TableView& view, const Operation& operation, bool replaced);

  // audit_header.cc: fields of the header, and how one operation may change them.
  void check_header(const gomap::TableView& view, const Expectation& model);
  void check_transition(const gomap::TableView& view, const Operation& operation,
                        const StepCost& cost);
  void check_growth_transition(const gomap::TableView& view, const Operation& operation);
  void check_flags(const gomap::TableView& view, bool started);
  void check_unchanged(const gomap::TableView& view, bool iterator_opened);
  [[nodiscard]] bool growth_started(const gomap::TableView& view) const {
    return before_->buckets != nullptr && view.buckets != before_->buckets;
  }
  [[nodiscard]] std::size_t lookup_hashes() const;
  void check_cost(const gomap::TableView& view, const Operation& operation, const StepCost& cost);

  // audit_iterator.cc: hash calls of what iterators do.
  void follow_iterator(const gomap::TableView& view, const Operation& operation);
  [[nodiscard]] std::size_t walk(const gomap::TableView& view, const IteratorView& from,
                                 bool& under_doubling, const Expectation& model) const;
  [[nodiscard]] std::size_t range_hashes(const gomap::TableView& view) const;

  // audit_memory.cc: bytes held, now and after this operation.
  void follow_memory(const gomap::TableView& view, const Operation& operation, bool replaced);
  void check_held(const gomap::TableView& view);
  void check_retired(const gomap::TableView& view, const Operation& operation);

  // audit_chain.cc: the chain of the operation's key, and single chains.
  void check_key_chain(const gomap::TableView& view, const Operation& operation,
                       const Expectation& model);
  void check_states(gomap::BucketView base, const Place& place, std::size_t most_buckets);
  [[nodiscard]] bool is_untouched(gomap::BucketView bucket) const;
  void check_cell(const gomap::TableView& view, gomap::BucketView bucket, const Place& place);
  void check_changed_cells(const gomap::TableView& view, gomap::BucketView bucket,
                           gomap::BucketView old, Place place, const Operation& operation);
  std::size_t check_cells_of_key(const gomap::TableView& view, gomap::BucketView bucket,
                                 Place place, const Operation& operation, const Expectation& model);
  void check_copy_unchanged(const gomap::TableView& view, const ChainCopy& copy);
  void check_extension(std::size_t length, const Operation& operation);
  [[nodiscard]] bool is_operations_key(const Operation& operation, std::uint32_t key) const {
    return key_class(key_kind_, key) == key_class(key_kind_, operation.key);
  }

  // audit_evacuation.cc: what a write of a growing map did to old chains and their destinations.
  void check_evacuations(const gomap::TableView& view, const Operation& operation);
  void check_evacuated(const gomap::TableView& view, const ChainCopy& before,
                       const Operation& operation);
  void check_left_behind(const gomap::TableView& view, const ChainCopy& before);
  void check_destination(const gomap::TableView& view, const ChainCopy& before, bool upper,
                         const Operation& operation);

  // audit_whole.cc
  void check_whole(const gomap::TableView& view, const Expectation& model);
  std::size_t check_live_chains(const gomap::TableView& view, const Expectation& model);
  void check_old_array(const gomap::TableView& view);
  void check_list(const gomap::TableView& view, bool old_array);
  void check_preallocated(const gomap::TableView& view);
  void check_pristine(const gomap::TableView& view, std::size_t index, const Place& place);
  bool first_sight(std::uint32_t key);

  KeyKind key_kind_;
  CellReader reader_;
  const Program* program_ = nullptr;
  HashPlan plan_;
  Findings findings_;

  const gomap::TableView* before_ = nullptr;
  const gomap::BucketGeometry* geometry_ = nullptr;
  std::uint64_t hash_ = 0;  // of the operation's key, where it can be known beforehand
  bool hash_known_ = false;
  ChainCopy key_chain_;  // of the operation's key, in the current array
  ChainCopy own_old_;    // old chains that this write may evacuate
  ChainCopy next_old_;
  std::size_t predicted_mark_ = 0;  // nevacuate after this write
  bool growth_ends_ = false;        // this write evacuates the last old bucket
  bool beyond_was_evacuated_ = true;
  bool next_is_unmoved_ = false;      // the old bucket at predicted_mark_, before this write
  std::size_t evacuated_before_ = 0;  // old buckets, where there are few enough to count

  bool same_size_since_ = false;   // a same-size growth since B changed or the map was cleared
  bool interrupted_ = false;       // has anything thrown in this program?
  std::size_t growth_writes_ = 0;  // writes since the growth under way began, its first included
  std::size_t growth_steps_ = 0;   // those of them that moved buckets
  std::uint32_t growth_seed_ = 0;  // when it began
  std::size_t ahead_ = 0;      // overflow buckets that evacuation may have made room for: of the
  std::size_t old_ahead_ = 0;  // present array, and of the old one
  // What an iterator remembers: the seed it was born under, by its epoch; and whether it entered
  // its bucket under a doubling, where that is known.
  struct Followed {
    std::uint64_t epoch = 0;
    bool known = false;
    bool under_doubling = false;
  };
  std::array<Followed, kIteratorSlots> followed_{};
  std::optional<std::size_t> next_hashes_;  // of the step that comes, where they are known
  std::size_t until_whole_ = 0;
  std::vector<std::uint32_t> seen_;  // by key id: the pass that saw it last
  std::uint32_t pass_ = 0;
  std::vector<const std::byte*> sorted_;  // overflow buckets of one array, for membership
  std::vector<bool> linked_;
};

}  // namespace mapfuzz
