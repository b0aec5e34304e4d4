#include "oracle/peer.h"

#include <algorithm>
#include <vector>

namespace mapfuzz {
namespace {

// Filled by static initialisers of other files, so it must be a function's local.
std::vector<const Peer*>& registry() {
  static std::vector<const Peer*> peers;
  return peers;
}

}  // namespace

const Peer* find_peer(std::string_view name) {
  const auto& peers = registry();
  const auto at = std::find_if(peers.begin(), peers.end(),
                               [&](const Peer* peer) { return peer->name == name; });
  return at == peers.end() ? nullptr : *at;
}

bool add_peer(const Peer* peer) {
  registry().push_back(peer);
  return true;
}

}  // namespace mapfuzz
