// The places at which another thread may come in between: which, in what order (spec 2.4 to 2.13,
// 2.18), and that a map without an active policy has none of them.

#include <algorithm>
#include <initializer_list>
#include <type_traits>
#include <utility>

#include "test/support.h"

namespace gomap::test {
namespace {

// Writes down the places, and lets a test in at one of them.
struct Watched {
  static constexpr bool active = true;
  static inline std::vector<Point> places;
  static inline Point wanted = Point::entry;
  static inline std::function<void()> interruption;

  static void reach(Point point) {
    places.push_back(point);
    if (point == wanted) {
      if (const auto now = std::exchange(interruption, nullptr)) {
        now();
      }
    }
  }
};

struct WatchedConfig : ScriptedConfig<8> {
  using Points = Watched;
};

template <class Config>
using MapOf = Map<std::uint64_t, std::uint64_t, ChosenHash<std::uint64_t>,
                  std::equal_to<std::uint64_t>, Config>;

struct Fatal {
  const char* text;
};

using Points = std::vector<Point>;

class Places : public testing::Test {
 protected:
  void SetUp() override {
    previous_ = set_fatal_handler([](const char* text) { throw Fatal{text}; });
    make(26);
  }
  void TearDown() override {
    set_fatal_handler(previous_);
    Watched::interruption = nullptr;
  }

  void make(std::int64_t hint) {
    map_ = MapOf<WatchedConfig>(hint, {&hashes_}, {}, {&draws_});
    Watched::places.clear();
  }
  void fill(std::uint64_t entries) {
    for (std::uint64_t n = 0; n < entries; ++n) {
      map_.assign(n) = n;
    }
    Watched::places.clear();
  }
  static Points take() { return std::exchange(Watched::places, {}); }

  // The fatal text of `outer` when `inner` happens at one of its places.
  static std::string fatal_of(const std::function<void()>& outer, Point at,
                              const std::function<void()>& inner) {
    Watched::wanted = at;
    Watched::interruption = inner;
    try {
      outer();
    } catch (const Fatal& fatal) {
      return fatal.text;
    }
    return "none";
  }

  Draws draws_;
  Hashes<std::uint64_t> hashes_;
  MapOf<WatchedConfig> map_;

 private:
  FatalHandler previous_ = nullptr;
};

// Nothing to call, nothing to keep: the map that ships is the one without places.
static_assert(!DefaultConfig::Points::active);
static_assert(std::is_empty_v<DefaultConfig::Points>);
static_assert(((void)NoPoints::reach(Point::entry), true), "a constant expression: no effect");
static_assert(sizeof(MapOf<WatchedConfig>::Table) == sizeof(MapOf<ScriptedConfig<8>>::Table));

TEST_F(Places, OfANewKey) {
  map_.assign(1) = 1;
  EXPECT_EQ(take(),
            (Points{Point::entry, Point::checked, Point::toggle, Point::toggling, Point::toggled,
                    Point::claim, Point::count, Point::exit, Point::lowering, Point::lowered}));
}

TEST_F(Places, OfAnUpdate) {
  fill(2);
  map_.assign(1) = 5;
  EXPECT_EQ(take(), (Points{Point::entry, Point::checked, Point::toggle, Point::toggling,
                            Point::toggled, Point::exit, Point::lowering, Point::lowered}));
}

TEST_F(Places, OfADelete) {
  fill(2);
  map_.erase(1);
  EXPECT_EQ(take(), (Points{Point::entry, Point::checked, Point::toggle, Point::toggling,
                            Point::toggled, Point::count, Point::exit, Point::lowering}));
  map_.erase(1);
  EXPECT_EQ(take(), (Points{Point::entry, Point::checked, Point::toggle, Point::toggling,
                            Point::toggled, Point::exit, Point::lowering}));
}

TEST_F(Places, OfAClear) {
  fill(2);
  map_.clear();
  EXPECT_EQ(take(), (Points{Point::entry, Point::toggle, Point::toggling, Point::toggled,
                            Point::exit, Point::lowering}));
}

TEST_F(Places, OfALookUp) {
  fill(2);
  (void)map_.access2(1);
  EXPECT_EQ(take(), (Points{Point::entry, Point::checked, Point::locate}));
}

// Go's early return for maps without entries comes before every check.
TEST_F(Places, NoneInAnEmptyMap) {
  (void)map_.access2(1);
  map_.erase(1);
  map_.clear();
  (void)map_.iter().next();
  EXPECT_EQ(take(), Points{});
}

TEST_F(Places, BetweenTheBucketsOfAChain) {
  hashes_.rule = [](std::uint64_t /*key*/) { return hash_with(kTop, 0); };
  fill(17);
  (void)map_.access2(16);
  EXPECT_EQ(std::ranges::count(take(), Point::link), 2);
  map_.assign(16) = 1;
  EXPECT_EQ(std::ranges::count(take(), Point::chain), 2);
  map_.erase(16);
  EXPECT_EQ(std::ranges::count(take(), Point::chain), 2);
}

TEST_F(Places, AroundTheWorkOfAGrowth) {
  fill(26);
  map_.assign(26) = 1;  // four buckets become eight
  const Points places = take();
  const auto is = [&](Point point) { return std::ranges::count(places, point); };
  EXPECT_EQ(is(Point::grow), 1);
  EXPECT_EQ(is(Point::evacuated), 1);
  EXPECT_EQ(is(Point::grown), 1);
}

TEST_F(Places, OfAnIterator) {
  fill(2);
  auto it = map_.iter();
  EXPECT_EQ(take(), (Points{Point::open, Point::opening}));
  while (it.next()) {
  }
  const Points places = take();
  EXPECT_EQ(std::ranges::count(places, Point::step), 3);
  EXPECT_EQ(std::ranges::count(places, Point::bucket), 4);
}

// What a thread found before it waited may have moved meanwhile: it goes no further.
TEST_F(Places, AMapChangedMeanwhileIsFatalWhereItsInsideIsInUse) {
  hashes_.rule = [](std::uint64_t /*key*/) { return hash_with(kTop, 0); };
  fill(17);
  const auto write = [this] { map_.erase(3); };
  EXPECT_EQ(fatal_of([this] { (void)map_.access2(16); }, Point::link, write),
            "concurrent map read and map write");
  auto it = map_.iter();
  EXPECT_EQ(fatal_of(
                [&] {
                  while (it.next()) {
                  }
                },
                Point::bucket, write),
            "concurrent map iteration and map write");
  EXPECT_EQ(fatal_of([this] { map_.assign(2) = 1; }, Point::lowered, write),
            "concurrent map writes");
}

// As in Go: a key's hash does not depend on what others do, unless they change the seed.
TEST_F(Places, AMapChangedBeforeItsInsideIsInUseIsNoMatter) {
  fill(5);
  const auto write = [this] { map_.erase(3); };
  EXPECT_EQ(fatal_of([this] { EXPECT_NE(map_.access2(1), nullptr); }, Point::locate, write),
            "none");
  EXPECT_EQ(fatal_of([this] { map_.assign(9) = 1; }, Point::toggle, write), "none");
  EXPECT_EQ(map_.size(), 5U);
}

// Of two writers, one inside the other, the second takes the flag of the first down.
TEST_F(Places, AWriterOnAChangedMapLeavesByItsLastCheck) {
  fill(5);
  // The other writer has toggled, and is gone before it could lower the flag.
  const auto half_a_write = [this] {
    auto& table = const_cast<MapOf<WatchedConfig>::Table&>(*map_.inside());
    table.set_flags(static_cast<std::uint8_t>(table.flags.load() ^ kHashWriting));
    ++table.modifications;
  };
  EXPECT_EQ(fatal_of([this] { map_.assign(8) = 1; }, Point::claim, half_a_write),
            "concurrent map writes");
  EXPECT_EQ(Watched::places.back(), Point::exit);
}

// Two others have toggled meanwhile, so that the flag is up: the count of writes is not.
TEST_F(Places, AWriterOnAChangedMapIsFatalThoughTheFlagIsUp) {
  fill(5);
  auto& table = const_cast<MapOf<WatchedConfig>::Table&>(*map_.inside());
  const auto two_writes = [&table] { table.modifications += 2; };
  for (const Point at : {Point::claim, Point::exit, Point::lowering, Point::lowered}) {
    EXPECT_EQ(fatal_of([this] { map_.assign(8) = 1; }, at, two_writes), "concurrent map writes");
    // What a fatal error leaves is nobody's; here it was thrown, and the map is to be used again.
    table.set_flags(static_cast<std::uint8_t>(table.flags & ~kHashWriting));
    map_.erase(8);
  }
}

}  // namespace
}  // namespace gomap::test
