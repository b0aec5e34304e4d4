// Go's best-effort detection of concurrent use (spec 2.18): which text, where, and before what. A
// second user is played by a call from inside a hash or an equality, at the moment the map calls
// it.

#include <functional>
#include <string>
#include <utility>

#include "test/support.h"

namespace gomap::test {
namespace {

struct Fatal {
  const char* text;
};

// Equality that lets a test in between, once.
struct Interrupted {
  std::function<void()>* interruption = nullptr;
  bool operator()(std::uint64_t a, std::uint64_t b) const {
    if (const auto now = std::exchange(*interruption, nullptr)) {
      now();
    }
    return a == b;
  }
};

class Misuse : public testing::Test {
 protected:
  using M =
      Map<std::uint64_t, std::uint64_t, ChosenHash<std::uint64_t>, Interrupted, ScriptedConfig<8>>;

  void SetUp() override {
    previous_ = set_fatal_handler([](const char* text) { throw Fatal{text}; });
    map_ = M(26, {&hashes_}, {&interruption_}, {&draws_});
    for (std::uint64_t n = 0; n < 5; ++n) {
      map_.assign(n) = n;
    }
  }
  void TearDown() override { set_fatal_handler(previous_); }

  // The fatal text of `outer` when `inner` happens inside its first comparison of keys.
  std::string fatal_of(const std::function<void()>& outer, const std::function<void()>& inner) {
    interruption_ = inner;
    try {
      outer();
    } catch (const Fatal& fatal) {
      return fatal.text;
    }
    return "none";
  }

  [[nodiscard]] M::Table& table() { return const_cast<M::Table&>(*map_.inside()); }

  Draws draws_;
  Hashes<std::uint64_t> hashes_;
  std::function<void()> interruption_;
  M map_;
  // Keys that compare with what is stored.
  std::function<void()> assign_ = [this] { (void)map_.assign(3); };
  std::function<void()> erase_ = [this] { map_.erase(3); };
  std::function<void()> access2_ = [this] { (void)map_.access2(3); };
  std::function<void()> access1_ = [this] { (void)map_.access1(3); };
  std::function<void()> clear_ = [this] { map_.clear(); };

 private:
  FatalHandler previous_ = nullptr;
};

TEST_F(Misuse, ReadsInsideAnAssignAreFatal) {
  EXPECT_EQ(fatal_of(assign_, access2_), "concurrent map read and map write");
}
TEST_F(Misuse, ReadsInsideADeleteAreFatal) {
  EXPECT_EQ(fatal_of(erase_, access1_), "concurrent map read and map write");
}
TEST_F(Misuse, AssignsInsideAnAssignAreFatal) {
  EXPECT_EQ(fatal_of(assign_, assign_), "concurrent map writes");
}
TEST_F(Misuse, DeletesInsideAnAssignAreFatal) {
  EXPECT_EQ(fatal_of(assign_, erase_), "concurrent map writes");
}
TEST_F(Misuse, ClearsInsideADeleteAreFatal) {
  EXPECT_EQ(fatal_of(erase_, clear_), "concurrent map writes");
}

TEST_F(Misuse, StepsOfAnIteratorInsideAnAssignAreFatal) {
  auto it = map_.iter();
  EXPECT_EQ(fatal_of(assign_, [&] { (void)it.next(); }), "concurrent map iteration and map write");
}

// As in Go, where the check lies in the step and not in the opening.
TEST_F(Misuse, OpeningAnIteratorInsideAnAssignIsSeenAtItsFirstStep) {
  ASSERT_EQ(table().flags.load(), 0);
  EXPECT_EQ(fatal_of(assign_,
                     [&] {
                       auto it = map_.iter<GoExact>();
                       EXPECT_EQ(table().flags.load(), kIterator | kOldIterator | kHashWriting);
                       (void)it.next();
                     }),
            "concurrent map iteration and map write");
}

TEST_F(Misuse, ReadsInsideAReadAreFine) {
  EXPECT_EQ(fatal_of(access2_, access2_), "none");
  EXPECT_EQ(fatal_of(access2_, [this] { (void)map_.iter().next(); }), "none");
}

TEST_F(Misuse, SizeIsNeverChecked) {
  EXPECT_EQ(fatal_of(assign_, [this] { EXPECT_EQ(map_.size(), 5U); }), "none");
}

TEST_F(Misuse, FatalErrorsComeBeforeAnyChange) {
  const TableView before = view_of(map_);
  (void)fatal_of(assign_, [this] { map_.assign(99) = 1; });
  const TableView after = view_of(map_);
  EXPECT_EQ(after.count, before.count);
  EXPECT_EQ(shape(after, after.bucket(3)), "#-------");
}

// Racing writers toggle the flag away from under each other; the one that leaves last notices.
TEST_F(Misuse, AWriterThatFindsItsFlagGoneIsFatalAtItsExit) {
  const auto lose_the_flag = [this] {
    table().set_flags(static_cast<std::uint8_t>(table().flags.load() & ~kHashWriting));
  };
  EXPECT_EQ(fatal_of(assign_, lose_the_flag), "concurrent map writes");
  EXPECT_EQ(fatal_of(erase_, lose_the_flag), "concurrent map writes");
  EXPECT_EQ(view_of(map_).flags, 0);
}

// Of two writers that both passed the entry check, the second one's toggle takes the flag down:
// setting it instead would let both go unnoticed.
TEST_F(Misuse, TheFlagIsToggledNotSet) {
  hashes_.rule = [this](std::uint64_t key) {
    table().set_flags(kHashWriting);  // the other writer, between our check and our toggle
    return hash_with(kTop, key);
  };
  EXPECT_THROW(assign_(), Fatal);
  EXPECT_EQ(view_of(map_).flags, 0);
  EXPECT_THROW(erase_(), Fatal);
  EXPECT_EQ(view_of(map_).flags, 0);
}

TEST_F(Misuse, ChecksComeAfterTheReturnForEmptyMaps) {
  map_.clear();
  table().set_flags(kHashWriting);
  EXPECT_EQ(map_.access2(1), nullptr);
  EXPECT_FALSE(map_.erase(1));
  map_.clear();
  EXPECT_FALSE(map_.iter().next());
  EXPECT_THROW((void)map_.assign(1), Fatal);
  table().set_flags(0);
}

TEST_F(Misuse, ChecksComeBeforeTheHashIsCalled) {
  table().set_flags(kHashWriting);
  const std::size_t calls = hashes_.calls;
  EXPECT_THROW(assign_(), Fatal);
  EXPECT_THROW(erase_(), Fatal);
  EXPECT_THROW(access2_(), Fatal);
  EXPECT_THROW(clear_(), Fatal);
  EXPECT_EQ(hashes_.calls, calls);
  table().set_flags(0);
}

// The flag goes up only after hashing: a hash that throws has changed nothing.
TEST_F(Misuse, AHashThatThrowsLeavesTheMapAsItWas) {
  hashes_.rule = [](std::uint64_t) -> std::uint64_t { throw 1; };
  EXPECT_THROW(assign_(), int);
  EXPECT_THROW(erase_(), int);
  EXPECT_THROW(access2_(), int);
  EXPECT_EQ(view_of(map_).flags, 0);
  hashes_.rule = [](std::uint64_t key) { return hash_with(kTop, key); };
  map_.assign(3) = 33;
  EXPECT_EQ(map_.access1(3), 33U);
  EXPECT_EQ(map_.size(), 5U);
}

// The flag is up while an evacuation hashes old keys.
TEST_F(Misuse, ReadsInsideTheHashOfAnEvacuationAreFatal) {
  for (std::uint64_t n = 5; n < 26; ++n) {
    map_.assign(n) = n;
  }
  std::string text = "none";
  std::size_t seen = 0;
  hashes_.rule = [&](std::uint64_t key) {
    if (++seen == 2) {
      try {
        (void)map_.access2(1);
      } catch (const Fatal& fatal) {
        text = fatal.text;
      }
    }
    return hash_with(kTop, key);
  };
  map_.assign(26) = 26;
  EXPECT_EQ(text, "concurrent map read and map write");
  EXPECT_EQ(map_.size(), 27U);
}

TEST_F(Misuse, ABrokenOldBucketIsFatal) {
  for (std::uint64_t n = 5; n < 26; ++n) {
    map_.assign(n) = n;
  }
  set_cell_state(table().buckets + Rig<>::Map::Table::Layout::size, 3, kEvacuatedX);
  EXPECT_THROW(map_.assign(1 + 64) = 1, Fatal) << "bad map state";
}

TEST(FatalDeathTest, PrintsGosTextAndDoesNotReturn) {
  EXPECT_DEATH(fatal("concurrent map writes"), "fatal error: concurrent map writes");
}

TEST(FatalDeathTest, AHandlerThatReturnsIsFollowedByAbort) {
  EXPECT_DEATH(
      {
        set_fatal_handler([](const char*) {});
        fatal("concurrent map writes");
      },
      "");
}

}  // namespace
}  // namespace gomap::test
