// Tables, the live view's lines, and the summary of a run.

#include "cli/progress.hpp"
#include "cli/summary.hpp"
#include "cli/terminal.hpp"

namespace vme::cli {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(Table, AlignsNumbersToTheRightAndWordsToTheLeft) {
  EXPECT_EQ(table({{"name", "n"}, {"a", "1"}, {"longer", "100"}}), "name      n\na         1\nlonger  100\n");
  EXPECT_EQ(table({{"only", "heading"}}), "only  heading\n");
}

TEST(Pace, LetsOneThroughInFiveSeconds) {
  Pace pace;
  const auto start = std::chrono::steady_clock::time_point(1h);
  EXPECT_TRUE(pace.due(start));
  EXPECT_FALSE(pace.due(start + 4999ms));
  EXPECT_TRUE(pace.due(start + 5s));
}

TEST(Progress, NamesStatesRatePercentilesAndTimeLeft) {
  scenario::Progress progress;
  progress.elapsedMs = 12'000;
  progress.fleet.machines = 100;
  progress.fleet.operational = 25;
  progress.fleet.inSetup = 70;
  progress.rate = 12.5;
  progress.p50 = 140;
  progress.p95 = 1900;
  progress.leftMs = 61'000;
  EXPECT_EQ(plainLine(progress),
            "12.0 s: 25 of 100 operational, 70 in set-up, 12.5/s, p50 140 ms, p95 1.9 s, about 1 min 1 s left");
  const auto lines = liveLines("monday", true, progress);
  EXPECT_EQ(lines.size(), 6U);
  EXPECT_THAT(lines[0], HasSubstr("about 1 min 1 s left"));
  EXPECT_THAT(lines[1], HasSubstr("25 %"));
  EXPECT_EQ(liveLines("monday", false, progress).size(), 5U);
}

TEST(Progress, NamesRatesFaultsAndRecentTroublesAndFitsATerminal) {
  scenario::Progress progress;
  progress.fleet = {.machines = 10'000'000, .factory = 9'000'000, .inSetup = 500'000, .operational = 500'000};
  progress.fleet.arrived = 2'000'000;
  progress.fleet.hellos = progress.fleet.handshakes = progress.fleet.requests = 1'000'000;
  progress.hellosRate = progress.handshakesRate = progress.requestsRate = 2000;
  progress.fleet.faultsFired = 12;
  progress.troubles = {"a/1: psk-refused", "a/2: blocked", "a/3: blocked", "a/4: blocked", "a/5: blocked"};
  const auto lines = liveLines("monday", true, progress);
  EXPECT_LT(lines.size(), 24U);
  EXPECT_EQ(lines[2], "machines 10000000: to come 8000000, factory 1000000, in set-up 500000, operational 500000");
  EXPECT_THAT(lines, ::testing::Contains(HasSubstr("hellos 1000000 (2000/s)")));
  EXPECT_THAT(lines, ::testing::Contains("faults fired 12"));
  EXPECT_THAT(lines, ::testing::Contains(HasSubstr("a/1: psk-refused")));
  EXPECT_THAT(plainLine(progress), HasSubstr("12 faults fired"));
}

report::Results someResults() {
  report::Results results;
  results.scenario = "monday";
  results.seed = 7;
  results.wallMs = 4200;
  results.tls = "modern";
  results.clockSpeed = "1";
  results.verdict = report::Verdict::failed;
  results.machines = {.total = 30, .provisioned = 27, .refused = 1, .failed = 2, .idle = 0};
  results.groups = {
      {"a", "amt-3.2.2", "psk", {}, {.total = 10, .provisioned = 10}, {}, 100, 200},
      {"b", "amt-2.1", "psk", {}, {.total = 10, .provisioned = 8, .failed = 2}, {}, 50, 60},
      {"c", "amt-3.2.2", "pki", {"meshcentral"}, {.total = 10, .provisioned = 9, .refused = 1}, {}, 300, 400},
  };
  results.expectations = {{"provisioned: 100%", false, "90%", "100%", "m.yaml:9:3"},
                          {"failed: < 5", true, "2", "< 5", ""}};
  results.failures = {{"tls-refused", 2, "b/3", "127.16.0.4", "handshake", "alert 48"}};
  return results;
}

TEST(Summary, HasOneRowAProfile) {
  const auto text = summaryOf(someResults());
  EXPECT_THAT(text, HasSubstr("amt-2.1    psk            10            8        0       2     0      50      60\n"));
  EXPECT_THAT(text, HasSubstr("amt-3.2.2  psk+pki        20           19        1       0     0     300     400\n"));
  EXPECT_LT(text.find("amt-2.1"), text.find("amt-3.2.2"));
}

TEST(Summary, SaysWhichGroupsAreNotFaithful) {
  EXPECT_THAT(summaryOf(someResults()), HasSubstr("\nnot faithful to the firmware: c (meshcentral)\n"));
}

TEST(Summary, SaysVerdictExpectationsAndReasons) {
  const auto text = summaryOf(someResults());
  EXPECT_THAT(text, HasSubstr("verdict: failed   27 of 30 provisioned in 4.2 s   seed 7, TLS modern, clock 1\n"));
  EXPECT_THAT(text, HasSubstr("FAILED  provisioned: 100%  (seen 90%), wanted 100%, m.yaml:9:3\n"));
  EXPECT_THAT(text, HasSubstr("held    failed: < 5  (seen 2)\n"));
  EXPECT_THAT(text, HasSubstr("2 x tls-refused: The ME ended the TLS handshake with an alert.\n"));
  EXPECT_THAT(text, HasSubstr("first b/3 127.16.0.4 at handshake: alert 48\n"));
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
}

}  // namespace
}  // namespace vme::cli
