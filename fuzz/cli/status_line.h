// What is going on right now, in the last line of a terminal; elsewhere nothing.
#pragma once

#include <mutex>
#include <string_view>

namespace mapfuzz::cli {

class StatusLine {
 public:
  StatusLine();
  StatusLine(const StatusLine&) = delete;
  StatusLine& operator=(const StatusLine&) = delete;
  ~StatusLine() { clear(); }

  void show(std::string_view text);  // from any thread
  void clear();

 private:
  std::mutex mutex_;
  bool terminal_;
  bool drawn_ = false;
};

}  // namespace mapfuzz::cli
