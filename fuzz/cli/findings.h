// What a campaign does with an input that ended a run: name it, minimise it, save it, tell it.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <string>

#include "fuzz/cli/fuzzer.h"
#include "fuzz/cli/outcome.h"
#include "oracle/program.h"
#include "oracle/verdict.h"

namespace mapfuzz::cli {

// "I5-delete-quiet"
[[nodiscard]] std::string file_stem(const Signature& signature);

class Findings {
 public:
  using Say = std::function<void(std::string_view)>;

  Findings(std::filesystem::path folder, Say say)
      : folder_(std::move(folder)), say_(std::move(say)) {}

  // The run that just ended with an artifact. True: a signature this campaign had not met before.
  bool handle(const std::string& target, const Fuzzer& fuzzer);

  [[nodiscard]] std::size_t count() const;

 private:
  void save(const std::string& target, const std::string& bytes, Program program,
            const Outcome& outcome, bool reproduced);

  std::filesystem::path folder_;
  Say say_;
  mutable std::mutex mutex_;
  std::map<std::string, std::string> known_;  // signature to the target that had it first
};

}  // namespace mapfuzz::cli
