// The Go source text that every emitted program carries below its "support:" line.
//
// Promises: words in @...@ are the only ones that depend on the test case (emit_go.cc fills them
// in); what comes out is formatted as gofmt formats.
#pragma once

#include <string_view>

namespace mapfuzz::cli {

// In the order in which a program holds them.
extern const std::string_view kGoSteps;      // the methods that the steps call
extern const std::string_view kGoIterators;  // the same, for iterators
extern const std::string_view kGoPicture;    // what is printed after a step
extern const std::string_view kGoLayout;     // the runtime's structures
extern const std::string_view kGoSetup;      // hash and random draws

}  // namespace mapfuzz::cli
