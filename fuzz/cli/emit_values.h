// Go source text: the functions that make, name and number the keys and elems of a test case.
#pragma once

#include <string>

#include "oracle/program.h"

namespace mapfuzz::cli {

[[nodiscard]] std::string go_values(KeyKind key, ElemKind elem);

}  // namespace mapfuzz::cli
