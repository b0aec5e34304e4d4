// The verb `campaign`: fuzzes targets for a while, and reports.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "fuzz/cli/findings.h"
#include "fuzz/cli/scoreboard.h"

namespace mapfuzz::cli {

struct CampaignOptions {
  std::optional<std::chrono::seconds> time;  // for each target; a minute where `runs` is not given
  std::optional<std::uint64_t> runs;         // executions of each target
  std::optional<std::uint32_t> seed;
  std::vector<std::string> targets;  // empty: all
  unsigned jobs = 0;                 // targets at a time; 0: as many as processors
  std::filesystem::path out;         // empty: build/campaign
  bool empty = false;                // without the repository's seeds
  bool keep_going = false;           // restart a target after a finding
  bool stop_all = false;             // a finding of one target stops them all
  bool quiet = false;  // for another verb: nothing is told but the live lines of a terminal
};

struct CampaignResult {
  std::vector<Score> scores;
  std::vector<Finding> findings;
};

// Interrupts must be caught already (interrupt.h). What was done so far is kept in any case.
[[nodiscard]] CampaignResult run_campaign(CampaignOptions options);

int campaign(CampaignOptions options);

}  // namespace mapfuzz::cli
