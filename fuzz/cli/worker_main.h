// The other end of a Worker: runs the programs that come in on stdin, until it closes.
#pragma once

namespace mapfuzz::cli {

int worker_main();

}  // namespace mapfuzz::cli
