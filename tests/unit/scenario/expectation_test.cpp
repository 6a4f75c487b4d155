#include "scenario/expectation.hpp"

#include <gmock/gmock.h>

#include "scenario/judgement.hpp"
#include "scenario/values.hpp"
#include "unit/scenario/text.hpp"

namespace vme::scenario {
namespace {

using Compare = Expect::Compare;

/// Ten machines of group a, of which eight are provisioned in 10, 20, ... 80 ms; two blocked ones of group b.
std::vector<MachineFact> facts() {
  std::vector<MachineFact> all;
  for (int i = 1; i <= 8; ++i) {
    all.push_back({.group = "a", .fate = Fate::provisioned, .reason = Reason::provisioned, .wholeMs = 10.0 * i});
  }
  all.push_back({.group = "a", .fate = Fate::failed, .reason = Reason::pskRefused, .wholeMs = -1});
  all.push_back({.group = "a", .fate = Fate::idle, .reason = Reason::neverStarted, .wholeMs = -1});
  for (int i = 0; i < 2; ++i) {
    all.push_back({.group = "b", .fate = Fate::refused, .reason = Reason::blocked, .wholeMs = -1});
  }
  return all;
}

report::Expectation evaluated(const std::string& entry) {
  const auto scenario = parse("s.yaml",
                              "name: n\ngroups:\n  - {name: a, machines: 10, profile: amt-3.0}\n"
                              "  - {name: b, machines: 2, profile: amt-3.0}\nexpect:\n  - " +
                                  entry + "\n",
                              {});
  return evaluate(scenario.expect.at(0), facts());
}

TEST(Expectation, CountsTheWholeFleet) {
  const auto result = evaluated("provisioned: 8");
  EXPECT_TRUE(result.held);
  EXPECT_EQ(result.seen, "8 of 12");
  EXPECT_EQ(result.wanted, "8");
  EXPECT_EQ(result.text, "provisioned: 8");
  EXPECT_EQ(result.where, "s.yaml:6:18");
  EXPECT_FALSE(evaluated("provisioned: 9").held);
  EXPECT_TRUE(evaluated("refused: 2").held);
  EXPECT_TRUE(evaluated("failed: 1").held);
  EXPECT_TRUE(evaluated("idle: 1").held);
}

TEST(Expectation, CountsAGroup) {
  const auto result = evaluated("provisioned: {group: a, is: 100%}");
  EXPECT_FALSE(result.held);
  EXPECT_EQ(result.seen, "8 of 10");
  EXPECT_EQ(result.wanted, "100%");
  EXPECT_TRUE(evaluated("refused: {group: b, is: 100%}").held);
}

TEST(Expectation, ComparesStrictlyAndNot) {
  EXPECT_TRUE(evaluated("provisioned: {group: a, is: 80%}").held);
  EXPECT_FALSE(evaluated("provisioned: {group: a, is: \"> 80%\"}").held);
  EXPECT_TRUE(evaluated("provisioned: {group: a, is: \">= 80%\"}").held);
  EXPECT_FALSE(evaluated("provisioned: {group: a, is: \"< 80%\"}").held);
  EXPECT_TRUE(evaluated("provisioned: {group: a, is: \"<= 80%\"}").held);
  EXPECT_TRUE(evaluated("provisioned: {group: a, is: \"> 79.9%\"}").held);
  EXPECT_EQ(evaluated("provisioned: \"> 7\"").wanted, "> 7");
}

TEST(Expectation, AShareIsRoundedToMachines) {
  EXPECT_TRUE(evaluated("provisioned: {group: a, is: 83%}").held);   // 8.3 machines
  EXPECT_FALSE(evaluated("provisioned: {group: a, is: 86%}").held);  // 8.6
}

TEST(Expectation, OutcomesByReason) {
  EXPECT_TRUE(evaluated("outcome: {group: b, reason: blocked, is: 100%}").held);
  EXPECT_TRUE(evaluated("outcome: {reason: psk-refused, is: 1}").held);
  EXPECT_FALSE(evaluated("outcome: {reason: not-approved, is: 1}").held);
  EXPECT_TRUE(evaluated("outcome: {reason: never-started, is: 1}").held);
}

TEST(Expectation, ARunThatFindsAllProvisionedHasNoTimesToBlame) {
  const auto scenario = parse("s.yaml",
                              "name: n\ngroups: [{name: a, machines: 1, profile: amt-3.0}]\nexpect:\n"
                              "  - time_to_provision: {p95: \"< 1s\"}\n",
                              {});
  MachineFact machine{.group = "a", .fate = Fate::provisioned, .reason = Reason::provisioned};
  machine.before = true;
  const auto result = evaluate(scenario.expect.at(0), {machine});
  EXPECT_TRUE(result.held);
  EXPECT_EQ(result.seen, "all were provisioned before this run");
  machine.before = false;
  EXPECT_FALSE(evaluate(scenario.expect.at(0), {machine}).held);
}

TEST(Expectation, TimesOfProvisionedMachines) {
  EXPECT_TRUE(evaluated("time_to_provision: {p50: \"<= 40ms\"}").held);
  EXPECT_FALSE(evaluated("time_to_provision: {p50: \"< 40ms\"}").held);
  const auto result = evaluated("time_to_provision: {max: \"< 1s\"}");
  EXPECT_TRUE(result.held);
  EXPECT_EQ(result.seen, "80 ms");
  EXPECT_EQ(result.wanted, "< 1000 ms");
}

TEST(Expectation, NoTimesAreNoSuccess) {
  const auto result = evaluated("time_to_provision: {group: b, p95: \"< 1h\"}");
  EXPECT_FALSE(result.held);
  EXPECT_EQ(result.seen, "no machine was provisioned");
}

TEST(WantedCount, ReadsNumbersAndShares) {
  const auto check = [](std::string_view text, Compare compare, double value, bool share) {
    const auto wanted = wantedCount(text);
    ASSERT_TRUE(wanted) << text;
    EXPECT_EQ(wanted->compare, compare) << text;
    EXPECT_DOUBLE_EQ(wanted->value, value) << text;
    EXPECT_EQ(wanted->isShare, share) << text;
  };
  check("20", Compare::equal, 20, false);
  check("0", Compare::equal, 0, false);
  check("100%", Compare::equal, 1, true);
  check("99.5 %", Compare::equal, 0.995, true);
  check("> 95%", Compare::greater, 0.95, true);
  check(">=95%", Compare::greaterEqual, 0.95, true);
  check(" < 3 ", Compare::less, 3, false);
  check("<= 3", Compare::lessEqual, 3, false);
  check("= 3", Compare::equal, 3, false);
  check("== 3", Compare::equal, 3, false);
}

TEST(WantedCount, RefusesTheRest) {
  for (const auto* text :
       {"", " ", "%", ">", "> %", "ten", "-1", "1.5", "1e3", "100.1%", "20%%", "1 2", "=> 3", "0x10", "."}) {
    EXPECT_FALSE(wantedCount(text)) << text;
  }
}

TEST(WantedDuration, NeedsAComparisonAndAUnit) {
  EXPECT_EQ(wantedDuration("< 30s")->value, 30'000);
  EXPECT_EQ(wantedDuration(">= 250ms")->compare, Compare::greaterEqual);
  EXPECT_EQ(wantedDuration("<1.5m")->value, 90'000);
  for (const auto* text : {"", "30s", "= 30s", "< 30", "<", "< -1s", "< 1d"})
    EXPECT_FALSE(wantedDuration(text)) << text;
}

}  // namespace
}  // namespace vme::scenario
