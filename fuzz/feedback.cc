#include "fuzz/feedback.h"

#include <array>
#include <cstring>
#include <span>

#include "fuzz/switched_off.h"

namespace mapfuzz {
namespace {

// libFuzzer, and all who speak its tongue, find this array by its section, clear it before an input
// and read it afterwards. `used`: nothing else reads it, and a linker would drop it in silence.
[[gnu::used, gnu::section("__libfuzzer_extra_counters")]] std::uint8_t extra_counters[kMostCells];

std::array<std::uint8_t, kMostCells> counted;

bool wanted() {
  static const bool answer = !switched_off("MAPFUZZ_FEEDBACK");
  return answer;
}

}  // namespace

StateCounter& state_counter() {
  static StateCounter counter{std::span(counted).first(state_cells())};
  return counter;
}

void publish_states(StatsPage& page) {
  const std::size_t cells = state_cells();
  for (std::size_t cell = 0; cell < cells; ++cell) {
    if (counted[cell] != 0) {
      page.states[cell].fetch_add(1, std::memory_order_relaxed);
    }
  }
  if (wanted()) {
    std::memcpy(extra_counters, counted.data(), cells);
  }
  counted.fill(0);
}

}  // namespace mapfuzz
