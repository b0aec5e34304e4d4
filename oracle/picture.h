// A table as text, bucket by bucket, for reports and `explain`.
#pragma once

#include <string>

#include "gomap/table_view.h"
#include "oracle/invariants.h"
#include "oracle/kinds.h"

namespace mapfuzz {

// One line a bucket, both arrays while growing. The cell at `mark` is pointed out. Long tables are
// cut around it.
[[nodiscard]] std::string picture(const gomap::TableView& view, const CellReader& reader,
                                  const Place& mark = {});

}  // namespace mapfuzz
