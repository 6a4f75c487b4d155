#include "scenario/overrides.hpp"

#include <gmock/gmock.h>

#include <numeric>

#include "unit/scenario/text.hpp"

namespace vme::scenario {
namespace {

using ::testing::ElementsAre;

const std::string kTwoGroups =
    "name: n\ngroups:\n  - {name: desktops, machines: 30, profile: amt-3.2.2}\n"
    "  - {name: laptops, machines: 10, profile: amt-4.0}\nexpect:\n  - provisioned: 100%\n";

Overrides withSet(std::string key, std::string value) {
  Overrides overrides;
  overrides.set.emplace_back(std::move(key), std::move(value));
  return overrides;
}

Scenario read(const Overrides& overrides) {
  return parse("s.yaml", kTwoGroups, overrides);
}
std::string errorWith(const std::string& key, const std::string& value) {
  return errorOf(kTwoGroups, withSet(key, value));
}

TEST(Set, ReachesGroupsByNameAndByNumber) {
  EXPECT_EQ(read(withSet("groups.laptops.machines", "7")).groups[1].group.machines, 7U);
  EXPECT_EQ(read(withSet("groups.0.machines", "7")).groups[0].group.machines, 7U);
}

TEST(Set, AddsWhatTheFileDoesNotSay) {
  EXPECT_EQ(read(withSet("clock.speed", "60")).clock.speed, 60);
  EXPECT_EQ(read(withSet("seed", "9")).seed, 9U);
  EXPECT_TRUE(read(withSet("clock", "skip-idle")).clock.skipIdle);
}

TEST(Set, TakesListsAndMaps) {
  EXPECT_EQ(read(withSet("service_point", "{host: sp.example}")).servicePoint.host, "sp.example");
  const auto groups = read(withSet("groups.desktops", "{name: d, machines: 4, profiles: [amt-2.1, amt-2.5]}")).groups;
  EXPECT_EQ(groups.size(), 3U);
}

TEST(Set, ReachesProfileKeysWithTheirDots) {
  const auto scenario = read(withSet("groups.desktops.set.api.http_max_conn", "2"));
  EXPECT_EQ(scenario.groups[0].group.profile->api.httpMaxConn, 2U);
  EXPECT_NE(scenario.groups[1].group.profile->api.httpMaxConn, 2U);
}

TEST(Set, OpensUpTheShortFormOfTheServicePoint) {
  Overrides overrides = withSet("service_point", "embedded");
  overrides.set.emplace_back("service_point.attempts", "5");
  const auto scenario = read(overrides);
  EXPECT_TRUE(scenario.servicePoint.embedded);
  EXPECT_EQ(scenario.servicePoint.options.attempts, 5U);
}

TEST(Set, TakesComparisons) {
  EXPECT_EQ(read(withSet("expect.0.provisioned", "> 95%")).expect[0].compare, Expect::Compare::greater);
}

TEST(Set, LaterOnesWin) {
  auto overrides = withSet("seed", "1");
  overrides.set.emplace_back("seed", "2");
  EXPECT_EQ(read(overrides).seed, 2U);
}

TEST(Set, ErrorsNameTheOption) {
  EXPECT_EQ(errorWith("groups.desktop.machines", "7"),
            "--set groups.desktop.machines=7: groups has no \"desktop\". did you mean \"desktops\"?");
  EXPECT_EQ(errorWith("groups.9.machines", "7"),
            "--set groups.9.machines=7: groups has no \"9\". there are desktops, laptops");
  EXPECT_EQ(errorWith("groups.desktops.machines", "ten"),
            "--set groups.desktops.machines=ten: groups[0].machines is \"ten\". write a whole number, 1 to 10000000");
  EXPECT_EQ(errorWith("clok.speed", "60"), "--set clok.speed=60: unknown key \"clok\". did you mean \"clock\"?");
  EXPECT_EQ(errorWith("name.x", "60"), "--set name.x=60: name is \"n\", which has no keys below it. set name itself");
  EXPECT_EQ(errorWith("seed..x", "60"), "--set seed..x=60: the path has an empty part. write KEY.KEY=VALUE");
  EXPECT_EQ(errorWith("", "60"), "--set =60: the path has an empty part. write KEY.KEY=VALUE");
  EXPECT_EQ(errorWith("processes", "2"),
            "--set processes=2: \"processes\" is not available in this version. leave it out");
  EXPECT_THAT(errorWith("seed", "[1"), ::testing::StartsWith("--set seed=[1"));
}

TEST(Machines, ScaleAllGroupsInProportion) {
  Overrides overrides;
  overrides.machines = 20;
  const auto groups = read(overrides).groups;
  EXPECT_EQ(groups[0].group.machines, 15U);
  EXPECT_EQ(groups[1].group.machines, 5U);
}

TEST(Machines, FewerThanGroupsIsAnError) {
  Overrides overrides;
  overrides.machines = 1;
  EXPECT_EQ(errorOf(kTwoGroups, overrides),
            "--machines: 1 machines are fewer than the scenario's 2 groups. ask for at least one each");
}

TEST(Scaled, GivesTheRemainderToTheLargestRemainders) {
  EXPECT_THAT(scaled({1, 1, 1}, 10), ElementsAre(4, 3, 3));
  EXPECT_THAT(scaled({50, 30, 20}, 7), ElementsAre(4, 2, 1));
  EXPECT_THAT(scaled({200, 400, 400}, 100), ElementsAre(20, 40, 40));
  EXPECT_THAT(scaled({1, 2}, 3'000'000), ElementsAre(1'000'000, 2'000'000));
}

TEST(Scaled, KeepsOneMachineInEveryGroup) {
  EXPECT_THAT(scaled({1000, 1, 1}, 3), ElementsAre(1, 1, 1));
  EXPECT_THAT(scaled({1000, 1, 1}, 10), ElementsAre(8, 1, 1));
}

TEST(Scaled, AlwaysGivesTheTotal) {
  for (std::uint32_t total = 4; total < 200; ++total) {
    const auto sizes = scaled({997, 3, 41, 1}, total);
    EXPECT_EQ(std::accumulate(sizes.begin(), sizes.end(), 0U), total);
    EXPECT_THAT(sizes, ::testing::Each(::testing::Ge(1U)));
  }
}

TEST(Dealt, AsEvenlyAsItGoes) {
  EXPECT_THAT(dealt(10, 3), ElementsAre(4, 3, 3));
  EXPECT_THAT(dealt(2, 3), ElementsAre(1, 1, 0));
}

TEST(Options, SeedAndTimeScale) {
  Overrides overrides;
  overrides.seed = 42;
  overrides.timeScale = 10;
  const auto scenario = parse("s.yaml", kTwoGroups + "seed: 1\nclock: {speed: 6}\n", overrides);
  EXPECT_EQ(scenario.seed, 42U);
  EXPECT_EQ(scenario.clock.speed, 60);
  EXPECT_EQ(scenario.fleet.clock.speed, 60);
}

TEST(Options, TimeScaleCannotStopTheClock) {
  Overrides overrides;
  overrides.timeScale = 0;
  EXPECT_EQ(
      errorOf(kTwoGroups, overrides),
      "--time-scale: the fleet's clock would run 0 times as fast as real time. choose a factor so that it is above 0 "
      "and at most 1000000");
}

TEST(Options, ServicePoint) {
  Overrides overrides;
  overrides.servicePoint = "sp.example:1234";
  EXPECT_EQ(read(overrides).servicePoint.host, "sp.example");
  EXPECT_EQ(read(overrides).servicePoint.helloPort, 1234);
  overrides.servicePoint = "sp.example";
  EXPECT_EQ(read(overrides).servicePoint.helloPort, 9971);
  overrides.servicePoint = "embedded";
  EXPECT_TRUE(parse("s.yaml", kTwoGroups + "service_point: {host: a}\n", overrides).servicePoint.embedded);
  overrides.servicePoint = "sp.example:";
  EXPECT_EQ(errorOf(kTwoGroups, overrides),
            "--service-point: \"sp.example:\" has no port after its colon. write HOST:PORT, or embedded");
  overrides.servicePoint = ":99";
  EXPECT_EQ(errorOf(kTwoGroups, overrides), "--service-point: no host is given. write HOST[:PORT], or embedded");
}

}  // namespace
}  // namespace vme::scenario
