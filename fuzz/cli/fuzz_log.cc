#include "fuzz/cli/fuzz_log.h"

#include <cctype>
#include <charconv>
#include <filesystem>

namespace mapfuzz::cli {
namespace {

constexpr std::size_t kMostWords = 256 * 1024;

// The number after `label`, or `otherwise`.
std::uint64_t number_after(std::string_view text, std::string_view label, std::uint64_t otherwise) {
  const std::size_t at = text.find(label);
  if (at == std::string_view::npos) {
    return otherwise;
  }
  const std::string_view rest = text.substr(at + label.size());
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), number);
  return error == std::errc() && end != rest.data() ? number : otherwise;
}

}  // namespace

void FuzzLog::consume(std::string_view bytes) {
  partial_ += bytes;
  std::size_t begin = 0;
  for (std::size_t end = partial_.find('\n'); end != std::string::npos;
       end = partial_.find('\n', begin)) {
    line(std::string_view(partial_).substr(begin, end - begin));
    begin = end + 1;
  }
  partial_.erase(0, begin);
}

void FuzzLog::line(std::string_view text) {
  // "#1024\tpulse  cov: 300 ft: 900 corp: 40/2Kb exec/s: 512 rss: 60Mb"; a stack frame has a blank.
  if (text.size() > 1 && text[0] == '#' && std::isdigit(static_cast<unsigned char>(text[1])) != 0) {
    status(text);
    last_words_.clear();
    return;
  }
  constexpr std::string_view saved = "Test unit written to ";
  if (const std::size_t at = text.find(saved); at != std::string_view::npos) {
    const std::string_view path = text.substr(at + saved.size());
    if (!std::filesystem::path(path).filename().string().starts_with("slow-unit-")) {
      artifact_ = path;
    }
  }
  if (last_words_.size() < kMostWords) {
    last_words_ += text;
    last_words_ += '\n';
  }
}

void FuzzLog::status(std::string_view text) {
  edges_ = number_after(text, "cov: ", edges_);
  corpus_ = number_after(text, "corp: ", corpus_);
  initialized_ = initialized_ || text.find("\tINITED") != std::string_view::npos;
}

}  // namespace mapfuzz::cli
