// Where this program is, what it is called, and which sources it was built from.
#pragma once

#include <filesystem>
#include <string>

namespace mapfuzz::cli {

// As the user started it: a command that is printed can be pasted.
void remember_invocation(const char* argv0);
[[nodiscard]] std::string self_command();

[[nodiscard]] std::filesystem::path self_path();      // symbolic links resolved
[[nodiscard]] std::filesystem::path binary_folder();  // where the fuzz targets lie too
[[nodiscard]] std::filesystem::path source_folder();

// Relative to the working folder, where that is the shorter way to say it.
[[nodiscard]] std::string shown(const std::filesystem::path& path);

// For `# run:` lines: the short commit, with "-dirty" or alone "unknown"; and how this was built.
[[nodiscard]] std::string revision();
[[nodiscard]] std::string configuration();

}  // namespace mapfuzz::cli
