// main of NAME_replay: runs files through the body of fuzz target NAME, without a fuzzing engine.
//
//   NAME_replay [--] FILE-OR-FOLDER...
//
// `.ops` files run as this target runs them and, unless a `# run:` line ties them to a target,
// under their own header too; expectations count wherever the program runs as it was written.
// Other files are a fuzzer's bytes. Exit 0: all passed; 1: a failure; 2: a broken file;
// 3: nothing to replay.
#include <dirent.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "fuzz/plans.h"
#include "fuzz/target.h"
#include "gomap/poison.h"
#include "oracle/text_codec.h"

namespace {

using mapfuzz::Program;

constexpr int kFailures = 1;
constexpr int kBrokenFile = 2;
constexpr int kNothing = 3;

struct Tally {
  std::size_t programs = 0;
  std::size_t operations = 0;
  std::size_t failures = 0;
  std::size_t broken = 0;
};

// Files by way of libc, whose calls MSan knows; std::filesystem and streams write in libstdc++.

// False where the folder is unreadable; hidden entries are left out.
bool walk(const std::string& folder, std::vector<std::string>& files) {
  const std::unique_ptr<DIR, int (*)(DIR*)> dir(opendir(folder.c_str()), closedir);
  if (dir == nullptr) {
    std::fprintf(stderr, "replay: cannot read %s: %s\n", folder.c_str(), std::strerror(errno));
    return false;
  }
  while (const dirent* entry = readdir(dir.get())) {
    if (entry->d_name[0] == '.') {
      continue;
    }
    const std::string path = folder + '/' + entry->d_name;
    struct stat about{};
    if (stat(path.c_str(), &about) != 0) {
      std::fprintf(stderr, "replay: cannot read %s: %s\n", path.c_str(), std::strerror(errno));
      return false;
    }
    if (S_ISREG(about.st_mode)) {
      files.push_back(path);
    } else if (S_ISDIR(about.st_mode) && !walk(path, files)) {
      return false;
    }
  }
  return true;
}

// False, with a message, where a folder is unreadable or holds no file at all.
bool collect(const std::string& root, std::vector<std::string>& files) {
  struct stat about{};
  if (stat(root.c_str(), &about) != 0 || !S_ISDIR(about.st_mode)) {
    files.push_back(root);
    return true;
  }
  const std::size_t before = files.size();
  if (!walk(root, files)) {
    return false;
  }
  if (files.size() == before) {
    std::fprintf(stderr, "replay: %s holds no file: nothing would be replayed\n", root.c_str());
    return false;
  }
  return true;
}

std::optional<std::string> read(const std::string& path) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"),
                                                             std::fclose);
  if (file == nullptr) {
    return std::nullopt;
  }
  std::string text;
  std::array<char, 4096> buffer;
  while (const std::size_t size = std::fread(buffer.data(), 1, buffer.size(), file.get())) {
    text.append(buffer.data(), size);
  }
  if (std::ferror(file.get()) != 0) {
    return std::nullopt;  // a folder, which opens and then fails to read
  }
  return text;
}

void judge(const mapfuzz::Verdict& verdict, const Program& program, const std::string& path,
           std::string_view how, Tally& tally) {
  tally.operations += verdict.steps;
  if (verdict.failure.has_value()) {
    ++tally.failures;
    std::fprintf(stderr, "%s, %s:\n", path.c_str(), std::string(how).c_str());
    mapfuzz::print_failure(program, *verdict.failure);
  }
}

void replay_ops(const std::string& path, std::string_view text, Tally& tally) {
  const auto parsed = mapfuzz::parse_ops(text);
  if (const auto* error = std::get_if<mapfuzz::ParseError>(&parsed)) {
    std::fprintf(stderr, "%s\n", to_string(*error, path).c_str());
    ++tally.broken;
    return;
  }
  const auto& ops = std::get<mapfuzz::OpsText>(parsed);
  ++tally.programs;
  // Not under MSan: the judges of a program's own header are not for it (plans.cc).
  if (ops.target.empty() && !gomap::kUnderMsan) {
    mapfuzz::Runner runner(replay_plan(ops.program));
    judge(runner.run(ops.program), ops.program, path, "under its own header", tally);
  }
  mapfuzz::RunPlan plan = mapfuzz::target_plan();
  const Program program = adapted(ops.program, plan);
  // What is expected of buckets is expected at one width.
  plan.expectations = program == ops.program && plan.widths.size() == 1;
  mapfuzz::Runner runner(plan);
  judge(runner.run(program), program, path, plan.name, tally);
}

void replay_bytes(const std::string& path, std::string_view bytes, mapfuzz::Runner& runner,
                  Tally& tally) {
  ++tally.programs;
  const std::vector<std::uint8_t> data(bytes.begin(), bytes.end());
  Program program;
  const mapfuzz::Verdict verdict = run_bytes(runner, data, program);
  judge(verdict, program, path, runner.plan().name, tally);
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::string> files;
  bool readable = true;
  for (int at = 1; at < argc; ++at) {
    if (at == 1 && std::string_view(argv[at]) == "--") {
      continue;
    }
    readable = collect(argv[at], files) && readable;
  }
  if (!readable) {
    return kNothing;
  }
  if (files.empty()) {
    std::fprintf(stderr, "replay: no file given: nothing would be replayed\nusage: %s PATH...\n",
                 argv[0]);
    return kNothing;
  }
  std::sort(files.begin(), files.end());

  Tally tally;
  mapfuzz::Runner runner(mapfuzz::target_plan());
  for (const std::string& path : files) {
    const std::optional<std::string> content = read(path);
    if (!content.has_value()) {
      std::fprintf(stderr, "replay: cannot read %s\n", path.c_str());
      return kNothing;
    }
    mapfuzz::name_input(path.c_str());
    if (path.ends_with(".ops")) {
      replay_ops(path, *content, tally);
    } else {
      replay_bytes(path, *content, runner, tally);
    }
  }
  std::printf("replayed %zu programs, %zu operations, %zu failures\n", tally.programs,
              tally.operations, tally.failures);
  if (tally.failures > 0) {
    return kFailures;
  }
  return tally.broken > 0 ? kBrokenFile : 0;
}
