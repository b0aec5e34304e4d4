// The CLI: arguments in, one verb called, its exit code out.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <exception>
#include <functional>
#include <string>

#include "fuzz/cli/campaign.h"
#include "fuzz/cli/corpus.h"
#include "fuzz/cli/doctor.h"
#include "fuzz/cli/duration.h"
#include "fuzz/cli/emit.h"
#include "fuzz/cli/explain.h"
#include "fuzz/cli/explore.h"
#include "fuzz/cli/gate.h"
#include "fuzz/cli/minimize_verb.h"
#include "fuzz/cli/place.h"
#include "fuzz/cli/repro.h"
#include "fuzz/cli/stop.h"
#include "fuzz/cli/targets_verb.h"
#include "fuzz/cli/worker.h"
#include "fuzz/cli/worker_main.h"

namespace {

using namespace mapfuzz::cli;  // NOLINT(google-build-using-namespace): this file is their table

using Verb = std::function<int()>;

constexpr const char* kFileHelp = "an .ops file, or a fuzzer's bytes";
constexpr const char* kTargetHelp = "the fuzz target that runs it, where the file does not say";

void add_campaign(CLI::App& app, Verb& chosen) {
  struct Arguments {
    CampaignOptions options;
    std::string time;
  };
  auto arguments = std::make_shared<Arguments>();
  CampaignOptions& options = arguments->options;
  CLI::App* verb = app.add_subcommand("campaign", "fuzz every target for a while, and report");
  verb->add_option("--time", arguments->time, "for each target: 90s, 10m, 2h (60s)");
  verb->add_option("--target", options.targets, "only this one; may be given several times");
  verb->add_option("-j,--jobs", options.jobs, "targets at a time (as many as processors)")
      ->check(CLI::Range(1U, 1024U));
  verb->add_option("--runs", options.runs, "executions of each target, in place of --time")
      ->check(CLI::Range(1L, 1'000'000'000'000L));
  verb->add_option("--seed", options.seed, "libFuzzer's, from 1 (another one each time)")
      ->check(CLI::Range(1U, 0xFFFFFFFFU));
  verb->add_option("--out", options.out, "where units, findings and figures go (build/campaign)");
  verb->add_flag("--empty", options.empty, "start without the seeds of the repository");
  verb->add_flag("--keep-going", options.keep_going, "go on with a target after a finding");
  verb->callback([arguments, &chosen] {
    chosen = [arguments] {
      if (!arguments->time.empty()) {
        arguments->options.time = parse_duration(arguments->time);
      }
      return campaign(arguments->options);
    };
  });
}

void add_gate(CLI::App& app, Verb& chosen) {
  struct Arguments {
    GateOptions options;
    std::string budget;
  };
  auto arguments = std::make_shared<Arguments>();
  GateOptions& options = arguments->options;
  CLI::App* verb =
      app.add_subcommand("gate", "is this tree fit to be merged? Every check there is");
  CLI::Option* budget =
      verb->add_option("--budget", arguments->budget, "for all fuzzing together: 90s, 5m, 2h (5m)");
  verb->add_option("--junit", options.junit, "where the results go as JUnit XML (OUT/junit.xml)");
  verb->add_option("--stage", options.stages, "only this one; may be given several times")
      ->check(CLI::IsMember(gate_stages()));
  verb->add_option("--target", options.targets, "only this one; may be given several times");
  verb->add_option("--campaign", options.campaign,
                   "the units of this campaign, too, must go alike each time they run");
  verb->add_option("-j,--jobs", options.jobs, "at a time (as many as processors)")
      ->check(CLI::Range(1U, 1024U));
  verb->add_option("--runs", options.runs, "executions of each target, in place of --budget")
      ->check(CLI::Range(1L, 1'000'000'000'000L))
      ->excludes(budget);
  verb->add_option("--seed", options.seed, "libFuzzer's, from 1 (another one each time)")
      ->check(CLI::Range(1U, 0xFFFFFFFFU));
  verb->add_option("--out", options.out, "where findings, logs and units go (build/gate)");
  verb->callback([arguments, &chosen] {
    chosen = [arguments] {
      if (!arguments->budget.empty()) {
        arguments->options.budget = parse_duration(arguments->budget);
      }
      return gate(arguments->options);
    };
  });
}

void add_repro(CLI::App& app, Verb& chosen) {
  auto options = std::make_shared<ReproOptions>();
  CLI::App* verb = app.add_subcommand("repro", "run a program once more, and show how it fails");
  verb->add_option("file", options->file, kFileHelp)->required();
  verb->add_option("--target", options->target, kTargetHelp);
  verb->add_option("--times", options->times, "how often (1)")->check(CLI::Range(1, 1'000'000));
  verb->callback([options, &chosen] { chosen = [options] { return repro(*options); }; });
}

void add_explain(CLI::App& app, Verb& chosen) {
  auto options = std::make_shared<ExplainOptions>();
  CLI::App* verb = app.add_subcommand("explain", "tell every step of a program in words");
  verb->add_option("file", options->file, kFileHelp)->required();
  verb->add_option("--target", options->target, kTargetHelp);
  verb->add_option("--at", options->at, "draw the table after this step (the last one)");
  verb->callback([options, &chosen] { chosen = [options] { return explain(*options); }; });
}

void add_emit(CLI::App& app, Verb& chosen) {
  auto options = std::make_shared<EmitOptions>();
  CLI::App* verb =
      app.add_subcommand("emit", "write a program that shows the same on a real Go map");
  verb->add_option("file", options->file, kFileHelp)->required();
  verb->add_option("--as", options->as, "its language: go")
      ->required()
      ->check(CLI::IsMember({"go"}));
  verb->add_option("--target", options->target, kTargetHelp);
  verb->add_option("-o,--out", options->out, "the file to write (stdout)");
  verb->callback([options, &chosen] { chosen = [options] { return emit(*options); }; });
}

void add_minimize(CLI::App& app, Verb& chosen) {
  auto options = std::make_shared<MinimizeOptions>();
  CLI::App* verb =
      app.add_subcommand("minimize", "find the smallest program with the same failure");
  verb->add_option("file", options->file, kFileHelp)->required();
  verb->add_option("--target", options->target, kTargetHelp);
  CLI::Option* out = verb->add_option("-o,--out", options->out, "(FILE.min.ops)");
  verb->add_flag("--check", options->check, "only say whether any one operation could go")
      ->excludes(out);
  verb->callback([options, &chosen] { chosen = [options] { return minimize_verb(*options); }; });
}

void add_explore(CLI::App& app, Verb& chosen) {
  auto options = std::make_shared<ExploreOptions>();
  CLI::App* verb = app.add_subcommand("explore", "run every program of a small scope");
  add_explore_options(*verb, *options);
  verb->callback([options, &chosen] { chosen = [options] { return explore(*options); }; });
}

void add_corpus(CLI::App& app, Verb& chosen) {
  struct Folders {
    std::filesystem::path from;
    std::filesystem::path to;
  };
  auto folders = std::make_shared<Folders>();
  CLI::App* corpus = app.add_subcommand("corpus", "folders of .ops files");
  corpus->require_subcommand(1);
  CLI::App* check = corpus->add_subcommand("check", "every program survives both codecs");
  check->add_option("folder", folders->from)->required();
  check->callback(
      [folders, &chosen] { chosen = [folders] { return corpus_check(folders->from); }; });
  CLI::App* stats = corpus->add_subcommand("stats", "what the programs hold and reach");
  stats->add_option("folder", folders->from)->required();
  stats->callback(
      [folders, &chosen] { chosen = [folders] { return corpus_stats(folders->from); }; });
  CLI::App* build = corpus->add_subcommand("build", "write the programs as a fuzzer's bytes");
  build->add_option("from", folders->from)->required();
  build->add_option("to", folders->to)->required();
  build->callback([folders, &chosen] {
    chosen = [folders] { return corpus_build(folders->from, folders->to); };
  });
}

void add_others(CLI::App& app, Verb& chosen) {
  auto json = std::make_shared<bool>(false);
  CLI::App* targets = app.add_subcommand("targets", "what there is to fuzz");
  targets->add_flag("--json", *json);
  targets->callback([json, &chosen] { chosen = [json] { return targets_verb(*json); }; });
  app.add_subcommand("doctor", "what this machine has, and how to get what it lacks")
      ->callback([&chosen] { chosen = doctor; });
  app.add_subcommand(kWorkerVerb, "runs programs for the other verbs")
      ->group("")  // not in the help
      ->callback([&chosen] { chosen = worker_main; });
}

int run(int argc, char** argv) {
  CLI::App app("mapfuzz: fuzzes a Go-style map and explains what it finds", "mapfuzz");
  app.require_subcommand(1);
  app.footer(
      "exit codes: 0 nothing wrong, 1 a finding, 2 usage or a broken file, 3 environment,\n"
      "            4 did not reproduce, 5 a gate's threshold missed, 130 interrupted");
  Verb chosen;
  add_campaign(app, chosen);
  add_gate(app, chosen);
  add_repro(app, chosen);
  add_explain(app, chosen);
  add_emit(app, chosen);
  add_minimize(app, chosen);
  add_explore(app, chosen);
  add_corpus(app, chosen);
  add_others(app, chosen);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kOk : kUsage;
  }
  return chosen();
}

}  // namespace

int main(int argc, char** argv) {
  try {
    remember_invocation(argc > 0 ? argv[0] : nullptr);
    return run(argc, argv);
  } catch (const Stop& reason) {
    note("{}", reason.what());
    return reason.code();
  } catch (const std::exception& problem) {
    note("{}", problem.what());
    return kEnvironment;
  }
}
