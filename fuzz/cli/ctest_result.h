// What ctest leaves behind, read: its JUnit file, and what it shows of a test that failed.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mapfuzz::cli {

struct CtestResult {
  std::string suite;  // its <testsuite>, under a name of ours
  std::uint64_t passed = 0;
  std::uint64_t skipped = 0;
  std::vector<std::string> failed;  // names
};

// Of ctest --output-junit. Nothing passed, skipped or failed where the text is no such file.
[[nodiscard]] CtestResult read_ctest_junit(std::string_view text, std::string_view name);

// The end of what ctest --output-on-failure showed of this test.
[[nodiscard]] std::string failed_output(std::string_view text, std::string_view test);

// The clause that an oracle named in there, or nothing.
[[nodiscard]] std::string clause_in(std::string_view text);

// As much of the end of a text as fits on a screen.
[[nodiscard]] std::string last_screen(std::string_view text);

}  // namespace mapfuzz::cli
