// What the gate makes of figures, of ctest's words, and of texts that end up in XML. Whether its
// word is right on clean and on broken engines is gate_check.py's question.
#include "fuzz/cli/gate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "fuzz/cli/ctest_result.h"
#include "fuzz/cli/exit_code.h"
#include "fuzz/cli/gate_stage.h"
#include "fuzz/cli/junit.h"
#include "fuzz/test/run_command.h"

namespace mapfuzz::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

TEST(Junit, TextsCannotBreakTheXml) {
  EXPECT_EQ(xml_escaped("a <b> & \"c\"\n\x1b[1m\xff"), "a &lt;b&gt; &amp; &quot;c&quot;\n?[1m?");
}

TEST(Junit, CasesPassFailOrAreSkipped) {
  const std::string xml =
      junit_xml({{"replay",
                  {{.name = "ops_u64", .seconds = 1.5},
                   {.name = "kinds", .problem = "I5 delete quiet", .details = "expected < got"},
                   {.name = "widths", .skipped = true}}}},
                {"<testsuite name=\"tests\"></testsuite>\n"});
  EXPECT_EQ(
      xml,
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n"
      "  <testsuite name=\"replay\" tests=\"3\" failures=\"1\" errors=\"0\" skipped=\"1\" "
      "time=\"1.500\">\n"
      "    <testcase classname=\"replay\" name=\"ops_u64\" time=\"1.500\"/>\n"
      "    <testcase classname=\"replay\" name=\"kinds\" time=\"0.000\">\n"
      "      <failure message=\"I5 delete quiet\">expected &lt; got</failure>\n"
      "    </testcase>\n"
      "    <testcase classname=\"replay\" name=\"widths\" time=\"0.000\"><skipped/></testcase>\n"
      "  </testsuite>\n"
      "<testsuite name=\"tests\"></testsuite>\n"
      "</testsuites>\n");
}

// As CMake 3.25 writes it.
constexpr std::string_view kCtestJunit =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    "<testsuite name=\"(empty)\"\n\ttests=\"4\"\n\tfailures=\"1\"\n\tdisabled=\"1\"\n"
    "\tskipped=\"1\"\n\thostname=\"\"\n\ttime=\"0\"\n\t>\n"
    "\t<testcase name=\"a\" classname=\"a\" time=\"0.002\" status=\"run\">\n"
    "\t\t<system-out>name=\"x\" status=\"fail\"</system-out>\n\t</testcase>\n"
    "\t<testcase name=\"b.c\" classname=\"b.c\" time=\"0.001\" status=\"fail\">\n"
    "\t\t<failure message=\"\"/>\n\t\t<system-out></system-out>\n\t</testcase>\n"
    "\t<testcase name=\"d\" classname=\"d\" time=\"0.002\" status=\"notrun\">\n"
    "\t\t<skipped message=\"SKIP_RETURN_CODE=5\"/>\n\t</testcase>\n"
    "\t<testcase name=\"e\" classname=\"e\" time=\"0\" status=\"disabled\">\n"
    "\t\t<system-out>Disabled</system-out>\n\t</testcase>\n"
    "</testsuite>\n";

TEST(CtestResult, CountsTestsAndNamesThoseThatFailed) {
  const CtestResult result = read_ctest_junit(kCtestJunit, "tests");
  EXPECT_EQ(result.passed, 1U);
  EXPECT_EQ(result.skipped, 2U);
  EXPECT_THAT(result.failed, ElementsAre("b.c"));
  EXPECT_THAT(result.suite, testing::StartsWith("<testsuite name=\"tests\"\n\ttests=\"4\""));
  EXPECT_THAT(result.suite, testing::EndsWith("</testsuite>\n"));
}

TEST(CtestResult, WhatIsCutShortHoldsNothing) {
  for (const std::string_view text : {std::string_view(), kCtestJunit.substr(0, 300)}) {
    const CtestResult result = read_ctest_junit(text, "tests");
    EXPECT_EQ(result.passed, 0U);
    EXPECT_THAT(result.failed, IsEmpty());
    EXPECT_THAT(result.suite, IsEmpty());
  }
}

TEST(CtestResult, ShowsWhatTheFailedTestWrote) {
  const std::string text =
      "  Start 1: replay.kinds\n"
      "1/3 Test #1: replay.kinds ........   Passed    0.01 sec\n"
      "  Start 2: replay.ops\n"
      "2/3 Test #2: replay.ops ..........***Failed    0.02 sec\n"
      "seeds/x.ops, ops_u64:\n"
      "verdict.cc:70: ASSERTION FAILED: oracle[I5] a chain\n"
      "\n"
      " 3/3 Test  #3: replay.widths .......***Failed    0.02 sec\n"
      "of another\n"
      "50% tests passed, 1 tests failed out of 2\n"
      "The following tests FAILED:\n";
  const std::string output = failed_output(text, "replay.ops");
  EXPECT_THAT(output, testing::StartsWith("2/3 Test #2: replay.ops ....."));
  EXPECT_THAT(output, HasSubstr("seeds/x.ops, ops_u64:"));
  EXPECT_THAT(output, Not(HasSubstr("of another")));
  EXPECT_THAT(failed_output(text, "replay.widths"), testing::EndsWith("of another\n"));
  EXPECT_EQ(clause_in(output), "I5");
  EXPECT_EQ(clause_in("nothing of the kind"), "");
}

Score score(const char* target, std::uint64_t execs) {
  return {.target = target, .execs = execs, .problem = {}, .states = {}};
}

TEST(Gate, ATargetThatRanTooLittleIsTold) {
  GateOptions by_time;
  by_time.budget = std::chrono::minutes(5);
  EXPECT_EQ(too_few({score("a", 1000), score("b", 5000)}, by_time), "");
  EXPECT_THAT(too_few({score("a", 1000), score("b", 999)}, by_time),
              HasSubstr("b ran 999 programs of 1000"));
  GateOptions by_runs;
  by_runs.runs = 20;
  EXPECT_EQ(too_few({score("a", 20)}, by_runs), "");
  EXPECT_THAT(too_few({score("a", 19)}, by_runs), HasSubstr("a ran 19 programs of 20"));
}

TEST(Gate, AStageThatDoesNotExistIsRefused) {
  EXPECT_EQ(run_cli({"gate", "--stage", "nothing"}).code, kUsage);
  EXPECT_EQ(run_cli({"gate", "--runs", "5", "--budget", "5m"}).code, kUsage);
  EXPECT_EQ(run_cli({"gate", "--target", "nothing"}).code, kUsage);
}

}  // namespace
}  // namespace mapfuzz::cli
