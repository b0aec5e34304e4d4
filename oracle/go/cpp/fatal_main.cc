// Runs one program on the Go runtime and dies as Go dies: go_fatal FILE.ops
//
// A fatal error of Go ends the process it happens in, so programs that must end in one are given to
// this helper. It is spawned, never forked: a forked Go runtime hangs. What it wrote to stdout
// before (wire.h) tells the state of the map at every step; the message is on stderr.
#include <unistd.h>

#include <array>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>
#include <variant>
#include <vector>

#include "oracle/go/cpp/pack.h"
#include "oracle/go/wire.h"
#include "oracle/text_codec.h"

int main(int argc, char** argv) {
  constexpr int usage = 2;
  constexpr int environment = 3;
  if (argc != 2) {
    std::fputs("usage: go_fatal FILE.ops\n", stderr);
    return usage;
  }
  std::ifstream in(argv[1], std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(in)), {});
  const auto parsed = mapfuzz::parse_ops(text);
  if (const auto* error = std::get_if<mapfuzz::ParseError>(&parsed)) {
    std::fprintf(stderr, "%s\n", mapfuzz::to_string(*error, argv[1]).c_str());
    return usage;
  }
  std::array<char, 600> message{};
  if (MapfuzzGoCheck(message.data(), message.size()) != 0) {
    std::fprintf(stderr, "go_fatal: the Go runtime cannot judge: %s\n", message.data());
    return environment;
  }
  std::vector<WireOperation> operations;
  WireProgram wire{};
  mapfuzz::pack(std::get<mapfuzz::OpsText>(parsed).program, operations, wire);
  MapfuzzGoRunReporting(&wire, STDOUT_FILENO);
  return 0;
}
