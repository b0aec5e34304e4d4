// Reference: another implementation of the map that is looked into as deep as the subject is: the
// Go runtime. It runs a whole program beforehand and answers step by step.
//
// Leaves to others: when it is asked (runner.h), what the plan makes of its word.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "oracle/implementation.h"
#include "oracle/kinds.h"
#include "oracle/model.h"

namespace mapfuzz {

struct Difference {
  Mismatch mismatch;
  std::string table;  // both tables, or empty where the difference is not in them
};

class Reference {
 public:
  Reference() = default;
  Reference(const Reference&) = delete;
  Reference& operator=(const Reference&) = delete;
  virtual ~Reference() = default;

  // Runs the program; both outlive the run.
  virtual void prepare(const Program& program, const EngineRow& row) = 0;

  // Compares with the subject as it stands after operation `step`, or nothing where alike.
  [[nodiscard]] virtual std::optional<Difference> compare(std::size_t step, const Observation& seen,
                                                          const gomap::TableView& view,
                                                          const Implementation& subject) = 0;

  // The same right after `prepare`.
  [[nodiscard]] virtual std::optional<Difference> compare_start(const gomap::TableView& view,
                                                                const Implementation& subject) = 0;
};

// A program that links a reference makes it known before main; others have none.
using ReferenceMaker = std::unique_ptr<Reference> (*)();
bool add_reference(ReferenceMaker maker);
[[nodiscard]] bool has_reference();
[[nodiscard]] std::unique_ptr<Reference> make_reference();  // null: none is linked

}  // namespace mapfuzz
