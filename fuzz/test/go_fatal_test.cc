// Writes from inside a write: what Go's process says as it dies is what the engine's fault says,
// and up to that step both maps are alike.
#include <gtest/gtest.h>

#include <csignal>
#include <cstdint>
#include <sstream>
#include <string>
#include <variant>
#include <vector>

#include "fuzz/test/run_command.h"
#include "oracle/kinds.h"
#include "oracle/snapshot.h"
#include "oracle/text_codec.h"

namespace mapfuzz::cli {
namespace {

struct EngineRun {
  std::vector<std::uint64_t> digests;  // after the making and after every step that was completed
  std::string fault;                   // of the step that was not
};

EngineRun run_engine(const Program& program) {
  const EngineRow& row =
      *find_engine({program.header.key, program.header.elem, program.header.width});
  const auto engine = row.make();
  Snapshot snapshot;
  EngineRun run;
  const auto note = [&] {
    snapshot.take(engine->view(), row.reader, *engine);
    run.digests.push_back(snapshot.digest());
  };
  engine->prepare(program);
  note();
  for (std::size_t step = 0; step < program.operations.size(); ++step) {
    const Observation seen = engine->step(step);
    if (seen.fault != nullptr) {
      EXPECT_TRUE(seen.reentered);
      run.fault = seen.fault;
      break;
    }
    note();
  }
  return run;
}

struct GoRun {
  std::vector<std::uint64_t> digests;
  bool ended = false;  // the program came to its end
};

GoRun read_report(const std::string& text) {
  GoRun run;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string kind;
    words >> kind;
    run.ended = run.ended || kind == "end";
    if (kind == "step") {
      std::size_t step = 0;
      std::string name;
      words >> step >> name >> std::hex >> run.digests.emplace_back();
      EXPECT_EQ(step + 1, run.digests.size());
      EXPECT_EQ(name, "digest");
    }
  }
  return run;
}

// Eight keys fill the only bucket: the ninth makes it grow, and hashing them again is done while
// the map is being written.
std::string eight(const char* map) {
  std::string text = std::string("mapfuzz 1\nmap policy=go-exact seed=5 ") + map + "\n";
  for (int key = 0; key < 9; ++key) {
    text += key == 7 ? "" : "assign " + std::to_string(key + 16) + " = 1\n";
  }
  return text;
}

void expect_same_death(const std::string& text, const std::string& message) {
  SCOPED_TRACE(text);
  const TempFolder folder;
  const Program program = std::get<OpsText>(parse_ops(text)).program;
  const EngineRun ours = run_engine(program);
  EXPECT_EQ(ours.fault, message);
  const CommandResult go = run_command({MAPFUZZ_GO_FATAL_PATH, folder.file("fatal.ops", text)});
  EXPECT_EQ(go.code, -SIGABRT);
  EXPECT_EQ(go.err.substr(0, go.err.find('\n')), "fatal error: " + message);
  const GoRun theirs = read_report(go.out);
  EXPECT_FALSE(theirs.ended);
  EXPECT_EQ(theirs.digests, ours.digests);
}

constexpr const char* kWrites = "concurrent map writes";
constexpr const char* kRead = "concurrent map read and map write";

TEST(GoFatal, FromInsideAHashOfAGrowingWrite) {
  for (const char* map : {"key=u64", "key=str", "key=f64", "key=any", "key=big", "elem=big"}) {
    const std::string text = eight(map);
    expect_same_death(text + "reenter 16 = 0\nassign 40 = 2\n", kRead);
    expect_same_death(text + "reenter 16 = 2\nassign 40 = 2\n", kWrites);
    expect_same_death(text + "reenter 16 = 4\nassign 40 = 2\n", kWrites);
  }
}

TEST(GoFatal, FromInsideAnEqualityOfAWrite) {
  for (const char* map : {"key=f64", "key=any", "key=big", "elem=fat"}) {
    const std::string text = eight(map);
    expect_same_death(text + "reenter 18 = 1\nassign 16 = 2\n", kRead);
    expect_same_death(text + "reenter 18 = 3\nassign 16 = 2\n", kWrites);
    expect_same_death(text + "reenter 18 = 5\ndelete 16\n", kWrites);
  }
}

TEST(GoFatal, NotWhereNothingIsCalledWhileWriting) {
  // Strings and integers are compared without a call, and one hash is taken before the flag is set.
  const TempFolder folder;
  for (const char* map : {"key=u64", "key=str"}) {
    const std::string text = eight(map) + "reenter 18 = 3\nassign 16 = 2\nlen\n";
    const EngineRun ours = run_engine(std::get<OpsText>(parse_ops(text)).program);
    EXPECT_EQ(ours.fault, "");
    const CommandResult go = run_command({MAPFUZZ_GO_FATAL_PATH, folder.file("calm.ops", text)});
    EXPECT_EQ(go.code, 0) << go.err;
    const GoRun theirs = read_report(go.out);
    EXPECT_TRUE(theirs.ended);
    EXPECT_EQ(theirs.digests, ours.digests);
  }
}

}  // namespace
}  // namespace mapfuzz::cli
