// Prints a benchmark's usual table, and keeps the median of one counter for the ratios that are the
// point of it.
#pragma once

#include <benchmark/benchmark.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace mapfuzz {

class Medians final : public benchmark::ConsoleReporter {
 public:
  explicit Medians(std::string counter) : counter_(std::move(counter)) {}

  void ReportRuns(const std::vector<Run>& runs) override {
    ConsoleReporter::ReportRuns(runs);
    for (const Run& run : runs) {
      if (run.aggregate_name == "median") {
        medians_[run.run_name.function_name + "/" + run.run_name.args] =
            run.counters.at(counter_).value;
      }
    }
  }

  // Of the benchmark "NAME/ARGUMENTS"; 0 where it was not run, or not repeated.
  [[nodiscard]] double of(const std::string& name) const {
    const auto at = medians_.find(name);
    return at == medians_.end() ? 0.0 : at->second;
  }

 private:
  std::string counter_;
  std::map<std::string, double> medians_;
};

}  // namespace mapfuzz
