#include "fuzz/mutate_bytes.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include "fuzz/mutator.h"
#include "oracle/byte_codec.h"
#include "oracle/run_plan.h"

namespace mapfuzz {
namespace {

bool has_threads(const Program& program) {
  return std::any_of(
      program.operations.begin(), program.operations.end(),
      [](const Operation& operation) { return operation.code == OpCode::interleave; });
}

std::size_t write(Program& program, std::uint8_t* out, std::size_t most) {
  std::vector<std::uint8_t> bytes = encode(program);
  while (bytes.size() > most && !program.operations.empty()) {
    // In proportion, but by one at least: bytes an operation are uneven.
    const std::size_t count = program.operations.size();
    program.operations.resize(std::min(count - 1, count * most / bytes.size()));
    bytes = encode(program);
  }
  const std::size_t size = std::min(bytes.size(), most);
  if (size != 0) {
    std::memcpy(out, bytes.data(), size);
  }
  return size;
}

}  // namespace

std::size_t mutate_bytes(std::uint8_t* data, std::size_t size, std::size_t most, std::uint64_t seed,
                         const RunPlan* plan) {
  static Program program;
  decode({data, size}, program);
  if (plan != nullptr) {
    adapt(program, *plan);
  }
  const std::uint32_t off = plan == nullptr ? 0 : plan->off;
  const bool threads = plan == nullptr ? has_threads(program) : plan->threads;
  Mutator mutator(seed, off);
  mutator.mutate(program);
  if (threads) {
    mutator.interleave(program);
  }
  program.header.off &= ~off;
  return write(program, data, most);
}

std::size_t cross_bytes(std::span<const std::uint8_t> a, std::span<const std::uint8_t> b,
                        std::span<std::uint8_t> out, std::uint64_t seed) {
  Program crossed = Mutator(seed).cross(decode(a), decode(b));
  return write(crossed, out.data(), out.size());
}

}  // namespace mapfuzz
