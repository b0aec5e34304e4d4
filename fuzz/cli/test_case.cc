#include "fuzz/cli/test_case.h"

#include <fmt/format.h>

#include <algorithm>
#include <system_error>
#include <variant>

#include "fuzz/cli/files.h"
#include "fuzz/cli/place.h"
#include "fuzz/cli/stop.h"
#include "fuzz/plans.h"
#include "oracle/byte_codec.h"

namespace mapfuzz::cli {

namespace fs = std::filesystem;

namespace {

std::string target_names() {
  std::string names;
  for (const RunPlan& plan : all_plans()) {
    names += fmt::format("{}{}", names.empty() ? "" : ", ", plan.name);
  }
  return names;
}

// The word after "target=" in the first line, or nothing.
std::string target_in(std::string_view sidecar) {
  constexpr std::string_view key = "target=";
  const std::string_view line = sidecar.substr(0, sidecar.find('\n'));
  const std::size_t at = line.find(key);
  if (at == std::string_view::npos) {
    return {};
  }
  const std::string_view rest = line.substr(at + key.size());
  return std::string(rest.substr(0, rest.find_first_of(" \r\t")));
}

std::string target_of_bytes(const fs::path& file) {
  const fs::path sidecar = file.string() + ".run";
  std::error_code error;
  if (fs::exists(sidecar, error)) {
    std::string target = target_in(read_file(sidecar));
    if (target.empty()) {
      stop(kUsage, "{}:1:1: expected 'target=NAME'", sidecar.string());
    }
    return target;
  }
  stop(kUsage,
       "{} is bytes, and nothing says which target made it: say --target NAME (one of {}), "
       "or put a line 'target=NAME' into {}",
       file.string(), target_names(), sidecar.string());
}

}  // namespace

void require_target(std::string_view name) {
  if (find_plan(name) == nullptr) {
    stop(kUsage, "there is no target '{}': expected one of {}", name, target_names());
  }
}

OpsText load_ops(const fs::path& file) {
  auto parsed = parse_ops(read_file(file));
  if (const auto* error = std::get_if<ParseError>(&parsed)) {
    throw Stop(kUsage, to_string(*error, file.string()));
  }
  return std::get<OpsText>(std::move(parsed));
}

TestCase load_case(const fs::path& file, const std::string& target) {
  TestCase result;
  result.file = file;
  result.target = target;
  if (file.extension() == ".ops") {
    OpsText ops = load_ops(file);
    result.program = std::move(ops.program);
    result.comment = std::move(ops.comment);
    if (target.empty()) {
      result.target = ops.target;
    }
  } else {
    const std::string bytes = read_file(file);
    if (target.empty()) {
      result.target = target_of_bytes(file);
    }
    result.program = decode(std::vector<std::uint8_t>(bytes.begin(), bytes.end()));
  }
  if (!result.target.empty()) {
    require_target(result.target);
    result.program = adapted(result.program, *find_plan(result.target));
  }
  return result;
}

std::optional<Signature> recorded(const TestCase& test_case) {
  return parse_signature(test_case.comment.substr(0, test_case.comment.find('\n')));
}

std::string run_line(std::string_view target) {
  return fmt::format("target={} revision={} config={}", target, revision(), configuration());
}

std::string ops_file(const Program& program, std::string_view target, std::string_view comment) {
  std::string out;
  while (!comment.empty()) {
    const std::string_view line = comment.substr(0, comment.find('\n'));
    comment.remove_prefix(std::min(comment.size(), line.size() + 1));
    out += fmt::format("# {}\n", line);
  }
  if (!target.empty()) {
    out += fmt::format("# run: {}\n", run_line(target));
  }
  return out + print_ops(program);
}

}  // namespace mapfuzz::cli
