#include "fuzz/cli/ctest_result.h"

#include <fmt/format.h>

#include <algorithm>

#include "fuzz/cli/junit.h"

namespace mapfuzz::cli {
namespace {

constexpr std::size_t kScreenLines = 40;

// The value of an attribute, from `at` on; `end` becomes the place behind it.
std::string_view attribute(std::string_view text, std::string_view name, std::size_t at,
                           std::size_t& end) {
  const std::string key = fmt::format(" {}=\"", name);
  const std::size_t start = text.find(key, at);
  end = start == std::string_view::npos ? start : text.find('"', start + key.size());
  if (end == std::string_view::npos) {
    return {};
  }
  return text.substr(start + key.size(), end - start - key.size());
}

// "12/34 Test #5: ...", "Start 6: ...", or the sum.
bool is_ctest_line(std::string_view line) {
  line.remove_prefix(std::min(line.size(), line.find_first_not_of(' ')));
  const std::size_t number = line.find_first_not_of("0123456789");
  if (number == 0) {
    return line.starts_with("Start ");
  }
  const std::string_view rest = line.substr(std::min(line.size(), number));
  return rest.starts_with("% tests passed") ||
         (rest.starts_with("/") && rest.find(" Test ") != std::string_view::npos);
}

}  // namespace

CtestResult read_ctest_junit(std::string_view text, std::string_view name) {
  CtestResult result;
  std::size_t at = text.find("<testsuite ");
  std::size_t end = 0;
  if (at == std::string_view::npos || text.find("</testsuite>", at) == std::string_view::npos) {
    return result;
  }
  text.remove_prefix(at);
  const std::string_view theirs = attribute(text, "name", 0, end);
  const auto before = static_cast<std::size_t>(theirs.data() - text.data());
  result.suite = fmt::format("{}{}{}", text.substr(0, before), xml_escaped(name), text.substr(end));
  for (at = text.find("<testcase "); at != std::string_view::npos;
       at = text.find("<testcase ", at)) {
    const std::string_view test = attribute(text, "name", at, end);
    const std::string_view status = attribute(text, "status", at, end);
    if (end == std::string_view::npos) {
      break;
    }
    if (status == "fail") {
      result.failed.emplace_back(test);
    } else {
      ++(status == "run" ? result.passed : result.skipped);
    }
    at = end;
  }
  return result;
}

std::string last_screen(std::string_view text) {
  std::size_t at = text.size();
  for (std::size_t line = 0; line <= kScreenLines && at != std::string_view::npos && at > 0;
       ++line) {
    at = text.rfind('\n', at - 1);
  }
  return std::string(at == std::string_view::npos ? text : text.substr(at + 1));
}

// From the line that says that it failed to the one with which ctest goes on.
std::string failed_output(std::string_view text, std::string_view test) {
  const std::string name = fmt::format(": {} ", test);
  std::string output;
  bool inside = false;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    if (is_ctest_line(line)) {
      if (inside) {
        break;
      }
      inside =
          line.find(name) != std::string_view::npos && line.find("***") != std::string_view::npos;
    }
    if (inside) {
      output += line;
      output += '\n';
    }
  }
  return last_screen(output);
}

std::string clause_in(std::string_view text) {
  constexpr std::string_view mark = "ASSERTION FAILED: oracle[";
  const std::size_t at = text.find(mark);
  if (at == std::string_view::npos) {
    return {};
  }
  const std::string_view rest = text.substr(at + mark.size());
  return std::string(rest.substr(0, rest.find(']')));
}

}  // namespace mapfuzz::cli
