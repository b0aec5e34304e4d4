// The verb `repro`: does this program still fail, and how?
#pragma once

#include <filesystem>
#include <string>

namespace mapfuzz::cli {

struct ReproOptions {
  std::filesystem::path file;
  std::string target;
  int times = 1;
};

int repro(const ReproOptions& options);

// The lines that tell what can be done with a file next.
[[nodiscard]] std::string next_commands(const std::filesystem::path& file,
                                        const std::string& target_option);

}  // namespace mapfuzz::cli
