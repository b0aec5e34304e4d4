// Leaves out of Go source text what nothing in it uses.
#pragma once

#include <string>
#include <string_view>

namespace mapfuzz::cli {

// Drops top-level functions and methods, with the comments above them, that the rest never calls.
// For text as gofmt formats it, in which a function ends at a line "}" or where it began.
[[nodiscard]] std::string without_unused_functions(std::string_view source);

}  // namespace mapfuzz::cli
