// What changed between two runs, and several runs as one.

#include <gmock/gmock.h>

#include <boost/json.hpp>

#include "base/error.hpp"
#include "report/diff.hpp"
#include "report/merge.hpp"
#include "unit/report/sample.hpp"

namespace vme::report {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr double kTolerance = 0.2;

StepResult& wholeOf(Results& results) {
  return results.steps.back();
}

TEST(Difference, OfARunAndItselfIsNothing) {
  const auto difference = differenceOf(sampleResults(), sampleResults(), kTolerance);
  EXPECT_FALSE(difference.isWorse());
  EXPECT_THAT(difference.newlyFailing, IsEmpty());
  EXPECT_THAT(difference.outcomes, IsEmpty());
  EXPECT_THAT(difference.slower, IsEmpty());
  EXPECT_THAT(difference.fates, IsEmpty());
}

TEST(Difference, NamesWhatNewlyFailsAndHolds) {
  auto after = sampleResults();
  after.expectations[0].held = true;
  after.expectations[1].held = false;
  const auto difference = differenceOf(sampleResults(), after, kTolerance);
  EXPECT_TRUE(difference.isWorse());
  EXPECT_THAT(difference.newlyFailing, ElementsAre("idle: 0"));
  EXPECT_THAT(difference.newlyHolding, ElementsAre("provisioned: \"> 95%\""));
}

TEST(Difference, AWorseVerdictIsWorseAndABetterOneIsNot) {
  auto held = sampleResults();
  held.verdict = Verdict::held;
  EXPECT_TRUE(differenceOf(held, sampleResults(), kTolerance).isWorse());
  EXPECT_FALSE(differenceOf(sampleResults(), held, kTolerance).isWorse());
}

TEST(Difference, ABrokenRuleIsWorse) {
  auto before = sampleResults();
  before.bestPractice[0].result = PracticeResult::Result::notSeen;
  const auto difference = differenceOf(before, sampleResults(), kTolerance);
  EXPECT_THAT(difference.practicesFailing, ElementsAre("default-password-changed"));
  EXPECT_TRUE(difference.isWorse());
}

TEST(Difference, CountsSlownessBeyondToleranceAndAMillisecond) {
  auto after = sampleResults();
  wholeOf(after).p50 *= 1.19;
  wholeOf(after).p95 *= 1.3;
  after.steps.front().p95 += 0.9;  // twice as long, and nothing
  auto difference = differenceOf(sampleResults(), after, kTolerance);
  ASSERT_EQ(difference.slower.size(), 1U);
  EXPECT_EQ(difference.slower[0].step, "whole");
  EXPECT_EQ(difference.slower[0].percentile, "p95");
  EXPECT_FALSE(difference.isWorse());
  difference = differenceOf(after, sampleResults(), kTolerance);
  EXPECT_EQ(difference.faster.size(), 1U);
}

TEST(Difference, TellsOutcomesAndMachinesWithAnotherEnd) {
  auto after = sampleResults();
  after.groups[0].outcomes = {{"provisioned", 6}};
  after.machinesDetail[0].outcome = after.machinesDetail[0].reason = "provisioned";
  after.machinesDetail.push_back({.name = "desktops/9", .outcome = "idle", .reason = "never-started"});
  const auto difference = differenceOf(sampleResults(), after, kTolerance);
  ASSERT_EQ(difference.outcomes.size(), 2U);
  EXPECT_EQ(difference.outcomes[1].reason, "psk-refused");
  EXPECT_EQ(difference.outcomes[1].before, 2U);
  EXPECT_EQ(difference.outcomes[1].after, 1U);
  ASSERT_EQ(difference.fates.size(), 2U);
  EXPECT_EQ(difference.fates[0].before, "failed: psk-refused");
  EXPECT_EQ(difference.fates[0].after, "provisioned");
  EXPECT_EQ(difference.fates[1].before, "absent");
  const auto value = boost::json::parse(toJson(difference));
  EXPECT_EQ(value.at_pointer("/machines/1/machine"), "desktops/9");
  EXPECT_EQ(value.at_pointer("/worse"), false);
}

Results otherShard() {
  auto other = sampleResults();
  other.machinesDetail[0].name = "desktops/4";
  return other;
}

TEST(Merge, AddsCountsAndJoinsMachines) {
  const auto sum = merged({sampleResults(), otherShard()}, {"a", "b"});
  EXPECT_EQ(sum.machines.total, 20U);
  EXPECT_EQ(sum.groups.size(), 2U);
  EXPECT_EQ(sum.groups[1].outcomes.at("not-approved"), 2U);
  EXPECT_EQ(sum.failures[0].count, 4U);
  EXPECT_EQ(sum.faults[0].fired, 12U);
  EXPECT_EQ(sum.expectations[1].seen, "0 of 10; 0 of 10");
  EXPECT_EQ(sum.machinesDetail.size(), 2U);
  EXPECT_EQ(sum.timeline.back().operational, 14U);
  EXPECT_EQ(sum.timeline.front().waiting, 20U);
  EXPECT_THAT(sum.mergedFrom, ElementsAre("a", "b"));
}

TEST(Merge, PercentilesAreThoseOfAllSamplesWithinABucket) {
  auto slow = otherShard();
  std::vector<double> values, all{60, 70, 75, 80, 90, 120, 131.5};
  for (int i = 0; i < 100; ++i) values.push_back(500 + i);
  all.insert(all.end(), values.begin(), values.end());
  wholeOf(slow) = stepOf("whole", values);
  const auto sum = merged({sampleResults(), slow}, {"a", "b"});
  const auto exact = stepOf("whole", all);
  EXPECT_EQ(sum.steps.back().count, 107U);
  EXPECT_EQ(sum.steps.back().max, 599);
  for (const auto percentile : {&StepResult::p50, &StepResult::p95, &StepResult::p99}) {
    EXPECT_GE(sum.steps.back().*percentile, exact.*percentile);
    EXPECT_LE(sum.steps.back().*percentile, exact.*percentile * 1.02);
  }
}

TEST(Merge, TheWorstVerdictAndRuleCount) {
  auto first = sampleResults(), second = otherShard();
  first.verdict = Verdict::held;
  first.expectations[0].held = true;
  first.bestPractice[0].result = PracticeResult::Result::pass;
  const auto sum = merged({first, second}, {"a", "b"});
  EXPECT_EQ(sum.verdict, Verdict::failed);
  EXPECT_FALSE(sum.expectations[0].held);
  EXPECT_EQ(sum.bestPractice[0].result, PracticeResult::Result::fail);
}

TEST(Merge, RefusesTheSameMachineTwiceAndAnotherScenario) {
  const auto errorOf = [](const Results& second) {
    try {
      merged({sampleResults(), second}, {"a", "b"});
    } catch (const ConfigError& error) {
      return std::string(error.what());
    }
    return std::string("none");
  };
  EXPECT_THAT(errorOf(sampleResults()), HasSubstr("b: has the machine desktops/3 of seed 7, as a has. merge runs"));
  auto other = otherShard();
  other.scenario = "tuesday";
  EXPECT_THAT(errorOf(other), HasSubstr("b: is a run of \"tuesday\", and a one of \"monday & <friends>\""));
}

TEST(Buckets, HoldWhatIsNotLongerThanTheirLimit) {
  for (const double ms : {0.0, 0.0005, 0.001, 0.25, 1.0, 1.02, 17.3, 1e6}) {
    const auto bucket = durationBucket(ms);
    EXPECT_GE(bucketLimit(bucket) * (1 + 1e-9), ms);
    if (ms > 0.001) {
      EXPECT_LT(bucketLimit(bucket - 1), ms);
    }
  }
}

}  // namespace
}  // namespace vme::report
