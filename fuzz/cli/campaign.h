// The verb `campaign`: fuzzes targets for a while, and reports.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

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
};

int campaign(CampaignOptions options);

}  // namespace mapfuzz::cli
