// The header fields: what they may be, and how one operation may change them.
#include <algorithm>

#include "gomap/constants.h"
#include "oracle/audit.h"
#include "oracle/text.h"

namespace mapfuzz {

using gomap::TableView;

namespace {

// The largest count that is not over the load factor: our own statement of the rule (spec 2.1).
std::size_t load_limit(int width, std::uint8_t b) {
  const auto w = static_cast<std::size_t>(width);
  return std::max(w, (13 * w << b) / 16);
}

// I17, derived for every width. An insert into a quiet map leaves count <= L(B), the load limit,
// or starts a doubling. While a growth of N old buckets is on, inserts are not tested; it ends
// within N-1 writes (I11b), its first included, and the write that ends it is tested again: so at
// most N-3 inserts after the first go untested. Hence
//   after a doubling:          most(B) = max(L(B), most'(B-1) + 1 + max(0, 2^(B-1) - 3))
//   after a same-size growth:  most'(B) = max(most(B), L(B) + max(0, 2^B - 3))
// At width 8 the first is L(B) alone, since (7.5 + 1) / 2 < 6.5.
std::size_t most_entries(int width, std::uint8_t b, bool after_same_size) {
  const auto untested = [](std::size_t buckets) { return buckets > 3 ? buckets - 3 : 0; };
  std::size_t most = load_limit(width, 0);
  for (std::uint8_t at = 1; at <= b; ++at) {
    const std::size_t before = std::size_t{1} << (at - 1U);
    const std::size_t worst =
        std::max(most, load_limit(width, static_cast<std::uint8_t>(at - 1)) + untested(before));
    most = std::max(load_limit(width, at), worst + 1 + untested(before));
  }
  return after_same_size ? std::max(most, load_limit(width, b) + untested(std::size_t{1} << b))
                         : most;
}

bool too_many(std::uint16_t noverflow, std::uint8_t b) {
  return noverflow >= (1U << std::min<unsigned>(b, 15));
}

// B after an insert that starts a growth. Up to two old buckets move in the same write, and then
// the next growth may be due at once; at width 8 it never is.
std::uint8_t grown_b(int width, std::uint8_t b, std::size_t count) {
  while (count > load_limit(width, b)) {
    ++b;
    if ((std::size_t{1} << b) / 2 > 2) {
      break;
    }
  }
  return b;
}

const char* phase_name(const TableView& view) { return to_string(phase_of(view)); }

}  // namespace

void Audit::check_header(const TableView& view, const Expectation& model) {
  Findings& f = findings_;
  const auto buckets = std::size_t{1} << (view.B & 63U);
  const bool same_size = (view.flags & gomap::kSameSizeGrow) != 0;
  const std::size_t listed = view.overflow.buckets.size();

  if (view.count != model.size()) {
    f.note(Invariant::I1, {}, cat(model.size(), " entries"), cat("count ", view.count));
  }
  if ((view.flags & gomap::kHashWriting) != 0) {
    f.note(Invariant::I2, {}, "hashWriting clear", cat("flags ", view.flags));
  }
  if (view.buckets == nullptr && (view.B != 0 || view.count != 0 || view.growing() ||
                                  view.noverflow != 0 || view.has_extra || view.flags != 0)) {
    f.note(Invariant::I3, {}, "all fields zero, as there are no buckets",
           cat("B ", view.B, ", count ", view.count, ", noverflow ", view.noverflow, ", flags ",
               view.flags));
  }
  if (view.buckets != nullptr && view.total < buckets) {
    f.note(Invariant::I3, {}, cat("an array of at least ", buckets, " buckets"), cat(view.total));
    return;  // nothing may be looked up in it
  }
  if (!holds_its_array_alone(view)) {
    check_held(view);
  }
  if (view.growing() && view.old_total < old_bucket_count(view)) {
    f.note(Invariant::I11, {}, cat("an old array of at least ", old_bucket_count(view)),
           cat(view.old_total, " buckets"));
    return;
  }
  if (view.growing() && view.nevacuate < view.old_readable_from) {
    return;  // check_held has said so, and the bucket at the mark is gone
  }
  if (view.growing()) {
    const std::size_t old_count = old_bucket_count(view);
    const bool capped = old_count > gomap::kEvacuationLookAhead + 1;
    if (interrupted_) {
      if (view.nevacuate >= old_count) {
        f.note(Invariant::I11, {}, cat("a mark from 0 to ", old_count - 1),
               cat("mark ", view.nevacuate));
      }
    } else if (old_count < 4 || view.nevacuate < 1 || view.nevacuate >= old_count) {
      f.note(Invariant::I11, {}, cat("a mark from 1 to ", old_count - 1, " of at least 4"),
             cat("mark ", view.nevacuate, " of ", old_count));
    } else if (!capped && gomap::is_evacuated_mark(view.old_bucket(view.nevacuate).state(0))) {
      f.note(Invariant::I11, {true, static_cast<std::ptrdiff_t>(view.nevacuate)},
             "an unevacuated bucket at the mark", "an evacuated one");
    }
  }
  if (same_size && !view.growing()) {
    f.note(Invariant::I12, {}, "sameSizeGrow clear", "set in a map that does not grow");
  }
  if (!view.growing() && view.oldoverflow.exists) {
    f.note(Invariant::I13, {}, "no old overflow list", "one");
  }
  if (view.geometry->has_pointers && (view.overflow.exists || view.oldoverflow.exists)) {
    f.note(Invariant::I14, {}, "no overflow lists in a map with pointers", "one");
  }
  const auto keeps_list = [&](const gomap::OverflowList& list) {
    return list.exists ? view.has_extra : view.geometry->has_pointers || list.buckets.empty();
  };
  if (!keeps_list(view.overflow) || !keeps_list(view.oldoverflow)) {
    f.note(Invariant::I14, {}, "a list of the overflow buckets in extra", "none");
  }
  if (view.B < 16 && view.noverflow != listed) {
    f.note(Invariant::I15, {}, cat("noverflow ", listed), cat(view.noverflow));
  }
  if (view.geometry->width == 8 && view.B < 16 && view.noverflow > buckets) {
    f.note(Invariant::I16, {}, cat("at most ", buckets), cat("noverflow ", view.noverflow));
  }
  // The load limit, which is quick to tell, is the bound but for narrow widths and busy growths.
  if (view.count > load_limit(view.geometry->width, view.B)) {
    const std::size_t most = most_entries(view.geometry->width, view.B, same_size_since_);
    if (view.count > most) {
      f.note(Invariant::I17, {}, cat("at most ", most), cat("count ", view.count));
    }
  }
  const std::size_t preallocated = view.total > buckets ? view.total - buckets : 0;
  const std::byte* next = nullptr;
  if (view.buckets != nullptr && view.B >= gomap::kPreallocatedFromB && listed < preallocated) {
    next = view.bucket(buckets + listed).raw();
  }
  if (view.next_overflow != next) {
    f.note(Invariant::I18, {},
           next == nullptr ? "no preallocated bucket left" : cat("preallocated bucket ", listed),
           "another nextOverflow");
  } else if (preallocated > 0 && view.B >= gomap::kPreallocatedFromB && !view.has_extra) {
    f.note(Invariant::I18, {}, "extra, for nextOverflow", "none");
  }
  const unsigned iterators = view.flags & (gomap::kIterator | gomap::kOldIterator);
  if (iterators == gomap::kIterator || view.flags > 15) {
    f.note(Invariant::I21, {}, "iterator only together with oldIterator, no bit above 8",
           cat("flags ", view.flags));
  }
}

void Audit::check_transition(const TableView& view, const Operation& operation,
                             const StepCost& cost) {
  const bool empty_before = before_->count == 0;
  if (view.B < before_->B || view.total < before_->total) {
    findings_.note(Invariant::I22, {},
                   cat("no table smaller than B ", before_->B, ", ", before_->total, " buckets"),
                   cat("B ", view.B, ", ", view.total, " buckets"));
  }
  switch (operation.code) {
    case OpCode::assign:
    case OpCode::update:
      check_growth_transition(view, operation);
      break;
    case OpCode::erase:
      if (empty_before) {
        check_unchanged(view, false);
      } else {
        check_growth_transition(view, operation);
      }
      break;
    case OpCode::clear:
      if (empty_before) {
        check_unchanged(view, false);
      } else if (view.B != before_->B || view.buckets != before_->buckets) {
        findings_.note(Invariant::I22, {}, "the same array after a clear", "another");
      } else if ((view.flags & 3U) != (before_->flags & 3U)) {
        findings_.note(Invariant::I21, {}, cat("flags ", before_->flags), cat(view.flags));
      } else if (view.growing() || view.overflow.exists || view.noverflow != 0 ||
                 view.nevacuate != 0) {
        findings_.note(
            Invariant::I29, {}, "growth, overflow list and noverflow gone",
            cat(phase_name(view), ", noverflow ", view.noverflow, ", mark ", view.nevacuate));
      }
      break;
    case OpCode::iter:
    case OpCode::range:
      check_unchanged(view, !empty_before);
      break;
    default:
      check_unchanged(view, false);
      break;
  }
  const bool emptied = !empty_before && view.count == 0 &&
                       (operation.code == OpCode::erase || operation.code == OpCode::clear);
  const std::uint32_t seed = emptied ? cost.last_draw : before_->hash0;
  if (view.hash0 != seed) {
    findings_.note(Invariant::I23, {}, emptied ? "the seed just drawn" : "the same seed",
                   emptied ? "another" : "a new one");
  }
  check_cost(view, operation, cost);
  if ((view.retired_bytes | before_->retired_bytes) != 0 ||
      view.oldbuckets != before_->oldbuckets || view.buckets != before_->buckets) {
    check_retired(view, operation);
  }
}

void Audit::check_unchanged(const TableView& view, bool iterator_opened) {
  const auto flags = static_cast<std::uint8_t>(
      iterator_opened ? before_->flags | gomap::kIterator | gomap::kOldIterator : before_->flags);
  const bool lists = iterator_opened && !view.geometry->has_pointers;
  if (view.flags != flags) {
    findings_.note(Invariant::I21, {}, cat("flags ", flags), cat(view.flags));
  }
  if (view.B != before_->B || view.buckets != before_->buckets) {
    findings_.note(Invariant::I22, {}, "the same array", "another");
  }
  if (view.oldbuckets != before_->oldbuckets || view.nevacuate != before_->nevacuate ||
      view.noverflow != before_->noverflow || view.next_overflow != before_->next_overflow ||
      view.count != before_->count ||
      view.overflow.buckets.size() != before_->overflow.buckets.size() ||
      view.overflow.exists != (before_->overflow.exists || lists) ||
      view.has_extra != (before_->has_extra || lists)) {
    findings_.note(
        Invariant::I29, {}, "a header that this operation leaves alone",
        cat("count ", view.count, ", mark ", view.nevacuate, ", noverflow ", view.noverflow,
            "; before: ", before_->count, ", ", before_->nevacuate, ", ", before_->noverflow));
  }
}

// What one assign or delete may do to the growth: go on with it, end it, start the next.
void Audit::check_growth_transition(const TableView& view, const Operation& operation) {
  Findings& f = findings_;
  const bool started = growth_started(view);
  const bool inserts = view.count > before_->count;
  // A NaN's chain is not known beforehand, and with it how far the mark moves.
  const bool predicted = hash_known_;
  check_flags(view, started);
  if (before_->growing() && started && predicted && !growth_ends_) {
    f.note(Invariant::I24, {}, cat("the ", phase_name(*before_), " growth goes on"),
           "a second growth has started");
    return;
  }
  if (before_->growing() && !started) {
    if (view.growing() && (view.oldbuckets != before_->oldbuckets || view.B != before_->B ||
                           phase_of(view) != phase_of(*before_))) {
      f.note(Invariant::I24, {}, cat("the ", phase_name(*before_), " growth goes on"),
             cat("a ", phase_name(view), " one"));
    } else if (view.growing() && view.nevacuate <= before_->nevacuate) {
      f.note(Invariant::I11b, {}, cat("a mark beyond ", before_->nevacuate),
             cat("mark ", view.nevacuate));
    } else if (predicted && view.growing() && !growth_ends_ && view.nevacuate > predicted_mark_ &&
               next_is_unmoved_ && old_bucket_evacuated(view, predicted_mark_)) {
      f.note(Invariant::I30, {true, static_cast<std::ptrdiff_t>(predicted_mark_)},
             cat("two old buckets moved, and mark ", predicted_mark_),
             cat("a third, and mark ", view.nevacuate));
    } else if (predicted && (view.growing() == growth_ends_ ||
                             (view.growing() && view.nevacuate != predicted_mark_))) {
      f.note(Invariant::I11b, {},
             growth_ends_ ? "the end of the growth" : cat("mark ", predicted_mark_),
             view.growing() ? cat("mark ", view.nevacuate) : "the end of the growth");
    }
  }
  if (!before_->growing()) {
    const bool over = before_->count + 1 > load_limit(view.geometry->width, before_->B);
    const bool holes = too_many(before_->noverflow, before_->B);
    const std::uint8_t b =
        started ? grown_b(view.geometry->width, before_->B, before_->count + 1) : before_->B;
    if (view.B != b || (started && (!inserts || !(over || holes))) ||
        (!started && (view.buckets != before_->buckets && before_->buckets != nullptr))) {
      f.note(Invariant::I22, {}, cat("B ", b, started ? "" : " and the same array"),
             cat("B ", view.B, started ? ", a growth that was not due" : ""));
    }
    if (!started && view.growing()) {
      f.note(Invariant::I24, {}, "no growth", phase_name(view));
    }
    if (inserts && !started && holes) {
      f.note(Invariant::I16, {}, "this insert to start a growth", "none");
    }
  }
  if (before_->overflow.exists && !view.overflow.exists && !started) {
    f.note(Invariant::I14b, {}, "the same overflow list", "none");
  }
  if (operation.code == OpCode::erase && started) {
    f.note(Invariant::I22, {}, "no growth from a delete", "one");
  }
  // One more where the first write may have been interrupted: it is not counted then.
  const std::size_t allowed = old_bucket_count(view) - (interrupted_ ? 0 : 1);
  if (view.growing() && growth_steps_ >= allowed) {
    f.note(Invariant::I11c, {}, cat("the end of the growth within ", allowed, " writes"),
           cat("mark ", view.nevacuate, " of ", old_bucket_count(view), " after write ",
               growth_steps_));
  }
  if (before_->growing() && view.growing() && !started &&
      old_bucket_count(view) <= kCountedOldBuckets) {
    const std::size_t evacuated = evacuated_buckets(view);
    if (evacuated > evacuated_before_ + 2) {
      f.note(Invariant::I30, {}, "at most two old buckets moved",
             cat(evacuated - evacuated_before_));
    }
  }
  if (view.growing() && !beyond_was_evacuated_ && !started) {
    const std::size_t beyond = (next_old_.taken() ? next_old_.index() : before_->nevacuate) + 1;
    if (beyond < old_bucket_count(view) &&
        gomap::is_evacuated_mark(view.old_bucket(beyond).state(0))) {
      f.note(Invariant::I30, {true, static_cast<std::ptrdiff_t>(beyond)}, "two old buckets moved",
             "a third");
    }
  }
}

void Audit::check_flags(const TableView& view, bool started) {
  constexpr unsigned both = gomap::kIterator | gomap::kOldIterator;
  unsigned expected = before_->flags & both;
  if (started) {
    // Each growth passes the flag on; narrow maps may start two in one write (grown_b).
    const bool passed_on = view.B <= before_->B + 1 && (before_->flags & gomap::kIterator) != 0;
    expected = passed_on ? gomap::kOldIterator : 0;
  }
  if ((view.flags & both) != expected) {
    findings_.note(Invariant::I21, {}, cat("iterator flags ", expected), cat(view.flags & both));
  }
}

// Hash calls of a look-up: none by the fast families in a map of one bucket (no two long texts of
// ours look alike), and in an empty map only where hashing might panic.
std::size_t Audit::lookup_hashes() const {
  if (before_->count == 0) {
    return geometry_->hash_might_throw ? 1 : 0;
  }
  return before_->B == 0 && geometry_->family != gomap::KeyFamily::generic ? 0 : 1;
}

// Spec 2.19. Where a growth starts in the operation, only the lower bound is known beforehand.
void Audit::check_cost(const TableView& view, const Operation& operation, const StepCost& cost) {
  const bool doubling = phase_of(*before_) == GrowthPhase::doubling;
  std::size_t moved = 0;
  std::size_t moved_nan = 0;
  const auto count_moved = [&](const ChainCopy& chain) {
    if (!chain.taken() || !doubling) {
      return;
    }
    for (std::size_t depth = 0; depth < chain.buckets(); ++depth) {
      for (int cell = 0; cell < view.geometry->width; ++cell) {
        if (chain.bucket(depth).state(cell) >= gomap::kMinTopHash) {
          ++moved;
          moved_nan += never_equal(key_kind_, chain.key(depth, cell, reader_)) ? 1 : 0;
        }
      }
    }
  };
  const bool nan = never_equal(key_kind_, operation.key);
  std::size_t hashes = 0;
  std::size_t draws = 0;
  bool open_ended = growth_started(view) || view.B >= 16;
  switch (operation.code) {
    case OpCode::assign:
    case OpCode::update:
    case OpCode::erase:
      open_ended = open_ended || (before_->growing() && !hash_known_);
      if (reaches_chain(operation)) {
        count_moved(own_old_);
        count_moved(next_old_);
        hashes = 1 + moved;
        draws = moved_nan + (nan ? 1U : 0U) + (view.count == 0 ? 1U : 0U);
      } else {
        hashes = lookup_hashes();
        draws = hashes > 0 && nan ? 1 : 0;
      }
      break;
    case OpCode::access1:
    case OpCode::access2:
    case OpCode::expect_value:
    case OpCode::expect_absent:
      hashes = lookup_hashes();
      draws = hashes > 0 && nan ? 1 : 0;
      break;
    case OpCode::iter:
      follow_iterator(view, operation);
      open_ended = open_ended || program_->header.policy != Policy::sound;  // steps already
      draws = before_->count > 0 ? 1 : 0;
      break;
    case OpCode::clear:
      draws = before_->count > 0 ? 1 : 0;
      break;
    case OpCode::next:
      if (!next_hashes_.has_value()) {
        return;
      }
      hashes = *next_hashes_;
      break;
    case OpCode::range:
      hashes = range_hashes(view);
      draws = before_->count > 0 ? 1 : 0;
      break;
    case OpCode::copy:
      return;  // the copy may grow, and nobody looks into it
    default:
      break;
  }
  const bool hashes_ok = open_ended ? cost.hash_calls >= hashes : cost.hash_calls == hashes;
  const bool draws_ok = open_ended ? cost.draws >= draws : cost.draws == draws;
  if (!hashes_ok || !draws_ok) {
    findings_.note(Invariant::I33, {}, cat(hashes, " hash calls, ", draws, " draws"),
                   cat(cost.hash_calls, " hash calls, ", cost.draws, " draws"));
  }
}

}  // namespace mapfuzz
