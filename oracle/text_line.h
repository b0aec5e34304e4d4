// A line of the text form as tokens: a list of words and of the marks = : and , with blanks between
// them where one likes. Internal to text_parser.cc.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace mapfuzz {

inline constexpr std::string_view kBlanks = " \t";

// A word or a mark; empty: the end of the line.
struct Token {
  std::string_view text;
  std::size_t column = 1;
};

class TextLine {
 public:
  TextLine() = default;
  explicit TextLine(std::string_view text) : text_(text) {}

  // The end of a line is where its last token ends, so that an error points at what is incomplete.
  Token take() {
    const std::size_t first = std::min(text_.find_first_not_of(kBlanks, at_), text_.size());
    if (first == text_.size()) {
      return {{}, at_ + 1};
    }
    std::size_t end = first + 1;
    if (!is_mark(text_[first])) {
      while (end < text_.size() && kBlanks.find(text_[end]) == std::string_view::npos &&
             !is_mark(text_[end])) {
        ++end;
      }
    }
    at_ = end;
    return {text_.substr(first, end - first), first + 1};
  }

  [[nodiscard]] Token peek() const {
    TextLine copy = *this;
    return copy.take();
  }

 private:
  static constexpr std::string_view kMarks = "=:,";

  static bool is_mark(char c) { return kMarks.find(c) != std::string_view::npos; }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace mapfuzz
