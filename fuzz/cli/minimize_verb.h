// The verb `minimize`: the smallest program that fails alike, or a check that it is that already.
#pragma once

#include <filesystem>
#include <string>

namespace mapfuzz::cli {

struct MinimizeOptions {
  std::filesystem::path file;
  std::string target;
  std::filesystem::path out;  // empty: FILE with .min.ops at its end
  bool check = false;
};

int minimize_verb(const MinimizeOptions& options);

}  // namespace mapfuzz::cli
