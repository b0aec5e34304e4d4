// Go's recoverable panics as C++ exceptions. A map that threw one is as it was before the call.
#pragma once

#include <stdexcept>

namespace gomap {

// What the Go program would see as a runtime.Error; `what` is Go's text.
class Panic : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

}  // namespace gomap
