// Generators of legal Programs for RapidCheck.
//
// Promises: a program is a function of RapidCheck's random and size; it reaches growth of both
// kinds, chains, holes and iterators across growth often enough that 100 successes mean something
// (program_generator_test.cc counts). It does not shrink: judge.h minimises, and keeps the
// signature.
#pragma once

#include <rapidcheck.h>

#include <iosfwd>

#include "oracle/kinds.h"
#include "oracle/program.h"

namespace mapfuzz {

// Of any row of kinds.def, with 10 to 400 operations, more of them with growing size.
[[nodiscard]] rc::Gen<Program> any_program();
[[nodiscard]] rc::Gen<Program> program_of(const Row& row);

// Assigns, updates, deletes and clears alone: what writes to one map and leaves others alone.
[[nodiscard]] rc::Gen<Program> writes_of(const Row& row);

[[nodiscard]] rc::Gen<Row> any_row();
[[nodiscard]] rc::Gen<HashSpec> any_hash();

// What RapidCheck prints of a program.
void showValue(const Program& program, std::ostream& os);  // NOLINT(readability-identifier-naming)
void showValue(const Row& row, std::ostream& os);          // NOLINT(readability-identifier-naming)
void showValue(const HashSpec& hash, std::ostream& os);    // NOLINT(readability-identifier-naming)

// What GoogleTest adds to the name of a test for each row.
void PrintTo(const Row& row, std::ostream* os);

}  // namespace mapfuzz
