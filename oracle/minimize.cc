#include "oracle/minimize.h"

#include <algorithm>
#include <utility>

namespace mapfuzz {
namespace {

class Minimizer {
 public:
  Minimizer(Program program, const Signature& wanted, const Trial& trial)
      : best_(std::move(program)), wanted_(wanted), trial_(trial) {}

  // Ever smaller chunks, from the end: what follows the failing step goes at once. Single
  // operations are tried until a whole pass removes none.
  MinimizeResult run() {
    for (std::size_t chunk = std::max<std::size_t>(best_.operations.size() / 2, 1); chunk > 1;
         chunk /= 2) {
      (void)pass(chunk);
    }
    while (pass(1)) {
    }
    return {std::move(best_), trials_};
  }

 private:
  bool pass(std::size_t chunk) {
    bool removed = false;
    std::size_t end = best_.operations.size();
    while (end > 0) {
      const std::size_t begin = end > chunk ? end - chunk : 0;
      removed = try_without(begin, end) || removed;
      end = std::min(begin, best_.operations.size());
    }
    return removed;
  }

  bool try_without(std::size_t begin, std::size_t end) {
    Program candidate = best_;
    const auto first = candidate.operations.begin();
    candidate.operations.erase(first + static_cast<std::ptrdiff_t>(begin),
                               first + static_cast<std::ptrdiff_t>(end));
    ++trials_;
    if (trial_(candidate) != wanted_) {
      return false;
    }
    best_ = std::move(candidate);
    return true;
  }

  Program best_;
  const Signature& wanted_;
  const Trial& trial_;
  std::size_t trials_ = 0;
};

}  // namespace

MinimizeResult minimize(const Program& program, const Signature& wanted, const Trial& trial) {
  return Minimizer(program, wanted, trial).run();
}

}  // namespace mapfuzz
