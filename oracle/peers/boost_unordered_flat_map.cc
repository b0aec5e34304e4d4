#include <boost/unordered/unordered_flat_map.hpp>

#include "oracle/peers/peer_impl.h"

namespace mapfuzz {
namespace {

constexpr Peer kPeer = peer_of<boost::unordered_flat_map<PeerKey, PeerElem, PeerHash, PeerEqual>>(
    "boost::unordered_flat_map");

[[maybe_unused]] const bool kAdded = add_peer(&kPeer);

}  // namespace
}  // namespace mapfuzz
