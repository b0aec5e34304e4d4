// Target `readers`: threads on one map, for ThreadSanitizer to watch.
//
// A program's first half fills the map, which may leave it in the middle of a growth. Then threads
// read it all at once, with look-ups and iterators; then one of them writes the second half while
// the others read, all under a lock.
// Promises: the answers of readers are those of a std::map; the program decides what is done, the
// scheduler only when.
#pragma once

#include "oracle/program.h"

namespace mapfuzz {

// `unlocked`: the writer does not take the lock, which TSan must report. The map's own check would
// speak first, so this needs an engine without it (readers_control.edit). Aborts on a wrong answer.
enum class Locking : bool { locked, unlocked };
void run_readers(const Program& program, Locking locking);

}  // namespace mapfuzz
