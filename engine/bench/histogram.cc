#include "histogram.h"

#include <algorithm>
#include <cmath>

namespace gomap_bench {
namespace {

// A differences below this is counted, one above is kept: exact, and no sorting of millions.
constexpr std::uint64_t kCounted = 1U << 16U;

class Differences {
 public:
  explicit Differences(const std::vector<std::uint64_t>& stamps) : total_(stamps.size() - 1) {
    for (std::size_t at = 0; at < total_; ++at) {
      const std::uint64_t difference = stamps[at + 1] - stamps[at];
      if (difference < kCounted) {
        ++counts_[difference];
      } else {
        slow_.push_back(difference);
      }
    }
    std::sort(slow_.begin(), slow_.end());
  }

  // The smallest difference that at least this share of all does not exceed.
  [[nodiscard]] std::uint64_t quantile(double share) const {
    const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(total_)));
    std::size_t seen = 0;
    for (std::size_t difference = 0; difference < kCounted; ++difference) {
      seen += counts_[difference];
      if (seen >= rank) {
        return difference;
      }
    }
    return slow_[rank - seen - 1];
  }

 private:
  std::size_t total_;
  std::vector<std::uint32_t> counts_ = std::vector<std::uint32_t>(kCounted);
  std::vector<std::uint64_t> slow_;
};

}  // namespace

Latency latency_of(const std::vector<std::uint64_t>& stamps, double took) {
  const Differences differences(stamps);
  const double tick = took / static_cast<double>(stamps.back() - stamps.front());
  const auto nanoseconds = [&](double share) {
    return static_cast<double>(differences.quantile(share)) * tick;
  };
  return {nanoseconds(0.5), nanoseconds(0.99), nanoseconds(0.999), nanoseconds(1)};
}

}  // namespace gomap_bench
