// Files and folders, with errors that say which and why.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace mapfuzz::cli {

// Exit 2 where it cannot be read: whoever named it is to be told.
[[nodiscard]] std::string read_file(const std::filesystem::path& path);

// All or nothing: readers see the old file or the whole new one. Exit 3 on failure.
void write_file(const std::filesystem::path& path, std::string_view bytes);

// Every file under `root`, sorted, hidden ones left out; `extension` as ".ops", empty for all.
// Exit 3 where the folder is missing, unreadable or holds none.
[[nodiscard]] std::vector<std::filesystem::path> files_under(const std::filesystem::path& root,
                                                             std::string_view extension);

// Exit 3 on failure.
void make_folder(const std::filesystem::path& path);

}  // namespace mapfuzz::cli
