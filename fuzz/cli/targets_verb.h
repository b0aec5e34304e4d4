// The verb `targets`: what there is to fuzz.
#pragma once

#include <filesystem>
#include <string_view>

namespace mapfuzz::cli {

int targets_verb(bool json);

// The program that libFuzzer made of a target.
[[nodiscard]] std::filesystem::path fuzzer_path(std::string_view target);

}  // namespace mapfuzz::cli
