#include "fuzz/cli/explain.h"

#include <fmt/format.h>

#include <cstdio>

#include "fuzz/cli/place.h"
#include "fuzz/cli/stop.h"
#include "fuzz/cli/test_case.h"
#include "fuzz/cli/worker.h"
#include "fuzz/cli/worker_protocol.h"
#include "oracle/kinds.h"

namespace mapfuzz::cli {
namespace {

// "map key=... elem=..." as the file would say it.
std::string header_line(const Program& program) {
  Program empty;
  empty.header = program.header;
  const std::string text = print_ops(empty);
  const std::size_t begin = text.find('\n') + 1;
  return text.substr(begin, text.find('\n', begin) - begin);
}

}  // namespace

int explain(const ExplainOptions& options) {
  const TestCase test_case = load_case(options.file, options.target);
  const std::size_t steps = test_case.program.operations.size();
  if (options.at.has_value() && *options.at >= steps) {
    stop(kUsage, "--at {}: expected a step from 0 to {}, {} has no other", *options.at,
         steps == 0 ? 0 : steps - 1, options.file.string());
  }
  if (!test_case.comment.empty()) {
    fmt::print("{}\n", test_case.comment);
  }
  fmt::print("{}\n{}, {} steps, run as {}\n\n", shown(options.file), header_line(test_case.program),
             steps, test_case.target.empty() ? "its own header says" : test_case.target);

  std::string tables;  // they come between the steps, but read better after them
  const auto show = [&](std::string_view text) {
    if (text.starts_with('\n')) {
      tables += text;
    } else {
      fmt::print("{}", text);
      std::fflush(stdout);
    }
  };
  const auto at = static_cast<std::uint32_t>(options.at.value_or(kNoStep));
  Worker worker;
  const Outcome outcome = worker.explain(test_case.target, test_case.program, at, show);
  if (steps == 0) {
    fmt::print("  (no step)\n");
  }
  fmt::print("{}", tables);
  if (outcome.ok()) {
    fmt::print("no failure\n");
  } else {
    fmt::print("\n{}", outcome.report);
  }
  return kOk;
}

}  // namespace mapfuzz::cli
