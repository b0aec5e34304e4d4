// A campaign's output folder: layout, lock, and the figures that add up over campaigns.
//
//   TARGET/corpus/     libFuzzer's own, each new unit at once: the next campaign goes on from there
//   TARGET/artifacts/  inputs that ended a run
//   TARGET/log         of the last campaign
//   seeds/             bytes built from the repository's corpus, new in each campaign
//   findings/          minimised programs, named by their signatures
//   state.json         what all campaigns together did
//   states.json        the state coverage table of all of them
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

#include "fuzz/cli/process.h"
#include "fuzz/cli/states.h"

namespace mapfuzz::cli {

// Beside the build trees: build/campaign.
[[nodiscard]] std::filesystem::path default_campaign_folder();

// What a target did so far.
struct Totals {
  std::uint64_t execs = 0;
  std::uint64_t operations = 0;
  std::uint64_t seconds = 0;
  std::uint64_t runs = 0;

  Totals& operator+=(const Totals& other);
};

class CampaignFolder {
 public:
  // Makes and locks it. Exit 3 where another campaign has it, or its state is of a newer format.
  explicit CampaignFolder(std::filesystem::path root);

  [[nodiscard]] const std::filesystem::path& root() const { return root_; }
  [[nodiscard]] std::filesystem::path corpus(const std::string& target) const;
  [[nodiscard]] std::filesystem::path artifacts(const std::string& target) const;
  [[nodiscard]] std::filesystem::path log(const std::string& target) const;
  [[nodiscard]] std::filesystem::path seeds() const { return root_ / "seeds"; }
  [[nodiscard]] std::filesystem::path findings() const { return root_ / "findings"; }

  // Makes the folders of a target.
  void add_target(const std::string& target) const;
  // Makes seeds/ hold the .ops files under `source`, as bytes, and nothing else.
  void build_seeds(const std::filesystem::path& source) const;
  [[nodiscard]] std::size_t units(const std::string& target) const;

  // Before this campaign.
  [[nodiscard]] Totals totals(const std::string& target) const;
  // Writes both with what this campaign did on top.
  void save(const std::map<std::string, Totals>& now, const StateCounts& states) const;
  // Before this campaign, and what it did on top.
  [[nodiscard]] StateCounts states_with(const StateCounts& now) const {
    return sum(states_before_, now);
  }

 private:
  void lock();
  void load();

  std::filesystem::path root_;
  Fd lock_;
  std::map<std::string, Totals> before_;
  StateCounts states_before_;
};

}  // namespace mapfuzz::cli
