// Every way in which a scenario can be wrong, with the exact message.

#include <gmock/gmock.h>

#include <algorithm>

#include "scenario/keys.hpp"
#include "unit/scenario/text.hpp"

namespace vme::scenario {
namespace {

struct Wrong {
  std::string text;
  std::string message;
};
void PrintTo(const Wrong& wrong, std::ostream* out) {
  *out << wrong.text;
}

std::string knownAtTop() {
  auto names = namesOf(scenarioSection());
  std::ranges::sort(names);
  std::string text;
  for (const auto& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

class TopError : public ::testing::TestWithParam<Wrong> {};
TEST_P(TopError, IsToldWithItsPlace) {
  EXPECT_EQ(errorOf(withTop(GetParam().text)), GetParam().message);
}
INSTANTIATE_TEST_SUITE_P(
    Scenario, TopError,
    ::testing::Values(
        Wrong{"schema: 2\n", "s.yaml:1:9: schema is \"2\". write a whole number, 1 to 1"},
        Wrong{"sead: 2\n", "s.yaml:1:1: unknown key \"sead\". did you mean \"seed\"?"},
        Wrong{"seed: -1\n", "s.yaml:1:7: seed is \"-1\". write a whole number, 0 or more"},
        Wrong{"best_practice: all\n", "s.yaml:1:1: \"best_practice\" is not available in this version. leave it out"},
        Wrong{"processes: 2\n", "s.yaml:1:1: \"processes\" is not available in this version. leave it out"},
        Wrong{"state: x\n",
              "s.yaml:1:1: \"state\" belongs to one run, not to its scenario. leave it out, and give vme run --state "
              "FILE"},
        Wrong{"host: {}\n", "s.yaml:1:1: \"host\" is not available in this version. leave it out"},
        Wrong{"compat: []\n", "s.yaml:1:1: unknown key \"compat\". known are " + knownAtTop()},
        Wrong{"clock: fast\n", "s.yaml:1:8: clock is \"fast\". write skip-idle, or {speed: 60}"},
        Wrong{"clock: {speed: 0}\n",
              "s.yaml:1:16: clock.speed is 0, which stops the fleet's clock. write a number above 0"},
        Wrong{"clock: {speed: fast}\n", "s.yaml:1:16: clock.speed is \"fast\". write a number, 0 to 1000000"},
        Wrong{"clock: {sped: 60}\n", "s.yaml:1:8: \"speed\" is missing in clock. add it"},
        Wrong{"clock: {speed: 6, drift: 1}\n", "s.yaml:1:19: unknown key \"drift\" in clock. known are speed"},
        Wrong{"timing: {scale: -1}\n", "s.yaml:1:17: timing.scale is \"-1\". write a number, 0 to 1000"},
        Wrong{"tls: moderm\n", "s.yaml:1:6: tls is \"moderm\". did you mean \"modern\"?"},
        Wrong{"address: 127.16\n", "s.yaml:1:10: address is \"127.16\". write an IPv4 address, as 127.16.0.0"},
        Wrong{"address: 127.255.255.253\n",
              "s.yaml:1:10: from 127.255.255.253 on there are 2 addresses, but 4 machines. choose a lower address or "
              "fewer machines"},
        Wrong{"address: 224.0.0.0\n",
              "s.yaml:1:10: from 224.0.0.0 on there are 0 addresses, but 4 machines. choose a lower address or fewer "
              "machines"},
        Wrong{"ports: {http: 7, https: 7}\n", "s.yaml:1:8: both ports are 7. choose two"},
        Wrong{"ports: {http: 70000}\n", "s.yaml:1:15: ports.http is \"70000\". write a whole number, 1 to 65535"},
        Wrong{"hello: {rate: 0}\n",
              "s.yaml:1:15: hello.rate is 0, so that no hello would ever go out. write a number above 0"},
        Wrong{"deadline: soon\n", "s.yaml:1:11: deadline is \"soon\". write a duration such as 250ms, 10s, 5m or 24h"},
        Wrong{"deadline: 0\n", "s.yaml:1:11: deadline is 0. write a duration such as 5m, or leave it out"},
        Wrong{
            "service_point: sp.example\n",
            "s.yaml:1:16: service_point is \"sp.example\". write embedded, or {host: sp.example} for an external one"},
        Wrong{"service_point: {hello_port: 1}\n",
              "s.yaml:1:16: service_point has neither mode nor host. add mode: embedded, or host: NAME of an external "
              "one"},
        Wrong{"service_point: {mode: extern}\n",
              "s.yaml:1:23: service_point.mode is \"extern\". write one of embedded"},
        Wrong{"service_point: {host: a, attempts: 2}\n",
              "s.yaml:1:26: unknown key \"attempts\" in service_point. known are hello_port, host, policy_port, "
              "site_secret, "
              "verifies"},
        Wrong{"service_point: {host: \"\"}\n",
              "s.yaml:1:23: service_point.host is empty. write a name, or leave the key out"},
        Wrong{"service_point: {mode: embedded, api: soap}\n",
              "s.yaml:1:38: service_point.api is \"soap\". write one of auto, eoi, wsman"},
        Wrong{"service_point: {mode: embedded, careless: [keep-pks]}\n",
              "s.yaml:1:44: service_point.careless[0] is \"keep-pks\", which is no habit. did you mean \"keep-psk\"?"},
        Wrong{"service_point: {mode: embedded, attempts: 0}\n",
              "s.yaml:1:43: service_point.attempts is \"0\". write a whole number, 1 to 1000"},
        Wrong{"service_point: {mode: embedded, step_timeout: 0}\n",
              "s.yaml:1:47: service_point.step_timeout is 0. write a duration such as 10s"},
        Wrong{"service_point: {mode: embedded, setup_passwords: []}\n",
              "s.yaml:1:50: service_point.setup_passwords is empty. name at least one password, or leave the key out"},
        Wrong{"service_point: {mode: embedded, concurency: 3}\n",
              "s.yaml:1:33: unknown key \"concurency\" in service_point. did you mean \"concurrency\"?"},
        Wrong{"service_point: {mode: embedded, policy: {collections: [{name: none}]}}\n",
              "s.yaml:1:63: none is what a group says that is in no collection. choose another name"},
        Wrong{"service_point: {mode: embedded, policy: {collections: [{name: a}, {name: a}]}}\n",
              "s.yaml:1:74: there are two collections \"a\". give each its own name"},
        Wrong{"service_point: {mode: embedded, policy: {collections: [{name: a, task_sequence: [provide]}]}}\n",
              "s.yaml:1:82: service_point.policy.collections[0].task_sequence[0] is \"provide\". write one of "
              "upgrade-driver, upgrade-firmware, reboot, rng-seed-creator, provision"},
        Wrong{"service_point: {mode: embedded, policy: {firmware: [amt-3.2.1]}}\n",
              "s.yaml:1:53: there is no profile \"amt-3.2.1\". did you mean \"amt-3.2.2\"?"},
        Wrong{"service_point: {mode: embedded, policy: {otp_lifetime: 5ms}}\n",
              "s.yaml:1:56: service_point.policy.otp_lifetime is less than a second. write a duration such as 15m"},
        Wrong{"service_point: {mode: embedded, tls: modern}\n",
              "s.yaml:1:33: \"tls\" is not available in this version. leave it out"}));

class GroupError : public ::testing::TestWithParam<Wrong> {};
TEST_P(GroupError, IsToldWithItsPlace) {
  EXPECT_EQ(errorOf(withGroup(GetParam().text)), GetParam().message);
}
INSTANTIATE_TEST_SUITE_P(
    Scenario, GroupError,
    ::testing::Values(
        Wrong{"", "s.yaml:3:5: groups[0] has no profile. add profile: amt-3.2.2 or profiles: [amt-3.0, amt-3.2.2]"},
        Wrong{"    profile: amt-3.2.1\n",
              "s.yaml:5:14: there is no profile \"amt-3.2.1\". did you mean \"amt-3.2.2\"?"},
        Wrong{"    profile: amt-common\n",
              "s.yaml:5:14: there is no profile \"amt-common\". `vme profiles` lists them"},
        Wrong{"    profile: [amt-3.0]\n", "s.yaml:5:14: groups[0].profile is a list. write profiles for several"},
        Wrong{"    profile: amt-3.0\n    profiles: [amt-3.2.2]\n",
              "s.yaml:6:15: groups[0] has profile and profiles. keep one of them"},
        Wrong{"    profiles: []\n", "s.yaml:5:15: groups[0].profiles is empty. name at least one profile"},
        Wrong{"    profiles: [amt-3.0, amt-3.0]\n",
              "s.yaml:5:25: groups[0].profiles[1] stands twice in the list. name each profile once"},
        Wrong{"    profile: amt-3.0\n    metod: psk\n",
              "s.yaml:6:5: unknown key \"metod\" in groups[0]. did you mean \"method\"?"},
        Wrong{"    profile: amt-3.0\n    method: certificate\n",
              "s.yaml:6:13: groups[0].method is \"certificate\". write one of auto, psk, pki"},
        Wrong{"    profile: amt-2.1\n    method: pki\n",
              "s.yaml:6:13: groups[0].method is pki, but amt-2.1 has no set-up by certificate. write auto or psk"},
        Wrong{"    profile: amt-3.0\n    provisioning: manual\n",
              "s.yaml:6:19: groups[0].provisioning manual is not available in this version. write bare-metal, agent or "
              "none"},
        Wrong{"    profile: amt-3.0\n    provisioning: agent\n    otp: Secret-17\n",
              "s.yaml:7:10: groups[0].otp has no effect with provisioning: agent. leave one of them out"},
        Wrong{"    profile: amt-3.0\n    provisioning: agent\n    agent: {otp: late}\n",
              "s.yaml:7:18: groups[0].agent.otp is \"late\". write one of right, expired, reused, of-another, wrong"},
        Wrong{"    profile: amt-3.0\n    agent: {attempts: 2}\n",
              "s.yaml:6:12: groups[0].agent is for machines with an agent. write provisioning: agent, or leave it out"},
        Wrong{"    profile: amt-3.0\n    collection: pilot\n",
              "s.yaml:6:17: groups[0].collection is for machines with an agent. write provisioning: agent, or leave it "
              "out"},
        Wrong{"    profile: amt-3.0\n    host: {update_fails: 5%}\n",
              "s.yaml:6:26: groups[0].host.update_fails needs agents, which update. write provisioning: agent"},
        Wrong{"    profile: amt-3.0\n    provisioning: agent\n    collection: pilot\n",
              "s.yaml:3:3: group g is in the collection \"pilot\", which service_point.policy does not have. name it "
              "there, or write collection: none"},
        Wrong{"    profile: amt-3.0\n    provisioning: no\n",
              "s.yaml:6:19: groups[0].provisioning is \"no\". did you mean \"none\"?"},
        Wrong{"    profile: amt-3.0\n    provisioning: none\n    approval: block\n",
              "s.yaml:7:15: groups[0].approval has no effect with provisioning: none. leave one of them out"},
        Wrong{"    profile: amt-3.0\n    compat: [meshcentrl]\n",
              "s.yaml:6:13: there is no compatibility set \"meshcentrl\". did you mean \"meshcentral\"?"},
        Wrong{"    profile: amt-3.0\n    host: {os: windows}\n",
              "s.yaml:6:16: groups[0].host.os is \"windows\". write one of up, down"},
        Wrong{"    profile: amt-3.0\n    host: {driver: older}\n",
              "s.yaml:6:20: groups[0].host.driver is \"older\". did you mean \"old\"?"},
        Wrong{"    profile: amt-3.0\n    approval: denied\n",
              "s.yaml:6:15: groups[0].approval is \"denied\". write one of approve, refuse, block"},
        Wrong{"    profile: amt-3.0\n    method: psk\n    service_point_knows: {pps: maybe}\n",
              "s.yaml:7:32: groups[0].service_point_knows.pps is \"maybe\". write one of right, wrong"},
        Wrong{
            "    profile: amt-3.0\n    service_point_knows: {pid: false}\n",
            "s.yaml:6:26: groups[0].service_point_knows concerns set-up by psk, but no machine of the group is set up "
            "so. leave it out, or write method: psk"},
        Wrong{"    profile: amt-2.1\n    root: {active: false}\n",
              "s.yaml:6:11: groups[0].root concerns set-up by pki, but no machine of the group is set up so. leave it "
              "out, or write method: pki"},
        Wrong{"    profile: amt-3.0\n    root: {file: nowhere.pem}\n",
              "s.yaml:6:18: groups[0].root.file cannot be read: nowhere.pem. name a PEM file"},
        Wrong{"    profile: amt-3.0\n    root: {active: perhaps}\n",
              "s.yaml:6:20: groups[0].root.active is \"perhaps\". write true or false"},
        Wrong{"    profile: amt-3.0\n    arrival: {over: 10}\n",
              "s.yaml:6:21: groups[0].arrival.over is \"10\". write a duration such as 250ms, 10s, 5m or 24h"},
        Wrong{"    profile: amt-3.0\n    arrival: {shape: rampe}\n",
              "s.yaml:6:22: groups[0].arrival.shape is \"rampe\". did you mean \"ramp\"?"},
        Wrong{"    profile: amt-3.0\n    uuid: 1234\n",
              "s.yaml:6:11: groups[0].uuid is \"1234\". write a UUID, as 44454c4c-3100-1051-8032-b4c04f4b4d31"},
        Wrong{"    profile: amt-2.1\n    setup_password: Location_1\n",
              "s.yaml:6:21: groups[0].setup_password is refused by MEBx. write admin for the factory's, or 8 to 32 "
              "characters with an upper-case and a lower-case letter, a digit and a sign other than : , \" and _"},
        Wrong{"    profile: amt-3.0\n    otp: short\n", "s.yaml:6:10: groups[0].otp has 5 characters. write 8 to 32"},
        Wrong{"    profile: amt-2.1\n    otp: longenough\n",
              "s.yaml:6:10: amt-2.1 holds no one-time password. leave otp out, or name another profile"},
        Wrong{"    profile: amt-3.0\n    set: {api.http_max_con: 2}\n",
              "s.yaml:6:29: a profile has no value \"api.http_max_con\". did you mean \"api.http_max_conn\"?"},
        Wrong{"    profile: amt-3.0\n    set: {api.http_max_conn: many}\n",
              "s.yaml:6:30: groups[0].set.api.http_max_conn is \"many\". write a whole number, 0 to 4294967295"}));

class FileError : public ::testing::TestWithParam<Wrong> {};
TEST_P(FileError, IsToldWithItsPlace) {
  EXPECT_EQ(errorOf(GetParam().text), GetParam().message);
}
INSTANTIATE_TEST_SUITE_P(
    Scenario, FileError,
    ::testing::Values(
        Wrong{"", "s.yaml:1:1: \"name\" is missing. add it"},
        Wrong{"[1, 2]\n", "s.yaml:1:1: the document is a list. write a map of keys"},
        Wrong{"name: n\n", "s.yaml:1:1: \"groups\" is missing. add it"},
        Wrong{"name: n\ngroup: []\n", "s.yaml:2:1: unknown key \"group\". did you mean \"groups\"?"},
        Wrong{"name: n\ngroups: []\n",
              "s.yaml:2:9: groups is empty. add a group, as {name: desktops, machines: 10, profile: amt-3.2.2}"},
        Wrong{"name: n\ngroups: many\n", "s.yaml:2:9: groups is a single value. write a list"},
        Wrong{"name: a/b\n",
              "s.yaml:1:7: name is \"a/b\". write at most 64 letters, digits or . - _, a letter or digit first"},
        Wrong{"name: n\ngroups:\n  - {name: g, profile: amt-3.0}\n",
              "s.yaml:3:5: \"machines\" is missing in groups[0]. add it"},
        Wrong{"name: n\ngroups:\n  - {name: g, machines: 0, profile: amt-3.0}\n",
              "s.yaml:3:25: groups[0].machines is \"0\". write a whole number, 1 to 10000000"},
        Wrong{
            "name: n\ngroups:\n  - {name: g.h, machines: 1, profile: amt-3.0}\n",
            "s.yaml:3:12: groups[0].name is \"g.h\". write at most 64 letters, digits or - _, a letter or digit first"},
        Wrong{"name: n\ngroups:\n  - {name: g, machines: 1, profile: amt-3.0}\n  - {name: g, machines: 1, profile: "
              "amt-3.0}\n",
              "s.yaml:4:12: there are two groups \"g\". give each its own name"},
        Wrong{"name: n\ngroups:\n"
              "  - {name: g, machines: 1, profile: amt-3.0, uuid: 44454c4c-3100-1051-8032-b4c04f4b4d31}\n"
              "  - {name: h, machines: 1, profile: amt-3.0, uuid: 44454c4c-3100-1051-8032-b4c04f4b4d31}\n",
              "s.yaml:4:52: two groups begin with the UUID 44454c4c-3100-1051-8032-b4c04f4b4d31. give each its own"}));

class ExpectError : public ::testing::TestWithParam<Wrong> {};
TEST_P(ExpectError, IsToldWithItsPlace) {
  EXPECT_EQ(errorOf(withTop(GetParam().text)), GetParam().message);
}
INSTANTIATE_TEST_SUITE_P(
    Scenario, ExpectError,
    ::testing::Values(
        Wrong{"expect: []\n", "s.yaml:1:9: expect is empty. leave it out, or add an entry such as provisioned: 100%"},
        Wrong{"expect: [{}]\n",
              "s.yaml:1:10: expect[0] is empty. write one expectation an entry, as provisioned: 100%"},
        Wrong{"expect:\n  - provisionned: 1\n",
              "s.yaml:2:5: unknown key \"provisionned\" in expect[0]. did you mean \"provisioned\"?"},
        Wrong{"expect:\n  - best_practice: []\n",
              "s.yaml:2:20: expect[0].best_practice is empty. write all, or name a rule"},
        Wrong{"expect:\n  - never: {operation: SetCRL 0xno}\n",
              "s.yaml:2:24: expect[0].never.operation is \"SetCRL 0xno\", whose status is no hexadecimal number. write "
              "it as 0x17"},
        Wrong{"expect:\n  - never: {operation: SetCLR 0x17}\n",
              "s.yaml:2:24: expect[0].never.operation is \"SetCLR 0x17\", which is no operation. did you mean "
              "\"SetCRL\"?"},
        Wrong{"expect:\n  - provisioned: most\n",
              "s.yaml:2:18: expect[0].provisioned is \"most\". write a number of machines or a share, as 20, 100% or "
              "\"> 95%\""},
        Wrong{"expect:\n  - provisioned: 101%\n",
              "s.yaml:2:18: expect[0].provisioned is \"101%\". write a number of machines or a share, as 20, 100% or "
              "\"> 95%\""},
        Wrong{"expect:\n  - failed: 1.5\n",
              "s.yaml:2:13: expect[0].failed is \"1.5\". write a number of machines or a share, as 20, 100% or \"> "
              "95%\""},
        Wrong{"expect:\n  - provisioned: 4\n    failed: 0\n",
              "s.yaml:2:5: expect[0] has more than one key. make each an entry of its own"},
        Wrong{"expect:\n  - provisioned: {group: h, is: 4}\n",
              "s.yaml:2:26: expect[0].provisioned.group is \"h\", which is no group. did you mean \"g\"?"},
        Wrong{"expect:\n  - provisioned: {group: desktops, is: 4}\n",
              "s.yaml:2:26: expect[0].provisioned.group is \"desktops\", which is no group. there are g"},
        Wrong{"expect:\n  - provisioned: {group: g}\n",
              "s.yaml:2:18: \"is\" is missing in expect[0].provisioned. add it"},
        Wrong{"expect:\n  - outcome: {reason: not-aproved, is: 4}\n",
              "s.yaml:2:23: expect[0].outcome.reason is \"not-aproved\", which is no reason. did you mean "
              "\"not-approved\"?"},
        Wrong{
            "expect:\n  - outcome: {reason: xyzzyxyzzyxyzzy, is: 4}\n",
            "s.yaml:2:23: expect[0].outcome.reason is \"xyzzyxyzzyxyzzy\", which is no reason. `vme quirks --reasons` "
            "lists them"},
        Wrong{
            "expect:\n  - time_to_provision: {p95: 30s}\n",
            "s.yaml:2:30: expect[0].time_to_provision.p95 is \"30s\". write a comparison and a duration, as \"< 30s\""},
        Wrong{"expect:\n  - time_to_provision: {p95: \"< 30\"}\n",
              "s.yaml:2:30: expect[0].time_to_provision.p95 is \"< 30\". write a comparison and a duration, as \"< "
              "30s\""},
        Wrong{"expect:\n  - time_to_provision: {p90: \"< 30s\"}\n",
              "s.yaml:2:25: unknown key \"p90\" in expect[0].time_to_provision. did you mean \"p50\"?"},
        Wrong{"expect:\n  - time_to_provision: {group: g}\n",
              "s.yaml:2:24: expect[0].time_to_provision asks nothing. add p50, p95, p99 or max"}));

TEST(LoadFile, MissingFileIsNamed) {
  try {
    load("/nowhere/at-all.yaml", {});
    FAIL() << "no error";
  } catch (const ConfigError& error) {
    EXPECT_STREQ(error.what(), "/nowhere/at-all.yaml: the scenario cannot be read. check its name and permissions");
  }
}

TEST(LoadFile, TextCutAnywhereIsReadOrRefusedWithAPlace) {
  const auto whole = withTop("expect:\n  - time_to_provision: {p95: \"< 30s\"}\nclock: {speed: 60}\n");
  for (std::size_t length = 0; length < whole.size(); ++length) {
    const auto message = errorOf(whole.substr(0, length));
    EXPECT_THAT(message, ::testing::AnyOf("", ::testing::StartsWith("s.yaml"))) << length;
  }
}

}  // namespace
}  // namespace vme::scenario
