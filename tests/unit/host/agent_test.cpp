#include "host/agent.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <set>

#include "fake_pc.hpp"
#include "wire/sha256.hpp"

namespace vme::host {
namespace {

using test::FakePc;
using test::FakeServer;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using wire::AmtStatus;
using wire::agent::Policy;
using wire::agent::ProvisionState;
using wire::agent::TaskStep;
using wire::amthi::Command;
using wire::http::Request;
using wire::http::Response;

Response json(unsigned status, std::string body) {
  Response response;
  response.status = status;
  response.body = std::move(body);
  return response;
}

class AgentTest : public ::testing::Test {
 protected:
  AgentTest() {
    policy_.collection = "all";
    policy_.sequence = wire::agent::wholeSequence();
    policy_.minimumFirmware = wire::agent::fieldMinimums();
    options_.server.token = "the token";
  }

  /// Answers as a service point does that provisions the ME at the second poll.
  Response answer(const Request& request) {
    tokens_.insert(std::string(request.header("Authorization")));
    if (request.path().starts_with("/policy/")) {
      ++policyFetches_;
      if (policyStatus_ != 200) return json(policyStatus_, encode(wire::agent::Refusal{Reason::notInCollection, "no"}));
      return json(200, encode(policy_));
    }
    if (request.path().starts_with("/packages/")) return json(200, package_);
    if (request.path() == "/status") {
      messages_.push_back(*wire::agent::parseStatusMessage(request.body));
      return json(204, {});
    }
    if (request.path() == "/provision") {
      requests_.push_back(*wire::agent::parseProvisionRequest(request.body));
      if (refuseRequests_ > 0) {
        --refuseRequests_;
        return json(requestStatus_, encode(wire::agent::Refusal{requestReason_, "as the test says"}));
      }
      return json(202, encode(wire::agent::ProvisionAnswer{}));
    }
    ++polls_;
    return json(200, encode(stateAnswer_));
  }

  AgentResult run(const std::function<void()>& onWait = [] {}) {
    FakeServer server(io_, [this](const Request& request) { return answer(request); });
    options_.server.endpoint = {boost::asio::ip::address_v4::loopback(),
                                serverIsUp_ ? server.port() : std::uint16_t{9}};
    pc_.onWait = [this, onWait] {
      onWait();
      if (pc_.me.state == 2 && stateAnswer_.state == ProvisionState::waiting && requests_.size() == 1) {
        stateAnswer_.state = ProvisionState::provisioned;  // the service point has come back and looked
      }
      if (pc_.me.state == 1 && stateAnswer_.state == ProvisionState::waiting && polls_ >= 2) pc_.me.state = 2;
    };
    std::optional<AgentResult> result;
    boost::asio::co_spawn(io_, runAgent(pc_, options_), [&](const std::exception_ptr& thrown, AgentResult value) {
      if (thrown) std::rethrow_exception(thrown);
      result = std::move(value);
      server.close();
    });
    io_.run();
    EXPECT_EQ(pc_.openFiles, 0U);
    return result.value();
  }

  void addPackage(const FirmwareImage& image) {
    const auto bytes = encode(image);
    package_ = asText(bytes);
    policy_.packages.push_back({.name = image.profile + ".fw",
                                .kind = wire::agent::PackageKind::firmware,
                                .profile = image.profile,
                                .version = image.version,
                                .chipset = image.chipset,
                                .bytes = bytes.size(),
                                .sha256 = toHex(wire::sha256(bytes))});
  }

  boost::asio::io_context io_{1};
  FakePc pc_{io_};
  AgentOptions options_;
  Policy policy_;
  std::string package_;
  unsigned policyStatus_ = 200, requestStatus_ = 403, refuseRequests_ = 0;
  Reason requestReason_ = Reason::otpExpired;
  wire::agent::ProvisionAnswer stateAnswer_;
  bool serverIsUp_ = true;
  unsigned polls_ = 0, policyFetches_ = 0;
  std::set<std::string> tokens_;
  std::vector<wire::agent::ProvisionRequest> requests_;
  std::vector<wire::agent::StatusMessage> messages_;
};

std::vector<std::string> namesOf(const AgentResult& result) {
  std::vector<std::string> names;
  for (const auto& step : result.steps) names.push_back(step.name);
  return names;
}

TEST_F(AgentTest, ProvisionsWithTheOtpThatItPutIntoTheMe) {
  const auto result = run();
  EXPECT_EQ(result.reason, Reason::provisioned) << result.text;
  EXPECT_EQ(result.attempts, 1U);
  EXPECT_EQ(result.version, "2.2.20");
  ASSERT_EQ(requests_.size(), 1U);
  EXPECT_EQ(requests_[0].otpSha1, wire::sha1(asBytes(pc_.me.otp)));
  EXPECT_EQ(pc_.me.otp.size(), kOtpSize);
  EXPECT_EQ(requests_[0].uuid, pc_.pc.uuid);
  EXPECT_EQ(requests_[0].ipv4, pc_.pc.address.to_uint());
  EXPECT_EQ(requests_[0].build, "1072");
  EXPECT_THAT(tokens_, ElementsAre("Bearer the token"));
  ASSERT_EQ(messages_.size(), 1U);
  EXPECT_EQ(messages_[0].reason, Reason::provisioned);
  EXPECT_THAT(messages_[0].amtObject, Contains(std::pair<std::string, std::string>("Sku", "14")));
  EXPECT_THAT(namesOf(result), ElementsAre("fetch-policy", "check", "upgrade-driver", "upgrade-firmware", "reboot",
                                           "rng-seed-creator", "set-otp", "start", "request", "wait", "provision"));
}

TEST_F(AgentTest, ItEndsWhenTheMeIsOperational) {
  EXPECT_EQ(run().reason, Reason::provisioned);
  EXPECT_EQ(stateAnswer_.state, ProvisionState::waiting);
}

TEST_F(AgentTest, WhereTheMeEndsWithItItStaysUntilTheServicePointHasLooked) {
  options_.stays = true;
  const auto result = run();
  EXPECT_EQ(result.reason, Reason::provisioned);
  EXPECT_EQ(result.text, "");
  EXPECT_EQ(stateAnswer_.state, ProvisionState::provisioned);
  EXPECT_EQ(result.steps.back().name, "stay");
}

TEST_F(AgentTest, WhatTheServicePointSawIsToldByAnAgentThatStays) {
  options_.stays = true;
  const auto result = run([this] {
    if (pc_.me.state == 2) stateAnswer_ = {ProvisionState::failed, Reason::identityUntrusted, "another certificate"};
  });
  EXPECT_EQ(result.reason, Reason::provisioned) << "the ME says so";
  EXPECT_THAT(result.text, HasSubstr("another certificate"));
  EXPECT_EQ(result.attempts, 1U);
}

TEST_F(AgentTest, TheOtpIsTheSameForTheSameSeed) {
  run();
  EXPECT_EQ(pc_.me.otp, makeOtp(pc_.random(kOtpSize, "agent-otp", 0)));
}

TEST_F(AgentTest, WithoutADriverItStops) {
  pc_.pc.driver = Driver::absent;
  policy_.sequence = {TaskStep::provision};
  const auto result = run();
  EXPECT_EQ(result.reason, Reason::heciDriverMissing);
  EXPECT_EQ(result.attempts, 1U) << "another attempt would end the same way";
  EXPECT_TRUE(requests_.empty());
  ASSERT_EQ(messages_.size(), 1U);
  EXPECT_EQ(messages_[0].reason, Reason::heciDriverMissing);
}

TEST_F(AgentTest, AnOldDriverIsMendedByTheSequenceOnly) {
  pc_.pc.driver = Driver::old;
  policy_.sequence = {TaskStep::provision};
  EXPECT_EQ(run().reason, Reason::heciDriverOld);
}

TEST_F(AgentTest, ADriverPackageMendsAMissingDriver) {
  pc_.pc.driver = Driver::absent;
  package_ = "3.2.20.1046";
  policy_.packages.push_back({.name = "heci.driver",
                              .kind = wire::agent::PackageKind::driver,
                              .profile = {},
                              .version = package_,
                              .chipset = {},
                              .bytes = package_.size(),
                              .sha256 = toHex(wire::sha256(asBytes(package_)))});
  EXPECT_EQ(run().reason, Reason::provisioned);
  EXPECT_EQ(pc_.pc.driver, Driver::current);
}

TEST_F(AgentTest, FirmwareBelowTheMinimumStopsIt) {
  policy_.sequence = {TaskStep::provision};
  const std::map<std::string, Reason> wanted{{"2.1.0", Reason::firmwareTooOld}, {"2.2.10", Reason::firmwareTooOld},
                                             {"2.5.0", Reason::firmwareTooOld}, {"2.6.19", Reason::firmwareTooOld},
                                             {"2.6.20", Reason::provisioned},   {"3.0.1", Reason::firmwareTooOld},
                                             {"3.2.1", Reason::firmwareTooOld}, {"3.2.2", Reason::provisioned},
                                             {"4.0.1", Reason::provisioned},    {"5.0.1", Reason::provisioned}};
  for (const auto& [version, reason] : wanted) {
    pc_.me = {};
    pc_.me.version = version;
    io_.restart();
    polls_ = 0;
    EXPECT_EQ(run().reason, reason) << version;
  }
}

TEST_F(AgentTest, TheSequenceUpgradesRebootsMakesTheSeedAndProvisions) {
  pc_.me.version = "2.2.10";
  pc_.me.seed = 2;
  addPackage({.profile = "amt-2.2.20", .version = "2.2.20", .build = 1072, .chipset = "Q965", .payloadBytes = 100'000});
  const auto result = run();
  EXPECT_EQ(result.reason, Reason::provisioned) << result.text;
  EXPECT_EQ(result.version, "2.2.20");
  EXPECT_EQ(pc_.reboots, 1U);
  ASSERT_EQ(pc_.images.size(), 1U);
  EXPECT_EQ(pc_.images[0].profile, "amt-2.2.20");
  EXPECT_THAT(pc_.me.calls, Contains(Command::generateRngSeed));
}

TEST_F(AgentTest, AnUpgradeThatWaitsForARebootDoesNotProvision) {
  pc_.me.version = "2.2.10";
  policy_.sequence = {TaskStep::upgradeFirmware, TaskStep::provision};
  addPackage({.profile = "amt-2.2.20", .version = "2.2.20", .build = 1072, .chipset = "Q965", .payloadBytes = 10});
  const auto result = run();
  EXPECT_EQ(result.reason, Reason::firmwareTooOld);
  EXPECT_THAT(result.text, HasSubstr("a reboot is due"));
}

TEST_F(AgentTest, ASequenceMayUpgradeOnly) {
  pc_.me.version = "3.0.1";
  pc_.pc.chipset = "Q35";
  policy_.sequence = {TaskStep::upgradeFirmware, TaskStep::reboot};
  addPackage({.profile = "amt-3.2.2", .version = "3.2.2", .build = 1, .chipset = "Q35", .payloadBytes = 10});
  const auto result = run();
  EXPECT_EQ(result.reason, Reason::none) << result.text;
  EXPECT_EQ(pc_.reboots, 1U);
  EXPECT_TRUE(requests_.empty());
}

TEST_F(AgentTest, APackageForOtherHardwareIsLeftAlone) {
  pc_.me.version = "2.2.10";
  addPackage({.profile = "amt-2.6.20", .version = "2.6.20", .build = 1, .chipset = "GM965", .payloadBytes = 10});
  EXPECT_EQ(run().reason, Reason::firmwareTooOld);
  EXPECT_TRUE(pc_.images.empty());
}

TEST_F(AgentTest, ADamagedPackageIsNotWritten) {
  pc_.me.version = "2.2.10";
  options_.attempts = 2;
  addPackage({.profile = "amt-2.2.20", .version = "2.2.20", .build = 1, .chipset = "Q965", .payloadBytes = 10});
  package_.back() = static_cast<char>(package_.back() ^ 1);
  const auto damaged = run();
  EXPECT_EQ(damaged.reason, Reason::updateRefused);
  EXPECT_EQ(damaged.attempts, 2U);
  EXPECT_TRUE(pc_.images.empty());
}

TEST_F(AgentTest, WhatTheFlashSaysEndsIt) {
  pc_.me.version = "2.2.10";
  pc_.flashed = {Reason::updateFailed, "power was lost"};
  addPackage({.profile = "amt-2.2.20", .version = "2.2.20", .build = 1, .chipset = "Q965", .payloadBytes = 10});
  const auto result = run();
  EXPECT_EQ(result.reason, Reason::updateFailed);
  EXPECT_EQ(result.text, "power was lost");
  EXPECT_EQ(pc_.reboots, 0U);
}

TEST_F(AgentTest, WithoutASeedItStopsUnlessTheSequenceMakesOne) {
  pc_.me.seed = 2;
  policy_.sequence = {TaskStep::provision};
  const auto result = run();
  EXPECT_EQ(result.reason, Reason::rngSeedMissing);
  EXPECT_THAT(pc_.me.calls, Not(Contains(Command::setProvisioningServerOtp)));
}

TEST_F(AgentTest, AConfiguredMeIsLeftAlone) {
  for (const std::uint32_t state : {1U, 2U}) {
    pc_.me.state = state;
    io_.restart();
    EXPECT_EQ(run().reason, Reason::alreadyConfigured) << state;
  }
  EXPECT_THAT(pc_.me.calls, Not(Contains(Command::startConfiguration)));
}

TEST_F(AgentTest, ACertificateThatIsNotReadyCountsAsAccepted) {
  pc_.me.status[Command::startConfiguration] = AmtStatus::certificateNotReady;
  stateAnswer_.state = ProvisionState::refused;
  stateAnswer_.reason = Reason::otpMismatch;
  EXPECT_EQ(run().reason, Reason::otpMismatch) << "it got as far as to ask the service point";
}

TEST_F(AgentTest, WhatTheMeSaysToTheStart) {
  const std::map<AmtStatus, std::pair<Reason, unsigned>> wanted{{AmtStatus::rngNotReady, {Reason::rngSeedMissing, 1}},
                                                                {static_cast<AmtStatus>(3), {Reason::startRefused, 1}},
                                                                {AmtStatus::notReady, {Reason::startRefused, 3}}};
  for (const auto& [status, end] : wanted) {
    pc_.me = {};
    pc_.me.status[Command::startConfiguration] = status;
    io_.restart();
    const auto result = run();
    EXPECT_EQ(result.reason, end.first);
    EXPECT_EQ(result.attempts, end.second);
  }
}

TEST_F(AgentTest, AHeciErrorMayPass) {
  pc_.me.heciError[Command::getProvisioningState] = wire::heci::Error::noDevice;
  const auto result = run();
  EXPECT_EQ(result.reason, Reason::heciFailed);
  EXPECT_THAT(result.text, HasSubstr("ENODEV"));
  EXPECT_EQ(result.attempts, 3U);
  EXPECT_GE(pc_.opens, 3U) << "after an error the device is opened anew";
}

TEST_F(AgentTest, OutsideTheCollectionItNeverStarts) {
  policyStatus_ = 403;
  const auto result = run();
  EXPECT_EQ(result.reason, Reason::notInCollection);
  EXPECT_EQ(policyFetches_, 1U);
  EXPECT_TRUE(pc_.me.calls.empty());
}

TEST_F(AgentTest, AServerThatDoesNotAnswerIsTriedAgainAfterTheRetryTime) {
  serverIsUp_ = false;
  const auto before = pc_.clock;
  const auto result = run();
  EXPECT_EQ(result.reason, Reason::policyServerUnreachable) << result.text;
  EXPECT_EQ(result.attempts, 3U);
  EXPECT_EQ(pc_.clock - before, 2 * 3600);
}

TEST_F(AgentTest, ARequestThatFailedIsSentAgainWithTheSameOtp) {
  requestStatus_ = 503;
  refuseRequests_ = 1;
  policy_.retryS = 60;
  const auto result = run();
  EXPECT_EQ(result.reason, Reason::provisioned) << result.text;
  EXPECT_EQ(result.attempts, 2U);
  ASSERT_EQ(requests_.size(), 2U);
  EXPECT_EQ(requests_[0], requests_[1]);
}

TEST_F(AgentTest, ARefusalEndsIt) {
  refuseRequests_ = 1;
  const auto result = run();
  EXPECT_EQ(result.reason, Reason::otpExpired);
  EXPECT_EQ(result.text, "as the test says");
  EXPECT_EQ(result.attempts, 1U);
}

TEST_F(AgentTest, AfterItsLifetimeAnOtpIsReplacedOnceTheMeTakesAnother) {
  requestStatus_ = 503;
  refuseRequests_ = 1;
  options_.attempts = 4;
  const auto before = pc_.clock;
  const auto result = run([&] {
    if (pc_.clock - before >= 2 * 3600 && requests_.size() == 1) pc_.me.state = 0;  // the window is over
  });
  EXPECT_EQ(result.reason, Reason::provisioned) << result.text;
  EXPECT_EQ(result.attempts, 3U);
  ASSERT_EQ(requests_.size(), 2U);
  EXPECT_NE(requests_[0].otpSha1, requests_[1].otpSha1);
}

TEST_F(AgentTest, AFailedProvisioningIsAskedForAgain) {
  policy_.retryS = 60;
  stateAnswer_ = {ProvisionState::failed, Reason::connectFailed, "connect"};
  const auto result = run();
  EXPECT_EQ(result.reason, Reason::connectFailed);
  EXPECT_EQ(result.attempts, 3U);
  EXPECT_EQ(requests_.size(), 3U);
}

TEST_F(AgentTest, AMeThatDoesNotBecomeOperationalEndsIt) {
  stateAnswer_ = {ProvisionState::provisioned, Reason::provisioned, {}};
  EXPECT_EQ(run().reason, Reason::notOperational);
}

TEST_F(AgentTest, TheFaultsOfOtps) {
  options_.fault = AgentFault::expiredOtp;
  run();
  ASSERT_EQ(requests_.size(), 1U);
  EXPECT_LT(requests_[0].otpCreated, pc_.clock - policy_.otpLifetimeS);
}

TEST_F(AgentTest, AWrongOtpIsNotTheMes) {
  options_.fault = AgentFault::wrongOtp;
  run();
  ASSERT_EQ(requests_.size(), 1U);
  EXPECT_NE(requests_[0].otpSha1, wire::sha1(asBytes(pc_.me.otp)));
}

TEST_F(AgentTest, AnOtpOfAnotherIsTheOneGiven) {
  options_.fault = AgentFault::otpOfAnother;
  options_.sharedOtp = "shared by a group";
  run();
  EXPECT_EQ(pc_.me.otp, "shared by a group");
  EXPECT_EQ(requests_.at(0).otpSha1, wire::sha1(asBytes(options_.sharedOtp)));
}

TEST_F(AgentTest, AReusedOtpIsSentAfterAReset) {
  options_.fault = AgentFault::reusedOtp;
  run();
  EXPECT_EQ(pc_.resets, 1U);
  ASSERT_EQ(requests_.size(), 2U);
  EXPECT_EQ(requests_[0].otpSha1, requests_[1].otpSha1);
  EXPECT_GT(requests_[1].otpCreated, requests_[0].otpCreated);
}

TEST(Otp, HasPrintableCharactersOnly) {
  Bytes all(256);
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<std::uint8_t>(i);
  const auto otp = makeOtp(all);
  EXPECT_EQ(otp.size(), 256U);
  for (const char c : otp) EXPECT_TRUE(c > 0x20 && c < 0x7F);
  EXPECT_EQ(std::set<char>(otp.begin(), otp.end()).size(), 64U);
}

}  // namespace
}  // namespace vme::host
