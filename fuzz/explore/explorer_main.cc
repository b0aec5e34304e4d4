// The explorer: what `mapfuzz explore` becomes. A program of its own, because the engine is to run
// without sanitizers in it: what it explores are states, and a state of a map is as wrong with as
// without them.
#include <exception>

#include "fuzz/cli/place.h"
#include "fuzz/cli/stop.h"
#include "fuzz/explore/explore_scope.h"

int main(int argc, char** argv) {
  using namespace mapfuzz::cli;  // NOLINT(google-build-using-namespace)
  try {
    remember_invocation(argc > 0 ? argv[0] : nullptr);
    CLI::App app("every program of a scope", "mapfuzz explore");
    ExploreOptions options;
    add_explore_options(app, options);
    try {
      app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
      return app.exit(error) == 0 ? kOk : kUsage;
    }
    return explore_scope(options);
  } catch (const Stop& reason) {
    note("{}", reason.what());
    return reason.code();
  } catch (const std::exception& problem) {
    note("{}", problem.what());
    return kEnvironment;
  }
}
