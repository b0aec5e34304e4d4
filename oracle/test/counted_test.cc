// Counted: what it counts, and that it sees itself misused. Bytes are copied on purpose.
#include "oracle/counted.h"

#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

#include "gomap/slot_traits.h"

namespace mapfuzz {
namespace {

static_assert(gomap::Slot<Counted>::indirect);
static_assert(!std::is_nothrow_move_constructible_v<Counted>);

// Room for one, into which nothing was constructed.
struct Room {
  alignas(Counted) std::byte bytes[sizeof(Counted)];
  Counted* at() { return std::launder(reinterpret_cast<Counted*>(bytes)); }
};

std::uint64_t misused_by(void (*act)()) {
  const std::uint64_t before = Counted::misused();
  act();
  return Counted::misused() - before;
}

TEST(Counted, CountsConstructorsAgainstDestructors) {
  const std::int64_t before = Counted::alive();
  {
    const Counted zero;
    Counted one(1);
    const Counted copy = one;
    const Counted moved = std::move(one);
    EXPECT_EQ(Counted::alive() - before, 4);
  }
  EXPECT_EQ(Counted::alive(), before);
}

TEST(Counted, IsZeroUntilSomethingIsStored) {
  Counted counted;
  EXPECT_TRUE(counted.is_zero());
  EXPECT_FALSE(counted.is(0));
  counted = Counted(0);
  EXPECT_FALSE(counted.is_zero());
  EXPECT_TRUE(counted.is(0));
  EXPECT_EQ(counted.number(), 0U);
  EXPECT_EQ(counted, Counted());
}

TEST(Counted, AMovedFromOneIsNotWhole) {
  Counted from(5);
  const Counted to = std::move(from);
  EXPECT_EQ(to.number(), 5U);
  EXPECT_FALSE(from.is_whole());  // NOLINT(bugprone-use-after-move): what is left is the point
  EXPECT_EQ(from.number(), Counted::kMovedFrom);
  from = Counted(6);
  EXPECT_EQ(from.number(), 6U);
}

TEST(Counted, AssigningToItselfChangesNothing) {
  Counted counted(7);
  Counted& same = counted;
  counted = same;
  counted = std::move(same);
  EXPECT_EQ(counted.number(), 7U);
}

TEST(Counted, OrdinaryUseIsNoMisuse) {
  EXPECT_EQ(misused_by([] {
              Counted a(1);
              Counted b = a;
              b = std::move(a);
              a = b;
              EXPECT_EQ(a, b);
            }),
            0U);
}

TEST(Counted, BytesThatWereMovedAreNotWholeAndMisusedWhenUsed) {
  const auto original = std::make_unique<Counted>(3);
  static Room room;
  std::memcpy(room.bytes, static_cast<const void*>(original.get()), sizeof room.bytes);
  EXPECT_FALSE(room.at()->is_whole());
  EXPECT_EQ(misused_by([] { (void)room.at()->number(); }), 0U) << "looking is no use";
  EXPECT_EQ(misused_by([] { EXPECT_TRUE(*room.at() == Counted(3)); }), 1U);
  EXPECT_EQ(misused_by([] { const Counted copy(*room.at()); }), 1U);
  EXPECT_EQ(misused_by([] { *room.at() = Counted(4); }), 1U);

  std::memcpy(room.bytes, static_cast<const void*>(original.get()), sizeof room.bytes);
  const std::int64_t alive = Counted::alive();
  EXPECT_EQ(misused_by([] { std::destroy_at(room.at()); }), 1U);
  EXPECT_EQ(Counted::alive(), alive - 1) << "so that the original's own destructor is one too many";
  ::new (room.bytes) Counted;  // evens the count out for those who come after
}

TEST(Counted, ASecondDestructorIsMisuseAndOneTooFew) {
  static Room room;
  ::new (room.bytes) Counted(1);
  const std::int64_t alive = Counted::alive();
  std::destroy_at(room.at());
  EXPECT_EQ(misused_by([] { std::destroy_at(room.at()); }), 1U);
  EXPECT_EQ(Counted::alive(), alive - 2);
  ::new (room.bytes) Counted;
}

}  // namespace
}  // namespace mapfuzz
