// Exceptions: whatever hash, equality, copy or allocation throws in the middle of, has not
// happened.
//
// engine/test/exceptions_test.cc throws at every point of every operation on maps of ascending
// keys; here maps have histories, with holes, growths half done and an iterator open, and the
// container face is interrupted as well.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <map>
#include <new>
#include <ostream>
#include <utility>

#include "gomap/inspect.h"
#include "props/acts.h"
#include "test/throwing.h"

namespace mapfuzz {
namespace {

using gomap::test::Bang;
using gomap::test::bomb;
using gomap::test::Fragile;
using gomap::test::number;
using gomap::test::Site;

// Its draws come from a number, so that a run is a function of the history.
struct CountedDraws {
  std::uint64_t state = 0;
  std::uint32_t operator()() { return static_cast<std::uint32_t>(wide() >> 32U); }
  std::uint64_t wide() { return gomap::hash_word(++state, 1); }
};
struct Config : gomap::test::FragileConfig {
  using Random = CountedDraws;
};
using Map =
    gomap::Map<Fragile, Fragile, gomap::test::FragileHash, gomap::test::FragileEqual, Config>;
using Held = std::map<std::uint64_t, std::uint64_t>;

[[nodiscard]] Held contents_of(const Map& map) {
  Held held;
  for (auto it = map.iter(); it.next();) {
    RC_ASSERT(held.emplace(number(it.key()), number(it.elem())).second);
  }
  return held;
}

void write(Map& map, Held& held, const Write& write) {
  const Fragile key(write.key);
  const auto value = static_cast<std::uint64_t>(write.value);
  switch (write.verb) {
    case Verb::assign:
      map.insert_or_assign(key, Fragile(value));
      held[write.key] = value;
      break;
    case Verb::erase:
      map.erase(key);
      held.erase(write.key);
      break;
    case Verb::clear:
      map.clear();
      held.clear();
      break;
  }
}

// Any history; then, in one of two, new keys until a growth is on.
void fill(Map& map, Held& held) {
  for_each_write(*any_acts(), [&](const Write& one) { write(map, held, one); });
  if (*rc::gen::arbitrary<bool>()) {
    constexpr unsigned unused = 2000;
    for (unsigned n = 0; !gomap::view_of(map).growing() && n < 200; ++n) {
      write(map, held, {Verb::assign, unused + n, 1});
    }
  }
}

// The throw number `call` (from 0) at `site`, if `work` gets that far.
template <class Work>
[[nodiscard]] bool goes_off(Site site, int call, Work work) {
  bomb.site = site;
  bomb.calls_left = call;
  bomb.went_off = false;
  bool thrown = false;
  try {
    work();
  } catch (const Bang&) {
    thrown = true;
  } catch (const std::bad_alloc&) {
    thrown = true;
  }
  bomb.site = Site::none;
  RC_ASSERT(thrown == bomb.went_off);
  return thrown;
}

[[nodiscard]] Site any_site() {
  return *rc::gen::element(Site::hash, Site::equal, Site::copy, Site::allocation);
}
[[nodiscard]] int any_call() {
  return *rc::gen::weightedOneOf<int>(
      {{2, rc::gen::inRange(0, 3)}, {1, rc::gen::resize(100, rc::gen::inRange(0, 40))}});
}

void require_nothing_left() {
  RC_ASSERT(bomb.instances == 0);
  RC_ASSERT(bomb.bytes == 0U);
}

enum class Single : std::uint8_t { assign, insert_or_assign, try_emplace, erase, extract, find };
void showValue(Single single, std::ostream& os) {  // NOLINT(readability-identifier-naming)
  constexpr const char* names[] = {"assign", "insert_or_assign", "try_emplace",
                                   "erase",  "extract",          "find"};
  os << names[static_cast<int>(single)];
}

void perform(Map& map, Single single, const Fragile& key, const Fragile& elem) {
  switch (single) {
    case Single::assign:
      (void)map.assign(key);
      break;
    case Single::insert_or_assign:
      map.insert_or_assign(key, elem);
      break;
    case Single::try_emplace:
      map.try_emplace(key, elem);
      break;
    case Single::erase:
      map.erase(key);
      break;
    case Single::extract:
      (void)map.extract(key);
      break;
    case Single::find:
      (void)map.contains(key);
      break;
  }
}

// What the operation has done when it gets through.
void perform(Held& held, Single single, std::uint64_t key) {
  switch (single) {
    case Single::assign:
      held.emplace(key, 0);
      break;
    case Single::insert_or_assign:
      held[key] = 7;
      break;
    case Single::try_emplace:
      held.emplace(key, 7);
      break;
    case Single::erase:
    case Single::extract:
      held.erase(key);
      break;
    case Single::find:
      break;
  }
}

// One operation, interrupted at its first call, at its second, ... until it gets through.
void interrupt(Map& map, Held& held) {
  const auto single =
      *rc::gen::element(Single::assign, Single::insert_or_assign, Single::try_emplace,
                        Single::erase, Single::extract, Single::find);
  const unsigned number = *rc::gen::inRange(0U, 200U);
  const Fragile key(number);
  const Fragile elem(7);
  const Site site = any_site();
  int throws = 0;
  while (goes_off(site, throws, [&] { perform(map, single, key, elem); })) {
    ++throws;
    RC_ASSERT(contents_of(map) == held);
    RC_ASSERT(map.size() == held.size());
  }
  RC_CLASSIFY(throws > 0 && site == Site::hash, "hash");
  RC_CLASSIFY(throws > 0 && site == Site::equal, "equality");
  RC_CLASSIFY(throws > 0 && site == Site::copy, "copy");
  RC_CLASSIFY(throws > 0 && site == Site::allocation, "allocation");
  RC_CLASSIFY(throws > 8, "more than eight points");
  perform(held, single, number);
}

TEST(Interrupted, AnOperationThatThrowsHasNotHappened) {
  EXPECT_TRUE(
      rc::check("what throws from an operation leaves the contents as they were, and a map "
                "that goes on",
                [] {
                  bomb = {};
                  {
                    Map map;
                    Held held;
                    fill(map, held);
                    auto it = map.iter();
                    if (*rc::gen::arbitrary<bool>()) {
                      (void)it.next();
                    }
                    interrupt(map, held);
                    fill(map, held);
                    interrupt(map, held);
                    RC_ASSERT(contents_of(map) == held);
                  }
                  require_nothing_left();
                }));
}

TEST(Interrupted, ACopyThatThrowsLeavesNothingBehind) {
  EXPECT_TRUE(
      rc::check("a copy that throws frees what it had made, and its original is as before", [] {
        bomb = {};
        {
          Map map;
          Held held;
          fill(map, held);
          Map target;
          Held before;
          fill(target, before);
          const bool assigns = *rc::gen::arbitrary<bool>();
          const bool thrown = goes_off(any_site(), any_call(), [&] {
            if (assigns) {
              target = map;
            } else {
              const Map copy = map;
              RC_ASSERT(copy.size() == held.size());
            }
          });
          RC_CLASSIFY(thrown, "thrown");
          RC_ASSERT(contents_of(map) == held);
          RC_ASSERT(contents_of(target) == (assigns && !thrown ? held : before));
        }
        require_nothing_left();
      }));
}

TEST(Interrupted, AMergeThatThrowsKeepsEveryEntryOnOneSide) {
  EXPECT_TRUE(rc::check("a merge that throws leaves every entry in one of the two maps", [] {
    bomb = {};
    {
      Map map;
      Map source;
      Held held;
      Held offered;
      fill(map, held);
      fill(source, offered);
      const bool thrown = goes_off(any_site(), any_call(), [&] { map.merge(source); });
      RC_CLASSIFY(thrown, "thrown");
      const Held here = contents_of(map);
      const Held there = contents_of(source);
      RC_ASSERT(map.size() == here.size());
      RC_ASSERT(source.size() == there.size());
      RC_ASSERT(here.size() + there.size() == held.size() + offered.size());
      for (const auto& [key, value] : held) {
        RC_ASSERT(here.at(key) == value);
      }
      for (const auto& [key, value] : offered) {
        RC_ASSERT((there.contains(key) ? there : here).at(key) == value);
      }
    }
    require_nothing_left();
  }));
}

}  // namespace
}  // namespace mapfuzz
