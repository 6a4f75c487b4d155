// The quirks of machines as a scenario writes them: what they become, and what they lead to in whole runs.

#include <gmock/gmock.h>

#include "scenario/quirk.hpp"
#include "scenario/runner.hpp"
#include "unit/scenario/run_of.hpp"
#include "unit/scenario/text.hpp"

namespace vme::scenario {
namespace {

using ::testing::HasSubstr;

GroupSpec groupWith(const std::string& quirks, const std::string& profile = "amt-3.2.2") {
  auto scenario = parse("s.yaml", withGroup("    profile: " + profile + "\n    quirks: {" + quirks + "}\n"), {});
  return scenario.groups.at(0);
}
machine::Conditions conditionsOf(const std::string& quirks, const std::string& profile = "amt-3.2.2") {
  return groupWith(quirks, profile).group.environment.conditions;
}
std::string quirkError(const std::string& quirks, const std::string& profile = "amt-3.2.2") {
  return errorOf(withGroup("    profile: " + profile + "\n    quirks: {" + quirks + "}\n"));
}

TEST(MachineQuirks, becomeConditionsOfTheirGroup) {
  EXPECT_EQ(conditionsOf("dns_script: [{name: 'provisionserver.*', answer: nxdomain}]").names.at(0).kind,
            machine::NameAnswer::Kind::notFound);
  EXPECT_EQ(conditionsOf("dns_script: [{name: '*', answer: stale, address: 10.0.0.9}]").names.at(0).ipv4, 0x0A000009U);
  EXPECT_EQ(conditionsOf("dhcp_script: {no_offer: true}").lease, machine::Lease::none);
  EXPECT_EQ(conditionsOf("dhcp_script: {late_s: 9}").leaseAfter, MeDuration::seconds(9));
  EXPECT_FALSE(conditionsOf("dhcp_script: {option6: none}").hasResolver);
  EXPECT_EQ(groupWith("dhcp_script: {option15: a.corp}").group.environment.dhcpSuffix, "a.corp");
  EXPECT_EQ(conditionsOf("net_ip_mode: dhcp_on_static_host").ipMode, machine::IpMode::dhcpOnStaticHost);
  EXPECT_EQ(conditionsOf("keygen_busy: {s: 120}").keyGeneration, MeDuration::seconds(120));
  EXPECT_TRUE(conditionsOf("admin_password: {value: Wh0knows!}").adminPasswordSet);
  EXPECT_EQ(conditionsOf("acl_full: {}").accounts, 7U);
  EXPECT_EQ(conditionsOf("power_package: 5").powerPackage, 5U);
  EXPECT_EQ(conditionsOf("wake_drop_first: {packets: 2, wake_s: 8}").wakes, MeDuration::seconds(8));
  EXPECT_TRUE(conditionsOf("battery: true", "amt-4.0").onBattery);
  EXPECT_TRUE(conditionsOf("after_outage_off: true").staysOffAfterOutage);
  EXPECT_TRUE(conditionsOf("update: {mismatch: true}").updateMismatchesBios);
  EXPECT_EQ(conditionsOf("clock: {offset_s: -900, drift_ppm: 200}").clockOffsetS, -900);
}

TEST(MachineQuirks, changeTheGroupsOwnProfile) {
  EXPECT_TRUE(groupWith("rng_not_ready: {until: tool}").group.profile->prov.rngSeedNeeded);
  EXPECT_EQ(groupWith("flash_wear_lockout: {writes: 5, lock_min: 40}").group.profile->power.flashWritesMax, 5U);
  EXPECT_FALSE(
      groupWith("heci_cmd_unknown: [start-configuration]").group.profile->heci.has(AmthiCommand::startConfiguration));
  EXPECT_THAT(groupWith("partial_no_check: true").group.profile->quirks, ::testing::Contains("partial_no_check"));
  EXPECT_THAT(groupWith("hash_handle: false", "amt-3.0").group.profile->quirks,
              ::testing::Not(::testing::Contains("hash_handle")));
}

TEST(MachineQuirks, befallMachinesLater) {
  const auto later = groupWith("self_block: {after_s: 60}").group.later;
  ASSERT_EQ(later.size(), 1U);
  EXPECT_EQ(later[0].after, MeDuration::seconds(60));
  EXPECT_TRUE(std::holds_alternative<runtime::act::LoseAddress>(later[0].act));
}

TEST(MachineQuirks, whatCannotBeHadIsRefusedWithItsReason) {
  EXPECT_THAT(quirkError("krb: {cache: 24}"), HasSubstr("needs Kerberos, which is not there yet"));
  EXPECT_THAT(quirkError("redir: {silent: true}"), HasSubstr("needs redirection"));
  EXPECT_THAT(quirkError("wifi_profile_missing: true"), HasSubstr("wireless"));
  EXPECT_THAT(quirkError("filters_full: {}"), HasSubstr("event filters"));
  EXPECT_THAT(quirkError("audit_full_blocks: {fill_pct: 100}"), HasSubstr("the audit log"));
  EXPECT_THAT(quirkError("sub_addr: true"), HasSubstr("alert subscriptions"));
  EXPECT_THAT(quirkError("no_opt81: true"), HasSubstr("by name"));
  EXPECT_THAT(quirkError("dhcp_script: {option81: none}"), HasSubstr("option81"));
  EXPECT_THAT(quirkError("battery: true"), HasSubstr("is for laptops"));
  EXPECT_THAT(quirkError("power_package: 9"), HasSubstr("7"));
  EXPECT_THAT(quirkError("power_packge: 3"), HasSubstr("power_package"));
}

/// A group of two, with those quirks, that ends with that outcome.
std::string ending(const std::string& address, const std::string& quirks, const std::string& reason,
                   const std::string& profile = "amt-3.2.2", const std::string& more = "") {
  // With TLS 1.3 the client may see the refusal as an alert or as a lost connection.
  const auto expect = reason.empty() ? std::string("failed: 100%") : "outcome: {reason: " + reason + ", is: 100%}";
  return "name: n\nseed: 5\nclock: skip-idle\ndeadline: 60s\naddress: " + address +
         "\nservice_point: {mode: embedded, careless: [hammer-flash]}\ngroups: [{name: g, machines: 2, profile: " +
         profile + more + ", quirks: {" + quirks + "}}]\nexpect: [{" + expect + "}]\n";
}

struct Ending {
  std::string name, quirks, reason, profile = "amt-3.2.2", more = "";
};
class QuirkEnding : public ::testing::TestWithParam<Ending> {};

TEST_P(QuirkEnding, IsWhatTheRunSees) {
  const auto& one = GetParam();
  const auto results = runOf(ending("127.27.0.0", one.quirks, one.reason, one.profile, one.more));
  EXPECT_EQ(results.verdict, report::Verdict::held)
      << results.error << (results.groups.empty() ? "" : results.groups[0].outcomes.begin()->first);
}

INSTANTIATE_TEST_SUITE_P(
    Of, QuirkEnding,
    ::testing::Values(
        Ending{"NameNotFound", "dns_script: [{name: 'provisionserver.*', answer: nxdomain}]", "name-not-found"},
        Ending{"NoResolver", "dhcp_script: {option6: none}", "no-resolver"},
        Ending{"NoOffer", "dhcp_script: {no_offer: true}", "no-address"},
        Ending{"NoSuffix", "dhcp_script: {option15: none}", ""},
        Ending{"Late", "dhcp_script: {late_s: 40}", "provisioned"},
        Ending{"AdminPassword", "admin_password: {value: Wh0knows!}", "login-refused"},
        Ending{"Pps", "psk: {pps: other}", "psk-refused", "amt-2.1"},
        Ending{"Pid", "psk: {pid: other}", "unknown-pid", "amt-2.1"},
        Ending{"Flash", "flash_wear_lockout: {writes: 4, lock_min: 40}", "call-failed"},
        Ending{"Acl", "acl_full: {}", "call-failed"},
        Ending{"HeciAbsent", "heci_absent: true", "heci-driver-missing", "amt-5.2", ", provisioning: agent"},
        Ending{"HeciUnknown", "heci_cmd_unknown: [start-configuration]", "start-refused", "amt-5.2",
               ", provisioning: agent"}),
    [](const auto& one) { return one.param.name; });

}  // namespace
}  // namespace vme::scenario
