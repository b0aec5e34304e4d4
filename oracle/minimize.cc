#include "oracle/minimize.h"

#include <algorithm>
#include <cstdlib>
#include <set>
#include <utility>

#include "oracle/interleaving.h"

namespace mapfuzz {
namespace {

// Pairs of operations are tried in programs this short: 2,000 trials at most.
constexpr std::size_t kPairsUpTo = 64;
// Other keys that a key may become one with, smallest first.
constexpr std::size_t kMerges = 8;
// Assigns that are worth a literal in their place.
constexpr std::size_t kGathered = 4;

class Minimizer {
 public:
  Minimizer(Program program, const Signature& wanted, const Trial& trial, const Legalize& legalize)
      : best_(std::move(program)), wanted_(wanted), trial_(trial), legalize_(legalize) {}

  // Every change goes one way, towards less and lower, so that this ends. Ever smaller ranges
  // first, from the end: what follows the failing step goes at once.
  MinimizeResult run() {
    for (std::size_t range = best_.operations.size() / 2; range > 1; range /= 2) {
      (void)remove_ranges(range);
    }
    bool simpler = true;
    while (simpler) {
      while (remove_ranges(1)) {
      }
      simpler = gather_assigns();
      simpler = simplify_header() || simpler;
      simpler = lower_keys() || simpler;
      simpler = lower_operands() || simpler;
      simpler = remove_a_pair() || simpler;
    }
    return {std::move(best_), trials_};
  }

 private:
  template <class Change>
  bool attempt(const Change& change) {
    Program candidate = best_;
    change(candidate);
    legalize_(candidate);
    if (candidate == best_) {
      return false;
    }
    ++trials_;
    if (trial_(candidate) != wanted_) {
      return false;
    }
    best_ = std::move(candidate);
    return true;
  }

  static void erase(Program& program, std::size_t begin, std::size_t end) {
    const auto first = program.operations.begin();
    program.operations.erase(first + static_cast<std::ptrdiff_t>(begin),
                             first + static_cast<std::ptrdiff_t>(end));
  }

  bool remove_ranges(std::size_t length) {
    bool removed = false;
    std::size_t end = best_.operations.size();
    while (end > 0) {
      const std::size_t begin = end > length ? end - length : 0;
      removed = attempt([&](Program& candidate) { erase(candidate, begin, end); }) || removed;
      end = std::min(begin, best_.operations.size());
    }
    return removed;
  }

  // An assign and the delete that needs it, for one.
  bool remove_a_pair() {
    const std::size_t size = best_.operations.size();
    if (size > kPairsUpTo) {
      return false;
    }
    for (std::size_t second = size; second-- > 1;) {
      for (std::size_t first = second; first-- > 0;) {
        if (attempt([&](Program& candidate) {
              erase(candidate, second, second + 1);
              erase(candidate, first, first + 1);
            })) {
          return true;
        }
      }
    }
    return false;
  }

  // A run of assigns, but for the last ones: a literal makes as many entries and no growth, which
  // the next new key may start.
  bool gather_assigns() {
    bool simpler = false;
    for (std::size_t end = best_.operations.size(); end > 0;) {
      std::size_t begin = end;
      while (begin > 0 && makes_entries(best_.operations[begin - 1].code)) {
        --begin;
      }
      bool done = false;
      for (std::size_t left = 0; !done && begin + left < end;
           left = std::max<std::size_t>(1, 2 * left)) {
        done = attempt([&](Program& candidate) { gather(candidate, begin, end - left); });
      }
      simpler = done || simpler;
      end = begin == end ? end - 1 : begin;
    }
    return simpler;
  }

  static bool makes_entries(OpCode code) {
    return code == OpCode::assign || code == OpCode::update || code == OpCode::literal;
  }

  static void gather(Program& program, std::size_t begin, std::size_t end) {
    auto& operations = program.operations;
    Operation literal{.code = OpCode::literal,
                      .id = operations[begin].id,
                      .key = operations[begin].key,
                      .draw = {}};
    for (std::size_t at = begin; at < end; ++at) {
      const Operation& gathered = operations[at];
      literal.key = std::min(literal.key, gathered.key);
      literal.value += gathered.code == OpCode::literal ? gathered.value : 1;
    }
    const bool begun = operations[begin].code == OpCode::literal;
    if (end - begin >= (begun ? 2 : kGathered)) {
      operations[begin] = literal;
      erase(program, begin + 1, end);
    }
  }

  bool simplify_header() {
    bool simpler = false;
    const auto try_to = [&](const auto& change) {
      simpler = attempt([&](Program& candidate) { change(candidate.header); }) || simpler;
    };
    try_to([](Header& header) { header.off = 0; });
    try_to([](Header& header) { header.key = KeyKind::u64; });
    try_to([](Header& header) { header.elem = ElemKind::u64; });
    try_to([](Header& header) { header.width = 8; });
    try_to([](Header& header) { header.policy = Policy::sound; });
    try_to([](Header& header) { header.hint = 0; });
    try_to([](Header& header) { header.seed = 0; });
    try_to([](Header& header) { header.hash = {}; });
    for (std::size_t at = best_.header.hash.explicit_hashes.size(); at-- > 0;) {
      try_to([&](Header& header) {
        auto& table = header.hash.explicit_hashes;
        table.erase(table.begin() + static_cast<std::ptrdiff_t>(at));
      });
    }
    return simpler;
  }

  static void rename(Program& program, std::uint32_t from, std::uint32_t to) {
    for (Operation& operation : program.operations) {
      operation.key = operation.key == from ? to : operation.key;
    }
    for (KeyHash& hash : program.header.hash.explicit_hashes) {
      hash.key = hash.key == from ? static_cast<std::uint16_t>(to) : hash.key;
    }
  }

  // From the largest: it becomes one with a smaller key, or the smallest that is not used.
  bool lower_keys() {
    std::set<std::uint32_t> keys;
    for (const Operation& operation : best_.operations) {
      if (shape_of(operation.code).key) {
        keys.insert(operation.key);
      }
    }
    bool simpler = false;
    for (auto largest = keys.rbegin(); largest != keys.rend(); ++largest) {
      const std::uint32_t key = *largest;
      std::uint32_t unused = 0;
      std::size_t merges = 0;
      bool done = false;
      for (auto smaller = keys.begin(); *smaller != key && !done; ++smaller) {
        unused += *smaller == unused ? 1U : 0U;
        if (merges++ < kMerges) {
          done = attempt([&](Program& candidate) { rename(candidate, key, *smaller); });
        }
      }
      if (!done && unused < key) {
        done = attempt([&](Program& candidate) { rename(candidate, key, unused); });
        if (done) {
          keys.insert(unused);
        }
      }
      simpler = done || simpler;
    }
    return simpler;
  }

  // Fewer preemptions, and earlier ones.
  bool lower_schedule(std::size_t at) {
    bool simpler = false;
    const auto try_to = [&](std::size_t which, int points) {
      const bool done = attempt([&](Program& candidate) {
        std::int64_t& value = candidate.operations[at].value;
        auto switches = switches_of(value);
        switches.at(which) = points;
        value = interleaving_of(companion_code(value), switches);
      });
      simpler = done || simpler;
      return done;
    };
    const auto points_of = [&](std::size_t which) {
      return switches_of(best_.operations[at].value).at(which);
    };
    for (std::size_t which = kSwitchesEach; which-- > 0;) {
      const int points = points_of(which);
      if (points == 0 || try_to(which, 0) || points == 1 || try_to(which, 1)) {
        continue;
      }
      while (std::abs(points_of(which)) > 1 && try_to(which, std::abs(points_of(which)) - 1)) {
      }
    }
    return simpler;
  }

  bool lower_operands() {
    bool simpler = false;
    for (std::size_t at = 0; at < best_.operations.size(); ++at) {
      const auto try_to = [&](const auto& change) {
        const bool done = attempt([&](Program& candidate) { change(candidate.operations[at]); });
        simpler = done || simpler;
        return done;
      };
      (void)try_to([](Operation& operation) { operation.draw.reset(); });
      (void)try_to([](Operation& operation) { operation.slot = 0; });
      if (best_.operations[at].code == OpCode::interleave) {
        simpler = lower_schedule(at) || simpler;
      } else if (!try_to([](Operation& operation) { operation.value = 0; })) {
        for (std::int64_t less = best_.operations[at].value / 2; less > 0; less /= 2) {
          while (best_.operations[at].value > less &&
                 try_to([&](Operation& operation) { operation.value -= less; })) {
          }
        }
      }
    }
    return attempt([](Program& candidate) { renumber(candidate); }) || simpler;
  }

  Program best_;
  const Signature& wanted_;
  const Trial& trial_;
  const Legalize& legalize_;
  std::size_t trials_ = 0;
};

}  // namespace

MinimizeResult minimize(const Program& program, const Signature& wanted, const Trial& trial,
                        const Legalize& legalize) {
  return Minimizer(program, wanted, trial, legalize).run();
}

}  // namespace mapfuzz
