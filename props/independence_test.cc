// What answers do not depend on: seed and draws, the hash, the width of a bucket, the hint.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <vector>

#include "props/typed_maps.h"

namespace mapfuzz {
namespace {

// The answers of a history that a caller sees: whether each write met the key, the size after it,
// the value just written, and in the end the contents.
struct Answers {
  std::vector<int> seen;
  Contents contents;
  friend bool operator==(const Answers&, const Answers&) = default;
};

template <class Kind, class Map>
[[nodiscard]] Answers answers_of(Map map, const Acts& acts) {
  Answers answers;
  for_each_write(acts, [&](const Write& write) {
    const auto key = Kind::key(write.key);
    answers.seen.push_back(map.contains(key) ? 1 : 0);
    apply<Kind>(map, write);
    answers.seen.push_back(static_cast<int>(map.size()));
    const auto* elem = map.access2(key);
    answers.seen.push_back(elem == nullptr ? -1 : value_of(*elem));
  });
  answers.contents = contents_of<Kind>(map);
  return answers;
}

template <class KindT>
class Independence : public testing::Test {
 protected:
  using Kind = KindT;
};

using Kinds = testing::Types<Words, Texts, Doubles, Owned, Bulk>;
TYPED_TEST_SUITE(Independence, Kinds);

TYPED_TEST(Independence, SeedAndDrawsDoNotMatter) {
  EXPECT_TRUE(rc::check("seed and draws do not matter for answers", [] {
    using Kind = typename TestFixture::Kind;
    const Acts acts = *any_acts();
    const Spread spread = *any_spread();
    const auto answers = answers_of<Kind>(typed_map<Kind>(spread, 0), acts);
    const auto seed = *rc::gen::arbitrary<std::uint64_t>();
    RC_ASSERT(answers_of<Kind>(typed_map<Kind>(spread, seed), acts) == answers);
  }));
}

TYPED_TEST(Independence, TheHashDoesNotMatter) {
  EXPECT_TRUE(rc::check("the hash does not matter for answers", [] {
    using Kind = typename TestFixture::Kind;
    const Acts acts = *any_acts();
    const auto answers = answers_of<Kind>(typed_map<Kind>(Spread::mixed), acts);
    for (const Spread spread : {Spread::clumped, Spread::one_bucket, Spread::one_top}) {
      RC_ASSERT(answers_of<Kind>(typed_map<Kind>(spread), acts) == answers);
    }
  }));
}

TYPED_TEST(Independence, TheWidthDoesNotMatter) {
  EXPECT_TRUE(rc::check("the width of a bucket does not matter for answers", [] {
    using Kind = typename TestFixture::Kind;
    const Acts acts = *any_acts();
    const Spread spread = *any_spread();
    const auto answers = answers_of<Kind>(typed_map<Kind, 8>(spread), acts);
    RC_ASSERT(answers == answers_of<Kind>(typed_map<Kind, 4>(spread), acts));
    RC_ASSERT(answers == answers_of<Kind>(typed_map<Kind, 2>(spread), acts));
    RC_ASSERT(answers == answers_of<Kind>(typed_map<Kind, 1>(spread), acts));
  }));
}

TYPED_TEST(Independence, TheHintDoesNotMatter) {
  EXPECT_TRUE(rc::check("the hint does not matter for answers, a bogus one neither", [] {
    using Kind = typename TestFixture::Kind;
    const Acts acts = *any_acts();
    const Spread spread = *any_spread();
    const auto hint =
        *rc::gen::oneOf(rc::gen::resize(100, rc::gen::inRange<std::int64_t>(0, 500)),
                        rc::gen::element<std::int64_t>(-1, 9, 14, 27, 53, std::int64_t{1} << 62));
    const auto answers = answers_of<Kind>(typed_map<Kind>(spread), acts);
    RC_ASSERT(answers == answers_of<Kind>(typed_map<Kind>(spread, 0, hint), acts));
  }));
}

}  // namespace
}  // namespace mapfuzz
