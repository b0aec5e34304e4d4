#include "oracle/reference.h"

namespace mapfuzz {
namespace {

// Set by a static initialiser of another file, so it must need none itself.
constinit ReferenceMaker the_maker = nullptr;

}  // namespace

bool add_reference(ReferenceMaker maker) {
  the_maker = maker;
  return true;
}

bool has_reference() { return the_maker != nullptr; }

std::unique_ptr<Reference> make_reference() { return the_maker == nullptr ? nullptr : the_maker(); }

}  // namespace mapfuzz
