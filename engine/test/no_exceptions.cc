// A program compiled with -fno-exceptions that uses the whole face. It fails by its exit code; what
// would be thrown ends it with a message, which the argument "at" shows.

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <sstream>
#include <string>
#include <utility>

#include "gomap/format.h"
#include "gomap/map.h"
#include "gomap/pmr.h"

#if defined(__cpp_exceptions)
#error "compile this with -fno-exceptions"
#endif

namespace {

void check(bool holds, const char* what) {
  if (!holds) {
    std::fprintf(stderr, "no_exceptions: %s\n", what);
    std::exit(1);
  }
}
#define CHECK(...) check((__VA_ARGS__), #__VA_ARGS__)

void use_numbers() {
  gomap::Map<int, int> map{{1, 10}, {2, 20}};
  for (int n = 0; n < 1000; ++n) {
    map[n] += n;
  }
  CHECK(map.size() == 1000 && map.at(2) == 22);
  for (auto& [key, elem] : map) {
    if (elem % 2 == 0) {
      map.erase(key);
    }
  }
  CHECK(erase_if(map, [](const auto& entry) { return entry.first > 100; }) > 0);
  auto it = map.find(3);
  CHECK(it != map.end() && it->second == 3);
  map.erase(it);
  gomap::Map<int, int> copy(map);
  CHECK(copy == map);
  copy.clear();
  copy.merge(map);
  CHECK(map.empty() && !copy.empty());
  std::ostringstream out;
  out << gomap::Map<int, int>{{1, 10}};
  CHECK(out.str() == "map[1:10]");
}

void use_texts() {
  gomap::Map<std::string, std::unique_ptr<int>> map;
  map.try_emplace("one", std::make_unique<int>(1));
  map.insert_or_assign("two", std::make_unique<int>(2));
  map.emplace("three", std::make_unique<int>(3));
  CHECK(map.contains("one") && *map.at("two") == 2 && map.count("four") == 0);
  const auto taken = map.extract("three");
  CHECK(taken.has_value() && *taken->second == 3);
  gomap::Map<std::string, std::unique_ptr<int>> other;
  other = std::move(map);
  other.swap(map);
  CHECK(map.size() == 2);
  std::pmr::monotonic_buffer_resource pool;
  gomap::pmr::Map<int, std::pmr::string> pooled(&pool);
  pooled.reserve(100);
  pooled[1] = "a text that is too long for the short-string buffer";
  gomap::pmr::Map<int, std::pmr::string> elsewhere;
  elsewhere = std::move(pooled);
  CHECK(elsewhere.size() == 1);
}

void use_verbs() {
  gomap::Map<std::uint64_t, double> map(100);
  map.assign(7) = 1.5;
  CHECK(map.access1(7) == 1.5 && map.access2(8) == nullptr);
  int steps = 0;
  for (auto it = map.iter(); it.next();) {
    map.erase(it.key());
    ++steps;
  }
  CHECK(steps == 1 && map.empty());
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 1 && std::strcmp(argv[1], "at") == 0) {
    return gomap::Map<int, int>().at(1);
  }
  use_numbers();
  use_texts();
  use_verbs();
  return 0;
}
