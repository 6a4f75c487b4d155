#include "fault/ledger.hpp"

#include <gtest/gtest.h>

namespace vme::fault {
namespace {

PlanPtr planOf(std::vector<Rule> rules) {
  return std::make_shared<const Plan>(Plan{std::move(rules)});
}

Rule rule(std::string id = "one") {
  Rule made;
  made.id = std::move(id);
  return made;
}

/// One machine, one plan, and as many calls as a test wants.
struct LedgerTest : ::testing::Test {
  Ledger ledger{7};
  PlanPtr plan;
  Machine machine{.index = 12, .number = 2};

  void use(std::vector<Rule> rules) {
    plan = planOf(std::move(rules));
    ledger.adopt(plan);
    ledger.assign(machine, *plan, nullptr);
  }
  std::size_t call(std::string_view name = "CommitChanges", std::int64_t upS = 0, std::string_view body = {}) {
    return ledger.ask(*plan, machine, {Point::request, name, MeDuration::seconds(upS), body}).size();
  }
};

TEST(Fits, WholeNamesAndTheirParts) {
  EXPECT_TRUE(fits("", "CommitChanges"));
  EXPECT_TRUE(fits("*", ""));
  EXPECT_TRUE(fits("CommitChanges", "CommitChanges"));
  EXPECT_TRUE(fits("CommitChanges", "AMT_SetupAndConfigurationService.CommitChanges"));
  EXPECT_TRUE(fits("AMT_SetupAndConfigurationService", "AMT_SetupAndConfigurationService.CommitChanges"));
  EXPECT_TRUE(fits("AMT_GeneralSettings", "Get AMT_GeneralSettings"));
  EXPECT_TRUE(fits("Get", "Get AMT_GeneralSettings"));
  EXPECT_FALSE(fits("Commit", "CommitChanges"));
  EXPECT_FALSE(fits("CommitChanges", ""));
  EXPECT_TRUE(fits("GET /index.htm", "GET /index.htm"));
  EXPECT_FALSE(fits("htm", "GET /index.htm"));
}

TEST(Carries, OneElementWithThatText) {
  const std::string_view body = "<a:X><a:Enabled>1</a:Enabled><EnabledState a='1'>2</EnabledState></a:X>";
  EXPECT_TRUE(carries(body, "Enabled", "1"));
  EXPECT_FALSE(carries(body, "Enabled", "2"));
  EXPECT_TRUE(carries(body, "EnabledState", "2"));
  EXPECT_FALSE(carries(body, "State", "2"));
  for (std::size_t size = 0; size < body.size(); ++size) carries(body.substr(0, size), "EnabledState", "2");
}

TEST_F(LedgerTest, TheNthCallAndOnlySoOften) {
  auto third = rule();
  third.from = 3;
  third.times = 2;
  use({third});
  EXPECT_EQ(call() + call(), 0U);
  EXPECT_EQ(call(), 1U);
  EXPECT_EQ(call(), 1U);
  EXPECT_EQ(call() + call(), 0U);
  EXPECT_EQ(ledger.tallies().at("one").fired, 2U);
  EXPECT_EQ(ledger.tallies().at("one").asked, 1U);
}

TEST_F(LedgerTest, OnlyCallsThatFitAreCounted) {
  auto second = rule();
  second.operation = "CommitChanges";
  second.from = 2;
  use({second});
  EXPECT_EQ(call("SetHostName") + call("CommitChanges") + call("SetHostName"), 0U);
  EXPECT_EQ(call("CommitChanges"), 1U);
}

TEST_F(LedgerTest, AnArgumentMayBeWanted) {
  auto one = rule();
  one.argument = "DhcpEnabled";
  one.argumentValue = "true";
  use({one});
  EXPECT_EQ(call("Set", 0, "<DhcpEnabled>false</DhcpEnabled>"), 0U);
  EXPECT_EQ(call("Set", 0, "<DhcpEnabled>true</DhcpEnabled>"), 1U);
}

TEST_F(LedgerTest, BetweenTwoTimes) {
  auto timed = rule();
  timed.after = MeDuration::seconds(10);
  timed.lasts = MeDuration::seconds(5);
  use({timed});
  EXPECT_EQ(call("x", 9), 0U);
  EXPECT_EQ(call("x", 10), 1U);
  EXPECT_EQ(call("x", 15), 1U);
  EXPECT_EQ(call("x", 16), 0U);
}

TEST_F(LedgerTest, EndsWhenItIsMended) {
  auto mended = rule();
  mended.until = Mend::unprovision;
  use({mended, rule("other")});
  EXPECT_EQ(call(), 2U);
  ledger.mended(*plan, machine, Mend::unprovision);
  EXPECT_EQ(call(), 1U);
}

TEST_F(LedgerTest, DelaysStayWithinTheirJitter) {
  auto late = rule();
  late.delay = MeDuration::milliseconds(100);
  late.jitter = MeDuration::milliseconds(50);
  use({late});
  std::set<std::int64_t> seen;
  for (int i = 0; i < 200; ++i) {
    const auto firings = ledger.ask(*plan, machine, {Point::request, "x", {}, {}});
    ASSERT_EQ(firings.size(), 1U);
    EXPECT_GE(firings[0].delay.ms, 100);
    EXPECT_LE(firings[0].delay.ms, 150);
    EXPECT_EQ(firings[0].number, static_cast<std::uint64_t>(i));
    seen.insert(firings[0].delay.ms);
  }
  EXPECT_GT(seen.size(), 20U);
}

TEST_F(LedgerTest, CountsGoOnInAnotherPlanWithTheSameId) {
  auto once = rule();
  once.times = 1;
  use({once});
  EXPECT_EQ(call(), 1U);
  const auto before = plan;
  plan = planOf({rule("new"), once});
  ledger.adopt(plan);
  ledger.assign(machine, *plan, before.get());
  EXPECT_EQ(call(), 1U);  // of "new" alone
  EXPECT_EQ(ledger.tallies().at("one").asked, 1U);
  EXPECT_EQ(ledger.tallies().at("new").asked, 1U);
}

TEST(Ledger, ByNumberInTheGroup) {
  Ledger ledger(1);
  auto first = rule("first");
  first.first = 2;
  auto some = rule("some");
  some.machines = {1, 5};
  std::vector<std::uint32_t> ofFirst, ofSome;
  for (std::uint32_t n = 0; n < 8; ++n) {
    if (ledger.isDrawn(first, {.index = n + 100, .number = n})) ofFirst.push_back(n);
    if (ledger.isDrawn(some, {.index = n + 100, .number = n})) ofSome.push_back(n);
  }
  EXPECT_EQ(ofFirst, (std::vector<std::uint32_t>{0, 1}));
  EXPECT_EQ(ofSome, (std::vector<std::uint32_t>{1, 5}));
}

/// Which machines and which of their calls are met, whatever the order in which machines come.
std::set<std::pair<std::uint32_t, int>> met(std::uint64_t seed, bool backwards) {
  Ledger ledger(seed);
  auto drawn = rule();
  drawn.share = 0.2;
  drawn.chance = 0.5;
  const auto plan = planOf({drawn});
  ledger.adopt(plan);
  std::set<std::pair<std::uint32_t, int>> all;
  for (std::uint32_t n = 0; n < 1000; ++n) {
    const auto index = backwards ? 999 - n : n;
    for (int call = 0; call < 4; ++call) {
      if (!ledger.ask(*plan, {index, index}, {Point::request, "x", {}, {}}).empty()) all.emplace(index, call);
    }
  }
  return all;
}

TEST(Ledger, OneSeedMeetsTheSameMachines) {
  const auto first = met(5, false);
  EXPECT_EQ(first, met(5, true));
  EXPECT_NE(first, met(6, false));
  std::set<std::uint32_t> machines;
  for (const auto& [machine, call] : first) machines.insert(machine);
  EXPECT_NEAR(static_cast<double>(machines.size()), 200 * (1 - 1.0 / 16), 40);
  EXPECT_NEAR(static_cast<double>(first.size()), 400, 80);
}

}  // namespace
}  // namespace vme::fault
