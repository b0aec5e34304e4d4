// What `mapfuzz explore` is told. The CLI checks it and starts the explorer, a program of its own
// without sanitizers, which reads the same options again.
#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <string>
#include <vector>

#include "oracle/explore_space.h"

namespace mapfuzz::cli {

struct ExploreOptions {
  std::string scope;
  std::filesystem::path dot;  // empty: no drawing
  std::filesystem::path out;  // empty: build/explore
  bool json = false;
};

inline void add_explore_options(CLI::App& app, ExploreOptions& options) {
  std::vector<std::string> names;
  std::string listed;
  for (const Scope& scope : all_scopes()) {
    names.push_back(scope.name);
    listed += "\n" + scope.name + ": " + scope.about;
  }
  app.add_option("--scope", options.scope, "which programs:" + listed)
      ->required()
      ->check(CLI::IsMember(names));
  app.add_option("--dot", options.dot, "write the diagram of growth phases here, for Graphviz");
  app.add_option("--out", options.out,
                 "where findings and what to go on from are kept (build/explore)");
  app.add_flag("--json", options.json, "the figures as JSON");
}

inline std::vector<std::string> arguments_of(const ExploreOptions& options) {
  std::vector<std::string> arguments = {"--scope", options.scope};
  if (!options.dot.empty()) {
    arguments.insert(arguments.end(), {"--dot", options.dot.string()});
  }
  if (!options.out.empty()) {
    arguments.insert(arguments.end(), {"--out", options.out.string()});
  }
  if (options.json) {
    arguments.emplace_back("--json");
  }
  return arguments;
}

}  // namespace mapfuzz::cli
