#include "oracle/go/cpp/go_reference.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gomap/constants.h"
#include "oracle/go/cpp/pack.h"
#include "oracle/go/wire.h"
#include "oracle/reference.h"
#include "oracle/snapshot.h"
#include "oracle/text.h"

namespace mapfuzz {
namespace {

// Far above what the Runner's own budget lets a program do.
constexpr std::uint64_t kGoBudget = 40'000'000;
constexpr std::size_t kFirstEntries = std::size_t{1} << 12U;
constexpr std::size_t kMostEntries = std::size_t{1} << 20U;

GoFlip the_flip;

// Constant texts: fleets sort findings by them.
Clause answer_clause() { return {"go.answer", "an operation answers as in a Go program"}; }
Clause hashes_clause() {
  return {"go.hashes", "keys are hashed as often, and in the order, as in Go"};
}
Clause draws_clause() { return {"go.draws", "random numbers are drawn as often as in Go"}; }
Clause panic_clause() { return {"go.panic", "an operation panics where, and as, Go does"}; }
Clause table_clause() {
  return {"go.table", "header, cells, links and iterators are those of the Go runtime's map"};
}

std::string answer_text(Step step, bool found, std::uint64_t value, std::uint64_t length,
                        const Entry& entry, std::size_t entries) {
  switch (step) {
    case Step::none:
      return "nothing to see";
    case Step::lookup:
      return cat(found ? "found" : "not found", ", value ", value);
    case Step::length:
      return cat("length ", length);
    case Step::entry:
      return cat("entry ", entry.key, " = ", entry.value);
    case Step::end:
      return "the end";
    case Step::closed:
      return "no such iterator";
    case Step::entries:
      return cat(entries, " entries");
  }
  return {};
}

// FNV-1a, as judge/digest.go has it.
std::uint64_t text_digest(std::string_view text) {
  std::uint64_t digest = 0xCBF29CE484222325U;
  for (const char c : text) {
    digest = (digest ^ static_cast<unsigned char>(c)) * 0x100000001B3U;
  }
  return digest;
}

void require_fit() {
  static const bool fit = [] {
    std::array<char, 512> message{};
    if (MapfuzzGoCheck(message.data(), message.size()) == 0) {
      return true;
    }
    std::fprintf(stderr, "mapfuzz: the Go runtime cannot judge: %s\n", message.data());
    constexpr int environment = 3;
    std::exit(environment);
  }();
  (void)fit;
}

class GoReference final : public Reference {
 public:
  GoReference() { require_fit(); }

  void prepare(const Program& program, const EngineRow& row) override {
    row_ = &row;
    pack(program, operations_, wire_);
    steps_.resize(program.operations.size() + 1);
    run(-1);
    // Few programs range over much: the rest get more room, and another run.
    while (trace_.steps_size < steps_.size() && trace_.entries_size == entries_.size() &&
           entries_.size() < kMostEntries) {
      entries_.resize(16 * entries_.size());
      run(-1);
    }
  }

  std::optional<Difference> compare_start(const gomap::TableView& view,
                                          const Implementation& subject) override {
    const Observation nothing;
    return compare_at(0, nothing, view, subject);
  }

  std::optional<Difference> compare(std::size_t step, const Observation& seen,
                                    const gomap::TableView& view,
                                    const Implementation& subject) override {
    return compare_at(step + 1, seen, view, subject);
  }

 private:
  void run(std::int64_t snapshot_at) {
    trace_ = {};
    trace_.steps = steps_.data();
    trace_.entries = entries_.data();
    trace_.entries_capacity = entries_.size();
    trace_.snapshot_at = snapshot_at;
    trace_.words = theirs_.words().data();
    trace_.words_capacity = theirs_.words().size();
    trace_.flip_at = the_flip.step < 0 ? -1 : the_flip.step + 1;
    trace_.flip_word = the_flip.word;
    trace_.flip_bit = the_flip.bit;
    trace_.work_budget = kGoBudget;
    MapfuzzGoRun(&wire_, &trace_);
    if (trace_.steps_size == 0) {
      std::fprintf(stderr, "mapfuzz: the Go side did not run: %s\n", trace_.text);
      std::abort();
    }
  }

  std::optional<Difference> compare_at(std::size_t at, const Observation& seen,
                                       const gomap::TableView& view,
                                       const Implementation& subject) {
    if (at >= trace_.steps_size) {
      return std::nullopt;  // the Go side's budget was used up
    }
    const WireStep& go = steps_[at];
    const StepCost cost = subject.cost();
    if ((go.panicked != 0) != (seen.panic != nullptr)) {
      return Difference{{panic_clause(), go.panicked != 0 ? trace_.text : "no panic",
                         seen.panic != nullptr ? seen.panic : "no panic"},
                        {}};
    }
    if (auto mismatch =
            seen.panic == nullptr ? compare_answers(go, seen) : compare_panics(go, seen)) {
      return Difference{std::move(*mismatch), {}};
    }
    if (go.hash_calls != cost.hash_calls || go.hash_trace != cost.hash_trace) {
      const bool counts = go.hash_calls != cost.hash_calls;
      return Difference{{hashes_clause(), cat(go.hash_calls, " calls"),
                         counts ? cat(cost.hash_calls, " calls")
                                : std::string("as many, of other keys or in another order")},
                        {}};
    }
    if (go.draws != cost.draws) {
      return Difference{{draws_clause(), cat(go.draws, " draws"), cat(cost.draws, " draws")}, {}};
    }
    if (go.digested != 0) {
      ours_.take(view, row_->reader, subject);
      if (ours_.digest() != go.digest) {
        return table_difference(at);
      }
    }
    return std::nullopt;
  }

  // The message of the program's first panic comes over as text, those of others as digests.
  std::optional<Mismatch> compare_panics(const WireStep& go, const Observation& seen) const {
    if (go.value == text_digest(seen.panic)) {
      return std::nullopt;
    }
    const bool told = go.value == text_digest(trace_.text);
    return Mismatch{panic_clause(), told ? trace_.text : "another message", seen.panic};
  }

  std::optional<Mismatch> compare_answers(const WireStep& go, const Observation& seen) const {
    const Entry entry{go.entry_key, go.entry_value};
    const bool same = go.step == static_cast<std::uint8_t>(seen.step) &&
                      (go.found != 0) == seen.found && go.value == seen.value &&
                      go.length == seen.length && entry == seen.entry &&
                      go.entries == seen.entries.size();
    if (!same) {
      return Mismatch{answer_clause(),
                      answer_text(static_cast<Step>(go.step), go.found != 0, go.value, go.length,
                                  entry, go.entries),
                      answer_text(seen.step, seen.found, seen.value, seen.length, seen.entry,
                                  seen.entries.size())};
    }
    for (std::size_t k = 0; k < seen.entries.size(); ++k) {
      const WireEntry& theirs = entries_[go.first_entry + k];
      const Entry& ours = seen.entries[k];
      if (theirs.key != ours.key || theirs.value != ours.value) {
        return Mismatch{answer_clause(), cat("entry ", k, ": ", theirs.key, " = ", theirs.value),
                        cat("entry ", k, ": ", ours.key, " = ", ours.value)};
      }
    }
    return std::nullopt;
  }

  // Runs the Go side once more, for the words behind its digest.
  Difference table_difference(std::size_t at) {
    const bool elems = row_->row.elem != ElemKind::unit;
    theirs_.resize(2 * ours_.words().size() + 4096);
    run(static_cast<std::int64_t>(at));
    theirs_.resize(std::min<std::size_t>(trace_.words_size, theirs_.words().size()));
    const auto ours = std::as_const(ours_).words();
    const auto theirs = std::as_const(theirs_).words();
    const auto [a, b] = std::mismatch(ours.begin(), ours.end(), theirs.begin(), theirs.end());
    const auto first = static_cast<std::size_t>(a - ours.begin());
    Mismatch mismatch{table_clause(), {}, {}};
    if (a == ours.end() && b == theirs.end()) {
      mismatch.expected = "the same words at the next run of the same program";
      mismatch.got = "a digest that this run does not explain";
    } else {
      const bool both = a != ours.end() && b != theirs.end();
      const Snapshot& longer = a == ours.end() ? theirs_ : ours_;
      const std::uint64_t bits = both ? *a ^ *b : ~std::uint64_t{0};
      const auto text = [&](bool there, auto word) {
        return there ? word_text(longer, elems, first, *word, bits) : std::string("nothing");
      };
      mismatch.expected =
          cat(name_of_word(longer, elems, first, bits), ": ", text(b != theirs.end(), b));
      mismatch.got = text(a != ours.end(), a);
    }
    return {std::move(mismatch), side_by_side(ours_, theirs_, elems, "Go")};
  }

  const EngineRow* row_ = nullptr;
  std::vector<WireOperation> operations_;
  WireProgram wire_{};
  WireTrace trace_{};
  std::vector<WireStep> steps_;
  std::vector<WireEntry> entries_ = std::vector<WireEntry>(kFirstEntries);
  Snapshot ours_;
  Snapshot theirs_;
};

[[maybe_unused]] const bool kAdded =
    add_reference([]() -> std::unique_ptr<Reference> { return std::make_unique<GoReference>(); });

}  // namespace

void set_go_flip(const GoFlip& flip) { the_flip = flip; }

}  // namespace mapfuzz
