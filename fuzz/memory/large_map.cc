// A map whose arrays are large enough for page calls, under Valgrind: no program of the corpus gets
// that far. Twice such an array is outgrown, and given back piece by piece while reads go on.
//
// Exit 0: every answer was right. What memory was touched is Valgrind's to judge.
#include <cstdint>
#include <cstdio>

#include "gomap/map.h"
#include "gomap/pages.h"

static_assert(GOMAP_PAGE_CALLS != 0, "a sanitizer's allocator sees this memory already");

namespace {

constexpr std::uint64_t kEntries = 220'000;  // 2^14 buckets, 2.4 MB, are outgrown at 106,496

bool holds(bool right, const char* what) {
  if (!right) {
    std::fprintf(stderr, "large_map: wrong %s\n", what);
  }
  return right;
}

}  // namespace

int main() {
  gomap::Map<std::uint64_t, std::uint64_t> map;
  bool right = true;
  for (std::uint64_t key = 0; key < kEntries; ++key) {
    map.assign(key) = ~key;
    // Of an entry that has been moved, is about to be, or lies where it was.
    const std::uint64_t other = key * 7919 % (key + 1);
    right = holds(map.access1(other) == ~other, "element") && right;
  }
  std::uint64_t seen = 0;
  for (const auto& [key, elem] : map) {
    right = holds(elem == ~key, "entry of a walk") && right;
    ++seen;
  }
  right = holds(seen == kEntries, "length of a walk") && right;
  for (std::uint64_t key = 0; key < kEntries; key += 2) {
    map.erase(key);
  }
  right = holds(map.size() == kEntries / 2, "size after deleting half") && right;
  map.clear();
  right = holds(map.empty(), "size after clearing") && right;
  return right ? 0 : 1;
}
