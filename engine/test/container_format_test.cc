// Printing: Go's form, in the order of the keys.

#include <gtest/gtest.h>

#include <iomanip>
#include <limits>
#include <sstream>
#include <string>

#include "gomap/format.h"
#include "test/support.h"

namespace gomap::test {
namespace {

template <class M>
std::string printed(const M& map) {
  std::ostringstream out;
  out << map;
  return out.str();
}

TEST(ContainerFormat, AsGoPrints) {
  EXPECT_EQ(printed(Map<int, int>()), "map[]");
  EXPECT_EQ(printed(Map<int, int>(kNilMap)), "map[]");
  EXPECT_EQ(printed(Map<int, int>{{1, 10}}), "map[1:10]");
  EXPECT_EQ((printed(Map<std::string, double>{{"b", 2.5}, {"a", -1}, {"c", 0}})),
            "map[a:-1 b:2.5 c:0]");
}

TEST(ContainerFormat, InTheOrderOfTheKeysAtEverySize) {
  Map<int, int> map;
  std::string expected;
  for (int n = 0; n < 300; ++n) {
    map[n] = n * n;
    expected += (n == 0 ? "" : " ") + std::to_string(n) + ":" + std::to_string(n * n);
    ASSERT_EQ(printed(map), "map[" + expected + "]");
  }
}

TEST(ContainerFormat, SmallTypesPrintAsInGo) {
  EXPECT_EQ((printed(Map<std::uint8_t, bool>{{200, true}, {65, false}})), "map[65:false 200:true]");
  EXPECT_EQ((printed(Map<std::int8_t, char>{{-1, 'x'}})), "map[-1:x]");
  EXPECT_EQ((printed(Map<bool, int>{{true, 1}, {false, 0}})), "map[false:0 true:1]");
}

TEST(ContainerFormat, NansComeFirst) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ((printed(Map<double, int>{{2, 2}, {nan, 0}, {1, 1}})), "map[nan:0 1:1 2:2]");
}

struct Unordered {
  int value;
  friend bool operator==(Unordered, Unordered) = default;
  friend std::ostream& operator<<(std::ostream& out, Unordered u) { return out << '#' << u.value; }
};
struct UnorderedHash {
  std::size_t operator()(Unordered u) const { return static_cast<std::size_t>(u.value); }
};

TEST(ContainerFormat, KeysWithoutAnOrderComeAsTheyLie) {
  const Map<Unordered, int, UnorderedHash> map{{Unordered{1}, 1}, {Unordered{2}, 2}};
  const std::string text = printed(map);
  EXPECT_TRUE(text == "map[#1:1 #2:2]" || text == "map[#2:2 #1:1]") << text;
}

TEST(ContainerFormat, MapsOfMaps) {
  EXPECT_EQ((printed(Map<int, Map<int, int>>{{1, {{2, 3}, {4, 5}}}, {6, {}}})),
            "map[1:map[2:3 4:5] 6:map[]]");
}

TEST(ContainerFormat, FlagsOfTheStreamHold) {
  std::ostringstream out;
  out << std::hex << std::showbase << Map<int, int>{{16, 255}} << ' ' << 17;
  EXPECT_EQ(out.str(), "map[0x10:0xff] 0x11");
}

TEST(ContainerFormat, AnEntryIsPrintedToo) {
  std::ostringstream out;
  const Map<std::uint8_t, std::string> map{{65, "a"}};
  out << *map.find(65);
  EXPECT_EQ(out.str(), "65:a");
  EXPECT_EQ(testing::PrintToString(map), "{ 65:a }") << "how GoogleTest shows containers";
}

// What has no operator<< makes a map that has none, not an error somewhere inside.
struct Opaque {};
template <class T>
concept Streams = requires(std::ostream& out, const T& value) { out << value; };
static_assert(Streams<Map<int, int>>);
static_assert(!Streams<Map<int, Opaque>>);

#if defined(__cpp_lib_format)
TEST(ContainerFormat, StdFormatTakesIt) {
  EXPECT_EQ(std::format("{}", Map<int, std::string>{{2, "b"}, {1, "a"}}), "map[1:a 2:b]");
  EXPECT_EQ(std::format("<{}>", Map<std::uint8_t, bool>{{65, true}}), "<map[65:true]>");
  const Map<int, Map<int, int>> nested{{1, {{2, 3}}}};
  EXPECT_EQ(std::format("{}", nested), "map[1:map[2:3]]");
}
#endif

}  // namespace
}  // namespace gomap::test
