// Keys that differ for some machines of a group: the group is split, and its machines stay who they are.

#include "scenario/group_overrides.hpp"

#include <gmock/gmock.h>

#include "scenario/roster.hpp"
#include "unit/scenario/text.hpp"

namespace vme::scenario {
namespace {

std::string group(const std::string& keys) {
  return "name: n\nseed: 3\ngroups:\n  - {name: before, machines: 2, profile: amt-3.0}\n"
         "  - name: g\n    machines: 20\n" +
         keys + "  - {name: after, machines: 2, profile: amt-3.0}\n";
}

void expectSameMachines(const std::string& whole, const std::string& split) {
  const auto a = parse("s.yaml", whole, {}), b = parse("s.yaml", split, {});
  const Roster before(a), after(b);
  ASSERT_EQ(before.size(), after.size());
  for (std::uint32_t machine = 0; machine < before.size(); ++machine) {
    EXPECT_EQ(before.nameOf(machine), after.nameOf(machine));
    EXPECT_EQ(before.identityOf(machine).uuid, after.identityOf(machine).uuid) << machine;
    EXPECT_EQ(before.identityOf(machine).psk.pidText(), after.identityOf(machine).psk.pidText());
    EXPECT_EQ(before.arrivalMs(machine), after.arrivalMs(machine)) << before.nameOf(machine);
    EXPECT_EQ(before.groupOf(machine).group.profile->name, after.groupOf(machine).group.profile->name) << machine;
  }
}

TEST(GroupOverrides, NamesIdentitiesAndArrivalsStay) {
  for (const std::string shape : {"even", "random", "ramp"}) {
    const auto keys = "    profiles: [amt-3.0, amt-3.2.2, amt-4.0]\n    arrival: {over: 100s, shape: " + shape + "}\n";
    expectSameMachines(group(keys),
                       group(keys + "    overrides: {\"3\": {approval: block}, \"5-9\": {otp: Abcdefgh1}}\n"));
  }
  const std::string waves = "    profile: amt-3.0\n    arrival: {waves: {count: 3, every: 10s, over: 5s}}\n";
  expectSameMachines(group(waves), group(waves + "    overrides: {\"1-18\": {approval: block}}\n"));
  const std::string poisson = "    profile: amt-3.0\n    arrival: {poisson: {rate: 2}}\n";
  expectSameMachines(group(poisson), group(poisson + "    overrides: {\"7\": {approval: block}}\n"));
}

TEST(GroupOverrides, ReachTheirMachinesAlone) {
  const auto scenario =
      parse("s.yaml",
            group("    profiles: [amt-3.0, amt-4.0]\n    host: {driver: old, os: down}\n    overrides:\n"
                  "      \"8-11\": {approval: block, host: {driver: absent}}\n"
                  "      \"0\": {profile: amt-2.1, uuid: 44454c4c-3100-1051-8032-b4c04f4b4d31}\n"),
            {});
  const Roster roster(scenario);
  for (std::uint32_t machine = 0; machine < roster.size(); ++machine) {
    const auto& spec = roster.groupOf(machine);
    const bool isBlocked = machine >= 10 && machine <= 13;
    EXPECT_EQ(spec.approval == servicepoint::Approval::Rule::block, isBlocked) << roster.nameOf(machine);
    if (spec.group.name != "g") continue;
    EXPECT_EQ(spec.group.pc.driver, isBlocked ? host::Driver::absent : host::Driver::old);
    EXPECT_FALSE(spec.group.pc.osUp) << "what the override does not say is the group's";
  }
  EXPECT_EQ(roster.groupOf(2).group.profile->name, "amt-2.1");
  EXPECT_EQ(roster.groupOf(2).method, "psk");
  EXPECT_EQ(roster.identityOf(2).uuid.text(), "44454c4c-3100-1051-8032-b4c04f4b4d31");
  EXPECT_EQ(roster.groupOf(3).group.profile->name, "amt-3.0");
  EXPECT_EQ(roster.groupOf(12).group.profile->name, "amt-4.0");
}

TEST(GroupOverrides, MayBeAList) {
  const auto scenario =
      parse("s.yaml", group("    profile: amt-3.0\n    overrides: [{machines: [1, 3-4], approval: refuse}]\n"), {});
  const Roster roster(scenario);
  std::vector<std::string> refused;
  for (std::uint32_t machine = 0; machine < roster.size(); ++machine) {
    if (roster.groupOf(machine).approval == servicepoint::Approval::Rule::refuse)
      refused.push_back(roster.nameOf(machine));
  }
  EXPECT_THAT(refused, ::testing::ElementsAre("g/1", "g/3", "g/4"));
}

TEST(GroupOverrides, ArrivalOfTheirOwnCountsTheirMachines) {
  const auto scenario = parse("s.yaml",
                              group("    profiles: [amt-3.0, amt-4.0]\n    arrival: {over: 1000s}\n"
                                    "    overrides: {\"8-11\": {arrival: {over: 4s}}}\n"),
                              {});
  const Roster roster(scenario);
  for (std::uint32_t n = 0; n < 4; ++n) EXPECT_EQ(roster.arrivalMs(2 + 8 + n), 1000 * n);
}

TEST(GroupOverrides, FollowNoScaling) {
  Overrides overrides;
  overrides.machines = 12;
  const auto scenario =
      parse("s.yaml", group("    profile: amt-3.0\n    overrides: {\"19\": {approval: block}}\n"), overrides);
  for (const auto& spec : scenario.groups) EXPECT_EQ(spec.approval, servicepoint::Approval::Rule::approve);
}

TEST(GroupOverrides, ErrorsNameThePlace) {
  const auto error = [](const std::string& text) {
    return errorOf(withGroup("    profile: amt-3.0\n    overrides: " + text + "\n"));
  };
  EXPECT_EQ(error("{\"4\": {approval: block}}"),
            "s.yaml:6:22: groups[0].overrides.4: there is no machine 4, the group has 0 to 3. correct the number");
  EXPECT_EQ(error("{\"3-1\": {approval: block}}"),
            "s.yaml:6:24: groups[0].overrides.3-1: \"3-1\" is no machine of the group. write its number, or a range as "
            "10-19");
  EXPECT_EQ(error("{\"0-2\": {approval: block}, \"2\": {approval: refuse}}"),
            "s.yaml:6:16: groups[0].overrides names machine 2 twice. keep one");
  EXPECT_EQ(error("{\"0\": {aproval: block}}"),
            "s.yaml:6:23: unknown key \"aproval\" in groups[0].overrides.0. did you mean \"approval\"?");
  EXPECT_EQ(error("{\"0\": {machines: 2}}"),
            "s.yaml:6:23: \"machines\" is the whole group's. leave it out of overrides");
  EXPECT_EQ(error("[{approval: block}]"), "s.yaml:6:17: \"machines\" is missing in groups[0].overrides[0]. add it");
}

TEST(GroupOverrides, StretchesCoverTheGroupOnce) {
  const GroupOverride one{{{3, 3}, {8, 12}}, {}, {}};
  const auto stretches = stretchesOf({10, 0, 10}, {one});
  std::uint32_t at = 0;
  for (const auto& stretch : stretches) {
    EXPECT_EQ(stretch.first, at);
    EXPECT_GT(stretch.count, 0U);
    at += stretch.count;
  }
  EXPECT_EQ(at, 20U);
  EXPECT_EQ(stretches.size(), 6U);
}

}  // namespace
}  // namespace vme::scenario
