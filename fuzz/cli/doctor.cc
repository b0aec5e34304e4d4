#include "fuzz/cli/doctor.h"

#include <fmt/format.h>
#include <unistd.h>

#include <string>
#include <string_view>

#include "fuzz/cli/campaign_folder.h"
#include "fuzz/cli/corpus.h"
#include "fuzz/cli/place.h"
#include "fuzz/cli/process.h"
#include "fuzz/cli/stop.h"
#include "fuzz/cli/targets_verb.h"
#include "fuzz/cli/worker.h"
#include "fuzz/plans.h"

namespace mapfuzz::cli {
namespace {

namespace fs = std::filesystem;

enum class Need : bool { optional, required };

class Checkup {
 public:
  void present(std::string_view what, std::string_view detail) {
    fmt::print("ok       {:<18}{}\n", what, detail);
  }

  void missing(Need need, std::string_view what, std::string_view why, std::string_view fix) {
    fmt::print("{:<9}{:<18}{}; {}\n", need == Need::required ? "MISSING" : "absent", what, why,
               fix);
    missing_ += need == Need::required ? 1 : 0;
  }

  // The first line that `command` prints tells its version.
  void tool(Need need, std::string_view what, const std::vector<std::string>& command,
            std::string_view purpose, std::string_view fix) {
    if (const auto text = capture(command)) {
      present(what, std::string_view(*text).substr(0, text->find('\n')));
    } else {
      missing(need, what, fmt::format("needed {}", purpose), fix);
    }
  }

  [[nodiscard]] int required_missing() const { return missing_; }

 private:
  int missing_ = 0;
};

void check_targets(Checkup& checkup) {
  for (const RunPlan& plan : all_plans()) {
    const fs::path program = fuzzer_path(plan.name);
    if (access(program.c_str(), X_OK) == 0) {
      checkup.present(plan.name, shown(program));
    } else {
      checkup.missing(Need::required, plan.name, fmt::format("no program {}", shown(program)),
                      "build it: ci/mapfuzz targets, or cmake --preset asan && ninja -C build/asan "
                      "all_fuzzers");
    }
  }
}

void check_corpus(Checkup& checkup) {
  const fs::path folder = source_folder() / "corpus";
  try {
    checkup.present("corpus",
                    fmt::format("{} programs under {}", load_seeds(folder).size(), shown(folder)));
  } catch (const Stop& problem) {
    checkup.missing(Need::required, "corpus", problem.what(), "restore it: git checkout corpus");
  }
}

// An empty program, run with everything that a real one needs.
void check_worker(Checkup& checkup) {
  Worker worker;
  const Outcome plain = worker.run({}, Program{});
  if (!plain.ok()) {
    checkup.missing(Need::required, "worker", "an empty program fails",
                    fmt::format("its report:\n{}", plain.report));
    return;
  }
  checkup.present("worker", "runs programs in a process of its own");
  if (configuration() != "asan") {
    checkup.missing(Need::optional, "leak detection", "this is no asan build",
                    "build one: cmake --preset asan");
  } else if (worker.run_with_leaks({}, Program{}).ok() && worker.can_look_for_leaks()) {
    checkup.present("leak detection", "LeakSanitizer works");
  } else {
    checkup.missing(Need::required, "leak detection", "LeakSanitizer fails: it may not ptrace",
                    "give the container CAP_SYS_PTRACE, or set ASAN_OPTIONS=detect_leaks=0");
  }
}

void check_output(Checkup& checkup) {
  const fs::path folder = default_campaign_folder();
  std::error_code error;
  fs::path existing = folder;
  while (!fs::exists(existing, error) && existing.has_parent_path() &&
         existing != existing.parent_path()) {
    existing = existing.parent_path();
  }
  if (access(existing.c_str(), W_OK) == 0) {
    checkup.present("campaign folder", shown(folder));
  } else {
    checkup.missing(Need::required, "campaign folder",
                    fmt::format("cannot write to {}", shown(existing)),
                    "give campaign another one: --out DIR");
  }
}

}  // namespace

int doctor() {
  Checkup checkup;
  constexpr const char* install = "install it: ci/setup";
  checkup.tool(Need::optional, "clang++-19", {"clang++-19", "--version"}, "to build", install);
  checkup.tool(Need::optional, "cmake", {"cmake", "--version"}, "to build", install);
  checkup.tool(Need::optional, "llvm-symbolizer", {"llvm-symbolizer-19", "--version"},
               "for names in sanitizers' stacks", install);
  checkup.tool(Need::optional, "go", {"go", "version"}, "for the Go reference", install);
  checkup.tool(Need::optional, "valgrind", {"valgrind", "--version"}, "for ci/test -L valgrind",
               install);
  checkup.tool(Need::optional, "git", {"git", "--version"}, "to say which revision failed",
               install);
  check_targets(checkup);
  check_corpus(checkup);
  check_worker(checkup);
  check_output(checkup);
  if (checkup.required_missing() > 0) {
    note("{} needed thing(s) missing", checkup.required_missing());
    return kEnvironment;
  }
  return kOk;
}

}  // namespace mapfuzz::cli
