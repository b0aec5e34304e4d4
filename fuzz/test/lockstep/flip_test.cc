// Every word of a snapshot is really compared: one bit flipped on Go's side is reported, and by
// name.
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "fuzz/plans.h"
#include "oracle/engine_impl.h"
#include "oracle/go/cpp/go_reference.h"
#include "oracle/runner.h"
#include "oracle/snapshot.h"
#include "oracle/text_codec.h"
#include "oracle/verdict.h"

namespace mapfuzz {
namespace {

// The engine's words after the last operation of the program.
Snapshot last_words(const Program& program) {
  const EngineRow& row =
      *find_engine({program.header.key, program.header.elem, program.header.width});
  const auto engine = row.make();
  engine->prepare(program);
  for (std::size_t step = 0; step < program.operations.size(); ++step) {
    (void)engine->step(step);
  }
  Snapshot words;
  words.take(engine->view(), row.reader, *engine);
  return words;
}

Program parsed(const std::string& text) {
  Program program = std::get<OpsText>(parse_ops(text)).program;
  adapt(program, *find_plan("lockstep"));
  return program;
}

std::string assigns(int first, int count, int stride = 1) {
  std::string out;
  for (int n = 0; n < count; ++n) {
    out += "assign " + std::to_string(first + n * stride) + " = " + std::to_string(n) + "\n";
  }
  return out;
}

std::string deletes(int first, int count, int stride = 1) {
  std::string out;
  for (int n = 0; n < count; ++n) {
    out += "delete " + std::to_string(first + n * stride) + "\n";
  }
  return out;
}

// Entries without a value to write down.
std::string literal(int count) { return "literal 0 = " + std::to_string(count) + "\n"; }

struct Case {
  const char* name;
  std::string text;
};

std::vector<Case> cases() {
  const std::string top = "mapfuzz 1\nmap hash=identity policy=go-exact ";
  const std::string piles =
      assigns(1000, 17, 4) + deletes(1000, 17, 4) + assigns(1001, 17, 4) + deletes(1001, 17, 4);
  return {
      {"doubling", top + "hint=26 seed=3\n" + assigns(0, 26) + "iter a\nnext a\n" +
                       "assign 26 = 7\niter b\nnext b\nnext b\n"},
      {"same size", top + "hint=26 seed=3\n" + assigns(2, 3, 4) + piles + "iter c\nassign 3 = 1\n"},
      {"preallocated overflow", top + "hint=104 seed=3\n" + assigns(5, 20, 16) + "iter h\n"},
      {"strings", top + "key=str hint=26 seed=3\n" + assigns(0, 27) + "delete 3\n"},
      {"elements behind pointers", top + "elem=big hint=26 seed=3\n" + assigns(0, 27)},
      {"interfaces", top + "key=any hint=14 seed=3\n" + assigns(0, 15) + "delete 14\n"},
      {"no elements", top + "elem=unit hint=14 seed=3\n" + literal(20)},
      {"nothing yet", top + "seed=3\nlen\n"},
  };
}

// Of "old bucket 3, overflow 1, cell 5, key": "key". Iterators have a B of their own.
std::string field_of(const std::string& name) {
  const std::size_t comma = name.rfind(", ");
  const std::string field = comma == std::string::npos ? name : name.substr(comma + 2);
  return name.starts_with("iterator ") ? "iterator " + field : field;
}

std::set<std::string> every_field() {
  return {"count",
          "flags",
          "B",
          "noverflow",
          "hash0",
          "nevacuate",
          "whether there are buckets",
          "whether there are old buckets",
          "whether there is extra",
          "whether there is a list of overflow buckets",
          "whether there is a list of old overflow buckets",
          "nextOverflow",
          "length of the list of overflow buckets",
          "length of the list of old overflow buckets",
          "number of buckets",
          "number of old buckets",
          "origin",
          "link",
          "tophash",
          "key",
          "element",
          "iterator open",
          "iterator wrapped",
          "iterator started",
          "iterator B",
          "iterator offset",
          "iterator i",
          "iterator startBucket",
          "iterator bucket",
          "iterator checkBucket",
          "iterator array of buckets",
          "iterator array of bptr",
          "iterator index of bptr"};
}

// A bit of each of the fields that share the word, or three of a word that is one field.
std::vector<std::uint32_t> bits_to_flip(const Snapshot& words, bool elems, std::size_t word) {
  std::map<std::string, std::uint32_t> of_fields;
  for (std::uint32_t bit = 0; bit < 64; ++bit) {
    of_fields.emplace(name_of_word(words, elems, word, std::uint64_t{1} << bit), bit);
  }
  std::vector<std::uint32_t> bits;
  for (const auto& [name, bit] : of_fields) {
    if (name.find("without a meaning") == std::string::npos) {
      bits.push_back(bit);
    }
  }
  return bits.size() == 1 ? std::vector<std::uint32_t>{0, 31, 63} : bits;
}

TEST(Flip, OfAnyBitInGosCopyIsReportedByName) {
  Runner runner(*find_plan("lockstep"));
  std::size_t flips = 0;
  std::set<std::string> fields;
  for (const Case& one : cases()) {
    const Program program = parsed(one.text);
    ASSERT_TRUE(runner.run(program).ok()) << one.name;
    const Snapshot words = last_words(program);
    const bool elems = program.header.elem != ElemKind::unit;
    ASSERT_TRUE(map_of(words, elems).complete) << one.name;
    const auto last = static_cast<std::ptrdiff_t>(program.operations.size()) - 1;
    for (std::size_t word = 0; word < words.words().size(); ++word) {
      for (const std::uint32_t bit : bits_to_flip(words, elems, word)) {
        set_go_flip({.step = last, .word = word, .bit = bit});
        const Verdict verdict = runner.run(program);
        if (!verdict.failure.has_value()) {
          FAIL() << one.name << ": word " << word << ", bit " << bit;
        }
        const Failure& failure = *verdict.failure;
        ASSERT_EQ(failure.clause.id, "go.table") << one.name;
        const std::string name = name_of_word(words, elems, word, std::uint64_t{1} << bit);
        ASSERT_TRUE(failure.expected.starts_with(name + ": "))
            << one.name << ": expected '" << name << "', told '" << failure.expected << "'";
        ASSERT_NE(failure.table.find("> Go"), std::string::npos) << failure.table;
        ASSERT_NE(failure.expected, name + ": " + failure.got);
        fields.insert(field_of(name));
        ++flips;
      }
    }
  }
  set_go_flip({});
  EXPECT_EQ(fields, every_field());
  EXPECT_GE(flips, 1'000U);
}

TEST(Flip, IsOfOneRunOnly) {
  Runner runner(*find_plan("lockstep"));
  const Program program = parsed("mapfuzz 1\nmap policy=go-exact\nassign 1 = 2\n");
  set_go_flip({.step = 0, .word = kCountWord, .bit = 0});
  EXPECT_FALSE(runner.run(program).ok());
  set_go_flip({});
  EXPECT_TRUE(runner.run(program).ok());
}

}  // namespace
}  // namespace mapfuzz
