#include "scenario/staging.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>

#include "unit/scenario/text.hpp"
#include "wire/certificate.hpp"

namespace vme::scenario {
namespace {

using Rule = servicepoint::Approval::Rule;

const std::string kScenario =
    "name: n\nseed: 5\ngroups:\n"
    "  - {name: psk, machines: 4, profiles: [amt-2.1, amt-3.0], method: psk}\n"
    "  - {name: unknown, machines: 2, profile: amt-2.1, service_point_knows: {pid: false}}\n"
    "  - {name: wrong, machines: 2, profile: amt-2.1, service_point_knows: {pps: wrong}, setup_password: Other-1pw}\n"
    "  - {name: pki, machines: 2, profile: amt-3.0, approval: block, expected_otp: abcdefgh}\n"
    "  - {name: inactive, machines: 1, profile: amt-3.0, root: {active: false}}\n"
    "  - {name: absent, machines: 1, profile: amt-3.0, root: {present: false}}\n";

struct Staging : ::testing::Test {
  Scenario scenario = parse("s.yaml", kScenario, {});
  Roster roster{scenario};

  static net::ProvisioningPki pki() {
    net::ProvisioningPki made;
    made.chain = {Bytes{1}, Bytes{2}, Bytes{3, 3, 3}};
    return made;
  }
};

TEST_F(Staging, NamesCountThroughAllProfilesOfAGroup) {
  EXPECT_EQ(roster.size(), 12U);
  EXPECT_EQ(roster.nameOf(0), "psk/0");
  EXPECT_EQ(roster.nameOf(3), "psk/3");
  EXPECT_EQ(roster.groupOf(3).group.profile->name, "amt-3.0");
  EXPECT_EQ(roster.nameOf(4), "unknown/0");
  EXPECT_EQ(roster.nameOf(11), "absent/0");
}

TEST_F(Staging, MachinesAreFoundByTheirUuid) {
  std::set<Uuid> uuids;
  for (std::uint32_t machine = 0; machine < roster.size(); ++machine) {
    const auto uuid = roster.identityOf(machine).uuid;
    uuids.insert(uuid);
    EXPECT_EQ(roster.find(uuid), machine);
  }
  EXPECT_EQ(uuids.size(), roster.size());
  EXPECT_EQ(roster.find(Uuid{}), std::nullopt);
}

TEST_F(Staging, OneSeedGivesOneFleet) {
  const auto again = parse("s.yaml", kScenario, {});
  const Roster same(again);
  Overrides other;
  other.seed = 6;
  const auto changed = parse("s.yaml", kScenario, other);
  const Roster different(changed);
  for (std::uint32_t machine = 0; machine < roster.size(); ++machine) {
    EXPECT_EQ(roster.identityOf(machine).uuid, same.identityOf(machine).uuid);
    EXPECT_EQ(roster.identityOf(machine).psk, same.identityOf(machine).psk);
    EXPECT_NE(roster.identityOf(machine).uuid, different.identityOf(machine).uuid);
  }
}

TEST_F(Staging, ThePskTableLacksUnknownAndHasWrongPairs) {
  const auto pairs = pskPairs(scenario, roster);
  ASSERT_EQ(pairs.size(), 6U);  // psk and wrong
  for (std::uint32_t machine = 0; machine < 4; ++machine) EXPECT_EQ(pairs[machine], roster.identityOf(machine).psk);
  for (std::uint32_t machine = 6; machine < 8; ++machine) {
    const auto right = roster.identityOf(machine).psk;
    const auto& held = pairs[machine - 2];
    EXPECT_EQ(held.pid, right.pid);
    EXPECT_NE(held.pps, right.pps);
    EXPECT_TRUE(wire::parsePskPair(held.pidText(), held.ppsText()));
  }
}

TEST_F(Staging, RootsAreTheFactorysAndTheServicePoints) {
  const auto groups = fleetGroups(scenario, pki(), {});
  const auto factory = scenario.groups[4].group.profile->prov.hashes.size();
  ASSERT_GT(factory, 0U);
  const auto digest = wire::sha1(Bytes{3, 3, 3});
  const auto named = [&](std::string_view name) -> const runtime::Group& {
    return *std::ranges::find(groups, name, &runtime::Group::name);
  };
  const auto& roots = named("pki").environment.roots;
  ASSERT_EQ(roots.size(), factory + 1);
  EXPECT_EQ(roots.front().handle, 1U);
  EXPECT_TRUE(roots.front().factory);
  EXPECT_EQ(roots.back().handle, factory + 1);
  EXPECT_FALSE(roots.back().factory);
  EXPECT_TRUE(roots.back().active);
  EXPECT_EQ(roots.back().hash.hash, Bytes(digest.begin(), digest.end()));
  EXPECT_FALSE(named("inactive").environment.roots.back().active);
  EXPECT_EQ(named("absent").environment.roots.size(), factory);
  EXPECT_EQ(named("psk").environment.roots.size(), scenario.groups[0].group.profile->prov.hashes.size());
}

TEST_F(Staging, WithoutAnEmbeddedServicePointThereIsNoTestRoot) {
  Overrides external;
  external.servicePoint = "sp.example";
  const auto other = parse("s.yaml", kScenario, external);
  EXPECT_FALSE(makePki(other));
  const auto groups = fleetGroups(other, std::nullopt, {});
  EXPECT_TRUE(std::ranges::all_of(groups[4].environment.roots, &machine::RootEntry::factory));
}

TEST_F(Staging, TheServicePointIsToldOfTheMachines) {
  const auto options = servicePointOptions(scenario, roster, pki());
  EXPECT_EQ(options.seed, 5U);
  EXPECT_EQ(options.mePort, 16993);
  EXPECT_THAT(options.setupPasswords, ::testing::ElementsAre("admin", "Vme-Setup1", "Other-1pw"));
  EXPECT_EQ(options.approval.otherwise, Rule::approve);
  ASSERT_EQ(options.approval.machines.size(), 2U);
  EXPECT_EQ(options.approval.machines.at(roster.identityOf(8).uuid), Rule::block);
  EXPECT_EQ(options.otps.at(roster.identityOf(9).uuid), "abcdefgh");
  EXPECT_TRUE(options.pki);
}

TEST_F(Staging, ThePskFileIsReadByTheServicePoint) {
  const auto file = std::filesystem::path(::testing::TempDir()) / "vme-pairs.txt";
  const auto pairs = pskPairs(scenario, roster);
  writePskFile(file, pairs);
  std::ifstream in(file);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  EXPECT_EQ(servicepoint::readPskFile("pairs", text), pairs);
  std::filesystem::remove(file);
  EXPECT_THROW(writePskFile("/nowhere/pairs.txt", pairs), EnvironmentError);
}

}  // namespace
}  // namespace vme::scenario
