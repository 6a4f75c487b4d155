#include "machine/setup.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "machine/accounts.hpp"
#include "machine/network.hpp"
#include "machine/stores.hpp"
#include "test_machine.hpp"

namespace vme::machine {
namespace {

bool restartsNetwork(const Effects& effects) {
  return std::ranges::any_of(effects,
                             [](const Effect& effect) { return std::holds_alternative<RestartNetwork>(effect); });
}

TEST(Start, bareMetalOpensTheFactoryWindowAndSendsItsFirstHello) {
  TestMachine m;
  m.bringUp();
  EXPECT_EQ(m.hot.state, State::inSetup);
  EXPECT_EQ(m.hot.method, SetupMethod::pki);
  EXPECT_EQ(m.hot.windowEnds, m.now + MeDuration::hours(24));
  const auto done = m.deadline();
  ASSERT_EQ(helloCount(done), 1U);
  const auto hello = wire::parseHello(std::get<SendHello>(done.front()).message);
  ASSERT_TRUE(hello);
  EXPECT_FALSE(hello->isPsk());
  EXPECT_FALSE(hello->adminCredentialsSet);
  EXPECT_EQ(hello->retryCount, 0U);
  EXPECT_EQ(hello->uuid, m.identity.uuid);
}

TEST(Start, staysInFactoryStateWithoutZeroTouchRootsOrWindow) {
  TestMachine noZeroTouch, noActiveRoot, noWindow, noPki;
  noZeroTouch.environment.zeroTouch = false;
  for (auto& root : noActiveRoot.environment.roots) root.active = false;
  noWindow.profile.prov.helloWindowFirstH = 0;
  noPki.profile.prov.pki = false;
  for (auto* m : {&noZeroTouch, &noActiveRoot, &noWindow, &noPki}) {
    m->bringUp();
    EXPECT_EQ(m->hot.state, State::factory);
    EXPECT_EQ(m->hot.wakeAt, MeTime::never());
  }
}

TEST(Start, theScenarioMayOpenADelayedFirstWindow) {
  TestMachine m;
  m.profile.prov.helloWindowFirstH = 0;
  m.environment.firstWindowH = 24;
  m.bringUp();
  EXPECT_EQ(m.hot.state, State::inSetup);
}

TEST(Start, aPskPairBringsTheMebxPasswordWithIt) {
  TestMachine m;
  m.environment.setupPassword = "Set-Up1!";
  m.enterPsk();
  auto me = m.me();
  EXPECT_EQ(m.hot.method, SetupMethod::psk);
  EXPECT_EQ(pid(me), m.identity.psk.pidText());
  EXPECT_FALSE(isAdminDefault(me));
  EXPECT_TRUE(currentHello(me).adminCredentialsSet);
  EXPECT_EQ(findLogin(me, "admin")->ha1, wire::digestHash("admin", digestRealm(me), "Set-Up1!"));
}

TEST(Start, aSecondPairIsRefusedOnceInSetup) {
  TestMachine m;
  m.enterPsk();
  auto me = m.me();
  EXPECT_EQ(enterPskPair(me, nullptr, m.effects), AmtStatus::invalidPtMode);
}

TEST(Start, anAgentNeedsTheRngSeedWhereTheProfileSaysSo) {
  TestMachine m;
  m.profile.prov.rngSeedNeeded = true;
  auto me = m.me();
  EXPECT_EQ(startConfiguration(me, m.effects), AmtStatus::rngNotReady);
  EXPECT_EQ(m.hot.state, State::factory);
  m.hot.rngSeeded = true;
  EXPECT_EQ(startConfiguration(me, m.effects), AmtStatus::success);
  EXPECT_EQ(m.hot.windowEnds, m.now + MeDuration::hours(6));
  EXPECT_EQ(startConfiguration(me, m.effects), AmtStatus::invalidPtMode);
}

TEST(Hellos, followTheScheduleCountRetriesAndGiveUpWithTheWindow) {
  TestMachine m;
  m.bringUp();
  std::vector<std::int64_t> distances;
  std::vector<std::uint32_t> retries;
  auto last = m.now;
  std::size_t hellos = 0;
  while (m.hot.wakeAt != MeTime::never()) {
    m.now = m.hot.wakeAt;
    for (const auto& effect : m.deadline()) {
      const auto* sent = std::get_if<SendHello>(&effect);
      if (!sent) continue;
      if (hellos++ > 0) distances.push_back((m.now - last).ms / 1000);
      retries.push_back(wire::parseHello(sent->message)->retryCount);
      last = m.now;
    }
  }
  EXPECT_EQ(m.hot.state, State::quiet);
  // 5 a minute apart, 12 five minutes apart, then hourly for the rest of 24 hours (firmware-profiles.md 5.1: 40).
  EXPECT_EQ(hellos, 40U);
  EXPECT_EQ(std::vector(distances.begin(), distances.begin() + 6),
            (std::vector<std::int64_t>{60, 60, 60, 60, 60, 300}));
  EXPECT_EQ(distances.back(), 3600);
  EXPECT_EQ(std::vector(retries.begin(), retries.begin() + 3), (std::vector<std::uint32_t>{0, 1, 2}));
  EXPECT_EQ(retries.back(), 14U);
}

TEST(Hellos, aPowerCycleRestartsTheScheduleButNotTheWindow) {
  TestMachine m;
  m.enterPsk();
  for (int i = 0; i < 7; ++i) {
    m.now = m.hot.wakeAt;
    m.deadline();
  }
  const auto ends = m.hot.windowEnds;
  auto me = m.me();
  powerOff(me);
  EXPECT_EQ(m.hot.wakeAt, ends);
  EXPECT_EQ(portState(me, kHttpsPort), PortState::closed);
  powerOn(me, m.effects);
  EXPECT_EQ(m.hot.windowEnds, ends);
  EXPECT_EQ(currentHello(me).retryCount, 0U);
  EXPECT_EQ(helloCount(m.deadline()), 1U);
}

TEST(Hellos, standStillWhileASetupSessionIsOpen) {
  TestMachine m;
  m.enterPsk();
  m.deadline();
  auto me = m.me();
  setupSessionOpened(me);
  EXPECT_EQ(m.hot.wakeAt, m.hot.windowEnds);
  m.pass(MeDuration::hours(5));
  EXPECT_EQ(helloCount(m.deadline()), 0U);
  auto later = m.me();
  setupSessionClosed(later);
  EXPECT_EQ(m.hot.wakeAt, m.now + MeDuration::seconds(12));
}

TEST(Window, endsInTheMidstOfASessionAndCutsIt) {
  TestMachine m;
  m.enterPsk();
  auto me = m.me();
  setupSessionOpened(me);
  m.pass(MeDuration::hours(6));
  const auto done = m.deadline();
  EXPECT_EQ(m.hot.state, State::quiet);
  EXPECT_TRUE(restartsNetwork(done));
  auto later = m.me();
  setupSessionClosed(later);
  EXPECT_EQ(m.hot.wakeAt, MeTime::never());
}

TEST(Window, cutsNoSessionBeforeItsEnd) {
  TestMachine m;
  m.enterPsk();
  auto me = m.me();
  setupSessionOpened(me);
  m.pass(MeDuration::hours(6) - MeDuration{1});
  EXPECT_FALSE(restartsNetwork(m.deadline()));
  EXPECT_EQ(m.hot.state, State::inSetup);
}

TEST(Window, cutsAHandshakeToo) {
  TestMachine m;
  m.enterPsk();
  m.pass(MeDuration::hours(6));
  EXPECT_TRUE(restartsNetwork(m.deadline()));
}

TEST(Window, extendedInASessionLastsFromThen) {
  TestMachine m;
  m.enterPsk();
  auto me = m.me();
  setupSessionOpened(me);
  m.pass(MeDuration::hours(5));
  auto later = m.me();
  EXPECT_EQ(extendProvisioningPeriod(later, 2, m.effects), AmtStatus::success);
  EXPECT_EQ(m.hot.wakeAt, m.now + MeDuration::hours(2));
}

TEST(Window, canBeExtendedAndClosed) {
  TestMachine m;
  auto me = m.me();
  EXPECT_EQ(extendProvisioningPeriod(me, 1, m.effects), AmtStatus::invalidProvisioningState);
  m.enterPsk();
  EXPECT_EQ(extendProvisioningPeriod(me, 25, m.effects), AmtStatus::invalidParameter);
  EXPECT_EQ(extendProvisioningPeriod(me, 24, m.effects), AmtStatus::success);
  EXPECT_EQ(m.hot.windowEnds, m.now + MeDuration::hours(24));
  EXPECT_EQ(extendProvisioningPeriod(me, 0, m.effects), AmtStatus::success);
  EXPECT_EQ(m.hot.state, State::quiet);
  EXPECT_EQ(portState(me, kHttpsPort), PortState::closed);
}

TEST(Commit, inPkiNeedsAnotherMebxPassword) {
  TestMachine m;
  m.bringUp();
  auto me = m.me();
  EXPECT_EQ(commitChanges(me, m.effects), AmtStatus::dataMissing);
  EXPECT_EQ(m.hot.state, State::inSetup);
  EXPECT_EQ(setMebxPassword(me, "weak"), AmtStatus::invalidPassword);
  EXPECT_EQ(setMebxPassword(me, "Str0ng!Pass"), AmtStatus::success);
  m.effects.clear();
  EXPECT_EQ(commitChanges(me, m.effects), AmtStatus::success);
  EXPECT_EQ(m.hot.state, State::operational);
  ASSERT_EQ(m.effects.size(), 1U);
  EXPECT_TRUE(std::holds_alternative<RestartNetwork>(m.effects.front()));
  EXPECT_EQ(m.hot.wakeAt, MeTime::never());
}

TEST(Commit, withTlsButWithoutACertificateIsDataMissing) {
  TestMachine m;
  m.enterPsk();
  auto me = m.me();
  setTlsOptions(me, {.enabled = true}, {});
  EXPECT_EQ(commitChanges(me, m.effects), AmtStatus::dataMissing);
  EXPECT_EQ(m.hot.state, State::inSetup);
}

TEST(Commit, isNotThereInFactoryState) {
  TestMachine m;
  auto me = m.me();
  EXPECT_EQ(commitChanges(me, m.effects), AmtStatus::invalidProvisioningState);
}

TEST(Commit, keepsThePortsClosedWhileTheNetworkRestarts) {
  TestMachine m;
  m.profile.timing.meResetS = 8;
  m.environment.timingScale = 1.0;
  m.makeOperational();
  auto me = m.me();
  EXPECT_EQ(portState(me, kHttpPort), PortState::closed);
  m.pass(MeDuration::seconds(8));
  auto later = m.me();
  EXPECT_EQ(portState(later, kHttpPort), PortState::plain);
}

TEST(Ports, followStateAndTls) {
  TestMachine m;
  auto me = m.me();
  EXPECT_EQ(portState(me, kHttpsPort), PortState::closed);
  m.enterPsk();
  EXPECT_EQ(portState(me, kHttpsPort), PortState::setupTls);
  EXPECT_EQ(portState(me, kHttpPort), PortState::closed);
  commitChanges(me, m.effects);
  EXPECT_EQ(portState(me, kHttpPort), PortState::plain);
  EXPECT_EQ(portState(me, kHttpsPort), PortState::closed);
  me.change().tls.network = {.enabled = true};
  EXPECT_EQ(portState(me, kHttpPort), PortState::closed);
  EXPECT_EQ(portState(me, kHttpsPort), PortState::operationalTls);
  me.change().tls.network.acceptNonSecure = true;
  EXPECT_EQ(portState(me, kHttpPort), PortState::plain);
}

TEST(Unprovision, fullLeavesNothingOfTheConfiguration) {
  TestMachine m;
  m.environment.setupPassword = "Set-Up1!";
  m.makeOperational();
  auto me = m.me();
  std::uint32_t handle = 0;
  setHostName(me, "host");
  addUser(me, {.user = "helpdesk", .realms = wire::RealmSet::of({wire::Realm::remoteControl})}, handle);
  EXPECT_EQ(unprovision(me, ProvisioningMode::enterprise, m.effects), AmtStatus::success);
  EXPECT_EQ(m.hot.state, State::factory);
  EXPECT_EQ(m.overlay, nullptr);
  EXPECT_TRUE(isAdminDefault(me));
  EXPECT_TRUE(pid(me).empty());
  EXPECT_TRUE(m.hot.mebxChanged);
  EXPECT_EQ(unprovision(me, ProvisioningMode::enterprise, m.effects), AmtStatus::notPermitted);
}

TEST(Unprovision, partialKeepsAdminPskAndNamesAndSendsHellosAgain) {
  TestMachine m;
  m.makeOperational();
  auto me = m.me();
  const auto ha1 = wire::digestHash("boss", digestRealm(me), "S0me!Pass");
  std::uint32_t handle = 0;
  setHostName(me, "host");
  setDomainName(me, "vme.test");
  setAdmin(me, "boss", ha1);
  addUser(me, {.user = "helpdesk", .realms = wire::RealmSet::of({wire::Realm::remoteControl})}, handle);
  EXPECT_EQ(partialUnprovision(me, m.effects), AmtStatus::success);
  EXPECT_EQ(m.hot.state, State::inSetup);
  EXPECT_EQ(m.hot.method, SetupMethod::psk);
  EXPECT_EQ(me.nvram().hostName, "host");
  EXPECT_EQ(me.nvram().domainName, "vme.test");
  EXPECT_EQ(findLogin(me, "boss")->ha1, ha1);
  EXPECT_FALSE(findLogin(me, "helpdesk"));
  EXPECT_TRUE(currentHello(me).adminCredentialsSet);
  EXPECT_EQ(helloCount(m.deadline()), 1U);
}

TEST(Unprovision, partialWithoutAWayBackIsNotPermitted) {
  TestMachine m;
  auto me = m.me();
  ASSERT_EQ(setUpManually(me, "Adm1n!pass", m.effects), AmtStatus::success);
  m.environment.zeroTouch = false;
  EXPECT_EQ(partialUnprovision(me, m.effects), AmtStatus::notPermitted);
  EXPECT_EQ(m.hot.state, State::operational);
}

TEST(Unprovision, aCmosClearAlsoForgetsTheMebxPassword) {
  TestMachine m;
  auto me = m.me();
  ASSERT_EQ(setUpManually(me, "Adm1n!pass", m.effects), AmtStatus::success);
  EXPECT_EQ(resetAtDesk(me, DeskReset::cmosClear, m.effects), AmtStatus::success);
  EXPECT_EQ(m.hot.state, State::factory);
  EXPECT_FALSE(m.hot.mebxChanged);
}

TEST(Unprovision, atTheDeskPartiallyOpensSetUpAgainAndNeedsSomethingToUndo) {
  TestMachine m;
  auto me = m.me();
  EXPECT_EQ(resetAtDesk(me, DeskReset::partial, m.effects), AmtStatus::notPermitted);
  ASSERT_EQ(setUpManually(me, "Adm1n!pass", m.effects), AmtStatus::success);
  EXPECT_EQ(resetAtDesk(me, DeskReset::partial, m.effects), AmtStatus::success);
  EXPECT_EQ(m.hot.state, State::inSetup);
}

TEST(Psk, theNextPairIsCheckedByAlphabetOnly) {
  TestMachine m;
  m.enterPsk();
  auto me = m.me();
  EXPECT_EQ(setTlsPsk(me, "00000000", "short"), AmtStatus::invalidPpsFormat);
  EXPECT_EQ(setTlsPsk(me, "0000-037", std::string(32, 'A')), AmtStatus::invalidPidFormat);
  EXPECT_EQ(setTlsPsk(me, "00000000", std::string(32, 'A')), AmtStatus::success);
  EXPECT_EQ(pid(me), "00000000");
}

TEST(Otp, isKeptAndReturnedAsItIs) {
  TestMachine m;
  auto me = m.me();
  EXPECT_TRUE(provisioningOtp(me).empty());
  EXPECT_EQ(setProvisioningOtp(me, asBytes("short")), AmtStatus::invalidMessageLength);
  EXPECT_EQ(setProvisioningOtp(me, asBytes("one-time-pass")), AmtStatus::success);
  EXPECT_EQ(asText(provisioningOtp(me)), "one-time-pass");
}

TEST(FlashWear, tooManyWritesLockStoringForTheProfilesTime) {
  TestMachine m;
  m.profile.power.flashWritesMax = 2;
  auto me = m.me();
  EXPECT_EQ(setHostName(me, "a"), AmtStatus::success);
  EXPECT_EQ(setHostName(me, "b"), AmtStatus::success);
  EXPECT_EQ(setHostName(me, "c"), AmtStatus::flashWriteLimitExceeded);
  EXPECT_EQ(me.nvram().hostName, "b");
  m.pass(MeDuration::minutes(40));
  auto later = m.me();
  EXPECT_EQ(setHostName(later, "d"), AmtStatus::success);
}

TEST(Memory, aFactoryMachineAndOneWithAPresetPairHaveNoOverlay) {
  TestMachine m;
  m.environment.setupPassword = "Set-Up1!";
  m.enterPsk();
  m.deadline();
  EXPECT_EQ(m.overlay, nullptr);
}

TEST(Latency, followsTheModelAndIsNothingAtScaleZero) {
  TestMachine m;
  m.profile.timing.flashWriteMs = 400;
  auto me = m.me();
  EXPECT_EQ(latency(me, 100, true, 1).ms, 0);
  m.environment.timingScale = 1.0;
  m.profile.timing.jitterPct = 0;
  EXPECT_EQ(latency(me, 100, false, 1).ms, 100);
  EXPECT_EQ(latency(me, 100, true, 1).ms, 500);
  m.hot.openConnections = 3;
  EXPECT_EQ(latency(me, 100, false, 1).ms, 220);
  m.profile.timing.jitterPct = 25;
  m.hot.openConnections = 1;
  for (std::uint64_t n = 0; n < 50; ++n) {
    EXPECT_GE(latency(me, 100, false, n).ms, 75);
    EXPECT_LE(latency(me, 100, false, n).ms, 125);
  }
}

}  // namespace
}  // namespace vme::machine
