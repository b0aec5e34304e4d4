// The verb `explain`: every step of a program in words, and the table it leads to.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace mapfuzz::cli {

struct ExplainOptions {
  std::filesystem::path file;
  std::string target;
  std::optional<std::size_t> at;  // draw the table after this step; otherwise after the last one
};

int explain(const ExplainOptions& options);

}  // namespace mapfuzz::cli
