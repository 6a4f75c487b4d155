// What is remembered of a server, from what a machine tells.

#include "audit/conduct.hpp"

#include <gtest/gtest.h>

#include "audit/watch.hpp"

namespace vme::audit {
namespace {

using Kind = runtime::Happening::Kind;
using Offer = firmware::TlsOffer::Kind;
using namespace std::chrono_literals;

class ConductTest : public ::testing::Test {
 protected:
  void connected() { tell({.kind = Kind::connected}); }
  void disconnected(const runtime::Handshake* handshake = nullptr) {
    tell({.kind = Kind::disconnected, .handshake = handshake});
  }
  void handshake(const runtime::Handshake& done) { tell({.kind = Kind::handshakeDone, .handshake = &done}); }

  /// A call that the machine answers with that body.
  void call(std::string operation, std::string answer = "<Status>0</Status>", bool setup = true) {
    request_.body = body_;
    response_.body = std::move(answer);
    exchange(std::move(operation), setup, true);
  }
  void exchange(std::string operation, bool setup, bool loggedIn) {
    const runtime::Exchange exchange{.request = request_,
                                     .response = &response_,
                                     .operation = std::move(operation),
                                     .tls = true,
                                     .setup = setup,
                                     .loggedIn = loggedIn};
    tell({.kind = Kind::exchange, .exchange = &exchange});
  }
  void refusedLogin() {
    request_.headers = {{"Authorization", "Digest username=\"admin\""}};
    response_.status = 401;
    exchange("GetCoreVersion", true, false);
  }
  void tell(runtime::Happening happening) {
    happening.at = now_;
    add(conduct_, happening, salt_);
  }

  Conduct conduct_;
  Conduct::Clock::time_point now_{100s};
  std::uint64_t salt_ = 7;
  std::string body_;
  wire::http::Request request_;
  wire::http::Response response_;
  const runtime::Handshake psk_{Offer::psk, nullptr};
  const runtime::Handshake operational_{Offer::operational, nullptr};
};

TEST_F(ConductTest, CountsWhatIsOpenAtOnce) {
  connected();
  connected();
  handshake(psk_);
  handshake(psk_);
  disconnected(&psk_);
  connected();
  disconnected();
  EXPECT_EQ(conduct_.connections, 3U);
  EXPECT_EQ(conduct_.openMost, 2U);
  EXPECT_EQ(conduct_.open, 1U);
  EXPECT_EQ(conduct_.setupsOpenMost, 2U);
  EXPECT_EQ(conduct_.setupsOpen, 1U);
  EXPECT_TRUE(conduct_.byPsk);
  EXPECT_FALSE(conduct_.byPki);
  EXPECT_FALSE(conduct_.cameBack);
}

TEST_F(ConductTest, KeepsTheChainOfAPkiSetup) {
  const auto chain = std::make_shared<const wire::ChainFacts>();
  handshake({Offer::setupPki, chain});
  EXPECT_TRUE(conduct_.byPki);
  EXPECT_EQ(conduct_.chain, chain);
  EXPECT_GT(conduct_.chainUsedAt, 0);
  EXPECT_EQ(conduct_.firstSetup, now_);
}

TEST_F(ConductTest, TheMachinesOwnPcIsNoServer) {
  tell({.kind = Kind::connected, .fromHost = true});
  EXPECT_EQ(conduct_.connections, 0U);
}

TEST_F(ConductTest, TellsReadsFromChanges) {
  for (const auto* read :
       {"GetCoreVersion", "Get AMT_GeneralSettings", "Enumerate CIM_Foo", "Pull CIM_Foo", "Identify", "GET /index.htm",
        "CertStoreEnumerateCertificates", "", "AMT_SetupAndConfigurationService.GetUuid",
        "AMT_TimeSynchronizationService.GetLowAccuracyTimeSynch"}) {
    call(read);
    EXPECT_FALSE(conduct_.changed) << read;
  }
  for (const auto* change : {"SetHostName", "Put AMT_GeneralSettings", "Create AMT_TLSCredentialContext",
                             "AMT_PublicKeyManagementService.AddKey", "CertStoreAddKey", "CommitChanges"}) {
    conduct_.changed = false;
    call(change);
    EXPECT_TRUE(conduct_.changed) << change;
  }
  EXPECT_TRUE(conduct_.commitSent);
}

TEST_F(ConductTest, WhatIsReadAfterAChangeIsReadTooLate) {
  call("SetHostName");
  call("GetProvisioningServerOTP");
  call("Get CIM_ComputerSystemPackage");
  EXPECT_TRUE(conduct_.otpRead && conduct_.uuidRead);
  EXPECT_FALSE(conduct_.otpReadFirst || conduct_.uuidReadFirst);
}

TEST_F(ConductTest, WhatIsReadBeforeAChangeIsReadFirst) {
  call("Get AMT_SetupAndConfigurationService");
  call("AMT_SetupAndConfigurationService.GetUuid");
  call("SetHostName");
  EXPECT_TRUE(conduct_.otpReadFirst && conduct_.uuidReadFirst);
}

TEST_F(ConductTest, AChallengedRequestDoesNothing) {
  exchange("SetHostName", true, false);
  EXPECT_FALSE(conduct_.changed);
}

TEST_F(ConductTest, OnlyASuccessCounts) {
  call("SetTLSPSK", "<x:Status>2057</x:Status>");
  EXPECT_FALSE(conduct_.pskReplaced);
  call("AMT_SetupAndConfigurationService.SetTLSPSK", "<g:ReturnValue>1</g:ReturnValue>");
  EXPECT_FALSE(conduct_.pskReplaced);
  call("SetTLSPSK", "<StatusCode>0</StatusCode>");
  EXPECT_TRUE(conduct_.pskReplaced);
}

TEST_F(ConductTest, MarksAPasswordWithoutKeepingIt) {
  const auto markOf = [this](std::uint64_t salt, const std::string& password) {
    salt_ = salt;
    body_ = "<r:Password>" + password + "</r:Password>";
    call("AMT_SetupAndConfigurationService.SetMEBxPassword", "<g:ReturnValue>0</g:ReturnValue>");
    return conduct_.mebxMark;
  };
  const auto mark = markOf(1, "One.Passw0rd");
  EXPECT_TRUE(conduct_.mebxSet);
  EXPECT_EQ(markOf(1, "One.Passw0rd"), mark);
  EXPECT_NE(markOf(1, "An0ther.Password"), mark);
  EXPECT_NE(markOf(2, "One.Passw0rd"), mark);
}

TEST_F(ConductTest, ComparesTheTimeThatTheServerGave) {
  body_ = "<Ta0>1</Ta0><Tm1>2</Tm1><Tm2>1000</Tm2>";
  call("SetHighAccuracyTimeSynch");
  EXPECT_TRUE(conduct_.clockSet);
  EXPECT_GT(conduct_.clockErrorS, 1'000'000'000);
}

TEST_F(ConductTest, WhatIsReadOverTheOwnCertificate) {
  handshake(operational_);
  EXPECT_TRUE(conduct_.cameBack);
  call("GetCoreVersion", {}, false);
  EXPECT_TRUE(conduct_.loggedIn);
  EXPECT_FALSE(conduct_.readBack);
  call("GetHostName", {}, false);
  EXPECT_TRUE(conduct_.readBack);
}

TEST_F(ConductTest, CountsRefusedLoginsInAWindow) {
  for (int i = 0; i < 4; ++i) refusedLogin();
  now_ += kLoginWindow + 1s;
  for (int i = 0; i < 3; ++i) refusedLogin();
  EXPECT_EQ(conduct_.loginsMost, 4U);
  response_.headers = {{"WWW-Authenticate", "Digest realm=\"x\",stale=\"true\""}};
  for (int i = 0; i < 4; ++i) refusedLogin();
  EXPECT_EQ(conduct_.loginsMost, 4U) << "an old nonce is no wrong password";
}

TEST_F(ConductTest, RemembersWhenTheAgentAsked) {
  host::AgentResult result;
  result.steps = {{.name = "check", .started = now_}, {.name = "request", .started = now_ + 1s}};
  tell({.kind = Kind::agentEnded, .reason = Reason::provisioned, .agent = &result});
  EXPECT_TRUE(conduct_.agentEnded && conduct_.agentAsked);
  EXPECT_EQ(conduct_.agentAskedAt, now_ + 1s);
}

TEST(WatchTest, KeepsMachinesApartAndIgnoresOthers) {
  Watch watch(2, 1);
  watch.happened({.kind = Kind::connected, .machine = 1});
  watch.happened({.kind = Kind::connected, .machine = 2});
  EXPECT_EQ(watch.of(0).connections, 0U);
  EXPECT_EQ(watch.of(1).connections, 1U);
  EXPECT_TRUE(watch.wants(Kind::exchange));
  EXPECT_FALSE(watch.wants(Kind::request));
}

}  // namespace
}  // namespace vme::audit
