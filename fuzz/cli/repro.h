// The verb `repro`: does this program still fail, and how?
#pragma once

#include <filesystem>
#include <string>

#include "oracle/program.h"
#include "oracle/verdict.h"

namespace mapfuzz::cli {

struct ReproOptions {
  std::filesystem::path file;
  std::string target;
  int times = 1;
};

int repro(const ReproOptions& options);

// The defect of Go's own iterators that this failure is, as a line says it (oracle/quirk.h), or
// nothing.
[[nodiscard]] std::string known_as(const std::string& target, const Program& program,
                                   const Signature& signature);

// The lines that tell what can be done with a file next.
[[nodiscard]] std::string next_commands(const std::filesystem::path& file,
                                        const std::string& target_option);

}  // namespace mapfuzz::cli
