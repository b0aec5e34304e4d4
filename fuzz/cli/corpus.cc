#include "fuzz/cli/corpus.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <string_view>
#include <variant>

#include "fuzz/cli/files.h"
#include "fuzz/cli/stop.h"
#include "fuzz/cli/test_case.h"
#include "fuzz/cli/worker.h"
#include "fuzz/mutate_bytes.h"
#include "oracle/byte_codec.h"
#include "oracle/kinds.h"
#include "oracle/text_codec.h"

namespace mapfuzz::cli {

namespace fs = std::filesystem;

std::vector<Seed> load_seeds(const fs::path& folder) {
  std::vector<Seed> seeds;
  std::size_t broken = 0;
  for (const fs::path& file : files_under(folder, ".ops")) {
    try {
      seeds.push_back({file, load_ops(file).program});
    } catch (const Stop& error) {
      fmt::print(stderr, "{}\n", error.what());
      ++broken;
    }
  }
  if (broken > 0) {
    stop(kUsage, "{} of {} files under {} are broken", broken, seeds.size() + broken,
         folder.string());
  }
  return seeds;
}

std::string codec_loss(const Program& program) {
  const std::string text = print_ops(program);
  const auto parsed = parse_ops(text);
  const auto* ops = std::get_if<OpsText>(&parsed);
  if (ops == nullptr) {
    return fmt::format("its printed text does not parse: {}",
                       to_string(std::get<ParseError>(parsed), "text"));
  }
  if (ops->program != program) {
    return "printing and parsing it gives another program";
  }
  if (print_ops(ops->program) != text) {
    return "its printed text is no fixed point of parsing and printing";
  }
  Program repaired = program;
  repair(repaired);
  if (repaired != program) {
    return "repair changes it: a cap cuts it, or it is not legal";
  }
  const auto bytes = encode(program);
  if (decode(bytes) != program) {
    return "encoding and decoding it gives another program";
  }
  if (bytes.size() > kMaxInputBytes) {
    return fmt::format("its {} bytes would be cut to the fuzzer's {}", bytes.size(),
                       kMaxInputBytes);
  }
  return {};
}

int corpus_check(const fs::path& folder) {
  const std::vector<Seed> seeds = load_seeds(folder);
  std::size_t operations = 0;
  std::size_t lossy = 0;
  for (const Seed& seed : seeds) {
    operations += seed.program.operations.size();
    if (const std::string loss = codec_loss(seed.program); !loss.empty()) {
      fmt::print(stderr, "{}: {}\n", seed.file.string(), loss);
      ++lossy;
    }
  }
  if (lossy > 0) {
    fmt::print("{} of {} programs do not survive the codecs\n", lossy, seeds.size());
    return kFinding;
  }
  fmt::print(
      "{} programs, {} operations: parse and print, decode and encode are the identity; "
      "printed text is a fixed point\n",
      seeds.size(), operations);
  return kOk;
}

int corpus_stats(const fs::path& folder) {
  const std::vector<Seed> seeds = load_seeds(folder);
  std::array<std::size_t, kOpCodes> by_code{};
  std::array<std::size_t, 3> by_phase{};
  std::map<std::string, std::size_t> by_row;
  std::size_t operations = 0;
  std::size_t failing = 0;
  Worker worker;
  for (const Seed& seed : seeds) {
    const Header& header = seed.program.header;
    ++by_row[to_string(Row{header.key, header.elem, header.width})];
    for (const Operation& operation : seed.program.operations) {
      ++by_code.at(static_cast<std::size_t>(operation.code));
    }
    operations += seed.program.operations.size();
    const Outcome outcome = worker.run({}, seed.program);
    for (std::size_t phase = 0; phase < by_phase.size(); ++phase) {
      by_phase.at(phase) += outcome.phases >> phase & 1U;
    }
    if (!outcome.ok()) {
      fmt::print(stderr, "{}: fails ({}): try repro\n", seed.file.string(),
                 to_string(outcome.signature));
      ++failing;
    }
  }
  fmt::print("programs    {}\noperations  {}\n\nrow\n", seeds.size(), operations);
  for (const auto& [row, count] : by_row) {
    fmt::print("  {:<24}{:>8}\n", row, count);
  }
  fmt::print("\nphase reached by programs\n");
  for (std::size_t phase = 0; phase < by_phase.size(); ++phase) {
    fmt::print("  {:<24}{:>8}\n", to_string(static_cast<GrowthPhase>(phase)), by_phase.at(phase));
  }
  fmt::print("\noperation\n");
  for (std::size_t code = 0; code < by_code.size(); ++code) {
    fmt::print("  {:<24}{:>8}\n", shape_of(static_cast<OpCode>(code)).name, by_code.at(code));
  }
  return failing > 0 ? kFinding : kOk;
}

int corpus_build(const fs::path& from, const fs::path& to) {
  std::map<std::string, const Seed*> by_name;
  const std::vector<Seed> seeds = load_seeds(from);
  for (const Seed& seed : seeds) {
    const auto [at, is_new] = by_name.emplace(seed.file.stem().string(), &seed);
    if (!is_new) {
      stop(kUsage, "{} and {} would both become {}: rename one", at->second->file.string(),
           seed.file.string(), (to / at->first).string());
    }
  }
  make_folder(to);
  for (const auto& [name, seed] : by_name) {
    const auto bytes = encode(seed->program);
    write_file(to / name, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  }
  fmt::print("{} programs written to {}\n", by_name.size(), to.string());
  return kOk;
}

}  // namespace mapfuzz::cli
