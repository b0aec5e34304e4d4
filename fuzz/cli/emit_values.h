// Go source text: the functions that make, name and number the keys and elems of a test case.
#pragma once

#include <string>
#include <string_view>

#include "oracle/program.h"

namespace mapfuzz::cli {

// The function that makes an elem that is an array: Go knows no objects that are counted.
[[nodiscard]] std::string_view array_name(ElemKind elem);

[[nodiscard]] std::string go_values(KeyKind key, ElemKind elem);

}  // namespace mapfuzz::cli
