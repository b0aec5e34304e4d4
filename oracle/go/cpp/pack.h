// A program in the form in which it goes over to the Go side.
#pragma once

#include <vector>

#include "oracle/go/wire.h"
#include "oracle/program.h"

namespace mapfuzz {

// `wire` points into `operations` and lives no longer than it.
void pack(const Program& program, std::vector<WireOperation>& operations, WireProgram& wire);

}  // namespace mapfuzz
