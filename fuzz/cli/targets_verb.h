// The verb `targets`: what there is to fuzz.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace mapfuzz::cli {

int targets_verb(bool json);

// These targets, or, if there are none, all but those on request: each of them once, in the order
// of the plans. Stops at a name that is no target's.
[[nodiscard]] std::vector<std::string> in_order_of_plans(const std::vector<std::string>& targets);

// The program that libFuzzer made of a target.
[[nodiscard]] std::filesystem::path fuzzer_path(std::string_view target);

}  // namespace mapfuzz::cli
