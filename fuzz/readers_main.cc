// The entry point of target `readers` and, with MAPFUZZ_UNLOCKED, of its control.
#include <cstddef>
#include <cstdint>

#include "fuzz/readers.h"
#include "oracle/byte_codec.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
#if defined(MAPFUZZ_UNLOCKED)
  constexpr auto locking = mapfuzz::Locking::unlocked;
#else
  constexpr auto locking = mapfuzz::Locking::locked;
#endif
  mapfuzz::run_readers(mapfuzz::decode({data, size}), locking);
  return 0;
}
