// What printer_test.py looks at. Compiled with -O0 -g, stopped in show_is_done.

#include <array>
#include <cstdint>
#include <string>
#include <utility>

#include "gomap/map.h"

extern "C" void show_is_done() {}

namespace {

// A growth can be held still: every hash is the key itself.
struct Plain {
  std::uint64_t operator()(int key, std::uint32_t /*seed*/) const {
    return std::uint64_t{0x40} << 56U | static_cast<std::uint64_t>(key);
  }
};

using Large = std::array<int, 40>;

void show() {
  const gomap::Map<int, int> empty;
  const gomap::Map<int, int> nil(gomap::kNilMap);
  const gomap::Map<int, int> one{{1, 10}};
  const gomap::Map<std::string, std::string> texts{{"key", "value"}};
  const gomap::Map<int, Large> large{{7, Large{1, 2, 3}}};

  // 53 entries grow an array of 8 buckets to 16, and two of the 8 are evacuated at once.
  gomap::Map<int, int, Plain> growing;
  for (int n = 0; n < 53; ++n) {
    growing[n] = n * n;
  }
  // Eleven in one bucket: a chain.
  gomap::Map<int, int, Plain> chain(20);
  for (int n = 0; n < 11; ++n) {
    chain[n * 1024] = n;
  }
  chain.erase(1024);

  gomap::Map<int, int> written{{3, 30}};
  const auto stale = written.find(3);
  written.erase(4);
  const auto fresh = written.find(3);
  const auto end = written.end();
  show_is_done();
}

}  // namespace

int main() { show(); }
