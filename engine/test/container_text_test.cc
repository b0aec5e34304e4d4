// Keys of other types: a map of texts is searched by whatever is a std::string_view, and no string
// is made unless it is to stay.

#include <gtest/gtest.h>

#include <cstdlib>
#include <new>
#include <string>
#include <string_view>

#include "test/support.h"

namespace gomap::test {
namespace {

using Texts = Map<std::string, int>;
static_assert(Texts::kTransparent);
static_assert(!Map<int, int>::kTransparent);

// A string allocator that counts: how many strings got memory of their own.
template <class T>
struct CountingAllocator {
  using value_type = T;
  static inline int allocations = 0;
  CountingAllocator() = default;
  template <class U>
  CountingAllocator(const CountingAllocator<U>& /*other*/) {}
  T* allocate(std::size_t n) {
    ++allocations;
    return std::allocator<T>().allocate(n);
  }
  void deallocate(T* at, std::size_t n) { std::allocator<T>().deallocate(at, n); }
  friend bool operator==(CountingAllocator, CountingAllocator) { return true; }
};
using CountedString = std::basic_string<char, std::char_traits<char>, CountingAllocator<char>>;

constexpr std::string_view kLong = "a key that is too long for the short-string buffer";

TEST(ContainerText, AllLookUpsTakeViewsAndLiterals) {
  Texts map{{"one", 1}, {"two", 2}};
  const std::string_view one = "one";
  const char* const two = "two";
  EXPECT_EQ(map.find(one)->second, 1);
  EXPECT_EQ(map.find("one")->second, 1);
  EXPECT_EQ(map.find(two)->second, 2);
  EXPECT_EQ(map.find(std::string("two"))->second, 2);
  EXPECT_EQ(map.find("three"), map.end());
  EXPECT_TRUE(map.contains(one));
  EXPECT_EQ(map.count("two"), 1U);
  EXPECT_EQ(map.at("two"), 2);
  EXPECT_THROW((void)map.at("three"), std::out_of_range);
  EXPECT_EQ(map.equal_range(one).first->second, 1);
  const Texts& read = map;
  EXPECT_EQ(read.find(one)->second, 1);
  EXPECT_EQ(read.at(two), 2);
  EXPECT_EQ(read.equal_range("x").first, read.end());
  const auto taken = map.extract(one);
  EXPECT_TRUE(taken.has_value() && taken->first == "one");
  EXPECT_EQ(map.erase("two"), 1U);
  EXPECT_TRUE(map.empty());
}

TEST(ContainerText, NoStringIsMadeToLook) {
  Map<CountedString, int> map;
  map.try_emplace(kLong, 1);
  CountingAllocator<char>::allocations = 0;
  EXPECT_TRUE(map.contains(kLong));
  EXPECT_EQ(map.find(kLong)->second, 1);
  EXPECT_EQ(map.at(kLong.data()), 1);
  EXPECT_FALSE(map.try_emplace(kLong, 2).second);
  EXPECT_FALSE(map.insert_or_assign(kLong, 3).second);
  EXPECT_FALSE(map.emplace(kLong, 4).second);
  EXPECT_EQ(map.erase(kLong.substr(1)), 0U);
  EXPECT_EQ(map.erase(kLong), 1U);
  EXPECT_EQ(CountingAllocator<char>::allocations, 0);
  EXPECT_TRUE(map.try_emplace(kLong, 5).second);
  EXPECT_EQ(CountingAllocator<char>::allocations, 1);
  map.insert_or_assign("another key that is too long for the short-string buffer", 6);
  EXPECT_EQ(CountingAllocator<char>::allocations, 2);
}

TEST(ContainerText, StoringTakesThemToo) {
  Texts map;
  map["one"] = 1;
  const std::string_view two = "two";
  EXPECT_TRUE(map.try_emplace(two, 2).second);
  EXPECT_TRUE(map.emplace("three", 3).second);
  EXPECT_TRUE(map.insert({"four", 4}).second);
  EXPECT_TRUE(map.insert(std::pair(std::string_view("five"), 5)).second);
  EXPECT_TRUE(map.insert_or_assign(std::string_view("six"), 6).second);
  EXPECT_EQ(map.size(), 6U);
  EXPECT_EQ(map.at("five"), 5);
}

TEST(ContainerText, ZeroBytesAndLengthsCount) {
  using std::string_literals::operator""s;
  using std::string_view_literals::operator""sv;
  Texts map{{"a\0b"s, 1}, {"a"s, 2}, {""s, 3}};
  EXPECT_EQ(map.at("a\0b"sv), 1);
  EXPECT_EQ(map.at("a"), 2);
  EXPECT_EQ(map.at(""), 3);
  EXPECT_EQ(map.at(std::string_view()), 3);
}

TEST(ContainerText, ViewsAsKeysAreSearchedByAllToo) {
  Map<std::string_view, int> map{{"one", 1}};
  EXPECT_EQ(map.at("one"), 1);
  EXPECT_EQ(map.at(std::string("one")), 1);
  for (int n = 0; n < 100; ++n) {
    static const std::string kMany(200, 'x');
    map[std::string_view(kMany).substr(0, static_cast<std::size_t>(n))] = n;
  }
  EXPECT_EQ(map.size(), 101U);
  EXPECT_EQ(map.at(std::string(64, 'x')), 64);
}

// What is convertible to a key, and is none, makes one: of int keys there are no others.
TEST(ContainerText, ElsewhereArgumentsConvert) {
  Map<long, int> map{{1, 10}};
  EXPECT_EQ(map.at(1), 10);
  EXPECT_EQ(map.find(short{1})->second, 10);
  struct One {
    operator long() const { return 1; }  // NOLINT(google-explicit-constructor)
  };
  EXPECT_TRUE(map.contains(One()));
  EXPECT_EQ(map.erase(One()), 1U);
  EXPECT_FALSE(map.contains({}));
  struct Named {
    operator std::string() const { return "named"; }  // NOLINT(google-explicit-constructor)
  };
  const Texts texts{{"named", 1}};
  EXPECT_TRUE(texts.contains(Named())) << "no view: a string is made of it";
  EXPECT_FALSE(texts.contains({}));
}

// A hash and equality of the user's, transparent between two types.
struct Id {
  int number;
  std::string name;
};
struct HashOfId {
  using is_transparent = void;
  std::size_t operator()(const Id& id) const { return static_cast<std::size_t>(id.number); }
  std::size_t operator()(int number) const { return static_cast<std::size_t>(number); }
};
struct SameId {
  using is_transparent = void;
  bool operator()(const Id& a, const Id& b) const { return a.number == b.number; }
  bool operator()(const Id& a, int number) const { return a.number == number; }
};

TEST(ContainerText, AnyTransparentHashWillDo) {
  Map<Id, int, HashOfId, SameId> map;
  for (int n = 0; n < 100; ++n) {
    map.try_emplace(Id{n, std::to_string(n)}, n);
  }
  EXPECT_EQ(map.find(77)->first.name, "77");
  EXPECT_FALSE(map.contains(100));
  const auto taken = map.extract(3);
  EXPECT_TRUE(taken.has_value() && taken->first.name == "3");
  EXPECT_EQ(map.erase(4), 1U);
  EXPECT_EQ(map.size(), 98U);
}

}  // namespace
}  // namespace gomap::test
