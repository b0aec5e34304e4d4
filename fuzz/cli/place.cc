#include "fuzz/cli/place.h"

#include <system_error>

#include "fuzz/cli/process.h"
#include "fuzz/cli/stop.h"

namespace mapfuzz::cli {

namespace fs = std::filesystem;

namespace {

std::string invocation = "mapfuzz";

std::string without_newline(std::string text) {
  while (!text.empty() && text.back() == '\n') {
    text.pop_back();
  }
  return text;
}

}  // namespace

void remember_invocation(const char* argv0) {
  if (argv0 != nullptr && *argv0 != '\0') {
    invocation = argv0;
  }
}

std::string self_command() {
  if (invocation.find('/') == std::string::npos) {
    return invocation;  // found in PATH
  }
  const std::string path = shown(invocation);
  return path.find('/') == std::string::npos ? "./" + path : path;
}

fs::path self_path() {
  std::error_code error;
  fs::path path = fs::read_symlink("/proc/self/exe", error);
  if (error) {
    stop(kEnvironment, "cannot find this program in /proc: {}; is /proc mounted?", error.message());
  }
  return path;
}

fs::path binary_folder() { return self_path().parent_path(); }

fs::path source_folder() { return MAPFUZZ_SOURCE_DIR; }

std::string shown(const fs::path& path) {
  std::error_code error;
  const fs::path here = fs::current_path(error);
  const fs::path whole = fs::absolute(path, error).lexically_normal();
  const std::string relative = whole.lexically_relative(here).string();
  return relative.empty() || relative.size() > whole.string().size() ? whole.string() : relative;
}

std::string revision() {
  const std::string folder = source_folder().string();
  const auto head = capture({"git", "-C", folder, "rev-parse", "--short=12", "HEAD"});
  if (!head.has_value()) {
    return "unknown";
  }
  const auto changes =
      capture({"git", "-C", folder, "status", "--porcelain", "--untracked-files=no"});
  const bool clean = changes.has_value() && changes->empty();
  return without_newline(*head) + (clean ? "" : "-dirty");
}

std::string configuration() {
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
  return "asan";
#elif __has_feature(thread_sanitizer)
  return "tsan";
#elif __has_feature(memory_sanitizer)
  return "msan";
#endif
#endif
  return "plain";
}

}  // namespace mapfuzz::cli
