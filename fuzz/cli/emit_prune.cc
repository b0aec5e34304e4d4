#include "fuzz/cli/emit_prune.h"

#include <algorithm>
#include <cctype>
#include <vector>

namespace mapfuzz::cli {
namespace {

// A top-level function, or what lies between two of them (no name).
struct Part {
  std::string text;
  std::string code;  // of `text`, what may call others: no comment lines, not the name itself
  std::string name;
  bool method = false;
};

bool in_name(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

// From "func (m *Map) name(..." or "func name(...".
void read_name(std::string_view line, Part& part) {
  line.remove_prefix(std::string_view("func ").size());
  part.method = line.starts_with('(');
  if (part.method) {
    line.remove_prefix(line.find(')') + 2);
  }
  const auto end = std::find_if_not(line.begin(), line.end(), in_name);
  part.name = std::string(line.begin(), end);
  part.code = std::string(end, line.end());
}

std::vector<Part> parts_of(std::string_view source) {
  std::vector<Part> parts(1);
  std::string comment;  // above what comes next
  bool inside = false;
  while (!source.empty()) {
    const std::string_view line = source.substr(0, source.find('\n'));
    source.remove_prefix(std::min(line.size() + 1, source.size()));
    const bool starts = !inside && line.starts_with("func ");
    if (!inside && line.starts_with("//")) {
      comment += std::string(line) + '\n';
      continue;
    }
    if (starts || (!inside && !parts.back().name.empty() && !line.empty())) {
      parts.emplace_back();
    }
    Part& part = parts.back();
    part.text += comment + std::string(line) + '\n';
    comment.clear();
    if (starts) {
      read_name(line, part);
      inside = !line.ends_with('}');
      continue;
    }
    const std::size_t first = line.find_first_not_of('\t');
    if (first != std::string_view::npos && !line.substr(first).starts_with("//")) {
      part.code += std::string(line) + '\n';
    }
    inside = inside && line != "}";
  }
  parts.back().text += comment;
  return parts;
}

bool calls(std::string_view code, const Part& part) {
  for (std::size_t at = code.find(part.name); at != std::string_view::npos;
       at = code.find(part.name, at + 1)) {
    const char before = at == 0 ? ' ' : code[at - 1];
    const std::size_t end = at + part.name.size();
    const char after = end < code.size() ? code[end] : ' ';
    const bool whole = part.method ? before == '.' : before != '.' && !in_name(before);
    if (whole && (after == '(' || (after == ')' && !part.method))) {
      return true;
    }
  }
  return false;
}

bool is_used(const std::vector<Part>& parts, const Part& part) {
  return part.name.empty() || part.name == "main" || part.name == "String" ||  // fmt calls String
         std::any_of(parts.begin(), parts.end(),
                     [&](const Part& other) { return &other != &part && calls(other.code, part); });
}

}  // namespace

std::string without_unused_functions(std::string_view source) {
  std::vector<Part> parts = parts_of(source);
  for (bool more = true; more;) {
    more = false;
    for (std::size_t at = 0; at < parts.size(); ++at) {
      if (!is_used(parts, parts[at])) {
        parts.erase(parts.begin() + static_cast<std::ptrdiff_t>(at));
        more = true;
        break;
      }
    }
  }
  std::string out;
  for (const Part& part : parts) {
    out += part.text;
  }
  return out;
}

}  // namespace mapfuzz::cli
