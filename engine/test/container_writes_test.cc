// Writing while iterating: the README's table of what stays valid, row by row.
//
// Promises: pointers and references to inline values hold until the next write; those to values
// behind a pointer, and iterators, until their entry is erased. AddressSanitizer judges the reads.

#include <gmock/gmock.h>

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "test/support.h"

namespace gomap::test {
namespace {

using Numbers = Map<int, int>;                // both inline
using Texts = Map<std::string, std::string>;  // both behind pointers

Numbers squares(int n) {
  Numbers map;
  for (int k = 0; k < n; ++k) {
    map[k] = k * k;
  }
  return map;
}

std::string text(int n) { return "text number " + std::to_string(n) + ", which is a long one"; }

Texts texts(int n) {
  Texts map;
  for (int k = 0; k < n; ++k) {
    map[text(k)] = text(-k);
  }
  return map;
}

TEST(ContainerWrites, ErasingTheEntryAtHandByItsOwnKey) {
  for (const int size : {1, 8, 30, 209, 1000}) {
    Numbers map = squares(size);
    int steps = 0;
    for (auto& [key, elem] : map) {
      EXPECT_EQ(elem, key * key);
      EXPECT_EQ(map.erase(key), 1U) << "the key lies in the cell that goes";
      ++steps;
    }
    EXPECT_EQ(steps, size);
    EXPECT_TRUE(map.empty());
    Texts more = texts(size);
    for (auto& [key, elem] : more) {
      EXPECT_EQ(more.erase(key), 1U);
    }
    EXPECT_TRUE(more.empty());
  }
}

TEST(ContainerWrites, ErasingWhatIsStillToComeAndWhatHasBeen) {
  Numbers map = squares(100);
  std::set<int> seen;
  for (auto& [key, elem] : map) {
    EXPECT_TRUE(seen.insert(key).second);
    EXPECT_EQ(elem, key * key);
    map.erase(key ^ 1);
  }
  EXPECT_EQ(seen.size(), 50U) << "an erased entry does not come";
  EXPECT_EQ(map.size(), 50U);
}

TEST(ContainerWrites, InsertingGrowsTheMapUnderTheLoop) {
  Numbers map = squares(50);
  std::map<int, int> seen;
  for (auto& [key, elem] : map) {
    ++seen[key];
    if (key < 50) {
      for (int n = 1; n <= 40; ++n) {
        map[1000 * n + key] = 0;
      }
    }
    if (seen.size() > 5000) {
      FAIL() << "it never ends";
    }
  }
  EXPECT_EQ(map.size(), 50U * 41U);
  for (int key = 0; key < 50; ++key) {
    EXPECT_EQ(seen[key], 1) << "there from the beginning: exactly once";
  }
  for (const auto& [key, times] : seen) {
    EXPECT_EQ(times, 1) << "added meanwhile: at most once";
  }
}

TEST(ContainerWrites, ClearingEndsTheLoop) {
  Numbers map = squares(100);
  int steps = 0;
  for (const auto& entry : map) {
    steps += entry.first >= 0 ? 1 : 0;
    map.clear();
    map[7] = 7;
  }
  EXPECT_EQ(steps, 1);
  EXPECT_EQ(map.size(), 1U);
}

TEST(ContainerWrites, AssigningToTheMapEndsNothingButTheOldContents) {
  Numbers map = squares(20);
  Numbers other = squares(3);
  auto it = map.begin();
  map.swap(other);
  EXPECT_EQ(std::distance(it, other.end()), 20) << "the loop goes on over what it began with";
}

// Row: references to inline values. They hold until the next write, its own effect included.
TEST(ContainerWrites, AReferenceMayBeReadByTheVeryNextWrite) {
  Numbers map{{0, 5}};
  for (int n = 1; n < 1000; ++n) {
    const int& last = map.at(n - 1);
    map[n] = last + 1;  // may grow the map before it reads
  }
  EXPECT_EQ(map.at(999), 1004);
}

// Row: references to values behind pointers. They hold until the entry is erased.
TEST(ContainerWrites, ReferencesToIndirectValuesLast) {
  Texts map = texts(3);
  const std::string* const key = &map.find(text(1))->first;
  std::string* const elem = &map.at(text(1));
  std::string& ref = *elem;
  for (int n = 3; n < 1000; ++n) {
    map[text(n)] = "x";
    map.erase(text(n - 1));
    if (n == 3) {
      map[text(2)] = "again";
    }
  }
  EXPECT_EQ(*key, text(1));
  ref += "!";
  EXPECT_EQ(map.at(text(1)), text(-1) + "!");
  EXPECT_EQ(&map.at(text(1)), elem);
}

// Row: iterators. They find their entry again, wherever a growth has put it.
template <class M, class MakeKey>
void iterators_last(M map, MakeKey key_of) {
  auto found = map.find(key_of(1));
  auto walk = map.begin();
  const auto walked = walk->first;
  const auto walked_elem = walk->second;
  for (int n = 100; n < 1500; ++n) {
    map[key_of(n)];
    ASSERT_EQ(found->first, key_of(1));
    ASSERT_EQ(walk->first, walked);
    ASSERT_EQ(walk->second, walked_elem);
  }
  found->second = {};
  EXPECT_EQ(map.at(key_of(1)), typename M::mapped_type());
  EXPECT_EQ(found, map.find(key_of(1)));
  map.erase(found);
  EXPECT_FALSE(map.contains(key_of(1)));
  EXPECT_EQ(map.size(), 1400U + 9U);
}

TEST(ContainerWrites, IteratorsFollowTheirEntry) {
  iterators_last(squares(10), [](int n) { return n; });
  iterators_last(texts(10), [](int n) { return text(n); });
}

TEST(ContainerWrites, AnExplicitLoopWritesToTheLiveElement) {
  Numbers map = squares(200);
  for (auto it = map.begin(); it != map.end(); ++it) {
    if (it->first < 200) {
      map[it->first + 1000] = 0;
      it->second = -1;  // found again: the insert may have moved it
    }
  }
  for (int key = 0; key < 200; ++key) {
    EXPECT_EQ(map.at(key), -1);
  }
}

// Row: auto& [k, v], inline. After a write, v may be an old copy: the loop goes by the key.
TEST(ContainerWrites, ALoopThatWritesGoesByTheKey) {
  Numbers map = squares(200);
  for (auto& [key, elem] : map) {
    if (key < 200) {
      const int k = key;
      const int v = elem;
      map[k + 1000] = v;
      map[k] = -1;
    }
  }
  for (int key = 0; key < 200; ++key) {
    EXPECT_EQ(map.at(key), -1);
    EXPECT_EQ(map.at(key + 1000), key * key);
  }
}

// The key stays readable and the same through the whole body, whatever else is written.
TEST(ContainerWrites, TheKeyHoldsThroughTheBody) {
  Numbers map = squares(100);
  for (auto& [key, elem] : map) {
    const int k = key;
    if (k >= 100) {
      continue;
    }
    for (int n = 1; n < 60; ++n) {
      map[k + 100 * n] = n;
      ASSERT_EQ(key, k);
      ASSERT_EQ(elem, k * k) << "an old copy, perhaps, but not gone";
    }
    for (int n = 1; n < 60; ++n) {
      map.erase(k + 100 * n);
      ASSERT_EQ(key, k);
    }
  }
  EXPECT_EQ(map.size(), 100U);
}

// Row: auto& [k, v], behind pointers: k and v stay what they are.
TEST(ContainerWrites, ALoopOverIndirectValuesMayWriteAndReadOn) {
  Texts map = texts(100);
  std::set<std::string> seen;
  for (auto& [key, elem] : map) {
    if (key.ends_with("one")) {
      const std::string before = key;
      map[key + "+"] = elem;
      map[key + "++"] = elem;
      EXPECT_EQ(key, before);
      elem = "done";
      EXPECT_EQ(map.at(before), "done");
      seen.insert(before);
    }
  }
  EXPECT_EQ(seen.size(), 100U);
  EXPECT_EQ(map.size(), 300U);
}

TEST(ContainerWrites, LoopsMayBeNestedAndWrite) {
  Numbers map = squares(40);
  std::size_t pairs = 0;
  for (auto it = map.begin(); it != map.end(); ++it) {
    for (const auto& [key, elem] : map) {
      pairs += 1;
      if (key % 2 == 1) {
        map.erase(key);
      }
    }
  }
  EXPECT_EQ(map.size(), 20U);
  EXPECT_LE(pairs, 40U + 39U * 20U);
  EXPECT_GE(pairs, 40U + 19U * 20U);
}

// Under every mix of writes: what is there all along comes once, what comes is there.
TEST(ContainerWrites, TheContractHoldsUnderRandomWrites) {
  std::uint64_t state = 1;
  const auto draw = [&](std::uint64_t n) {
    state = state * 6364136223846793005U + 1442695040888963407U;
    return (state >> 33U) % n;
  };
  for (int round = 0; round < 300; ++round) {
    Map<std::uint64_t, std::uint64_t> map;
    const std::uint64_t size = draw(120);
    for (std::uint64_t n = 0; n < size; ++n) {
      map[n] = n;
    }
    std::set<std::uint64_t> kept;
    for (std::uint64_t n = 0; n < size; n += 2) {
      kept.insert(n);  // the writes below touch odd keys alone
    }
    std::set<std::uint64_t> seen;
    for (auto it = map.begin(); it != map.end();) {
      const std::uint64_t key = it->first;
      ASSERT_TRUE(seen.insert(key).second) << "twice: " << key;
      ASSERT_TRUE(map.contains(key));
      ASSERT_EQ(it->second, key);
      for (std::uint64_t n = draw(4); n > 0; --n) {
        const std::uint64_t odd = draw(400) | 1U;
        if (draw(2) == 0) {
          map.erase(odd);
          seen.erase(odd);  // it may come back, as another entry
        } else {
          map[odd] = odd;
        }
      }
      if (key % 2 == 1 && draw(3) == 0 && map.contains(key)) {
        it = map.erase(it);
        seen.erase(key);
      } else {
        ++it;
      }
    }
    for (const std::uint64_t key : kept) {
      ASSERT_TRUE(seen.contains(key)) << "never: " << key;
    }
  }
}

}  // namespace
}  // namespace gomap::test
