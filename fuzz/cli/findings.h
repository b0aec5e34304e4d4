// What is done with a program that failed: name it, minimise it, save it, tell it.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "fuzz/cli/fuzzer.h"
#include "fuzz/cli/outcome.h"
#include "oracle/program.h"
#include "oracle/verdict.h"

namespace mapfuzz::cli {

// "I5-delete-quiet"
[[nodiscard]] std::string file_stem(const Signature& signature);

struct Finding {
  std::string target;  // empty: under its own header
  Signature signature;
  std::filesystem::path file;  // the minimised program
  std::string screen;          // the report, the files, and the commands to go on with
};

class Findings {
 public:
  using Say = std::function<void(std::string_view)>;

  // Without `say`, findings wait to be asked for.
  explicit Findings(std::filesystem::path folder, Say say = {})
      : folder_(std::move(folder)), say_(std::move(say)) {}

  // The run that just ended with an artifact. True: a signature not met before.
  bool handle(const std::string& target, const Fuzzer& fuzzer);

  // A program that failed under `target`; `from` is its file, empty where it has none.
  bool add(const std::string& target, const Program& program, const Outcome& outcome,
           const std::filesystem::path& from);

  [[nodiscard]] std::vector<Finding> all() const;

  // The signatures met so far.
  [[nodiscard]] std::vector<std::string> known() const;

 private:
  struct Failing;
  void save(Failing failing);

  std::filesystem::path folder_;
  Say say_;
  mutable std::mutex mutex_;
  std::map<std::string, std::string> known_;  // signature to the target that had it first
  std::vector<Finding> all_;
};

}  // namespace mapfuzz::cli
