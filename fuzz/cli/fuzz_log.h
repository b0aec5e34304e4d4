// Reads what libFuzzer writes while it runs.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace mapfuzz::cli {

class FuzzLog {
 public:
  // Bytes as they arrive; lines may be cut anywhere.
  void consume(std::string_view bytes);

  [[nodiscard]] std::uint64_t edges() const { return edges_; }
  [[nodiscard]] std::uint64_t corpus() const { return corpus_; }
  // All inputs of its folders were run, and mutation began.
  [[nodiscard]] bool initialized() const { return initialized_; }
  // The input it saved when it ended on one; slow units do not count.
  [[nodiscard]] const std::string& artifact() const { return artifact_; }
  // What it wrote since the last status line: a sanitizer's or an oracle's report.
  [[nodiscard]] const std::string& last_words() const { return last_words_; }

 private:
  void line(std::string_view text);
  void status(std::string_view text);

  std::string partial_;
  std::uint64_t edges_ = 0;
  std::uint64_t corpus_ = 0;
  bool initialized_ = false;
  std::string artifact_;
  std::string last_words_;
};

}  // namespace mapfuzz::cli
