#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <numeric>

#include "net/pki.hpp"
#include "unit/scenario/text.hpp"
#include "wire/certificate.hpp"

namespace vme::scenario {
namespace {

using ::testing::ElementsAre;
using Rule = servicepoint::Approval::Rule;

Scenario read(const std::string& text, const Overrides& overrides = {}) {
  return parse("s.yaml", text, overrides);
}

std::uint64_t machinesOf(const Scenario& scenario) {
  std::uint64_t sum = 0;
  for (const auto& spec : scenario.groups) sum += spec.group.machines;
  return sum;
}

TEST(Load, DefaultsOfTheRun) {
  const auto scenario = read(withTop(""));
  EXPECT_EQ(scenario.name, "n");
  EXPECT_EQ(scenario.file, "s.yaml");
  EXPECT_EQ(scenario.seed, 1U);
  EXPECT_EQ(scenario.clock.speed, 1.0);
  EXPECT_FALSE(scenario.clock.skipIdle);
  EXPECT_TRUE(scenario.modernTls);
  EXPECT_EQ(scenario.fleet.addresses.base, 0x7F100000U);
  EXPECT_EQ(scenario.fleet.exposure, net::Exposure::loopbackOnly);
  EXPECT_EQ(scenario.fleet.helloRate, 2000);
  EXPECT_EQ(scenario.deadlineMs, 0);
  EXPECT_TRUE(scenario.servicePoint.embedded);
  EXPECT_EQ(scenario.servicePoint.options.helloPort, 0);
}

TEST(Load, DefaultsOfAGroup) {
  const auto scenario = read(withTop(""));
  ASSERT_EQ(scenario.groups.size(), 1U);
  const auto& spec = scenario.groups.front();
  EXPECT_EQ(spec.group.machines, 4U);
  EXPECT_EQ(spec.group.profile->name, "amt-3.2.2");
  EXPECT_EQ(spec.provisioning, "bare-metal");
  EXPECT_EQ(spec.method, "pki");
  EXPECT_EQ(spec.group.start, runtime::Start::bareMetal);
  EXPECT_FALSE(spec.group.enterPsk);
  EXPECT_EQ(spec.group.environment.dhcpSuffix, "vme.test");
  EXPECT_EQ(spec.group.environment.timingScale, 0.0);
  EXPECT_EQ(spec.group.environment.tls, machine::TlsMode::modern);
  EXPECT_EQ(spec.group.environment.setupPassword, std::nullopt);
  EXPECT_EQ(spec.group.environment.firstWindowH, std::nullopt);
  EXPECT_EQ(spec.approval, Rule::approve);
  EXPECT_TRUE(spec.servicePointKnowsPsk);
  EXPECT_TRUE(spec.rootPresent);
}

TEST(Load, EveryKeyOfTheRun) {
  const auto scenario =
      read(withTop("schema: 1\ndescription: text\nseed: 18446744073709551615\nclock: {speed: 2.5}\n"
                   "timing: {scale: 0.5}\ntls: period\naddress: 10.1.0.0\n"
                   "ports: {http: 26992, https: 26993}\nhello: {rate: 50}\ndeadline: 1.5m\n"));
  EXPECT_EQ(scenario.description, "text");
  EXPECT_EQ(scenario.seed, UINT64_MAX);
  EXPECT_EQ(scenario.fleet.seed, UINT64_MAX);
  EXPECT_EQ(scenario.clock.speed, 2.5);
  EXPECT_EQ(scenario.fleet.clock.speed, 2.5);
  EXPECT_FALSE(scenario.modernTls);
  EXPECT_EQ(scenario.fleet.addresses.base, 0x0A010000U);
  EXPECT_EQ(scenario.fleet.exposure, net::Exposure::anywhere);
  EXPECT_EQ(scenario.fleet.httpPort, 26992);
  EXPECT_EQ(scenario.fleet.httpsPort, 26993);
  EXPECT_EQ(scenario.fleet.helloRate, 50);
  EXPECT_EQ(scenario.deadlineMs, 90'000);
  EXPECT_EQ(scenario.groups.front().group.environment.timingScale, 0.5);
  EXPECT_EQ(scenario.groups.front().group.environment.tls, machine::TlsMode::period);
}

TEST(Load, SkipIdle) {
  EXPECT_TRUE(read(withTop("clock: skip-idle\n")).clock.skipIdle);
}

TEST(Load, EveryKeyOfTheEmbeddedServicePoint) {
  const auto scenario = read(withTop(
      "service_point: {mode: embedded, hello_port: 19971, api: eoi, concurrency: 7, attempts: 2, step_timeout: 3s, "
      "retry_delay: 0, reconnect_timeout: 4s, dns_suffix: a.test, host_name: p.a.test, setup_passwords: [x, y], "
      "admin_password: Pass-w0rd}\n"));
  const auto& options = scenario.servicePoint.options;
  EXPECT_TRUE(scenario.servicePoint.embedded);
  EXPECT_EQ(options.helloPort, 19971);
  EXPECT_EQ(options.api, servicepoint::Api::eoi);
  EXPECT_EQ(options.concurrency, 7U);
  EXPECT_EQ(options.attempts, 2U);
  EXPECT_EQ(options.stepTimeout, std::chrono::seconds(3));
  EXPECT_EQ(options.retryDelay, std::chrono::seconds(0));
  EXPECT_EQ(options.reconnectTimeout, std::chrono::seconds(4));
  EXPECT_EQ(options.dnsSuffix, "a.test");
  EXPECT_EQ(scenario.servicePoint.hostName, "p.a.test");
  EXPECT_THAT(options.setupPasswords, ElementsAre("x", "y"));
  EXPECT_EQ(options.adminPassword, "Pass-w0rd");
}

TEST(Load, AServicePointBrokenOnPurpose) {
  using servicepoint::Habit;
  const auto scenario =
      read(withTop("audit: true\nservice_point: {mode: embedded, careless: [keep-psk, skip-tls], keys: pool, "
                   "provisioning_certificate: revoked}\n"));
  EXPECT_TRUE(scenario.audit);
  EXPECT_TRUE(scenario.servicePoint.options.careless.has(Habit::keepPsk));
  EXPECT_TRUE(scenario.servicePoint.options.careless.has(Habit::skipTls));
  EXPECT_FALSE(scenario.servicePoint.options.careless.has(Habit::skipClock));
  EXPECT_EQ(scenario.servicePoint.uniqueKeys, false);
  EXPECT_EQ(scenario.servicePoint.ownPki, OwnPki::revoked);
  const auto one = read(withTop("service_point: {mode: embedded, careless: skip-clock}\n"));
  EXPECT_TRUE(one.servicePoint.options.careless.has(Habit::skipClock));
  EXPECT_FALSE(one.audit);
}

TEST(Load, ExternalServicePoint) {
  const auto scenario = read(withTop("service_point: {host: sp.example, hello_port: 99}\n"));
  EXPECT_FALSE(scenario.servicePoint.embedded);
  EXPECT_EQ(scenario.servicePoint.host, "sp.example");
  EXPECT_EQ(scenario.servicePoint.helloPort, 99);
}

TEST(Load, EveryKeyOfAGroup) {
  const auto scenario = read(withGroup(
      "    profiles: [amt-2.1, amt-4.0]\n    method: auto\n    tls: period\n    timing: {scale: 2}\n"
      "    dns_suffix: \"\"\n    pki_suffix: b.test\n    setup_password: Other-1pw\n    expected_otp: abcdefgh\n"
      "    approval: block\n    service_point_knows: {pid: false, pps: wrong}\n"
      "    root: {present: true, active: false}\n    arrival: {over: 5m, shape: random}\n"
      "    uuid: 44454c4c-3100-1051-8032-b4c04f4b4d31\n    set: {api.http_max_conn: 2}\n"));
  ASSERT_EQ(scenario.groups.size(), 2U);
  const auto& psk = scenario.groups[0];
  const auto& pki = scenario.groups[1];
  EXPECT_EQ(psk.group.name, "g");
  EXPECT_EQ(pki.group.name, "g");
  EXPECT_EQ(psk.group.machines, 2U);
  EXPECT_EQ(psk.method, "psk");
  EXPECT_EQ(pki.method, "pki");
  EXPECT_TRUE(psk.group.enterPsk);
  EXPECT_EQ(psk.group.environment.setupPassword, "Other-1pw");
  EXPECT_EQ(pki.group.environment.setupPassword, std::nullopt);
  EXPECT_EQ(pki.group.environment.pkiSuffix, "b.test");
  EXPECT_EQ(pki.group.environment.dhcpSuffix, "");
  EXPECT_EQ(pki.group.environment.tls, machine::TlsMode::period);
  EXPECT_EQ(pki.group.environment.timingScale, 2.0);
  EXPECT_EQ(pki.expectedOtp, "abcdefgh");
  EXPECT_EQ(pki.approval, Rule::block);
  EXPECT_FALSE(pki.servicePointKnowsPsk);
  EXPECT_TRUE(pki.wrongPps);
  EXPECT_TRUE(pki.rootInactive);
  EXPECT_EQ(pki.group.arrival.over.ms, 300'000);
  EXPECT_EQ(pki.group.arrival.shape, fleet::ArrivalShape::random);
  EXPECT_EQ(psk.group.uuid->text(), "44454c4c-3100-1051-8032-b4c04f4b4d31");
  EXPECT_EQ(pki.group.uuid, std::nullopt);  // the group has one first machine
  EXPECT_EQ(psk.group.profile->api.httpMaxConn, 2U);
  EXPECT_EQ(pki.group.profile->api.httpMaxConn, 2U);
}

TEST(Load, PskSetupPasswordIsImpliedUnlessAdminStays) {
  EXPECT_EQ(read(withGroup("    profile: amt-2.1\n")).groups[0].group.environment.setupPassword, "Vme-Setup1");
  EXPECT_EQ(
      read(withGroup("    profile: amt-2.1\n    setup_password: admin\n")).groups[0].group.environment.setupPassword,
      std::nullopt);
}

TEST(Load, DelayedFirmwareGetsAFirstWindowForBareMetalPki) {
  for (const auto* profile : {"amt-2.2.20", "amt-2.6.20"}) {
    const auto line = "    profile: " + std::string(profile) + "\n";
    EXPECT_EQ(read(withGroup(line)).groups[0].group.environment.firstWindowH, 24U);
    EXPECT_EQ(read(withGroup(line + "    method: psk\n")).groups[0].group.environment.firstWindowH, std::nullopt);
    EXPECT_EQ(read(withGroup(line + "    provisioning: none\n")).groups[0].group.environment.firstWindowH,
              std::nullopt);
  }
}

TEST(Load, AGroupThatNothingProvisionsStaysSilent) {
  const auto scenario = read(withGroup("    profile: amt-3.0\n    provisioning: none\n"));
  EXPECT_EQ(scenario.groups[0].group.start, runtime::Start::factory);
  EXPECT_FALSE(scenario.groups[0].group.enterPsk);
  EXPECT_EQ(scenario.groups[0].method, "");
}

TEST(Load, MachinesAreDealtEvenlyAndEmptySharesLeftOut) {
  const auto scenario = read(withGroup("    profiles: [amt-2.1, amt-2.5, amt-3.0]\n"));
  ASSERT_EQ(scenario.groups.size(), 3U);
  EXPECT_EQ(scenario.groups[0].group.machines, 2U);
  EXPECT_EQ(scenario.groups[1].group.machines, 1U);
  EXPECT_EQ(scenario.groups[2].group.machines, 1U);
  Overrides two;
  two.machines = 2;
  EXPECT_EQ(read(withGroup("    profiles: [amt-2.1, amt-2.5, amt-3.0]\n"), two).groups.size(), 2U);
}

TEST(Load, RootFromAFileBesideTheScenario) {
  const auto folder = std::filesystem::path(::testing::TempDir()) / "vme-scenario-root";
  std::filesystem::create_directories(folder);
  const auto key = net::makeRsaKey(1024);
  const auto certificate = net::issueCertificate({.commonName = "root",
                                                  .organization = {},
                                                  .organizationalUnits = {},
                                                  .dnsNames = {},
                                                  .ipAddresses = {},
                                                  .ca = true,
                                                  .notBefore = 0,
                                                  .notAfter = 2'000'000'000,
                                                  .serial = {}},
                                                 key.der, {}, key.der);
  std::ofstream(folder / "root.pem") << net::toPem("CERTIFICATE", certificate);
  std::ofstream(folder / "s.yaml") << withGroup("    profile: amt-3.0\n    root: {file: root.pem}\n");
  const auto scenario = load(folder / "s.yaml", {});
  const auto digest = wire::sha1(certificate);
  ASSERT_TRUE(scenario.groups[0].root);
  EXPECT_EQ(scenario.groups[0].root->hash, Bytes(digest.begin(), digest.end()));
  std::filesystem::remove_all(folder);
}

TEST(Load, ExpectationsAsWritten) {
  const auto scenario =
      read(withTop("expect:\n  - provisioned: \">= 95%\"\n  - refused: {group: g, is: 2}\n"
                   "  - outcome: {group: g, reason: blocked, is: 50%}\n"
                   "  - time_to_provision: {p50: \"< 1s\", max: \"<= 250ms\"}\n"));
  ASSERT_EQ(scenario.expect.size(), 5U);
  EXPECT_EQ(scenario.expect[0].text, "provisioned: >= 95%");
  EXPECT_EQ(scenario.expect[0].where, "s.yaml:2:18");
  EXPECT_EQ(scenario.expect[0].compare, Expect::Compare::greaterEqual);
  EXPECT_DOUBLE_EQ(scenario.expect[0].wanted, 0.95);
  EXPECT_TRUE(scenario.expect[0].isShare);
  EXPECT_EQ(scenario.expect[1].text, "refused: {group: g, is: 2}");
  EXPECT_EQ(scenario.expect[1].group, "g");
  EXPECT_FALSE(scenario.expect[1].isShare);
  EXPECT_EQ(scenario.expect[2].detail, "blocked");
  EXPECT_EQ(scenario.expect[3].detail, "p50");
  EXPECT_EQ(scenario.expect[4].text, "time_to_provision: {max: <= 250ms}");
  EXPECT_EQ(scenario.expect[4].wanted, 250);
}

TEST(Load, WithoutExpectationsEveryBareMetalMachineIsToBeProvisioned) {
  const auto all = read(withTop(""));
  ASSERT_EQ(all.expect.size(), 1U);
  EXPECT_EQ(all.expect[0].text, "provisioned: 100%");
  EXPECT_EQ(all.expect[0].group, std::nullopt);
  const auto some = read(
      "name: n\ngroups:\n  - {name: a, machines: 4, profiles: [amt-3.0, amt-4.0]}\n"
      "  - {name: b, machines: 4, profile: amt-3.0, provisioning: none}\n");
  ASSERT_EQ(some.expect.size(), 1U);
  EXPECT_EQ(some.expect[0].text, "provisioned: {group: a, is: 100%}");
  const auto none = read("name: n\ngroups:\n  - {name: b, machines: 4, profile: amt-3.0, provisioning: none}\n");
  ASSERT_EQ(none.expect.size(), 1U);
  EXPECT_EQ(none.expect[0].text, "idle: 100%");
}

TEST(Load, TheScenariosOfTheProject) {
  const auto quickstart = load(VME_SOURCE_DIR "/scenarios/quickstart.yaml", {});
  EXPECT_EQ(machinesOf(quickstart), 1000U);
  std::map<std::string, std::map<std::string, std::uint32_t>> byProfile;
  for (const auto& spec : quickstart.groups) byProfile[spec.group.profile->name][spec.method] += spec.group.machines;
  EXPECT_EQ(byProfile.size(), 10U);
  for (const auto& [profile, methods] : byProfile) {
    const bool onlyPsk = profile == "amt-2.1" || profile == "amt-2.5";
    EXPECT_EQ(methods, (onlyPsk ? std::map<std::string, std::uint32_t>{{"psk", 100}}
                                : std::map<std::string, std::uint32_t>{{"pki", 50}, {"psk", 50}}))
        << profile;
  }
  EXPECT_EQ(machinesOf(load(VME_SOURCE_DIR "/scenarios/approval.yaml", {})), 62U);
}

}  // namespace
}  // namespace vme::scenario
