// Models: what a map must answer, kept in ordinary containers, and the iteration contract.
//
// Promises: a model runs the program by itself and judges each observation; of the map under test
// it knows nothing but that. The iteration contract (spec 2.12, I32), for each live iterator: an
// entry there when it was opened must be produced unless removed before; one added since may be;
// one removed, or produced already, must not. A key removed and assigned again is a new entry.
// Leaves to others: the inside of the table (audit.h).
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "oracle/audit.h"
#include "oracle/observation.h"
#include "oracle/program.h"
#include "oracle/verdict.h"

namespace mapfuzz {

struct Mismatch {
  Clause clause;
  std::string expected;
  std::string got;
};

class Model : public Expectation {
 public:
  // `iteration`: judge what iterators produce (not Go's own, which have defects: spec 2.12).
  virtual void start(const Program& program, bool iteration) = 0;

  // Another model in the same state: where it is open which of several orders operations ran in.
  [[nodiscard]] virtual std::unique_ptr<Model> copy() const = 0;

  // Runs the operation in the model and compares. `expectations`: judge expect-... as well.
  [[nodiscard]] virtual std::optional<Mismatch> judge(const Operation& operation,
                                                      const Observation& got,
                                                      bool expectations) = 0;
};

[[nodiscard]] std::unique_ptr<Model> make_tree_model();  // std::map
[[nodiscard]] std::unique_ptr<Model> make_flat_model();  // boost::container::flat_map

}  // namespace mapfuzz
