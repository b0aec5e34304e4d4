// Our side of a child's stats page.
#pragma once

#include "fuzz/cli/process.h"
#include "fuzz/stats_page.h"

namespace mapfuzz::cli {

class SharedStats {
 public:
  SharedStats();  // exit 3 on failure
  SharedStats(const SharedStats&) = delete;
  SharedStats& operator=(const SharedStats&) = delete;
  ~SharedStats();

  // Hands the page to a child that is about to be spawned.
  void give_to(SpawnRequest& request) const;

  [[nodiscard]] StatsPage& page() { return *page_; }
  [[nodiscard]] const StatsPage& page() const { return *page_; }

 private:
  Fd file_;
  StatsPage* page_;
};

}  // namespace mapfuzz::cli
