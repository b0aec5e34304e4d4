// What the CLI's exit codes mean, the same for every verb.
#pragma once

namespace mapfuzz::cli {

enum ExitCode : int {
  kOk = 0,             // nothing wrong
  kFinding = 1,        // a program that fails
  kUsage = 2,          // wrong arguments, or a file that is broken
  kEnvironment = 3,    // a missing tool, nothing to run, a target that ran nothing
  kNotReproduced = 4,  // a failure that did not come again
  kThreshold = 5,      // a gate's threshold missed without a finding
  kInterrupted = 130,  // by SIGINT or SIGTERM; what was done so far is kept
};

}  // namespace mapfuzz::cli
