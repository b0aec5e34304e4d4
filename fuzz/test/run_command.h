// For tests: a command's exit code and what it wrote, and a folder that goes away.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace mapfuzz::cli {

struct CommandResult {
  int code = 0;  // negative: the signal that ended it
  std::string out;
  std::string err;
};

[[nodiscard]] CommandResult run_command(const std::vector<std::string>& command);

// The CLI that this build made.
[[nodiscard]] CommandResult run_cli(const std::vector<std::string>& arguments);

class TempFolder {
 public:
  TempFolder();
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  ~TempFolder();

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  // Writes a file and returns its path.
  std::string file(std::string_view name, std::string_view text) const;

 private:
  std::filesystem::path path_;
};

// A program that fails wherever expectations count: step 3 of 6, "expect expect-len quiet".
inline constexpr std::string_view kFailingProgram =
    "# a length that is not so\n"
    "mapfuzz 1\n"
    "map key=u64 elem=u64\n"
    "assign 1 = 10\n"
    "access2 1\n"
    "assign 2 = 20\n"
    "expect-len 5\n"
    "delete 2\n"
    "len\n";
inline constexpr std::string_view kGoodProgram =
    "# two keys\n"
    "mapfuzz 1\n"
    "map key=u64 elem=u64\n"
    "assign 1 = 10\n"
    "iter a\n"
    "next a\n"
    "delete 1\n"
    "expect-len 0\n";
inline constexpr std::string_view kBrokenProgram =
    "mapfuzz 1\n"
    "map key=u64 elem=u64\n"
    "assign 3 10\n";

}  // namespace mapfuzz::cli
