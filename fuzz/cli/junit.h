// JUnit XML: what CI services read to show which tests failed.
//
// Promises: what is written is well-formed whatever the texts hold. What XML cannot carry, and what
// is not ASCII, becomes '?'.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mapfuzz::cli {

struct JunitCase {
  std::string name = {};
  double seconds = 0;
  std::string problem = {};  // one line; empty: it passed
  std::string details = {};  // of the problem: the screen that was shown
  bool skipped = false;      // it did not run
};

struct JunitSuite {
  std::string name;
  std::vector<JunitCase> cases;
};

// For the inside of an element or an attribute.
[[nodiscard]] std::string xml_escaped(std::string_view text);

// `foreign`: <testsuite> elements that other tools wrote.
[[nodiscard]] std::string junit_xml(const std::vector<JunitSuite>& suites,
                                    const std::vector<std::string>& foreign);

}  // namespace mapfuzz::cli
