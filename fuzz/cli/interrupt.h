// SIGINT, SIGTERM and SIGHUP as a question to ask, for verbs that have work to put away first.
#pragma once

namespace mapfuzz::cli {

void catch_interrupts();
[[nodiscard]] bool interrupted();

}  // namespace mapfuzz::cli
