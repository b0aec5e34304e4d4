// main of NAME_rapidcheck: the body of target NAME, fed with the programs that props/ generates.
// Not a fuzzing engine: nothing guides it. What guidance is worth is measured against this.
//
//   NAME_rapidcheck SEED [PROGRAMS]
//
// Promises: ends at the first failure as a fuzz target does, or after PROGRAMS, or never. Programs
// grow from size 0 to RapidCheck's largest and begin anew, as one rc::check after another has it.
// The one place that sees both rooms, fuzz/ and props/.
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <optional>

#include "fuzz/target.h"
#include "oracle/byte_codec.h"
#include "props/program_generator.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

constexpr int kUsage = 2;
constexpr std::uint64_t kSizes = 100;  // what one rc::check goes through

std::optional<std::uint64_t> number(const char* text) {
  std::uint64_t value = 0;
  const char* const stop = text + std::strlen(text);
  const auto [end, error] = std::from_chars(text, stop, value);
  return error == std::errc() && end == stop ? std::optional(value) : std::nullopt;
}

// A target of one row gets programs of that row, as its byte form would have it.
rc::Gen<mapfuzz::Program> programs_for(const mapfuzz::RunPlan& plan) {
  return plan.every_kind
             ? mapfuzz::any_program()
             : mapfuzz::program_of({.key = plan.key, .elem = plan.elem, .width = plan.widths[0]});
}

}  // namespace

int main(int argc, char** argv) {
  const auto seed = argc > 1 ? number(argv[1]) : std::nullopt;
  const auto programs = argc > 2 ? number(argv[2]) : std::optional(UINT64_MAX);
  if (!seed.has_value() || !programs.has_value() || argc > 3) {
    std::fprintf(stderr, "usage: %s SEED [PROGRAMS]\n", argv[0]);
    return kUsage;
  }
  const auto generate = programs_for(mapfuzz::target_plan());
  rc::Random random(*seed);
  for (std::uint64_t n = 0; n < *programs; ++n) {
    const int size = static_cast<int>(n % kSizes) + 1;
    const auto bytes = encode(generate(random.split(), size).value());
    LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
  }
  return 0;
}
