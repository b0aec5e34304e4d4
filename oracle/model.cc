#include "oracle/model.h"

#include <array>
#include <boost/container/flat_map.hpp>
#include <cstring>
#include <functional>
#include <map>
#include <utility>
#include <vector>

#include "oracle/arena.h"
#include "oracle/homes.h"
#include "oracle/kinds.h"
#include "oracle/model_state.h"
#include "oracle/text.h"

namespace mapfuzz {
namespace {

constexpr std::size_t kRangeSlot = kIteratorSlots;  // a range is an iterator of its own

// Constant texts: they end up in the line that fleets sort findings by.
Clause found_clause() {
  return {"model.found", "a lookup finds a key exactly if it was assigned and not deleted since"};
}
Clause value_clause() { return {"model.value", "a lookup gives the element last stored"}; }
Clause length_clause() { return {"model.length", "len is the number of entries"}; }
Clause panic_clause() { return {"model.panic", "an operation panics exactly where Go's does"}; }
Clause expectation_clause() { return {"expect", "an expectation written into the program holds"}; }

std::string found_text(bool found, std::uint64_t value) {
  return found ? cat("found ", value) : std::string("not found");
}

// Index: ordered map from (key class, serial) to a place in entries_. The serial tells apart
// entries of never-equal keys and is 0 for all others.
struct TreeIndex {
  using Map = std::map<std::uint64_t, std::uint32_t, std::less<>,
                       ArenaAllocator<std::pair<const std::uint64_t, std::uint32_t>>>;
  static Map make(Arena& arena) { return Map(Map::allocator_type(arena)); }
};

struct FlatIndex {
  using Map = boost::container::flat_map<std::uint64_t, std::uint32_t>;
  static Map make(Arena& /*arena*/) { return {}; }
};

template <class IndexKind>
class ModelOn final : public Model, private ModelState {
 public:
  using Index = typename IndexKind::Map;

  ModelOn() : map_(IndexKind::make(arena_)), other_(IndexKind::make(arena_)) {}

  void start(const Program& program, bool iteration) override {
    iteration_ = iteration;
    header_ = &program.header;
    map_.clear();
    other_.clear();
    arena_.reset();
    entries_.clear();
    free_.clear();
    homes_.close_all();
    births_ = 0;
    emptied_ = 0;
    nil_ = false;
    other_nil_ = false;
  }

  [[nodiscard]] std::unique_ptr<Model> copy() const override {
    auto made = std::make_unique<ModelOn>();
    static_cast<ModelState&>(*made) = *this;
    made->map_.insert(map_.begin(), map_.end());
    made->other_.insert(other_.begin(), other_.end());
    return made;
  }

  [[nodiscard]] std::size_t size() const override { return map_.size(); }

  [[nodiscard]] std::optional<std::uint64_t> element(std::uint32_t key) const override {
    const auto at = map_.find(index_of(key, 0));
    return at == map_.end() ? std::nullopt : std::optional(entries_[at->second].value);
  }

  std::optional<Mismatch> judge(const Operation& operation, const Observation& got,
                                bool expectations) override;

 private:
  [[nodiscard]] std::uint64_t index_of(std::uint32_t key, std::uint32_t serial) const {
    return (std::uint64_t{key_class(header_->key, key)} << 32U) | serial;
  }

  // Go's text, or null (spec 2.4 to 2.6: a nil map panics before anything is hashed).
  [[nodiscard]] const char* expected_panic(const Operation& operation) const {
    const OpCode code = operation.code;
    if (nil_ && (code == OpCode::assign || code == OpCode::update)) {
      return kNilMapPanic;
    }
    bool hashes = hashes_key(code) && unhashable(header_->key, operation.key);
    for (std::uint32_t at = 0; code == OpCode::literal && at < operation.value; ++at) {
      hashes = hashes || unhashable(header_->key, literal_key(header_->key, operation.key, at));
    }
    return hashes ? kUnhashablePanic : nullptr;
  }

  static bool hashes_key(OpCode code) {
    switch (code) {
      case OpCode::access1:
      case OpCode::access2:
      case OpCode::assign:
      case OpCode::update:
      case OpCode::erase:
      case OpCode::expect_value:
      case OpCode::expect_absent:
        return true;
      default:
        return false;
    }
  }

  static bool same_text(const char* a, const char* b) {
    return a == b || (a != nullptr && b != nullptr && std::strcmp(a, b) == 0);
  }

  [[nodiscard]] bool nan(std::uint32_t key) const { return never_equal(header_->key, key); }

  void add(Index& index, std::uint32_t key, std::uint64_t value) {
    std::uint32_t place = 0;
    if (free_.empty()) {
      place = static_cast<std::uint32_t>(entries_.size());
      entries_.emplace_back();
    } else {
      place = free_.back();
      free_.pop_back();
      entries_[place] = {};
    }
    ModelEntry& entry = entries_[place];
    entry.key = stored_id(header_->key, key);
    entry.value = value;
    entry.birth = births_++;
    index.emplace(index_of(key, nan(key) ? static_cast<std::uint32_t>(entry.birth + 1) : 0), place);
  }

  void assign(Index& index, std::uint32_t key, std::uint64_t value) {
    const auto at = nan(key) ? index.end() : index.find(index_of(key, 0));
    if (at == index.end()) {
      add(index, key, value);
      return;
    }
    entries_[at->second].key = stored_id(header_->key, key);
    entries_[at->second].value = value;
  }

  // An entry leaves the map at `home`: its iterators need not wait for it any more.
  void retire(std::uint32_t place, Home home) {
    const ModelEntry& entry = entries_[place];
    for (std::size_t slot = 0; slot < kIteratorSlots; ++slot) {
      ModelIterator& iterator = iterators_[slot];
      if (homes_.of(slot) == home && entry.birth < iterator.born &&
          entry.seen[slot] != iterator.stamp) {
        --iterator.pending;
      }
    }
    free_.push_back(place);
  }

  void empty(Index& index, Home home) {
    for (const auto& [key, place] : index) {
      retire(place, home);
    }
    index.clear();
  }

  void copy_map() {
    empty(other_, Home::none);
    for (const auto& [key, place] : map_) {
      add(other_, entries_[place].key, entries_[place].value);
    }
  }

  void open(std::size_t slot) {
    iterators_[slot] = {
        .stamp = ++stamps_, .born = births_, .pending = map_.size(), .emptied = emptied_};
  }

  std::optional<Mismatch> judge_lookup(const Operation& operation, const Observation& got) const;
  std::optional<Mismatch> judge_expectation(const Operation& operation,
                                            const Observation& got) const;
  std::optional<Mismatch> judge_next(std::size_t slot, const Observation& got);
  std::optional<Mismatch> judge_range(const Observation& got);
  std::optional<Mismatch> produced(std::size_t slot, const Entry& entry);
  std::optional<Mismatch> finished(std::size_t slot);
  // `how` the contract was broken is part of the clause's name: it tells bugs apart.
  static std::optional<Mismatch> iteration(const char* how, std::string expected, std::string got) {
    Clause clause = clause_of(Invariant::I32);
    clause.id += how;
    return Mismatch{std::move(clause), std::move(expected), std::move(got)};
  }

  Arena arena_;
  Index map_;
  Index other_;
};

template <class IndexKind>
std::optional<Mismatch> ModelOn<IndexKind>::judge(const Operation& operation,
                                                  const Observation& got, bool expectations) {
  homes_.apply(operation.code, [](std::size_t) {});
  if (got.injected) {
    return std::nullopt;  // not done
  }
  const char* const panic = expected_panic(operation);
  if (operation.code == OpCode::next && got.panic != nullptr) {
    // Go's own iterators can (spec 2.12, Q5 where keys are kept behind pointers).
    return iteration_
               ? iteration(".panic", "an entry or the end", cat("the panic \"", got.panic, '"'))
               : std::nullopt;
  }
  if (!same_text(got.panic, panic)) {
    return Mismatch{panic_clause(), panic == nullptr ? "no panic" : panic,
                    got.panic == nullptr ? "no panic" : got.panic};
  }
  if (got.panic != nullptr && operation.code != OpCode::literal) {
    return std::nullopt;
  }
  const std::uint64_t value = elem_value(header_->elem, operation.value);
  switch (operation.code) {
    case OpCode::len:
    case OpCode::expect_len:
      if (got.length != map_.size()) {
        return Mismatch{length_clause(), cat(map_.size()), cat(got.length)};
      }
      break;
    case OpCode::access1: {
      const std::uint64_t wanted = element(operation.key).value_or(0);
      if (got.value != wanted) {
        return Mismatch{value_clause(), cat(wanted), cat(got.value)};
      }
      break;
    }
    case OpCode::access2:
    case OpCode::expect_value:
    case OpCode::expect_absent:
      if (auto mismatch = judge_lookup(operation, got)) {
        return mismatch;
      }
      break;
    case OpCode::assign:
      assign(map_, operation.key, value);
      break;
    case OpCode::update: {
      const std::uint64_t old = element(operation.key).value_or(0);
      assign(map_, operation.key, updated_value(header_->elem, old, operation.value));
      const std::uint64_t wanted = updated_value(header_->elem, old, operation.value);
      if (got.value != wanted) {
        return Mismatch{value_clause(), cat(wanted), cat(got.value)};
      }
      break;
    }
    case OpCode::erase: {
      const auto at = map_.find(index_of(operation.key, 0));
      const bool there = at != map_.end();
      if (there) {
        retire(at->second, Home::map);
        map_.erase(at);
        emptied_ += map_.empty() ? 1 : 0;
      }
      if (got.found != there) {
        return Mismatch{found_clause(), there ? "deleted" : "not found",
                        got.found ? "deleted" : "not found"};
      }
      break;
    }
    case OpCode::clear:
      empty(map_, Home::map);
      ++emptied_;
      break;
    case OpCode::remake:
      empty(map_, Home::none);
      nil_ = false;
      break;
    case OpCode::nil:
      empty(map_, Home::none);
      nil_ = true;
      break;
    case OpCode::literal:
      empty(map_, Home::none);
      nil_ = false;
      for (std::uint32_t at = 0; at < operation.value; ++at) {
        const std::uint32_t key = literal_key(header_->key, operation.key, at);
        if (unhashable(header_->key, key)) {
          break;  // the panic leaves what was assigned before
        }
        assign(map_, key, elem_value(header_->elem, key));
      }
      break;
    case OpCode::range:
      return iteration_ ? judge_range(got) : std::nullopt;
    case OpCode::iter:
      homes_.open(operation.slot);
      open(operation.slot);
      if (iteration_ && got.step != Step::none) {
        iterators_[operation.slot].told = true;
        return got.step == Step::end ? finished(operation.slot)
                                     : produced(operation.slot, got.entry);
      }
      break;
    case OpCode::next:
      return iteration_ ? judge_next(operation.slot, got) : std::nullopt;
    case OpCode::close:
      homes_.close(operation.slot);
      break;
    case OpCode::copy:
      copy_map();
      other_nil_ = nil_;
      break;
    case OpCode::move:
      empty(other_, Home::none);
      std::swap(map_, other_);
      other_nil_ = std::exchange(nil_, false);
      break;
    case OpCode::swap:
      std::swap(map_, other_);
      std::swap(nil_, other_nil_);
      break;
    case OpCode::reenter:
    case OpCode::inject:
    case OpCode::interleave:
    case OpCode::expect_phase:
    case OpCode::expect_buckets:
    case OpCode::expect_overflow:
      break;  // of the table, not of the contents
  }
  return expectations ? judge_expectation(operation, got) : std::nullopt;
}

template <class IndexKind>
std::optional<Mismatch> ModelOn<IndexKind>::judge_lookup(const Operation& operation,
                                                         const Observation& got) const {
  const auto wanted = element(operation.key);
  const std::string expected = found_text(wanted.has_value(), wanted.value_or(0));
  if (got.found != wanted.has_value()) {
    return Mismatch{found_clause(), expected, found_text(got.found, got.value)};
  }
  if (got.found && got.value != *wanted) {
    return Mismatch{value_clause(), expected, found_text(got.found, got.value)};
  }
  return std::nullopt;
}

template <class IndexKind>
std::optional<Mismatch> ModelOn<IndexKind>::judge_expectation(const Operation& operation,
                                                              const Observation& got) const {
  switch (operation.code) {
    case OpCode::expect_len:
      if (got.length != static_cast<std::uint64_t>(operation.value)) {
        return Mismatch{expectation_clause(), cat("len ", operation.value), cat(got.length)};
      }
      break;
    case OpCode::expect_value: {
      const std::uint64_t wanted = elem_value(header_->elem, operation.value);
      if (!got.found || got.value != wanted) {
        return Mismatch{expectation_clause(), found_text(true, wanted),
                        found_text(got.found, got.value)};
      }
      break;
    }
    case OpCode::expect_absent:
      if (got.found) {
        return Mismatch{expectation_clause(), "not found", found_text(true, got.value)};
      }
      break;
    default:
      break;
  }
  return std::nullopt;
}

template <class IndexKind>
std::optional<Mismatch> ModelOn<IndexKind>::judge_next(std::size_t slot, const Observation& got) {
  if (homes_.of(slot) == Home::none || got.step == Step::closed) {
    return homes_.of(slot) == Home::none && got.step == Step::closed
               ? std::nullopt
               : iteration(".open",
                           got.step == Step::closed ? "an open iterator" : "no such iterator",
                           got.step == Step::closed ? "none" : "one");
  }
  ModelIterator& iterator = iterators_[slot];
  if (std::exchange(iterator.told, false)) {
    iterator.ended = got.step == Step::end;
    return std::nullopt;
  }
  if (iterator.ended && header_->policy == Policy::go_exact) {
    return std::nullopt;  // no Go program can ask again: what its iterator says then is chance
  }
  if (got.step == Step::end) {
    return std::exchange(iterator.ended, true) ? std::nullopt : finished(slot);
  }
  if (iterator.ended) {
    return iteration(".end", "the end, as at the step before", cat("key ", got.entry.key));
  }
  return produced(slot, got.entry);
}

template <class IndexKind>
std::optional<Mismatch> ModelOn<IndexKind>::judge_range(const Observation& got) {
  open(kRangeSlot);
  for (const Entry& entry : got.entries) {
    if (auto mismatch = produced(kRangeSlot, entry)) {
      return mismatch;
    }
  }
  return finished(kRangeSlot);
}

// One entry that an iterator gave out: it must be there, as it is there, and be new to it.
template <class IndexKind>
std::optional<Mismatch> ModelOn<IndexKind>::produced(std::size_t slot, const Entry& entry) {
  ModelIterator& iterator = iterators_[slot];
  const bool of_other = slot != kRangeSlot && homes_.of(slot) == Home::other;
  Index& index = of_other ? other_ : map_;
  if (entry.key == kNoKey) {
    return iteration(".bytes", "a key of the program", "bytes that are none");
  }
  const std::string got = cat("key ", entry.key, " = ", entry.value);
  bool twice = false;
  std::optional<std::uint64_t> other_value;
  const std::uint64_t end = index_of(entry.key, 0xFFFFFFFF);
  for (auto at = index.lower_bound(index_of(entry.key, 0)); at != index.end() && at->first <= end;
       ++at) {
    ModelEntry& known = entries_[at->second];
    if (known.value != entry.value || known.key != entry.key) {
      other_value = known.value;
    } else if (known.seen[slot] == iterator.stamp) {
      twice = true;
    } else {
      known.seen[slot] = iterator.stamp;
      if (known.birth < iterator.born) {
        --iterator.pending;
      }
      return std::nullopt;
    }
  }
  if (twice) {
    const bool since = emptied_ != iterator.emptied;
    return iteration(since ? ".twice-since-empty" : ".twice", "an entry not yet produced",
                     got + " a second time");
  }
  return iteration(other_value.has_value() ? ".value" : ".removed",
                   other_value.has_value() ? cat("key ", entry.key, " as stored, = ", *other_value)
                                           : "an entry of the map",
                   got);
}

template <class IndexKind>
std::optional<Mismatch> ModelOn<IndexKind>::finished(std::size_t slot) {
  const ModelIterator& iterator = iterators_[slot];
  if (iterator.pending == 0) {
    return std::nullopt;
  }
  const bool of_other = slot != kRangeSlot && homes_.of(slot) == Home::other;
  for (const auto& [key, place] : of_other ? other_ : map_) {
    const ModelEntry& entry = entries_[place];
    if (entry.birth < iterator.born && entry.seen[slot] != iterator.stamp) {
      return iteration(nan(entry.key) ? ".missed-nan" : ".missed",
                       cat(iterator.pending, " more, key ", entry.key, " among them"), "the end");
    }
  }
  return iteration(".missed", cat(iterator.pending, " more entries"), "the end");
}

}  // namespace

std::unique_ptr<Model> make_tree_model() { return std::make_unique<ModelOn<TreeIndex>>(); }
std::unique_ptr<Model> make_flat_model() { return std::make_unique<ModelOn<FlatIndex>>(); }

}  // namespace mapfuzz
