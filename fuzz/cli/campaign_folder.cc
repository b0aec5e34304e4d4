#include "fuzz/cli/campaign_folder.h"

#include <fcntl.h>
#include <sys/file.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>
#include <system_error>
#include <utility>

#include "fuzz/cli/corpus.h"
#include "fuzz/cli/files.h"
#include "fuzz/cli/place.h"
#include "fuzz/cli/stop.h"
#include "oracle/byte_codec.h"

namespace mapfuzz::cli {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

constexpr int kFormat = 1;

fs::path state_file(const fs::path& root) { return root / "state.json"; }
fs::path states_file(const fs::path& root) { return root / "states.json"; }

// Nothing where there is no such file, `build` of it otherwise.
template <class Build>
void load_json(const fs::path& path, const Build& build) {
  std::error_code error;
  if (!fs::exists(path, error)) {
    return;
  }
  const auto broken = [&](const char* why) {
    stop(kEnvironment, "{} {}: move it away to begin anew (units and findings stay)", shown(path),
         why);
  };
  try {
    const json stored = json::parse(read_file(path));
    if (stored.at("format") != kFormat) {
      broken("has a format that this build does not know");
    }
    build(stored);
  } catch (const json::exception&) {
    broken("is damaged");
  }
}

}  // namespace

fs::path default_campaign_folder() {
  return (binary_folder() / ".." / ".." / "campaign").lexically_normal();
}

Totals& Totals::operator+=(const Totals& other) {
  execs += other.execs;
  operations += other.operations;
  seconds += other.seconds;
  runs += other.runs;
  return *this;
}

CampaignFolder::CampaignFolder(fs::path root) : root_(std::move(root)) {
  make_folder(root_);
  root_ = fs::canonical(root_);
  make_folder(findings());
  lock();
  load();
}

void CampaignFolder::lock() {
  const fs::path path = root_ / ".lock";
  lock_ = Fd(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666));
  if (!lock_.is_open()) {
    stop(kEnvironment, "cannot write to {}: {}", shown(root_), std::strerror(errno));
  }
  if (flock(lock_.get(), LOCK_EX | LOCK_NB) != 0) {
    stop(kEnvironment, "another campaign runs in {}: wait for it, or say --out DIR", shown(root_));
  }
}

void CampaignFolder::load() {
  load_json(state_file(root_), [&](const json& state) {
    for (const auto& [target, totals] : state.at("targets").items()) {
      before_[target] = {totals.at("execs"), totals.at("operations"), totals.at("seconds"),
                         totals.at("runs")};
    }
  });
  load_json(states_file(root_),
            [&](const json& state) { states_before_ = state_counts(state.at("states")); });
}

fs::path CampaignFolder::corpus(const std::string& target) const {
  return root_ / target / "corpus";
}
fs::path CampaignFolder::artifacts(const std::string& target) const {
  return root_ / target / "artifacts";
}
fs::path CampaignFolder::log(const std::string& target) const { return root_ / target / "log"; }

void CampaignFolder::add_target(const std::string& target) const {
  make_folder(corpus(target));
  make_folder(artifacts(target));
}

// Seeds that have gone from the repository must go from here too, so it starts empty.
void CampaignFolder::build_seeds(const fs::path& source) const {
  const auto programs = load_seeds(source);
  std::error_code error;
  fs::remove_all(seeds(), error);
  make_folder(seeds());
  for (const Seed& seed : programs) {
    const auto bytes = encode(seed.program);
    std::string name = seed.file.lexically_relative(source).replace_extension().string();
    std::replace(name.begin(), name.end(), '/', '-');
    write_file(seeds() / name, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  }
}

std::size_t CampaignFolder::units(const std::string& target) const {
  std::error_code error;
  std::size_t count = 0;
  for (fs::directory_iterator at(corpus(target), error), end; !error && at != end;
       at.increment(error)) {
    ++count;
  }
  return count;
}

Totals CampaignFolder::totals(const std::string& target) const {
  const auto at = before_.find(target);
  return at == before_.end() ? Totals{} : at->second;
}

void CampaignFolder::save(const std::map<std::string, Totals>& now,
                          const StateCounts& states) const {
  std::map<std::string, Totals> all = before_;
  for (const auto& [target, totals] : now) {
    all[target] += totals;
  }
  json state = {{"format", kFormat}, {"targets", json::object()}};
  for (const auto& [target, totals] : all) {
    state["targets"][target] = {{"execs", totals.execs},
                                {"operations", totals.operations},
                                {"seconds", totals.seconds},
                                {"runs", totals.runs}};
  }
  write_file(state_file(root_), state.dump(2) + '\n');
  const json table = {{"format", kFormat}, {"states", state_json(states_with(states))}};
  write_file(states_file(root_), table.dump(2) + '\n');
}

}  // namespace mapfuzz::cli
