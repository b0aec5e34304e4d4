// Emitted Go programs do on a real Go map what the engine does: same answers of iterators, same
// header fields and cell states after every step.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <charconv>
#include <map>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "fuzz/cli/emit_prune.h"
#include "fuzz/cli/files.h"
#include "fuzz/cli/stop.h"
#include "fuzz/test/run_command.h"
#include "gomap/constants.h"
#include "oracle/kinds.h"
#include "oracle/text_codec.h"

namespace mapfuzz::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

CommandResult go(std::vector<std::string> words) {
  words.insert(words.begin(), "/usr/bin/env");
  return run_command(words);
}

// What is compared: "count 3, B 0, ..." and, by "old 1" or "bucket 0", the states of a chain.
struct Table {
  std::string header;
  std::map<std::string, std::string> chains;
  friend bool operator==(const Table&, const Table&) = default;
};

std::ostream& operator<<(std::ostream& out, const Table& table) {
  out << table.header << '\n';
  for (const auto& [name, states] : table.chains) {
    out << "  " << name << ' ' << states << '\n';
  }
  return out;
}

std::string state_name(std::uint8_t state) {
  constexpr std::array<const char*, 5> names = {"-", ".", "X", "Y", "E"};
  return state < names.size() ? names.at(state) : fmt::format("{:02x}", state);
}

std::string chain_states(const gomap::TableView& view, gomap::BucketView bucket, bool old_array) {
  const std::byte* const first = old_array ? view.oldbuckets : view.buckets;
  const std::size_t total = old_array ? view.old_total : view.total;
  const std::byte* const end = first + total * view.geometry->bucket_size;
  std::string out;
  for (bool base = true; bucket; bucket = bucket.overflow(), base = false) {
    if (!base) {
      const bool inside = bucket.raw() >= first && bucket.raw() < end;
      const auto offset = static_cast<std::size_t>(inside ? bucket.raw() - first : 0);
      out += inside ? fmt::format(" -> pre {} ", offset / view.geometry->bucket_size) : " -> heap ";
    }
    std::string cells;
    for (int cell = 0; cell < 8; ++cell) {
      cells += fmt::format("{}{}", cell == 0 ? "" : " ", state_name(bucket.state(cell)));
    }
    out += fmt::format("[{}]", cells);
  }
  return out;
}

Table table_of(const gomap::TableView& view) {
  Table table;
  std::string flags;
  constexpr std::array<const char*, 4> names = {"iterator", "oldIterator", "hashWriting",
                                                "sameSizeGrow"};
  for (unsigned bit = 0; bit < names.size(); ++bit) {
    if ((view.flags >> bit & 1U) != 0) {
      flags += fmt::format("{}{}", flags.empty() ? "" : "|", names.at(bit));
    }
  }
  const bool same_size = (view.flags & gomap::kSameSizeGrow) != 0;
  table.header = fmt::format(
      "count {}, B {}, noverflow {}, hash0 {:08x}, nevacuate {}, flags {}, growth {}", view.count,
      view.B, view.noverflow, view.hash0, view.nevacuate, flags.empty() ? "none" : flags,
      !view.growing() ? "quiet"
      : same_size     ? "same-size"
                      : "doubling");
  if (view.buckets == nullptr) {
    return table;
  }
  const std::size_t buckets = std::size_t{1} << view.B;
  for (std::size_t at = 0; at < buckets; ++at) {
    table.chains[fmt::format("bucket {}", at)] = chain_states(view, view.bucket(at), false);
  }
  for (std::size_t at = 0; view.growing() && at < (same_size ? buckets : buckets / 2); ++at) {
    table.chains[fmt::format("old {}", at)] = chain_states(view, view.old_bucket(at), true);
  }
  return table;
}

// "[05:1=101 X:2 -]" without keys and elems.
std::string only_states(std::string_view cells) {
  std::string out;
  bool skips = false;
  for (const char c : cells) {
    skips = c == ':' || (skips && c != ' ' && c != ']');
    if (!skips) {
      out += c;
    }
  }
  return out;
}

// "  old    2-5   [...] -> heap [...]"
void read_chains(std::string_view line, Table& table) {
  const std::string_view name = line.starts_with("  old") ? "old" : "bucket";
  line.remove_prefix(line.find_first_of("0123456789"));
  std::size_t first = 0;
  std::size_t last = 0;
  auto at = std::from_chars(line.data(), line.data() + line.size(), first).ptr;
  last = first;
  if (*at == '-') {
    at = std::from_chars(at + 1, line.data() + line.size(), last).ptr;
  }
  for (std::size_t index = first; index <= last; ++index) {
    table.chains[fmt::format("{} {}", name, index)] = only_states(line.substr(line.find('[')));
  }
}

constexpr const char* kNilMap =
    "count 0, B 0, noverflow 0, hash0 00000000, nevacuate 0, flags none, growth quiet";

struct GoStep {
  std::string said;  // "next of a  -> 3=103"
  Table table;
};

// What a run with -all printed: a block for each step, and one at the end.
std::vector<GoStep> read_steps(std::string_view text) {
  std::vector<GoStep> steps;
  bool block = false;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (line.starts_with("start") || line.starts_with("step ") || line == "at the end") {
      steps.push_back({std::string(line), {}});
      block = true;
    } else if (line.starts_with("  count") && block) {
      steps.back().table.header = line.substr(2);
    } else if (line == "  nil map" && block) {
      steps.back().table.header = kNilMap;
    } else if ((line.starts_with("  old ") || line.starts_with("  bucket ")) && block) {
      read_chains(line, steps.back().table);
    }
  }
  return steps;
}

std::string said_by(const Program& program, OpCode code, const Observation& seen) {
  const bool plain = program.header.key == KeyKind::u64 && program.header.elem == ElemKind::u64;
  switch (seen.step) {
    case Step::entry:
      return plain ? fmt::format("  -> {}={}", seen.entry.key, seen.entry.value) : "  -> ";
    case Step::end:
      return "  -> end";
    case Step::closed:
      return "  -> is closed";
    case Step::length:
      return fmt::format("  -> {}", code == OpCode::len ? fmt::format("{}", seen.length) : "ok");
    case Step::lookup:
      return code != OpCode::access2 || !plain ? ""
                                               : fmt::format("  -> {}, {}", seen.value, seen.found);
    default:
      return seen.panic == nullptr ? "" : fmt::format("  -> panic: {}", seen.panic);
  }
}

class Emit : public testing::Test {
 protected:
  void SetUp() override {
    if (go({"go", "version"}).code != 0) {
      GTEST_SKIP() << "no go on the PATH: emitted programs are not run";
    }
  }

  // Emits, formats, runs and compares.
  void check(const std::string& name, const std::string& ops) {
    SCOPED_TRACE(name);
    const TempFolder folder;
    const std::string file = folder.file(name, ops);
    const std::string source = (folder.path() / "main.go").string();
    const CommandResult emitted = run_cli({"emit", file, "--as", "go", "-o", source});
    ASSERT_EQ(emitted.code, kOk) << emitted.err;
    const CommandResult format = go({"gofmt", "-l", source});
    EXPECT_EQ(format.out + format.err, "") << "not as gofmt would have it";
    const CommandResult run = go({"go", "run", source, "-all"});
    if (run.code == 1 && run.err.find("exit status 3") != std::string::npos) {
      GTEST_SKIP() << run.err;
    }
    ASSERT_EQ(run.code, 0) << run.err << run.out;
    EXPECT_EQ(run.err, "");
    EXPECT_THAT(run.out, Not(HasSubstr("NOT as expected")));

    auto parsed = parse_ops(ops);
    ASSERT_TRUE(std::holds_alternative<OpsText>(parsed));
    Program program = std::get<OpsText>(parsed).program;
    program.header.policy = Policy::go_exact;
    program.header.key = kind_in_go(program.header.key);
    program.header.elem = kind_in_go(program.header.elem);
    compare(program, read_steps(run.out));
  }

  void check_seed(const std::string& name) {
    const std::string file = name + ".ops";
    check(file, read_file(std::string(MAPFUZZ_SOURCE_DIR) + "/corpus/seeds/" + file));
  }

 private:
  // The engine runs the program, and after each step is where Go was.
  static void compare(const Program& program, const std::vector<GoStep>& steps) {
    const EngineRow* row = find_engine({program.header.key, program.header.elem, 8});
    ASSERT_NE(row, nullptr);
    const std::unique_ptr<Implementation> engine = row->make();
    engine->prepare(program);
    ASSERT_FALSE(steps.empty());
    ASSERT_EQ(steps.front().table, table_of(engine->view()));
    std::size_t at = 1;
    for (std::size_t index = 0; index < program.operations.size(); ++index) {
      const Operation& operation = program.operations[index];
      if ((program.header.off >> static_cast<unsigned>(operation.code) & 1U) != 0) {
        continue;
      }
      const std::string said = said_by(program, operation.code, engine->step(index));
      ASSERT_LT(at, steps.size());
      ASSERT_THAT(steps[at].said, HasSubstr(said)) << print_operation(operation);
      ASSERT_EQ(steps[at].table, table_of(engine->view())) << steps[at].said;
      ++at;
    }
    ASSERT_EQ(at + 1, steps.size());
    EXPECT_EQ(steps.back().said, "at the end");
    EXPECT_EQ(steps.back().table, table_of(engine->view()));
  }
};

TEST_F(Emit, GrowthChainsAndSplits) {
  check_seed("doubling-splits-a-chain-of-four");
  check_seed("preallocated-overflow-used-up");
}

TEST_F(Emit, SameSizeGrowthUnderAnIterator) {
  check_seed("same-size-growth-under-a-filtering-iterator");
  check_seed("second-same-size-growth-under-an-iterator");
}

TEST_F(Emit, NansAndZeros) {
  check_seed("nans-across-a-doubling-with-an-iterator");
  check_seed("f64-minus-zero-across-growth");
  check_seed("f64-several-nans");
}

TEST_F(Emit, StringsAndEmptyElems) {
  check_seed("str-keys-across-growth");
  check_seed("str-elems");
  check_seed("unit-elems");
}

TEST_F(Emit, ClearUnderIterators) {
  check_seed("clear-under-an-iterator-mid-growth");
  check_seed("clear-under-an-iterator-in-the-last-preallocated-bucket");
}

TEST_F(Emit, WholeMapsHintsAndSwitchedOffOperations) {
  check_seed("iterator-across-swap");
  check_seed("iterator-across-move");
  check_seed("remake-with-every-hint");
  check_seed("operations-switched-off");
}

// A seed for each kind that has none of its own among the above, in all states of a cell.
std::string kinds_seed(std::string_view kinds, std::string_view more) {
  std::string ops = fmt::format("mapfuzz 1\nmap {} hash=mix seed=5 hint=0\n", kinds);
  for (int key = 0; key < 40; ++key) {
    ops += key % 16 == 15 ? "" : fmt::format("assign {} = {}\n", key, 100 + key);
    ops += key % 5 == 4 ? fmt::format("iter {}\ndelete {}\nupdate {} = 7\n",
                                      static_cast<char>('a' + key % 8), key - 3, key)
                        : "";
    ops += key % 7 == 6 ? "next a\nnext b\nnext c\naccess2 3\n" : "";
  }
  return fmt::format("{}range\ncopy\nswap\n{}", ops, more);
}

TEST_F(Emit, KeysAndElemsOfEverySize) {
  check("u32.ops", kinds_seed("key=u32 elem=u64", "clear\nassign 1 = 2\n"));
  check("big-key.ops", kinds_seed("key=big elem=u64", "clear\nassign 1 = 2\n"));
  check("big-elem.ops", kinds_seed("key=u64 elem=big", "update 50 = 3\nclear\n"));
  check("fat-elem.ops", kinds_seed("key=u64 elem=fat", "access1 999\naccess2 1\n"));
  check("obj-key.ops", kinds_seed("key=obj elem=u64", "clear\nassign 1 = 2\n"));
  check("obj-elem.ops", kinds_seed("key=u64 elem=obj", "update 50 = 3\nclear\n"));
}

TEST_F(Emit, AnyKeysNilMapsAndPanics) {
  check("any.ops", kinds_seed("key=any elem=u64",
                              "assign 28 = 1\nassign 4110 = 2\naccess2 15\nassign 31 = 1\n"
                              "delete 15\nclear\naccess2 13\nassign 13 = 1\n"));
  check("nil.ops",
        "mapfuzz 1\nmap key=u64 elem=u64\nassign 1 = 2\nnil\nassign 1 = 2\n"
        "access2 1\ndelete 1\nrange\niter a\nnext a\ncopy\nclear\nexpect-len 0\n"
        "swap\nassign 1 = 3\nupdate 2 = 1\nmove\nassign 1 = 3\nswap\n");
}

TEST_F(Emit, AReentryIsAFatalError) {
  const TempFolder folder;
  const std::string source = (folder.path() / "main.go").string();
  const std::string file =
      folder.file("reentry.ops",
                  "mapfuzz 1\nmap key=any elem=u64\nassign 1 = 2\nreenter 3 = 3\nassign 1 = 7\n");
  ASSERT_EQ(run_cli({"emit", file, "--as", "go", "-o", source}).code, kOk);
  EXPECT_EQ(go({"gofmt", "-l", source}).out, "");
  const CommandResult run = go({"go", "run", source});
  EXPECT_EQ(run.code, 1);
  if (run.err.find("exit status 3") == std::string::npos) {
    EXPECT_THAT(run.err, HasSubstr("fatal error: concurrent map writes"));
    EXPECT_THAT(run.out, testing::EndsWith("step 2  m[1] = 7  (now)"));
  }
}

TEST(EmitText, SaysWhatItCannotDo) {
  const std::string width_two = std::string(MAPFUZZ_SOURCE_DIR) + "/corpus/seeds/width-two.ops";
  const CommandResult refused = run_cli({"emit", width_two, "--as", "go"});
  EXPECT_EQ(refused.code, kUsage);
  EXPECT_THAT(refused.err, HasSubstr("width 2: expected 8"));
  EXPECT_EQ(run_cli({"emit", width_two, "--as", "cobol"}).code, kUsage);
  EXPECT_EQ(run_cli({"emit", width_two}).code, kUsage);
}

TEST(EmitText, OpensWithWhatItShowsAndKeepsComments) {
  const TempFolder folder;
  const std::string file = folder.file("two.ops",
                                       "mapfuzz 1\n# what it shows\nmap key=u64 elem=u64\n"
                                       "assign 1 = 10\n# then\n@7 delete 1\n");
  const CommandResult result = run_cli({"emit", file, "--as", "go"});
  EXPECT_EQ(result.code, kOk);
  EXPECT_TRUE(result.out.starts_with("// what it shows\n")) << result.out.substr(0, 200);
  EXPECT_THAT(result.out, HasSubstr("\tm := newMap(0)\n\tm.assign(1, 10)\n\t// then\n"
                                    "\tm.step = 7\n\tm.delete(1)\n\tm.finish()\n}\n"));
}

TEST_F(Emit, ARefutedExpectationIsToldAndExits1) {
  const TempFolder folder;
  const std::string source = (folder.path() / "main.go").string();
  ASSERT_EQ(
      run_cli({"emit", folder.file("bad.ops", kFailingProgram), "--as", "go", "-o", source}).code,
      kOk);
  const CommandResult run = go({"go", "run", source});
  EXPECT_EQ(run.code, 1);
  if (run.err.find("exit status 3") == std::string::npos) {
    EXPECT_THAT(run.out, HasSubstr("expect len(m) == 5  -> NOT as expected: it is 2"));
  }
}

TEST(EmitText, FunctionsThatNothingCallsAreLeftOut) {
  EXPECT_EQ(
      without_unused_functions("func main() {\n\tone()\n}\n\n// one is used.\nfunc one() {\n}\n\n"
                               "// two is not.\nfunc two() {\n\tthree()\n}\n\n"
                               "func three() {}\n\nvar x = 1\n"),
      "func main() {\n\tone()\n}\n\n// one is used.\nfunc one() {\n}\n\nvar x = 1\n");
}

}  // namespace
}  // namespace mapfuzz::cli
