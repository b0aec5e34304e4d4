#include <absl/container/flat_hash_map.h>

#include "oracle/peers/peer_impl.h"

namespace mapfuzz {
namespace {

constexpr Peer kPeer =
    peer_of<absl::flat_hash_map<PeerKey, PeerElem, PeerHash, PeerEqual>>("absl::flat_hash_map");

[[maybe_unused]] const bool kAdded = add_peer(&kPeer);

}  // namespace
}  // namespace mapfuzz
