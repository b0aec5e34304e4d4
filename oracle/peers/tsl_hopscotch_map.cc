#include <tsl/hopscotch_map.h>

#include "oracle/peers/peer_impl.h"

namespace mapfuzz {
namespace {

constexpr Peer kPeer =
    peer_of<tsl::hopscotch_map<PeerKey, PeerElem, PeerHash, PeerEqual>>("tsl::hopscotch_map");

[[maybe_unused]] const bool kAdded = add_peer(&kPeer);

}  // namespace
}  // namespace mapfuzz
