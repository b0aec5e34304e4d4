#include "oracle/test/forge.h"

#include <algorithm>
#include <cctype>
#include <cstring>
#include <utility>

#include "oracle/invariants.h"
#include "oracle/text.h"

namespace mapfuzz {

ForgedBucket ForgedBucket::overflow() const {
  std::byte* next = nullptr;
  std::memcpy(static_cast<void*>(&next), raw_ + geometry_->overflow_offset, sizeof next);
  return {next, geometry_};
}

void ForgedBucket::link(const std::byte* next) const {
  std::memcpy(raw_ + geometry_->overflow_offset, static_cast<const void*>(&next), sizeof next);
}

void ForgedBucket::copy_cell(int cell, ForgedBucket from, int from_cell) const {
  state(cell) = from.state(from_cell);
  std::memmove(key(cell), from.key(from_cell), geometry_->key_size);
  std::memmove(elem(cell), from.elem(from_cell), geometry_->elem_size);
}

void ForgedBucket::swap_cells(int a, int b) const {
  std::swap(state(a), state(b));
  std::swap_ranges(key(a), key(a) + geometry_->key_size, key(b));
  std::swap_ranges(elem(a), elem(a) + geometry_->elem_size, elem(b));
}

void ForgedBucket::wipe_cell(int cell) const {
  state(cell) = 0;
  std::fill_n(key(cell), geometry_->key_size, std::byte{0});
  std::fill_n(elem(cell), geometry_->elem_size, std::byte{0});
}

void TableCopy::keep(Blocks& blocks, const std::byte* from, std::size_t size) {
  if (from == nullptr) {
    return;
  }
  std::vector<std::byte>& block = blocks[from];
  const auto known = blocks_.find(from);
  if (known != blocks_.end() && known->second.size() == size) {
    block = std::move(known->second);
  }
  block.resize(size);
  std::memcpy(block.data(), from, size);
}

std::byte* TableCopy::moved(const std::byte* from) {
  if (from == nullptr) {
    return nullptr;
  }
  const auto after = blocks_.upper_bound(from);
  if (after != blocks_.begin()) {
    auto& [start, block] = *std::prev(after);
    if (from < start + block.size()) {
      return block.data() + (from - start);
    }
  }
  ADD_FAILURE() << "a view points out of what it lists";
  return nullptr;
}

void TableCopy::take(const gomap::TableView& source) {
  const std::size_t size = source.geometry->bucket_size;
  Blocks blocks;
  keep(blocks, source.buckets, source.total * size);
  keep(blocks, source.oldbuckets, source.old_total * size);
  const auto keep_list = [&](const gomap::OverflowList& list, const std::byte* array,
                             std::size_t total) {
    for (const std::byte* bucket : list.buckets) {
      if (bucket < array || bucket >= array + total * size) {
        keep(blocks, bucket, size);
      }
    }
  };
  keep_list(source.overflow, source.buckets, source.total);
  keep_list(source.oldoverflow, source.oldbuckets, source.old_total);
  blocks_ = std::move(blocks);

  view = source;
  view.buckets = moved(source.buckets);
  view.oldbuckets = moved(source.oldbuckets);
  view.next_overflow = moved(source.next_overflow);
  const auto move_list = [&](std::vector<std::byte*>& to, gomap::OverflowList& list) {
    to.clear();
    for (const std::byte* bucket : list.buckets) {
      to.push_back(moved(bucket));
    }
    list.buckets = to;
  };
  move_list(overflow_, view.overflow);
  move_list(oldoverflow_, view.oldoverflow);
  for (auto& [start, block] : blocks_) {
    for (std::size_t at = 0; at < block.size(); at += size) {
      const ForgedBucket bucket(&block[at], view.geometry);
      bucket.link(moved(bucket.overflow().raw()));
    }
  }
}

ForgedBucket TableCopy::walk(const std::byte* base, std::size_t depth) const {
  ForgedBucket bucket(const_cast<std::byte*>(base), view.geometry);
  for (; depth > 0; --depth) {
    bucket = bucket.overflow();
  }
  EXPECT_NE(bucket.raw(), nullptr) << "the chain is shorter than the test takes it for";
  return bucket;
}

ForgedBucket TableCopy::bucket(std::size_t chain, std::size_t depth) const {
  return walk(view.bucket(chain).raw(), depth);
}

ForgedBucket TableCopy::old_bucket(std::size_t chain, std::size_t depth) const {
  return walk(view.old_bucket(chain).raw(), depth);
}

ForgedBucket TableCopy::append_bucket(std::size_t chain) {
  forged_.emplace_back(view.geometry->bucket_size);
  const ForgedBucket fresh(forged_.back().data(), view.geometry);
  ForgedBucket last = bucket(chain);
  while (last.overflow().raw() != nullptr) {
    last = last.overflow();
  }
  last.link(fresh.raw());
  overflow_.push_back(fresh.raw());
  view.overflow.buckets = overflow_;
  ++view.noverflow;
  const std::size_t preallocated = view.total - (std::size_t{1} << view.B);
  view.held_bytes += overflow_.size() > preallocated ? view.geometry->bucket_size : 0;
  if (!view.geometry->has_pointers) {
    view.overflow.exists = true;
    view.has_extra = true;
  }
  return fresh;
}

void TableCopy::mark_old_chain(std::size_t chain, std::uint8_t mark) const {
  for (ForgedBucket bucket = old_bucket(chain); bucket.raw() != nullptr;
       bucket = bucket.overflow()) {
    for (int cell = 0; cell < view.geometry->width; ++cell) {
      bucket.state(cell) = mark;
    }
  }
}

Operation op(OpCode code, std::uint32_t key, std::int64_t value, std::uint8_t slot) {
  Operation operation;
  operation.code = code;
  operation.key = key;
  operation.value = value;
  operation.slot = slot;
  return operation;
}

Program table(KeyKind key, std::uint8_t width, ElemKind elem) {
  Program program;
  program.header.key = key;
  program.header.elem = elem;
  program.header.width = width;
  program.header.hash.kind = HashKind::identity;
  return program;
}

Program with(Program program, std::initializer_list<Operation> operations) {
  program.operations.insert(program.operations.end(), operations.begin(), operations.end());
  return program;
}

Program with_keys(Program program, std::initializer_list<std::uint32_t> keys) {
  for (const std::uint32_t key : keys) {
    program.operations.push_back(op(OpCode::assign, key, key + 1000));
  }
  return program;
}

Program with_keys(Program program, std::uint32_t first, std::uint32_t step, std::uint32_t count) {
  for (std::uint32_t at = 0; at < count; ++at) {
    program = with_keys(std::move(program), {first + at * step});
  }
  return program;
}

Program doubling(KeyKind key) { return with_keys(table(key), 0, 1, 27); }

Program before_same_size(KeyKind key) {
  Program program = table(key);
  program.header.hint = 26;  // four buckets
  program = with_keys(std::move(program), 0, 4, 17);
  for (std::uint32_t at = 0; at < 9; ++at) {
    program.operations.push_back(op(OpCode::erase, at * 8));
  }
  return with_keys(std::move(program), 1, 4, 17);
}

Program same_size(KeyKind key) { return with_keys(before_same_size(key), {2}); }

namespace {

const EngineRow& engine_row(const Header& header) {
  const EngineRow* row = find_engine({header.key, header.elem, header.width});
  if (row == nullptr) {
    ADD_FAILURE() << "no such row in kinds.def";
    std::abort();
  }
  return *row;
}

}  // namespace

Bench::Bench(Program program)
    : engine(engine_row(program.header).make()),
      audit(program.header.key, engine_row(program.header).reader),
      program_(std::move(program)) {
  renumber(program_);
  engine->prepare(program_);
  model->start(program_, true);
  audit.start(program_);
}

void Bench::perform() {
  const Operation& operation = program_.operations[done_];
  const Observation seen = engine->step(done_);
  ++done_;
  EXPECT_EQ(seen.fault, nullptr);
  const auto mismatch = model->judge(operation, seen, true);
  if (mismatch.has_value()) {
    ADD_FAILURE() << mismatch->clause.id << ": " << mismatch->expected << ", got " << mismatch->got;
  }
}

void Bench::run() {
  while (done_ < program_.operations.size()) {
    const std::size_t at = done_;
    const Operation& operation = program_.operations[at];
    before_ = engine->view();
    announce(operation);
    perform();
    const auto violation =
        audit.after(engine->view(), operation, engine->cost(), *model, Outcome::done);
    ASSERT_FALSE(violation.has_value()) << "operation " << at << ": " << told(violation);
  }
  copy.take(engine->view());
}

void Bench::announce(const Operation& operation) {
  audit.before(before_, operation);
  if (operation.code == OpCode::next) {
    // Iterators point into the map, not into a copy.
    audit.before_next(engine->view(), operation.slot, engine->iterator(operation.slot), *model);
  }
}

std::optional<Violation> Bench::step(const Operation& operation, const Damage& damage) {
  program_.operations.push_back(operation);
  program_.operations.back().id = static_cast<std::uint32_t>(done_);
  copy.take(engine->view());
  before_ = copy.view;
  announce(operation);
  perform();
  copy.take(engine->view());
  cost = engine->cost();
  Audit undamaged = audit;
  const auto early = undamaged.after(copy.view, operation, cost, *model, Outcome::done);
  EXPECT_FALSE(early.has_value()) << "before any damage: " << told(early);
  damage();
  return audit.after(copy.view, operation, cost, *model, Outcome::done);
}

std::optional<Violation> Bench::forge(const Operation& operation, const Damage& damage) {
  program_.operations.push_back(operation);
  program_.operations.back().id = static_cast<std::uint32_t>(done_);
  copy.take(engine->view());
  before_ = copy.view;
  announce(operation);
  perform();
  cost = engine->cost();
  damage();
  return audit.after(copy.view, operation, cost, *model, Outcome::done);
}

void Forged::build(Program program) {
  bench_ = std::make_unique<Bench>(std::move(program));
  ASSERT_NO_FATAL_FAILURE(bench_->run());
  const auto violation = bench_->whole();
  ASSERT_FALSE(violation.has_value()) << "before any damage: " << told(violation);
}

void Forged::sees_in_whole() {
  sees(bench().whole());
  copy().take(bench().engine->view());
  const auto violation = bench().whole();
  EXPECT_FALSE(violation.has_value()) << "after the damage was undone: " << told(violation);
}

void Forged::sees(const std::optional<Violation>& violation) {
  const std::string wanted =
      invariant_in_name(::testing::UnitTest::GetInstance()->current_test_info()->name());
  if (!violation.has_value()) {
    FAIL() << "wanted " << wanted;
  }
  EXPECT_EQ(clause_of(violation->invariant).id, wanted) << told(violation);
  EXPECT_NE(violation->expected, violation->got);
  EXPECT_FALSE(violation->expected.empty());
  EXPECT_FALSE(violation->got.empty());
  ++seen_;
}

std::string invariant_in_name(const std::string& test) {
  for (std::size_t at = 0; at < kInvariants; ++at) {
    const std::string id = clause_of(static_cast<Invariant>(at)).id;
    if (test.starts_with(id) && test.size() > id.size() &&
        std::isupper(static_cast<unsigned char>(test[id.size()])) != 0) {
      return id;
    }
  }
  return {};
}

std::string told(const std::optional<Violation>& violation) {
  if (!violation.has_value()) {
    return "nothing";
  }
  return cat(clause_of(violation->invariant).id, " at ", to_string(violation->place), ": expected ",
             violation->expected, ", got ", violation->got);
}

}  // namespace mapfuzz
