// Peers: hash maps of other libraries, which run the same Programs as the engine. They show that
// the harness works on maps that are not ours, and that it raises no false alarm.
//
// Promises: peers are found by name alone, so a test may add one of its own, a wrong one.
// Leaves to others: what a peer makes of an operation (peers/peer_impl.h), who judges (runner.h).
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>

#include "oracle/implementation.h"
#include "oracle/program.h"

namespace mapfuzz {

// All of kind u64 -> u64. Each is a translation unit in peers/.
inline constexpr std::array<const char*, 4> kPeers = {
    "std::unordered_map", "absl::flat_hash_map", "boost::unordered_flat_map", "tsl::hopscotch_map"};

// Operations that no peer runs (peers/README.md says why), as in Header::off.
inline constexpr std::uint32_t kOffForPeers = [] {
  std::uint32_t off = 0;
  for (const OpCode code : {OpCode::iter, OpCode::next, OpCode::close, OpCode::nil, OpCode::reenter,
                            OpCode::inject, OpCode::interleave, OpCode::expect_phase,
                            OpCode::expect_buckets, OpCode::expect_overflow}) {
    off |= std::uint32_t{1} << static_cast<unsigned>(code);
  }
  return off;
}();

struct Peer {
  const char* name;
  std::unique_ptr<Implementation> (*make)();
};

// Peers add themselves before main; null where this program does not link the peer.
[[nodiscard]] const Peer* find_peer(std::string_view name);
bool add_peer(const Peer* peer);

}  // namespace mapfuzz
