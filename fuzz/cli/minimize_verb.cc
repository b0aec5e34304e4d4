#include "fuzz/cli/minimize_verb.h"

#include <fmt/format.h>

#include "fuzz/cli/determinism.h"
#include "fuzz/cli/files.h"
#include "fuzz/cli/minimizing.h"
#include "fuzz/cli/place.h"
#include "fuzz/cli/repro.h"
#include "fuzz/cli/stop.h"
#include "fuzz/cli/test_case.h"
#include "fuzz/cli/worker.h"

namespace mapfuzz::cli {

namespace fs = std::filesystem;

namespace {

fs::path default_out(const fs::path& file) {
  const std::string stem =
      file.extension() == ".ops" ? file.stem().string() : file.filename().string();
  return file.parent_path() / (stem + ".min.ops");
}

int check(const TestCase& test_case, const Signature& signature) {
  const auto extra = superfluous(test_case.program, test_case.target, signature);
  const std::size_t steps = test_case.program.operations.size();
  if (extra.empty()) {
    fmt::print("1-minimal: without any one of its {} operations, {} is gone\n", steps,
               to_string(signature));
    return kOk;
  }
  fmt::print("not minimal: {} of {} operations can go one by one, and {} stays:\n", extra.size(),
             steps, to_string(signature));
  for (const std::size_t at : extra) {
    fmt::print("{:>5}  {}\n", at, print_operation(test_case.program.operations[at]));
  }
  return kFinding;
}

}  // namespace

int minimize_verb(const MinimizeOptions& options) {
  const TestCase test_case = load_case(options.file, options.target);
  const auto wanted = recorded(test_case);
  Worker worker;
  const Outcome outcome = run_for(worker, wanted.has_value() ? wanted->clause : "",
                                  test_case.target, test_case.program);
  if (outcome.ok()) {
    fmt::print("{}: 0 of 1 runs failed, there is nothing to keep\n", shown(options.file));
    return kNotReproduced;
  }
  const Signature& signature = outcome.signature;
  if (options.check) {
    return check(test_case, signature);
  }
  const Minimized smallest = minimize_in_worker(test_case.program, test_case.target, signature, {});
  const fs::path out = options.out.empty() ? default_out(options.file) : options.out;
  write_file(out, ops_file(smallest.program, test_case.target, to_string(signature)));
  fmt::print("{} -> {} operations, same failure ({}), {} runs\n{}\nagain       {} repro {}\n",
             test_case.program.operations.size(), smallest.program.operations.size(),
             to_string(signature), smallest.trials, print_ops(smallest.program), self_command(),
             shown(out));
  return kOk;
}

}  // namespace mapfuzz::cli
