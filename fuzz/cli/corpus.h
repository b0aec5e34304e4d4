// The verbs `corpus check`, `corpus stats` and `corpus build`: folders of .ops files.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "oracle/program.h"

namespace mapfuzz::cli {

struct Seed {
  std::filesystem::path file;
  Program program;
};

// Every .ops file under `folder`. All broken ones are told on stderr before exit 2; exit 3 where
// there is none, or the folder cannot be read.
[[nodiscard]] std::vector<Seed> load_seeds(const std::filesystem::path& folder);

// What a program loses on its way through a codec, in one sentence; empty: nothing.
[[nodiscard]] std::string codec_loss(const Program& program);

// Both codecs keep every program as it is. Exit 1 where one does not.
int corpus_check(const std::filesystem::path& folder);

// What the programs hold and, by running them, which phases they reach.
int corpus_stats(const std::filesystem::path& folder);

// Writes each program's bytes to `to`, under the stem of its name. Nothing where a file is broken.
int corpus_build(const std::filesystem::path& from, const std::filesystem::path& to);

}  // namespace mapfuzz::cli
