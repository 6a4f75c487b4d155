// The service point against scripted MEs over real sockets and TLS.

#include "servicepoint/service_point.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "service_point_fixture.hpp"
#include "wire/certificate.hpp"
#include "wire/hello.hpp"

namespace vme::servicepoint {
namespace {

using test::FakeFleet;
using test::FakeMe;
using test::FakeMeScript;
using test::pairOf;
using test::ServicePointTest;
using test::uuidOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

std::vector<std::string> namesOf(const std::vector<Step>& steps) {
  std::vector<std::string> names;
  for (const auto& step : steps) names.push_back(step.name);
  return names;
}

TEST_F(ServicePointTest, ProvisionsByPsk) {
  const auto outcome = outcomeOf(pskScript());
  EXPECT_EQ(outcome.result, Result::provisioned) << outcome.text;
  EXPECT_EQ(outcome.reason, Reason::provisioned);
  EXPECT_EQ(outcome.uuid, uuidOf(0));
  EXPECT_EQ(outcome.address, FakeFleet::addressOf(0));
  EXPECT_TRUE(outcome.psk);
  EXPECT_EQ(outcome.api, "eoi");
  EXPECT_EQ(outcome.version, "2.1.0");
  EXPECT_EQ(outcome.attempts, 1U);
  EXPECT_NE(outcome.adminPassword, "admin");
  EXPECT_GE(outcome.finishedAt, outcome.helloAt);
  const auto names = namesOf(outcome.steps);
  for (const auto* name : {"connect", "handshake", "get-core-version", "set-clock", "set-host-name",
                           "set-admin-password", "set-tls-credentials", "commit-changes", "reconnect", "verify"}) {
    EXPECT_THAT(names, Contains(name));
  }
  EXPECT_EQ(me_->hostName(), "vme-b4c04f4b0000");
  EXPECT_NE(me_->psk(), pairOf(0)) << "a fresh pair for the next time";
  // A challenge at the start, and the set-up's password at the end, which must not work any more.
  EXPECT_EQ(me_->refusedLogins(), 1U);
  EXPECT_EQ(servicePoint_->counters().provisioned, 1U);
}

TEST_F(ServicePointTest, ProvisionsByPkiAndShowsTheWholeChain) {
  usePki();
  const auto outcome = outcomeOf(pkiScript());
  EXPECT_EQ(outcome.result, Result::provisioned) << outcome.text;
  EXPECT_FALSE(outcome.psk);
  EXPECT_TRUE(me_->sawProvisioningChain());
  EXPECT_THAT(me_->operations(), Contains("SetMEBxPassword"));
  EXPECT_THAT(me_->operations(), Not(Contains("SetTLSPSK")));
}

TEST_F(ServicePointTest, UsesTheCertificateStoreFrom25On) {
  auto script = pskScript();
  script.version = "2.5.1";
  const auto outcome = outcomeOf(script);
  EXPECT_EQ(outcome.result, Result::provisioned) << outcome.text;
  EXPECT_THAT(me_->operations(), Contains("CertStoreAddKey"));
  EXPECT_THAT(me_->operations(), Contains("GetProvisioningState"));
  EXPECT_THAT(me_->operations(), Not(Contains("SetRngKey")));
}

TEST_F(ServicePointTest, UsesWsmanFrom30On) {
  usePki();
  auto script = pkiScript();
  script.version = "3.2.2";
  const auto outcome = outcomeOf(script);
  EXPECT_EQ(outcome.result, Result::provisioned) << outcome.text;
  EXPECT_EQ(outcome.api, "wsman");
  EXPECT_EQ(me_->operations().front(), "GetCoreVersion") << "over EOI, which every release has";
  for (const auto* name :
       {"Get CIM_ComputerSystemPackage", "SetMEBxPassword", "Put AMT_GeneralSettings", "SetAdminAclEntryEx", "AddKey",
        "AddCertificate", "Create AMT_TLSCredentialContext", "Put AMT_TLSSettingData", "CommitChanges"}) {
    EXPECT_THAT(me_->operations(), Contains(name));
  }
  EXPECT_EQ(me_->hostName(), "vme-b4c04f4b0000");
}

TEST_F(ServicePointTest, UsesTheApiItIsToldTo) {
  options_.api = Api::wsman;
  auto script = pskScript();
  script.version = "5.2.10";
  EXPECT_EQ(outcomeOf(script).result, Result::provisioned);
  EXPECT_THAT(me_->operations(), Not(Contains("GetCoreVersion")));
  EXPECT_THAT(me_->operations(), Contains("Get CIM_SoftwareIdentity"));
  EXPECT_THAT(me_->operations(), Contains("SetTLSPSK"));
}

TEST_F(ServicePointTest, UsesEoiOnNewerFirmwareWhenToldTo) {
  options_.api = Api::eoi;
  auto script = pskScript();
  script.version = "5.2.10";
  const auto outcome = outcomeOf(script);
  EXPECT_EQ(outcome.result, Result::provisioned) << outcome.text;
  EXPECT_EQ(outcome.api, "eoi");
}

TEST_F(ServicePointTest, AnotherPlatformGuidIsRefused) {
  auto script = pskScript();
  script.version = "4.0.3";
  script.realm = "Digest:48A70000000000000000000000000000";
  script.platformGuid = "00112233445566778899AABBCCDDEEFF";
  const auto outcome = outcomeOf(script);
  EXPECT_EQ(outcome.result, Result::refused);
  EXPECT_EQ(outcome.reason, Reason::uuidMismatch) << outcome.text;
  EXPECT_THAT(me_->operations(), Not(Contains("SetAdminAclEntryEx")));
}

TEST_F(ServicePointTest, AWrongOtpIsRefusedOverWsmanToo) {
  usePki();
  options_.otps[uuidOf(0)] = "password123";
  auto script = pkiScript();
  script.version = "3.2.2";
  script.otp = "";
  const auto outcome = outcomeOf(script);
  EXPECT_EQ(outcome.reason, Reason::otpMismatch) << outcome.text;
}

TEST_F(ServicePointTest, ReplacesTheTlsContextOfAnEarlierAttempt) {
  auto script = pskScript();
  script.version = "4.0.3";
  script.hasTlsContext = true;
  EXPECT_EQ(outcomeOf(script).result, Result::provisioned);
  EXPECT_THAT(me_->operations(), Contains("Put AMT_TLSCredentialContext"));
}

TEST_F(ServicePointTest, ALostAnswerAtCommitIsNoFailure) {
  auto script = pskScript();
  script.dropCommitAnswer = true;
  const auto outcome = outcomeOf(script);
  EXPECT_EQ(outcome.result, Result::provisioned) << outcome.text;
  EXPECT_EQ(outcome.attempts, 1U);
}

TEST_F(ServicePointTest, ALostCommitIsFound) {
  options_.attempts = 1;
  options_.reconnectTimeout = std::chrono::milliseconds(300);
  auto script = pskScript();
  script.ignoreCommit = true;
  const auto outcome = outcomeOf(script);
  EXPECT_EQ(outcome.result, Result::failed);
  EXPECT_THAT(outcome.text, HasSubstr("CommitChanges"));
}

TEST_F(ServicePointTest, AForeignCertificateAfterCommitIsNotTrusted) {
  auto script = pskScript();
  script.foreignIdentity = true;
  const auto outcome = outcomeOf(script);
  EXPECT_EQ(outcome.result, Result::failed);
  EXPECT_EQ(outcome.reason, Reason::identityUntrusted) << outcome.text;
}

TEST_F(ServicePointTest, AnOldPasswordThatStillWorksIsAFailure) {
  auto script = pskScript();
  script.acceptOldPassword = true;
  const auto outcome = outcomeOf(script);
  EXPECT_EQ(outcome.result, Result::failed);
  EXPECT_EQ(outcome.reason, Reason::notOperational);
  EXPECT_THAT(outcome.text, HasSubstr("password"));
}

TEST_F(ServicePointTest, AnotherUuidInTheRealmIsRefusedBeforeAnyCredentials) {
  auto script = pskScript();
  script.realm = "Intel(R) AMT (ID:00112233-4455-6677-8899-AABBCCDDEEFF)";
  const auto outcome = outcomeOf(script);
  EXPECT_EQ(outcome.result, Result::refused);
  EXPECT_EQ(outcome.reason, Reason::uuidMismatch) << outcome.text;
  EXPECT_EQ(outcome.attempts, 1U);
  EXPECT_TRUE(me_->operations().empty());
  EXPECT_EQ(me_->refusedLogins(), 0U);
}

TEST_F(ServicePointTest, ARealmWithoutUuidIsAccepted) {
  auto script = pskScript();
  script.realm = "Digest:48A70000000000000000000000000000";
  EXPECT_EQ(outcomeOf(script).result, Result::provisioned);
}

TEST_F(ServicePointTest, AWrongOtpIsRefusedBeforeAnythingIsSet) {
  usePki();
  options_.otps[uuidOf(0)] = "password123";
  auto script = pkiScript();
  script.otp = "password124";
  const auto outcome = outcomeOf(script);
  EXPECT_EQ(outcome.result, Result::refused);
  EXPECT_EQ(outcome.reason, Reason::otpMismatch) << outcome.text;
  EXPECT_THAT(me_->operations(), Not(Contains("SetHostName")));
}

TEST_F(ServicePointTest, TheRightOtpIsAccepted) {
  usePki();
  options_.otps[uuidOf(0)] = "password123";
  auto script = pkiScript();
  script.otp = "password123";
  EXPECT_EQ(outcomeOf(script).result, Result::provisioned);
  EXPECT_THAT(me_->operations(), Contains("GetProvisioningServerOTP"));
}

TEST_F(ServicePointTest, TriesThePasswordsInOrder) {
  options_.setupPasswords = {"First1!x", "Second2!", "admin"};
  auto script = pskScript();
  script.password = "Second2!";
  const auto outcome = outcomeOf(script);
  EXPECT_EQ(outcome.result, Result::provisioned) << outcome.text;
  // First1!x at the start; Second2! at the end.
  EXPECT_EQ(me_->refusedLogins(), 2U);
}

TEST_F(ServicePointTest, NoPasswordIsAcceptedEndsAtOnce) {
  options_.setupPasswords = {"First1!x", "admin"};
  auto script = pskScript();
  script.password = "Unknown0!";
  const auto outcome = outcomeOf(script);
  EXPECT_EQ(outcome.result, Result::failed);
  EXPECT_EQ(outcome.reason, Reason::loginRefused);
  EXPECT_EQ(outcome.attempts, 1U);
  EXPECT_EQ(me_->refusedLogins(), 2U);
}

TEST_F(ServicePointTest, AWrongPpsIsAPskRefusal) {
  auto script = pskScript();
  script.psk.pps = pairOf(99).pps;
  const auto outcome = outcomeOf(script);
  EXPECT_EQ(outcome.result, Result::failed);
  EXPECT_EQ(outcome.reason, Reason::pskRefused) << outcome.text;
  EXPECT_EQ(outcome.attempts, 1U);
}

TEST_F(ServicePointTest, TriesAgainAfterALostConnection) {
  auto script = pskScript();
  script.resetHandshakes = 2;
  const auto outcome = outcomeOf(script);
  EXPECT_EQ(outcome.result, Result::provisioned) << outcome.text;
  EXPECT_EQ(outcome.attempts, 3U);
}

// What the first attempt left in the ME must not stop the second, wherever the connection was lost.
class LostConnectionTest : public ServicePointTest, public ::testing::WithParamInterface<std::string> {};

TEST_P(LostConnectionTest, TheNextAttemptGoesOnFromWhatTheFirstLeft) {
  const bool pki = GetParam() == "SetMEBxPassword";
  if (pki) usePki();
  for (const auto* version : {"2.1.0", "2.6.20", "3.2.2"}) {
    auto script = pki ? pkiScript() : pskScript();
    if (!pki || version[0] != '2') script.version = version;
    script.resetOnceAt = GetParam();
    add(std::move(script));
  }
  start();
  for (unsigned i = 0; i < 3; ++i) sendHello(i, pki);
  unsigned attempts = 0;
  for (const auto& outcome : waitFor(3)) {
    EXPECT_EQ(outcome.result, Result::provisioned) << outcome.version << ": " << outcome.text;
    EXPECT_LE(outcome.attempts, 2U) << outcome.version;
    attempts += outcome.attempts;
  }
  // From the commit on, the verification copes by itself.
  const bool committed = GetParam() == "CommitChanges" || GetParam() == "GetHostName";
  EXPECT_EQ(attempts > 3, !committed);
}

INSTANTIATE_TEST_SUITE_P(AfterEachCall, LostConnectionTest,
                         ::testing::Values("SetMEBxPassword", "SetAdminAclEntryEx", "SetTLSKeyAndCertificate",
                                           "CertStoreAddKey", "CertStoreAddCertificate", "AddKey", "AddCertificate",
                                           "AddUserAclEntryEx", "SetTLSPSK", "CommitChanges", "GetHostName"),
                         [](const auto& parameter) { return parameter.param; });

// Nor must what an earlier service point left there, of which the next one knows the seed only.
class TakenOverTest : public ServicePointTest, public ::testing::WithParamInterface<std::string> {};

TEST_P(TakenOverTest, ALaterServicePointOfTheSeedGoesOn) {
  options_.attempts = 1;
  auto script = pskScript();
  script.version = "3.2.2";
  script.resetOnceAt = GetParam();
  EXPECT_EQ(outcomeOf(script).result, Result::failed);
  servicePoint_.reset();
  const auto comesBack = [this](bool resumed) {
    options_.resumed = resumed;
    servicePoint_.reset();
    start(false);
    sendHello(uuidOf(0), me_->psk());
  };
  comesBack(false);
  EXPECT_NE(waitFor(2).back().result, Result::provisioned);  // it does not even know the password
  comesBack(true);
  EXPECT_EQ(waitFor(3).back().result, Result::provisioned) << waitFor(3).back().text;
}

TEST_P(TakenOverTest, ALaterServicePointTakesUpWhatIsInHand) {
  options_.retryDelay = std::chrono::hours(1);
  auto script = pskScript();
  script.version = "3.2.2";
  script.resetOnceAt = GetParam();
  me_ = &add(std::move(script));
  start();
  sendHello(0);
  ASSERT_TRUE(until([this] { return servicePoint_->counters().waiting == 1; }));
  auto left = servicePoint_->stop();
  ASSERT_EQ(left.size(), 1U);
  EXPECT_EQ(waitFor(1).back().reason, Reason::interrupted);
  options_.resumed = true;
  options_.authority = servicePoint_->authority();
  make();
  servicePoint_->start(std::move(left));  // and no further hello comes
  EXPECT_EQ(waitFor(2).back().result, Result::provisioned) << waitFor(2).back().text;
}

INSTANTIATE_TEST_SUITE_P(AfterEachCall, TakenOverTest,
                         ::testing::Values("SetAdminAclEntryEx", "AddUserAclEntryEx", "SetTLSPSK"),
                         [](const auto& parameter) { return parameter.param; });

TEST_F(ServicePointTest, GivesUpAfterItsAttempts) {
  options_.attempts = 2;
  auto script = pskScript();
  script.resetHandshakes = 100;
  const auto outcome = outcomeOf(script);
  EXPECT_EQ(outcome.result, Result::failed);
  EXPECT_EQ(outcome.reason, Reason::connectionLost) << outcome.text;
  EXPECT_EQ(outcome.attempts, 2U);
  EXPECT_EQ(me_->connections(), 2U);

  // A later hello starts anew.
  sendHello(0);
  EXPECT_EQ(waitFor(2).back().attempts, 2U);
  EXPECT_EQ(me_->connections(), 4U);
}

TEST_F(ServicePointTest, ACallThatFailsNamesItsStatus) {
  options_.attempts = 1;
  auto script = pskScript();
  script.status["SetTLSOptions"] = 2057;
  const auto outcome = outcomeOf(script);
  EXPECT_EQ(outcome.reason, Reason::callFailed);
  EXPECT_THAT(outcome.text, HasSubstr("SetTLSOptions: status 2057 (DATA_MISSING)"));
}

TEST_F(ServicePointTest, AFirmwareWithoutSetRngKeyIsFine) {
  auto script = pskScript();
  script.status["SetRngKey"] = 0x812;
  EXPECT_EQ(outcomeOf(script).result, Result::provisioned);
}

TEST_F(ServicePointTest, RefusesByTheHelloAloneWithoutConnecting) {
  auto& notApproved = add(pskScript());
  auto& blocked = add(pskScript());
  auto& unknownPid = add(pskScript());
  options_.pskPairs.pop_back();
  options_.approval.machines = {{uuidOf(0), Approval::Rule::refuse}, {uuidOf(1), Approval::Rule::block}};
  usePki();
  start();
  for (unsigned i = 0; i < 3; ++i) sendHello(i);
  wire::Hello pki;
  pki.uuid = uuidOf(3);
  pki.credentials = std::vector{wire::RootHash{wire::HashAlgorithm::sha1, Bytes(20, 1)}};
  test::sendBytes(FakeFleet::addressOf(3), servicePoint_->helloPort(), wire::encode(pki));

  std::map<Uuid, Reason> reasons;
  for (const auto& outcome : waitFor(4)) {
    EXPECT_EQ(outcome.result, Result::refused);
    reasons[outcome.uuid] = outcome.reason;
  }
  EXPECT_EQ(reasons, (std::map<Uuid, Reason>{{uuidOf(0), Reason::notApproved},
                                             {uuidOf(1), Reason::blocked},
                                             {uuidOf(2), Reason::unknownPid},
                                             {uuidOf(3), Reason::noMatchingRoot}}));
  for (const auto* me : {&notApproved, &blocked, &unknownPid}) EXPECT_EQ(me->connections(), 0U);
  EXPECT_EQ(servicePoint_->counters().refused, 4U);

  // The same verdict once more is no news, and counts no further machine.
  sendHello(0);
  EXPECT_TRUE(until([&] { return servicePoint_->counters().hellos == 5; }));
  EXPECT_EQ(waitFor(4).size(), 4U);
  EXPECT_EQ(servicePoint_->counters().refused, 4U);
}

TEST_F(ServicePointTest, CountsDuplicatesAndProvisionsOnce) {
  outcomeOf(pskScript());
  const auto connections = me_->connections();
  sendHello(0);
  sendHello(0);
  EXPECT_TRUE(until([&] { return servicePoint_->counters().duplicateHellos == 2; }));
  EXPECT_EQ(me_->connections(), connections);
  EXPECT_EQ(servicePoint_->counters().hellos, 3U);
}

TEST_F(ServicePointTest, HoldsNoMoreConversationsThanAllowed) {
  options_.concurrency = 2;
  std::vector<FakeMe*> mes;
  for (unsigned i = 0; i < 5; ++i) {
    auto script = pskScript();
    script.hang = true;
    mes.push_back(&add(std::move(script)));
  }
  start();
  for (unsigned i = 0; i < 5; ++i) sendHello(i);
  const auto connected = [&] {
    return std::ranges::count_if(mes, [](const FakeMe* me) { return me->connections() > 0; });
  };
  EXPECT_TRUE(until([&] { return servicePoint_->counters().hellos == 5 && connected() == 2; }));
  EXPECT_EQ(servicePoint_->counters().running, 2U);
  EXPECT_EQ(servicePoint_->counters().waiting, 3U);

  // Stopping ends them all, those that wait included.
  servicePoint_->stop();
  const auto outcomes = waitFor(5);
  EXPECT_EQ(outcomes.size(), 5U);
  for (const auto& outcome : outcomes) {
    EXPECT_EQ(outcome.result, Result::failed);
    EXPECT_EQ(outcome.reason, Reason::interrupted);
  }
  EXPECT_EQ(connected(), 2);
  EXPECT_EQ(servicePoint_->counters().running, 0U);
}

TEST_F(ServicePointTest, ProvisionsManyAtOnce) {
  constexpr unsigned kMachines = 12;
  options_.concurrency = 4;
  for (unsigned i = 0; i < kMachines; ++i) add(pskScript());
  start();
  for (unsigned i = 0; i < kMachines; ++i) sendHello(i);
  std::set<std::string> passwords;
  for (const auto& outcome : waitFor(kMachines)) {
    EXPECT_EQ(outcome.result, Result::provisioned) << outcome.text;
    passwords.insert(outcome.adminPassword);
  }
  EXPECT_EQ(passwords.size(), kMachines) << "a password for each machine";
  EXPECT_GT(servicePoint_->counters().cpuSeconds, 0.0);
}

TEST_F(ServicePointTest, AnMeThatNeverAnswersTimesOut) {
  options_.stepTimeout = std::chrono::milliseconds(200);
  options_.attempts = 1;
  auto script = pskScript();
  script.hang = true;
  const auto outcome = outcomeOf(script);
  EXPECT_EQ(outcome.reason, Reason::timedOut) << outcome.text;
  EXPECT_THAT(outcome.text, HasSubstr("GetCoreVersion"));
}

TEST_F(ServicePointTest, AHelloPortInUseIsAnEnvironmentError) {
  add(pskScript());
  start();
  options_.helloPort = servicePoint_->helloPort();
  EXPECT_THROW(ServicePoint(options_, [](const Outcome&) {}), EnvironmentError);
}

}  // namespace
}  // namespace vme::servicepoint
