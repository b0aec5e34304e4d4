// Making maps as containers are made: constructors, literals with Go's room for them, deduction.

#include <gmock/gmock.h>

#include <iterator>
#include <list>
#include <map>
#include <sstream>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "test/support.h"

namespace gomap::test {
namespace {

using testing::Pair;
using testing::UnorderedElementsAre;
using M = Map<int, int>;

static_assert(std::is_same_v<M::key_type, int>);
static_assert(std::is_same_v<M::mapped_type, int>);
static_assert(std::is_same_v<M::value_type, std::pair<const int, int>>);
static_assert(std::is_same_v<M::size_type, std::size_t>);
static_assert(std::is_same_v<M::difference_type, std::ptrdiff_t>);
static_assert(std::is_same_v<M::hasher, DefaultHash<int>>);
static_assert(std::is_same_v<M::key_equal, DefaultEqual<int>>);
static_assert(std::is_same_v<M::allocator_type, std::allocator<std::pair<const int, int>>>);

TEST(ContainerConstruct, ADefaultMapHasMadeNothing) {
  const M map;
  EXPECT_TRUE(map.empty());
  EXPECT_EQ(map.size(), 0U);
  EXPECT_EQ(map.inside(), nullptr);
  EXPECT_EQ(map.bucket_count(), 0U);
  EXPECT_EQ(map.load_factor(), 0.0F);
  EXPECT_TRUE(map.begin() == map.end());
  EXPECT_EQ(map.find(1), map.end());
}

TEST(ContainerConstruct, AHintMakesRoomAndABogusOneNone) {
  EXPECT_EQ(M(8).bucket_count(), 0U) << "Go waits for the first entry here";
  EXPECT_EQ(M(9).bucket_count(), 2U);
  EXPECT_EQ(M(std::size_t{100}).bucket_count(), 16U);
  EXPECT_EQ(M(-1).bucket_count(), 0U);
  EXPECT_EQ(M(std::numeric_limits<std::uint64_t>::max()).bucket_count(), 0U);
}

TEST(ContainerConstruct, AListTakesTheFirstOfEqualKeys) {
  const M map{{1, 10}, {2, 20}, {1, 30}};
  EXPECT_THAT(map, UnorderedElementsAre(Pair(1, 10), Pair(2, 20)));
}

// Spec 2.17: room for the number of entries written, equal keys included.
TEST(ContainerConstruct, AListHasRoomForAllItsEntries) {
  EXPECT_EQ(
      (M{{1, 1}, {1, 2}, {1, 3}, {1, 4}, {1, 5}, {1, 6}, {1, 7}, {1, 8}, {1, 9}}).bucket_count(),
      2U);
  EXPECT_EQ((M{{1, 1}, {1, 2}, {1, 3}, {1, 4}, {1, 5}, {1, 6}, {1, 7}, {1, 8}}).bucket_count(), 1U);
  EXPECT_EQ(M({{1, 1}}, 100).bucket_count(), 16U) << "a larger hint wins";
}

struct CountedDraws {
  static inline std::size_t taken = 0;
  std::uint32_t operator()() const { return static_cast<std::uint32_t>(++taken * 37); }
  std::uint64_t wide() const { return (*this)(); }
};
struct CountedConfig : UnpoisonedConfig {
  using Random = CountedDraws;
};
using Literal = Map<std::uint64_t, std::uint64_t, ChosenHash<std::uint64_t>,
                    std::equal_to<std::uint64_t>, CountedConfig>;

// All there is to see of making a map: its header, each chain, the order of a walk, what it cost.
template <class Make>
std::string made_by(const Make& make) {
  Hashes<std::uint64_t> hashes;
  hashes.rule = [](std::uint64_t n) { return hash_with(kTop, n % 9 == 0 ? n : n & 1U); };
  CountedDraws::taken = 0;
  const Literal map = make(ChosenHash<std::uint64_t>{&hashes});
  const TableView view = view_of(map);
  std::ostringstream out;
  out << "count " << view.count << ", B " << +view.B << ", noverflow " << view.noverflow
      << ", flags " << +view.flags << ", seed " << view.hash0 << ", draws " << CountedDraws::taken
      << ", hashes " << hashes.calls << '\n';
  for (std::size_t index = 0; index < std::size_t{1} << view.B; ++index) {
    out << shape(view, view.bucket(index)) << ':';
    for (const std::uint64_t key : keys<std::uint64_t>(view, view.bucket(index))) {
      out << ' ' << key;
    }
    out << '\n';
  }
  for (auto it = map.iter(); it.next();) {
    out << it.key() << '=' << it.elem() << ' ';
  }
  return out.str();
}

// Go's compiler writes a literal of up to 25 entries out as one assign after the other, and makes a
// loop over two arrays of a longer one. Nothing shows the difference: both begin with the number of
// entries as the hint, and assign in order. Neither does a list here, which knows no such limit.
template <std::size_t... n>
void expect_one_literal(std::index_sequence<n...> /*entries*/) {
  static constexpr std::size_t count = sizeof...(n);
  const auto written_out = [](const ChosenHash<std::uint64_t>& hash) {
    Literal map(count, hash);
    ((map.assign(n * 5) = n + 1000), ...);
    return map;
  };
  const auto looped = [](const ChosenHash<std::uint64_t>& hash) {
    constexpr std::uint64_t all_keys[] = {n * 5 ...};
    constexpr std::uint64_t all_elems[] = {n + 1000 ...};
    Literal map(count, hash);
    for (std::size_t at = 0; at < count; ++at) {
      map.assign(all_keys[at]) = all_elems[at];
    }
    return map;
  };
  const auto listed = [](const ChosenHash<std::uint64_t>& hash) {
    return Literal({{n * 5, n + 1000}...}, 0, hash);
  };
  const std::string seen = made_by(listed);
  EXPECT_EQ(made_by(written_out), seen);
  EXPECT_EQ(made_by(looped), seen);
  const std::string header = "count " + std::to_string(count) + ", B " + (count > 26 ? "3" : "2");
  EXPECT_EQ(seen.substr(0, header.size()), header) << "26 is where the room ends, not 25";
  EXPECT_NE(seen.find("noverflow 2,"), std::string::npos) << seen;
}

TEST(ContainerConstruct, AListIsTheSameMapOnBothSidesOfGosTwentyFiveEntries) {
  expect_one_literal(std::make_index_sequence<24>());
  expect_one_literal(std::make_index_sequence<25>());
  expect_one_literal(std::make_index_sequence<26>());
  expect_one_literal(std::make_index_sequence<27>());
}

TEST(ContainerConstruct, ARangeIsCountedIfItCanBe) {
  std::vector<std::pair<int, int>> pairs;
  pairs.reserve(100);
  for (int n = 0; n < 100; ++n) {
    pairs.emplace_back(n, n * n);
  }
  const M map(pairs.begin(), pairs.end());
  EXPECT_EQ(map.size(), 100U);
  EXPECT_EQ(map.at(9), 81);
  EXPECT_EQ(map.bucket_count(), 16U);
  const std::list<std::pair<int, int>> list(pairs.begin(), pairs.end());
  EXPECT_EQ(M(list.begin(), list.end()), map);
  const std::map<int, int> ordered(pairs.begin(), pairs.end());
  EXPECT_EQ(M(ordered.begin(), ordered.end()), map);
  EXPECT_EQ(M(map.begin(), map.end()), map) << "its own iterators are a range too";
}

struct PairOfInts {
  int first = 0;
  int second = 0;
  friend std::istream& operator>>(std::istream& in, PairOfInts& pair) {
    return in >> pair.first >> pair.second;
  }
};

TEST(ContainerConstruct, ARangeMayBeReadOnce) {
  std::istringstream in("1 10 2 20 3 30");
  const M map(std::istream_iterator<PairOfInts>{in}, std::istream_iterator<PairOfInts>{});
  EXPECT_THAT(map, UnorderedElementsAre(Pair(1, 10), Pair(2, 20), Pair(3, 30)));
}

TEST(ContainerConstruct, FunctionsAreTakenAndGivenBack) {
  struct SaltedHash {
    std::uint64_t salt = 0;
    std::uint64_t operator()(int key, std::uint32_t /*seed*/) const {
      return hash_word(static_cast<std::uint64_t>(key), salt);
    }
  };
  struct EqualModulo {
    int modulus = 10;
    bool operator()(int a, int b) const { return a % modulus == b % modulus; }
  };
  const Map<int, int, SaltedHash> salted({{1, 1}}, 0, SaltedHash{77});
  EXPECT_EQ(salted.hash_function().salt, 77U);
  EXPECT_EQ((Map<int, int, SaltedHash>(salted).hash_function().salt), 77U);
  struct LastDigit {
    std::uint64_t operator()(int key) const { return static_cast<std::uint64_t>(key % 10); }
  };
  Map<int, int, LastDigit, EqualModulo> digits(0, {}, EqualModulo{10});
  digits[3] = 1;
  digits[13] += 1;
  EXPECT_EQ(digits.size(), 1U);
  EXPECT_EQ(digits.key_eq().modulus, 10);
  EXPECT_EQ((Map<int, int, LastDigit, EqualModulo>().key_eq().modulus), 10);
}

// A hash with a capture has no default: such a map is made with one.
TEST(ContainerConstruct, AHashNeedNotBeDefaultConstructible) {
  int calls = 0;
  const auto hash = [&calls](int key) {
    ++calls;
    return static_cast<std::size_t>(key);
  };
  using Counted = Map<int, int, decltype(hash)>;
  Counted map(0, hash);
  map[1] = 10;
  EXPECT_GT(calls, 0);
  Counted other(std::move(map));
  EXPECT_EQ(other.at(1), 10);
  EXPECT_TRUE(map.empty());  // NOLINT(bugprone-use-after-move)
  EXPECT_EQ(map.find(1), map.end());
  EXPECT_THROW(map[1] = 2, Panic) << "it has no hash any more";
  map = other;
  EXPECT_EQ(map.at(1), 10);
  Counted without;
  EXPECT_TRUE(without.empty());
  EXPECT_THROW(without[1] = 2, Panic);
}

TEST(ContainerConstruct, TheNilMapReadsAsEmptyAndCannotBeWritten) {
  M nil(kNilMap);
  EXPECT_TRUE(nil.empty());
  EXPECT_EQ(nil.begin(), nil.end());
  EXPECT_EQ(nil.find(1), nil.end());
  EXPECT_EQ(nil.erase(1), 0U);
  nil.clear();
  nil.reserve(100);
  EXPECT_EQ(nil.bucket_count(), 0U);
  EXPECT_THROW(nil[1] = 1, Panic);
  EXPECT_THROW(nil.insert({1, 1}), Panic);
  EXPECT_THROW(nil.try_emplace(1, 1), Panic);
  M copy(nil);
  EXPECT_THROW(copy[1] = 1, Panic) << "a copy of nil is nil";
  EXPECT_EQ(nil, M()) << "nil and empty read alike";
  nil = M{{1, 2}};
  EXPECT_EQ(nil.at(1), 2);
}

TEST(ContainerConstruct, TypesAreDeduced) {
  const std::vector<std::pair<std::string, double>> pairs{{"a", 1.5}};
  const Map from_range(pairs.begin(), pairs.end());
  static_assert(std::is_same_v<decltype(from_range), const Map<std::string, double>>);
  Map from_list{std::pair{1, 'x'}, std::pair{2, 'y'}};
  static_assert(std::is_same_v<decltype(from_list), Map<int, char>>);
  const Map from_entries(from_list.begin(), from_list.end());
  static_assert(std::is_same_v<decltype(from_entries), const Map<int, char>>);
  const Map copy(from_list);
  static_assert(std::is_same_v<decltype(copy), const Map<int, char>>);
  Map with_hash(pairs.begin(), pairs.end(), 0, std::hash<std::string>());
  static_assert(
      std::is_same_v<decltype(with_hash), Map<std::string, double, std::hash<std::string>>>);
  EXPECT_EQ(with_hash.at("a"), 1.5);
  EXPECT_EQ(from_entries, from_list);
}

TEST(ContainerConstruct, ReserveMakesRoomInAnEmptyMap) {
  M map;
  map.reserve(100);
  EXPECT_EQ(map.bucket_count(), 16U);
  for (int n = 0; n < 100; ++n) {
    map[n] = n;
  }
  EXPECT_EQ(map.bucket_count(), 16U) << "no growth was needed";
  map.reserve(100'000);
  EXPECT_EQ(map.bucket_count(), 16U) << "entries stay where they are";
  map.clear();
  map.reserve(10);
  EXPECT_EQ(map.bucket_count(), 16U) << "a map never shrinks";
  map.reserve(1000);
  EXPECT_EQ(map.bucket_count(), 256U);
  for (int n = 0; n < 1000; ++n) {
    map[n] = n;
  }
  EXPECT_EQ(map.bucket_count(), 256U);
  EXPECT_EQ(map.size(), 1000U);
  expect_consistent(view_of(map));
}

// All entries gone while a growth is on, and a loop that is still at it.
TEST(ContainerConstruct, ReserveDropsAGrowthAndEndsTheLoop) {
  M map;
  for (int n = 0; n < 200; ++n) {
    map[n] = n;
  }
  while (!view_of(map).growing()) {
    map[static_cast<int>(map.size())] = 0;
  }
  int steps = 0;
  for (const auto& entry : map) {
    steps += entry.second >= 0 ? 1 : 0;
    while (!map.empty()) {
      map.erase(map.begin());
    }
    map.reserve(5000);
    map[1] = 1;
  }
  EXPECT_EQ(steps, 1);
  EXPECT_FALSE(view_of(map).growing());
  EXPECT_EQ(map.bucket_count(), 1024U);
  expect_consistent(view_of(map));
}

TEST(ContainerConstruct, TheNumbersOfAMap) {
  M map;
  for (int n = 0; n < 104; ++n) {
    map[n] = n;
  }
  EXPECT_EQ(map.bucket_count(), 16U);
  EXPECT_EQ(map.load_factor(), 6.5F);
  EXPECT_EQ(map.max_load_factor(), 6.5F);
  EXPECT_GT(map.max_size(), std::size_t{1} << 40U);
}

}  // namespace
}  // namespace gomap::test
