// A Program as a stand-alone Go program that performs its operations on a real Go map.
//
// Promises: one file, package main, standard library only, formatted as gofmt formats; it has the
// same keys, values, hash and random draws as the Program, and leads to the same table.
// Leaves to others: the support code below the steps (emit_support.h).
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "oracle/program.h"

namespace mapfuzz::cli {

// What stands in an .ops file above an operation (by its index), line by line.
using OperationNotes = std::map<std::size_t, std::string>;
[[nodiscard]] OperationNotes operation_notes(std::string_view ops_text);

struct GoSource {
  const Program& program;
  std::string comment;  // what it shows
  std::string name;     // of the file it comes from
  OperationNotes notes;
};

// Exit 2 where Go has no such map: its buckets hold 8.
[[nodiscard]] std::string emit_go(const GoSource& source);

}  // namespace mapfuzz::cli
