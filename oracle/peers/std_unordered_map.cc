#include <unordered_map>

#include "oracle/peers/peer_impl.h"

namespace mapfuzz {
namespace {

constexpr Peer kPeer =
    peer_of<std::unordered_map<PeerKey, PeerElem, PeerHash, PeerEqual>>("std::unordered_map");

[[maybe_unused]] const bool kAdded = add_peer(&kPeer);

}  // namespace
}  // namespace mapfuzz
