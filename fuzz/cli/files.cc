#include "fuzz/cli/files.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <system_error>

#include "fuzz/cli/stop.h"

namespace mapfuzz::cli {

namespace fs = std::filesystem;

namespace {

std::string reason(int error) { return std::generic_category().message(error); }

}  // namespace

std::string read_file(const fs::path& path) {
  errno = 0;
  std::ifstream in(path, std::ios::binary);
  if (!in.is_open()) {
    stop(kUsage, "cannot read {}: {}", path.string(), reason(errno));
  }
  std::error_code error;
  if (fs::is_directory(path, error)) {
    stop(kUsage, "cannot read {}: it is a folder", path.string());
  }
  std::string text(std::istreambuf_iterator<char>(in), {});
  if (in.bad()) {
    stop(kUsage, "cannot read {}: {}", path.string(), reason(errno));
  }
  return text;
}

void write_file(const fs::path& path, std::string_view bytes) {
  const fs::path temporary =
      path.parent_path() / fmt::format(".{}.{}.tmp", path.filename().string(), getpid());
  errno = 0;
  {
    std::ofstream out(temporary, std::ios::binary | std::ios::trunc);
    out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    out.close();
    if (!out) {
      const std::string why = reason(errno);
      std::error_code ignored;
      fs::remove(temporary, ignored);
      stop(kEnvironment, "cannot write {}: {}", path.string(), why);
    }
  }
  std::error_code error;
  fs::rename(temporary, path, error);
  if (error) {
    std::error_code ignored;
    fs::remove(temporary, ignored);
    stop(kEnvironment, "cannot write {}: {}", path.string(), error.message());
  }
}

std::vector<fs::path> files_under(const fs::path& root, std::string_view extension) {
  std::vector<fs::path> files;
  std::error_code error;
  for (fs::recursive_directory_iterator at(root, error), end; !error && at != end;
       at.increment(error)) {
    const fs::path& path = at->path();
    const bool hidden = path.filename().string().starts_with('.');
    if (hidden && at->is_directory()) {
      at.disable_recursion_pending();
    }
    if (!hidden && at->is_regular_file() && (extension.empty() || path.extension() == extension)) {
      files.push_back(path);
    }
  }
  if (error) {
    stop(kEnvironment, "cannot read folder {}: {}", root.string(), error.message());
  }
  if (files.empty()) {
    stop(kEnvironment, "folder {} holds no {} file: there is nothing to do", root.string(),
         extension);
  }
  std::sort(files.begin(), files.end());
  return files;
}

void make_folder(const fs::path& path) {
  std::error_code error;
  fs::create_directories(path, error);
  if (error) {
    stop(kEnvironment, "cannot make folder {}: {}", path.string(), error.message());
  }
}

}  // namespace mapfuzz::cli
