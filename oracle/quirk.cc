#include "oracle/quirk.h"

#include <array>
#include <span>
#include <string_view>

#include "oracle/audit.h"
#include "oracle/kinds.h"
#include "oracle/runner.h"

namespace mapfuzz {
namespace {

constexpr Quirk kQ1{"Q1", "entries that were cleared are produced"};
constexpr Quirk kQ2{"Q2", "an entry is produced twice, by way of the sentinel"};
constexpr Quirk kQ3{"Q3", "entries are produced twice, after a doubling and a same-size growth"};
constexpr Quirk kQ4{"Q4", "NaNs are lost at the end of a same-size growth"};
constexpr Quirk kQ5{"Q5", "entries are lost, or one is repeated, in a bucket that was wiped"};
constexpr Quirk kQ6{"Q6", "the loop panics in a bucket of long keys that was wiped"};
constexpr Quirk kQ7{"Q7", "an entry is produced twice, as the map was empty in between"};

// Of the map since an iterator was opened.
struct Life {
  bool doubling = false;   // was under way
  bool same_size = false;  // growth was under way
  int same_sizes = 0;      // growths that began
  bool cleared = false;
  bool emptied = false;  // by deletes or by a clear
};

// Follows the map, and writes the lives of its iterators.
class Follower {
 public:
  explicit Follower(std::span<Life> lives) : lives_(lives) {}

  void step(const Operation& operation, const gomap::TableView& view) {
    const GrowthPhase phase = phase_of(view);
    const bool regrows = phase == GrowthPhase::same_size &&
                         (phase_ == GrowthPhase::quiet || view.buckets != buckets_);
    for (Life& life : lives_) {
      life.same_sizes += regrows ? 1 : 0;
      if (operation.code == OpCode::iter && &life == &lives_[operation.slot]) {
        life = {};
      }
      life.doubling = life.doubling || phase == GrowthPhase::doubling;
      life.same_size = life.same_size || phase == GrowthPhase::same_size;
      life.emptied = life.emptied || (view.count == 0 && count_ != 0);
      life.cleared = life.cleared || (operation.code == OpCode::clear && count_ != 0);
    }
    phase_ = phase;
    buckets_ = view.buckets;
    count_ = view.count;
  }

 private:
  std::span<Life> lives_;
  GrowthPhase phase_ = GrowthPhase::quiet;
  const std::byte* buckets_ = nullptr;
  std::size_t count_ = 0;
};

std::optional<Quirk> name(std::string_view how, const Life& life, bool plain, KeyKind key) {
  // Wiped are old buckets with pointers, under the second growth that an iterator sees begin.
  const bool wiped = !plain && life.same_sizes >= 2;
  if (how == ".removed" || how == ".value") {
    return life.emptied ? std::optional(kQ1) : std::nullopt;
  }
  if (how == ".twice-since-empty") {
    const bool grew = life.doubling || life.same_size;
    return !life.cleared && life.same_sizes >= 2 ? kQ7 : life.cleared && !grew ? kQ2 : kQ1;
  }
  if (how == ".twice" && life.doubling && life.same_sizes > 0) {
    return kQ3;
  }
  if (how == ".missed-nan" && life.same_size && (!wiped || key == KeyKind::f64)) {
    return kQ4;
  }
  if (how == ".twice" || how == ".missed" || how == ".missed-nan") {
    return wiped ? std::optional(kQ5) : std::nullopt;
  }
  return how == ".panic" && wiped ? std::optional(kQ6) : std::nullopt;
}

}  // namespace

std::optional<Quirk> quirk_of(const Program& program, const RunPlan& plan,
                              const Signature& signature) {
  constexpr std::string_view contract = "I32";
  const std::string_view clause = signature.clause;
  const Program ran = adapted(program, plan);
  const Header& header = ran.header;
  const EngineRow* row = find_engine({header.key, header.elem, header.width});
  if (header.policy != Policy::go_exact || row == nullptr || !plan.peers.empty() ||
      signature.code != OpCode::next || !clause.starts_with(contract)) {
    return std::nullopt;
  }
  std::array<Life, kIteratorSlots> lives;
  Follower follower(lives);
  Runner runner(plan);
  runner.observe(
      [&](const Program& running, std::size_t at, const Observation& /*seen*/,
          const gomap::TableView& view) { follower.step(running.operations[at], view); });
  const Verdict verdict = runner.run(ran);
  if (!verdict.failure.has_value() || signature_of(*verdict.failure) != signature) {
    return std::nullopt;
  }
  return name(clause.substr(contract.size()), lives.at(ran.operations[verdict.failure->step].slot),
              row->reader.plain, header.key);
}

}  // namespace mapfuzz
