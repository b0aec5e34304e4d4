// Acts: histories of writes to a map of any type, for properties on typed maps.
//
// A single write drawn at a time fills small tables and drains them again. An act is a run of them:
// enough keys to double a table, or a pile of overflow buckets with holes in it, which starts a
// same-size growth where the hash clumps. Keys are small numbers; a typed map makes keys of them
// (typed_maps.h).
//
// Promises: what is generated reaches both growths, holes and chains (acts_test.cc counts).
// RapidCheck shrinks histories itself: acts go, numbers get smaller.
#pragma once

#include <rapidcheck.h>

#include <cstdint>
#include <ostream>
#include <vector>

namespace mapfuzz {

enum class Verb : std::uint8_t { assign, erase, clear };

struct Write {
  Verb verb = Verb::assign;
  unsigned key = 0;
  int value = 0;
};

enum class ActKind : std::uint8_t { fill, drain, piles, clear };

// The keys first, first + stride, ..., `length` of them: assigned (fill), or erased (drain). Piles:
// assigned and, but for as many as `kept`, erased again; the same from first + 1, and from first
// + 2.
struct Act {
  ActKind kind = ActKind::fill;
  unsigned first = 0;
  unsigned stride = 1;
  unsigned length = 0;
  unsigned kept = 0;
  int value = 1;
};
using Acts = std::vector<Act>;

// Calls visit(Write) for every write of the history.
template <class Visit>
void for_each_write(const Acts& acts, Visit visit) {
  for (const Act& act : acts) {
    if (act.kind == ActKind::clear) {
      visit(Write{.verb = Verb::clear});
      continue;
    }
    const unsigned last = act.first + (act.kind == ActKind::piles ? 2 : 0);
    for (unsigned first = act.first; first <= last; ++first) {
      for (unsigned n = 0; act.kind != ActKind::drain && n < act.length; ++n) {
        visit(Write{Verb::assign, first + n * act.stride, act.value + static_cast<int>(n)});
      }
      for (unsigned n = act.kept; act.kind != ActKind::fill && n < act.length; ++n) {
        visit(Write{Verb::erase, first + n * act.stride, 0});
      }
    }
  }
}

inline rc::Gen<Act> any_act() {
  using rc::gen::element;
  using rc::gen::inRange;
  using rc::gen::set;
  constexpr int full = 100;  // the ranges below are meant as they stand, whatever the size
  return rc::gen::resize(
      full,
      rc::gen::build<Act>(set(&Act::kind, rc::gen::weightedElement<ActKind>({{8, ActKind::fill},
                                                                             {5, ActKind::drain},
                                                                             {8, ActKind::piles},
                                                                             {1, ActKind::clear}})),
                          set(&Act::first, inRange(0U, 64U)),
                          set(&Act::stride, element(1U, 1U, 2U, 4U, 8U, 16U)),
                          set(&Act::length, inRange(1U, 64U)), set(&Act::kept, inRange(0U, 4U)),
                          set(&Act::value, inRange(1, 1000))));
}

// Up to twenty-five acts, some thousand writes at most.
inline rc::Gen<Acts> any_acts() {
  return rc::gen::scale(0.25, rc::gen::container<Acts>(any_act()));
}

// What RapidCheck prints of them.
inline void showValue(const Act& act, std::ostream& os) {  // NOLINT(readability-identifier-naming)
  if (act.kind == ActKind::clear) {
    os << "clear";
    return;
  }
  constexpr const char* names[] = {"fill", "drain", "piles of"};
  os << names[static_cast<int>(act.kind)] << ' ' << act.length << " keys from " << act.first
     << " by " << act.stride << ", values from " << act.value;
  if (act.kind != ActKind::fill) {
    os << ", but " << act.kept << " stay";
  }
}

}  // namespace mapfuzz
