// What a run met, told as tags of the present test case: RapidCheck prints how many cases had
// which.
#pragma once

#include <rapidcheck.h>

#include <set>
#include <string>

#include "gomap/constants.h"
#include "gomap/table_view.h"

namespace mapfuzz {

class Met {
 public:
  void look(const gomap::TableView& view) {
    const bool same_size = (view.flags & gomap::kSameSizeGrow) != 0;
    doubling_ |= view.growing() && !same_size;
    same_size_ |= view.growing() && same_size;
    overflow_ |= view.noverflow > 0;
  }
  void note(const char* what) { others_.insert(what); }

  [[nodiscard]] bool doubling() const { return doubling_; }
  [[nodiscard]] bool same_size() const { return same_size_; }
  [[nodiscard]] bool overflow() const { return overflow_; }

  void classify() const {
    RC_CLASSIFY(doubling_, "doubling");
    RC_CLASSIFY(same_size_, "same-size growth");
    RC_CLASSIFY(overflow_, "overflow buckets");
    for (const std::string& what : others_) {
      RC_CLASSIFY(true, what);
    }
  }

 private:
  bool doubling_ = false;
  bool same_size_ = false;
  bool overflow_ = false;
  std::set<std::string> others_;
};

}  // namespace mapfuzz
