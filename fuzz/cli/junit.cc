#include "fuzz/cli/junit.h"

#include <fmt/format.h>

namespace mapfuzz::cli {
namespace {

std::string case_xml(const JunitSuite& suite, const JunitCase& one) {
  const std::string out = fmt::format(R"(    <testcase classname="{}" name="{}" time="{:.3f}")",
                                      xml_escaped(suite.name), xml_escaped(one.name), one.seconds);
  if (one.skipped) {
    return out + "><skipped/></testcase>\n";
  }
  if (one.problem.empty()) {
    return out + "/>\n";
  }
  return out + fmt::format(">\n      <failure message=\"{}\">{}</failure>\n    </testcase>\n",
                           xml_escaped(one.problem), xml_escaped(one.details));
}

}  // namespace

std::string xml_escaped(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    const bool printable = (c >= ' ' && c <= '~') || c == '\n' || c == '\t';
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += printable ? c : '?';
    }
  }
  return out;
}

std::string junit_xml(const std::vector<JunitSuite>& suites,
                      const std::vector<std::string>& foreign) {
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n";
  for (const JunitSuite& suite : suites) {
    std::size_t failures = 0;
    std::size_t skipped = 0;
    double seconds = 0;
    std::string cases;
    for (const JunitCase& one : suite.cases) {
      failures += one.problem.empty() ? 0 : 1;
      skipped += one.skipped ? 1 : 0;
      seconds += one.seconds;
      cases += case_xml(suite, one);
    }
    out += fmt::format(
        "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"{}\" "
        "time=\"{:.3f}\">\n{}  </testsuite>\n",
        xml_escaped(suite.name), suite.cases.size(), failures, skipped, seconds, cases);
  }
  for (const std::string& suite : foreign) {
    out += suite;
  }
  return out + "</testsuites>\n";
}

}  // namespace mapfuzz::cli
