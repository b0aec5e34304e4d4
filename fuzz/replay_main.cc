// main of NAME_replay: runs files through the body of fuzz target NAME, without a fuzzing engine.
//
//   NAME_replay [--] FILE-OR-FOLDER...
//
// `.ops` files run as this target runs them and, unless a `# run:` line ties them to a target,
// under their own header too; expectations count wherever the program runs as it was written.
// Other files are a fuzzer's bytes. Exit 0: all passed; 1: a failure; 2: a broken file;
// 3: nothing to replay.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <variant>
#include <vector>

#include "fuzz/plans.h"
#include "fuzz/target.h"
#include "oracle/text_codec.h"

namespace {

namespace fs = std::filesystem;
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

bool is_hidden(const fs::path& path) { return path.filename().string().starts_with('.'); }

// False, with a message, where a folder is unreadable or holds no file at all.
bool collect(const fs::path& root, std::vector<fs::path>& files) {
  std::error_code error;
  if (!fs::is_directory(root, error)) {
    files.push_back(root);
    return true;
  }
  const std::size_t before = files.size();
  for (fs::recursive_directory_iterator at(root, error), end; !error && at != end;
       at.increment(error)) {
    if (at->is_regular_file() && !is_hidden(at->path())) {
      files.push_back(at->path());
    }
  }
  if (error) {
    std::fprintf(stderr, "replay: cannot read %s: %s\n", root.c_str(), error.message().c_str());
    return false;
  }
  if (files.size() == before) {
    std::fprintf(stderr, "replay: %s holds no file: nothing would be replayed\n", root.c_str());
    return false;
  }
  return true;
}

std::optional<std::string> read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::string text(std::istreambuf_iterator<char>(in), {});
  // Also for a folder: it opens, and then fails to read.
  if (!in.is_open() || in.bad()) {
    return std::nullopt;
  }
  return text;
}

void judge(const mapfuzz::Verdict& verdict, const Program& program, const fs::path& path,
           std::string_view how, Tally& tally) {
  tally.operations += verdict.steps;
  if (verdict.failure.has_value()) {
    ++tally.failures;
    std::fprintf(stderr, "%s, %s:\n", path.c_str(), std::string(how).c_str());
    mapfuzz::print_failure(program, *verdict.failure);
  }
}

void replay_ops(const fs::path& path, std::string_view text, Tally& tally) {
  const auto parsed = mapfuzz::parse_ops(text);
  if (const auto* error = std::get_if<mapfuzz::ParseError>(&parsed)) {
    std::fprintf(stderr, "%s\n", to_string(*error, path.string()).c_str());
    ++tally.broken;
    return;
  }
  const auto& ops = std::get<mapfuzz::OpsText>(parsed);
  ++tally.programs;
  if (ops.target.empty()) {
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

void replay_bytes(const fs::path& path, std::string_view bytes, mapfuzz::Runner& runner,
                  Tally& tally) {
  ++tally.programs;
  const std::vector<std::uint8_t> data(bytes.begin(), bytes.end());
  Program program;
  const mapfuzz::Verdict verdict = run_bytes(runner, data, program);
  judge(verdict, program, path, runner.plan().name, tally);
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<fs::path> files;
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
  for (const fs::path& path : files) {
    const std::optional<std::string> content = read(path);
    if (!content.has_value()) {
      std::fprintf(stderr, "replay: cannot read %s\n", path.c_str());
      return kNothing;
    }
    mapfuzz::name_input(path.c_str());
    if (path.extension() == ".ops") {
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
