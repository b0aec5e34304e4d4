// Peers: each answers as a map must, and a wrong one is reported by the same Runner, by name.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "oracle/author.h"
#include "oracle/peer.h"
#include "oracle/peers/peer_impl.h"
#include "oracle/runner.h"
#include "oracle/state_cells.h"
#include "oracle/test/forge.h"
#include "oracle/text_codec.h"

namespace mapfuzz {
namespace {

RunPlan plan_of(const char* peer) {
  return {.name = "peers", .peers = {peer}, .audit = AuditMode::off, .off = kOffForPeers};
}

Program program(std::initializer_list<Operation> operations) {
  Program made;
  made.operations.assign(operations.begin(), operations.end());
  renumber(made);
  repair(made);
  return made;
}

// As a fuzz target runs it: what the plan has off is skipped.
Verdict run(const RunPlan& plan, const Program& program) {
  return Runner(plan).run(adapted(program, plan));
}

std::string told(const Program& program, const Verdict& verdict) {
  return verdict.failure.has_value() ? report(program, *verdict.failure) : std::string();
}

class EachPeer : public ::testing::TestWithParam<const char*> {
 protected:
  void prepare(const Program& program) { peer_->prepare(program); }
  Observation step(std::size_t index) { return peer_->step(index); }

  const std::unique_ptr<Implementation> peer_ = find_peer(GetParam())->make();
};

TEST_P(EachPeer, AnswersAProgramWrittenByHand) {
  const Program made = program({
      op(OpCode::assign, 1, 10),     // 0
      op(OpCode::assign, 1, 11),     // 1: replaced
      op(OpCode::update, 1, 5),      // 2
      op(OpCode::update, 2, 7),      // 3: starts at 0
      op(OpCode::access1, 3),        // 4: not there
      op(OpCode::len),               // 5
      op(OpCode::erase, 1),          // 6
      op(OpCode::erase, 1),          // 7: gone
      op(OpCode::access2, 1),        // 8
      op(OpCode::copy),              // 9: other is {2: 7}
      op(OpCode::literal, 100, 40),  // 10
      op(OpCode::range),             // 11
      op(OpCode::swap),              // 12: {2: 7}, other is the literal
      op(OpCode::access2, 2),        // 13
      op(OpCode::move),              // 14: {}, other is {2: 7}
      op(OpCode::len),               // 15
      op(OpCode::swap),              // 16
      op(OpCode::len),               // 17
      op(OpCode::clear),             // 18
      op(OpCode::remake, 0, 1000),   // 19
      op(OpCode::range),             // 20
  });
  prepare(made);
  (void)step(0);
  (void)step(1);
  EXPECT_EQ(step(2).value, 16U);
  EXPECT_EQ(step(3).value, 7U);
  EXPECT_EQ(step(4).value, 0U);
  EXPECT_EQ(step(5).length, 2U) << "reading adds nothing";
  EXPECT_TRUE(step(6).found);
  EXPECT_FALSE(step(7).found);
  EXPECT_FALSE(step(8).found);
  (void)step(9);
  (void)step(10);
  const Observation literal = step(11);
  ASSERT_EQ(literal.entries.size(), 40U);
  for (std::uint32_t at = 0; at < 40; ++at) {
    EXPECT_EQ(literal.entries[at], (Entry{100 + at, 100 + at})) << "sorted by key";
  }
  (void)step(12);
  EXPECT_EQ(step(13).value, 7U);
  (void)step(14);
  EXPECT_EQ(step(15).length, 0U);
  (void)step(16);
  EXPECT_EQ(step(17).length, 1U);
  (void)step(18);
  (void)step(19);
  EXPECT_TRUE(step(20).entries.empty());

  const Verdict verdict = run(plan_of(GetParam()), made);
  EXPECT_TRUE(verdict.ok()) << told(made, verdict);
  EXPECT_EQ(verdict.steps, made.operations.size());
}

TEST_P(EachPeer, BearsEveryHashPlan) {
  for (const HashKind kind : {HashKind::mix, HashKind::identity, HashKind::constant, HashKind::low,
                              HashKind::top, HashKind::explicit_}) {
    Program made = with_keys(table(), 0, 64, 200);
    made.header.hash.kind = kind;
    if (kind == HashKind::explicit_) {
      made.header.hash.explicit_hashes = {{.key = 0, .top = 7, .low = 1},
                                          {.key = 64, .top = 7, .low = 1}};
    }
    for (std::uint32_t key = 0; key < 100; ++key) {
      made.operations.push_back(op(OpCode::erase, 64 * key));
    }
    made.operations.push_back(op(OpCode::range));
    renumber(made);
    repair(made);
    const Verdict verdict = run(plan_of(GetParam()), made);
    EXPECT_TRUE(verdict.ok()) << told(made, verdict);
  }
}

TEST_P(EachPeer, RefusesWhatOnlyGoDefines) {
  for (std::uint8_t code = 0; code < kOpCodes; ++code) {
    const bool off = (kOffForPeers >> code & 1U) != 0;
    const Program made = program({op(static_cast<OpCode>(code), 0, 0)});
    RunPlan plan = plan_of(GetParam());
    plan.off = 0;
    const Verdict verdict = run(plan, made);
    EXPECT_EQ(verdict.failure.value_or(Failure{}).clause.id, off ? "fault" : "")
        << shape_of(static_cast<OpCode>(code)).name;
    const Verdict skipped = run(plan_of(GetParam()), made);
    EXPECT_TRUE(skipped.ok());
    EXPECT_EQ(skipped.steps, off ? 0U : 1U);
  }
}

TEST_P(EachPeer, GivesTheSameDigestEveryTime) {
  const Program made = with(with_keys(table(), 0, 7, 300), {op(OpCode::range)});
  EXPECT_EQ(run(plan_of(GetParam()), made).digest, run(plan_of(GetParam()), made).digest);
}

INSTANTIATE_TEST_SUITE_P(Peers, EachPeer, ::testing::ValuesIn(kPeers),
                         [](const ::testing::TestParamInfo<const char*>& tested) {
                           std::string name = tested.param;
                           name.erase(std::remove(name.begin(), name.end(), ':'), name.end());
                           return name;
                         });

// Wrong maps: each is std::unordered_map with one bug.
using RightMap = std::unordered_map<PeerKey, PeerElem, PeerHash, PeerEqual>;

struct LosesErase : RightMap {
  using RightMap::RightMap;
  std::size_t erase(const PeerKey& key) { return count(key); }
};

struct KeepsTheOldValue : RightMap {
  using RightMap::RightMap;
  void insert_or_assign(const PeerKey& key, PeerElem elem) { emplace(key, elem); }
};

struct DropsAKeyAtRehash : RightMap {
  using RightMap::RightMap;
  void insert_or_assign(const PeerKey& key, PeerElem elem) {
    const std::size_t buckets = bucket_count();
    RightMap::insert_or_assign(key, elem);
    if (buckets > 1 && bucket_count() != buckets) {
      erase(begin()->first == key ? std::next(begin()) : begin());
    }
  }
};

struct CopiesAnEntryTooFew : RightMap {
  using RightMap::RightMap;
  CopiesAnEntryTooFew(const CopiesAnEntryTooFew&) = default;
  CopiesAnEntryTooFew(CopiesAnEntryTooFew&&) = default;
  CopiesAnEntryTooFew& operator=(CopiesAnEntryTooFew&&) = default;
  CopiesAnEntryTooFew& operator=(const CopiesAnEntryTooFew& from) {
    RightMap::operator=(from);
    if (!empty()) {
      erase(begin());
    }
    return *this;
  }
  ~CopiesAnEntryTooFew() = default;
};

TEST(PeerHash, BringsTheProgramsCollisionsToThePeer) {
  Header header;
  header.hash.kind = HashKind::constant;
  const HashPlan plan(header);
  RightMap map(0, PeerHash{&plan, header.seed}, PeerEqual{});
  for (PeerKey key = 0; key < 100; ++key) {
    map[key] = 0;
  }
  EXPECT_EQ(map.bucket_size(map.bucket(7)), 100U);
}

template <class Map>
const char* planted(const char* name) {
  static const Peer peer = peer_of<Map>(name);
  static const bool added = add_peer(&peer);
  return added ? name : nullptr;
}

Failure failure_of(const RunPlan& plan, const Program& program) {
  return run(plan, program).failure.value_or(Failure{});
}

TEST(WrongPeer, ThatLosesAnEraseIsToldByName) {
  const Failure failure =
      failure_of(plan_of(planted<LosesErase>("loses an erase")),
                 program({op(OpCode::assign, 1, 2), op(OpCode::erase, 1), op(OpCode::access2, 1)}));
  EXPECT_EQ(to_string(signature_of(failure)), "model.found access2 quiet");
  EXPECT_EQ(failure.step, 2U);
  EXPECT_EQ(failure.expected, "not found");
  EXPECT_EQ(failure.got, "found 2");
  EXPECT_EQ(failure.subject, "u64 -> u64, loses an erase");
  EXPECT_EQ(failure.table, "") << "nobody can look into it";
}

TEST(WrongPeer, ThatKeepsTheOldValueIsToldByName) {
  const Failure failure = failure_of(
      plan_of(planted<KeepsTheOldValue>("keeps the old value")),
      program({op(OpCode::assign, 1, 2), op(OpCode::assign, 1, 3), op(OpCode::access1, 1)}));
  EXPECT_EQ(to_string(signature_of(failure)), "model.value access1 quiet");
  EXPECT_EQ(failure.expected, "3");
  EXPECT_EQ(failure.got, "2");
  EXPECT_EQ(failure.subject, "u64 -> u64, keeps the old value");
}

TEST(WrongPeer, ThatDropsAKeyAtRehashIsToldByName) {
  const RunPlan plan = plan_of(planted<DropsAKeyAtRehash>("drops a key"));
  const Failure counted = failure_of(plan, with(with_keys(table(), 0, 1, 100), {op(OpCode::len)}));
  EXPECT_EQ(to_string(signature_of(counted)), "model.length len quiet");
  EXPECT_EQ(counted.subject, "u64 -> u64, drops a key");
  const Failure ranged = failure_of(plan, with(with_keys(table(), 0, 1, 100), {op(OpCode::range)}));
  EXPECT_EQ(to_string(signature_of(ranged)), "I32.missed range quiet") << "the iteration contract";
  EXPECT_EQ(ranged.got, "the end");
}

TEST(WrongPeer, ThatCopiesTooFewIsToldByName) {
  const Failure failure = failure_of(plan_of(planted<CopiesAnEntryTooFew>("copies too few")),
                                     program({op(OpCode::assign, 1, 2), op(OpCode::copy),
                                              op(OpCode::swap), op(OpCode::access2, 1)}));
  EXPECT_EQ(to_string(signature_of(failure)), "model.found access2 quiet");
  EXPECT_EQ(failure.subject, "u64 -> u64, copies too few");
}

TEST(WrongPeer, IsToldBehindRightOnes) {
  RunPlan plan = plan_of(kPeers.front());
  plan.peers.push_back(planted<KeepsTheOldValue>("keeps the old value"));
  plan.peers.push_back(kPeers.back());
  const Program made =
      program({op(OpCode::assign, 1, 2), op(OpCode::assign, 1, 3), op(OpCode::access1, 1)});
  const Verdict verdict = run(plan, made);
  EXPECT_EQ(verdict.failure.value_or(Failure{}).subject, "u64 -> u64, keeps the old value");
  EXPECT_EQ(verdict.steps, 3U + 2U) << "the first peer's, and what was right of the second";
}

constexpr std::size_t kShards = 4;  // for a ctest that runs several at a time
constexpr std::size_t kProgramsPerShard = 20'000 / kShards;

class Peers : public ::testing::TestWithParam<std::size_t> {};

TEST_P(Peers, RaiseNoFalseAlarmInRandomPrograms) {
  RunPlan plan = plan_of(kPeers.front());
  plan.peers.assign(kPeers.begin(), kPeers.end());
  Runner runner(plan);
  Author author(7'000'003 * (GetParam() + 1));
  std::size_t steps = 0;
  std::size_t most_entries = 0;
  runner.observe(
      [&](const Program&, std::size_t, const Observation&, const gomap::TableView& view) {
        most_entries = std::max(most_entries, view.count);
      });
  for (std::size_t n = 0; n < kProgramsPerShard; ++n) {
    const Program made =
        adapted(author.write({KeyKind::u64, ElemKind::u64, 8}, 40 + n % 160), plan);
    const Verdict verdict = runner.run(made);
    ASSERT_TRUE(verdict.ok()) << "program " << n << "\n" << told(made, verdict) << print_ops(made);
    ASSERT_EQ(verdict.steps % kPeers.size(), 0U) << "all peers go equally far";
    steps += verdict.steps;
  }
  EXPECT_GE(steps, 50 * kPeers.size() * kProgramsPerShard) << "most operations are not off";
  EXPECT_GE(most_entries, 150U) << "every peer has rehashed several times";
}

INSTANTIATE_TEST_SUITE_P(Shard, Peers, ::testing::Range(std::size_t{0}, kShards));

TEST(PeersPlan, MustBeOneThatPeersCanRun) {
  const auto start = [](const RunPlan& plan) { const Runner runner(plan); };
  EXPECT_DEATH(start(plan_of("no such map")), "peer no such map is not linked");
  RunPlan audited = plan_of(kPeers.front());
  audited.audit = AuditMode::touched;
  EXPECT_DEATH(start(audited), "audit and Go runtime must be off");
  RunPlan texts = plan_of(kPeers.front());
  texts.key = KeyKind::str;
  EXPECT_DEATH(start(texts), "kinds must be u64 -> u64");
}

// A hang is a finding: what a peer may well do slowly must not become one.
TEST(PeersPlan, BoundsTheWorkWhereAllKeysCollide) {
  Program made;
  made.operations.assign(24, op(OpCode::literal, 0, kMaxLiteral));
  renumber(made);
  const RunPlan plan = plan_of(kPeers.front());
  EXPECT_EQ(run(plan, made).steps, 24U);
  made.header.hash.kind = HashKind::constant;
  EXPECT_EQ(run(plan, made).steps, 0U);
  made = with_keys(table(), 0, 1, 4000);
  made.header.hash.kind = HashKind::constant;
  const std::size_t steps = run(plan, made).steps;
  EXPECT_GT(steps, 2000U);
  EXPECT_LT(steps, 3000U);
}

TEST(PeersPlan, CountsNoStates) {
  std::vector<std::uint8_t> cells(state_cells());
  StateCounter counter(cells);
  Runner runner(plan_of(kPeers.front()));
  runner.count_states(&counter);
  EXPECT_TRUE(runner.run(with_keys(table(), 0, 1, 100)).ok());
  EXPECT_EQ(cells, std::vector<std::uint8_t>(state_cells()));
}

}  // namespace
}  // namespace mapfuzz
