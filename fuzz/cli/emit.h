// The verb `emit`: a test case as a program in another language, which stands alone.
#pragma once

#include <filesystem>
#include <string>

namespace mapfuzz::cli {

struct EmitOptions {
  std::filesystem::path file;
  std::string target;
  std::string as;             // "go"
  std::filesystem::path out;  // empty: stdout
};

int emit(const EmitOptions& options);

}  // namespace mapfuzz::cli
