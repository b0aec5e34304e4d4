// Deaths of the engine as findings: a signal or a hang while the explorer runs a program ends the
// exploration, not the process.
//
// Promises: after `guarded` has told of a death, memory may be damaged, and only what is already
// there is looked at: the program that was being run.
#pragma once

#include <functional>
#include <string>

namespace mapfuzz::cli {

// Runs `work`; empty, or how it died: "signal-11", "hang". `pulse` is a number that changes while
// the work goes on; ten seconds of CPU without a change are a hang.
[[nodiscard]] std::string guarded(const std::function<void()>& work,
                                  const std::function<unsigned long()>& pulse);

}  // namespace mapfuzz::cli
