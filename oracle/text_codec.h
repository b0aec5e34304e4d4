// The text form of a Program: .ops files, the source of truth of the corpus.
//
// Promises: parse(print(p)) == p for legal programs, and printed text is a fixed point of
// print-after-parse. Broken text is refused with line, column and what was expected.
// Leaves to others: reading and writing files (fuzz/).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "oracle/program.h"

namespace mapfuzz {

// Line and column count from 1.
struct ParseError {
  std::size_t line = 0;
  std::size_t column = 0;
  std::string expected;  // "a number from 0 to 65535", "'='", ...
  std::string found;     // the offending word, or "end of line"
};

struct OpsText {
  Program program;
  std::string comment;  // the comment lines that open the file, joined, without "# "
  std::string target;   // from "# run: target=NAME ...", or empty
};

[[nodiscard]] std::variant<OpsText, ParseError> parse_ops(std::string_view text);
[[nodiscard]] std::string print_ops(const Program& program);
[[nodiscard]] std::string print_operation(const Operation& operation);

// "FILE:LINE:COLUMN: expected ..., found ..."
[[nodiscard]] std::string to_string(const ParseError& error, std::string_view file);

}  // namespace mapfuzz
