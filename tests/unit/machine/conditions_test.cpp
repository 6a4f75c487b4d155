// What is wrong with a machine's network, power and clock, and what its ME does then.

#include <gmock/gmock.h>

#include "machine/clock.hpp"
#include "machine/host_power.hpp"
#include "machine/mishap.hpp"
#include "machine/network.hpp"
#include "machine/reachability.hpp"
#include "unit/machine/test_machine.hpp"

namespace vme::machine {
namespace {

Reason noteOf(const Effects& effects) {
  for (const auto& effect : effects) {
    if (const auto* note = std::get_if<Note>(&effect)) return note->reason;
  }
  return Reason::none;
}

/// What becomes of the machine's first hello.
Reason firstHello(TestMachine& m) {
  m.bringUp();
  const auto done = m.deadline();
  EXPECT_EQ(done.size(), 1U);
  return helloCount(done) == 1 ? Reason::none : noteOf(done);
}

TEST(Conditions, aNameServerDecidesWhetherAHelloGoesOut) {
  struct Case {
    NameAnswer answer;
    Reason reason;
  };
  for (const auto& one : {Case{{"provisionserver.*", NameAnswer::Kind::notFound}, Reason::nameNotFound},
                          Case{{"ProvisionServer.VME.test", NameAnswer::Kind::timeout}, Reason::nameServerSilent},
                          Case{{"*", NameAnswer::Kind::serverFailure}, Reason::nameServerFailed},
                          Case{{"provisionserver.other.test", NameAnswer::Kind::notFound}, Reason::none}}) {
    TestMachine m;
    m.environment.conditions.names = {one.answer};
    EXPECT_EQ(firstHello(m), one.reason) << one.answer.pattern;
  }
}

TEST(Conditions, aStaleAddressIsWhereTheHelloGoes) {
  TestMachine m;
  m.environment.conditions.names = {{"provisionserver.*", NameAnswer::Kind::address, 0x0A010203}};
  m.bringUp();
  const auto done = m.deadline();
  ASSERT_EQ(helloCount(done), 1U);
  EXPECT_EQ(std::get<SendHello>(done.front()).ipv4, 0x0A010203U);
}

TEST(Conditions, aHelloThatFailedIsTriedAgainByTheSchedule) {
  TestMachine m;
  m.environment.conditions.hasResolver = false;
  EXPECT_EQ(firstHello(m), Reason::noResolver);
  m.environment.conditions.hasResolver = true;
  m.pass(MeDuration::seconds(60));
  EXPECT_EQ(helloCount(m.deadline()), 1U);
}

TEST(Conditions, noLeaseIsNoAddress) {
  for (const auto change :
       {+[](Conditions& c) { c.lease = Lease::none; }, +[](Conditions& c) { c.lease = Lease::refused; },
        +[](Conditions& c) { c.ipMode = IpMode::dhcpOnStaticHost; },
        +[](Conditions& c) { c.ipMode = IpMode::staticShared; }}) {
    TestMachine m;
    change(m.environment.conditions);
    EXPECT_EQ(firstHello(m), Reason::noAddress);
    EXPECT_EQ(portState(m.me(), kHttpsPort), PortState::closed);
    EXPECT_EQ(portState(m.me(), kHttpsPort, AccessPermission::local), PortState::setupTls);
  }
  TestMachine own;
  own.environment.conditions.ipMode = IpMode::staticOwn;
  EXPECT_EQ(firstHello(own), Reason::none);
}

TEST(Conditions, aHostThatSleepsGivesItsLeaseBack) {
  TestMachine m;
  m.environment.conditions.ipMode = IpMode::dhcpOnStaticHost;
  m.environment.conditions.powerPackage = 3;
  m.makeOperational();
  m.pass(MeDuration::minutes(5));
  EXPECT_EQ(portState(m.me(), kHttpPort), PortState::closed);
  auto me = m.me();
  setHost(me, HostState::sleep, m.effects);
  EXPECT_EQ(portState(m.me(), kHttpPort), PortState::plain);
}

TEST(Conditions, aLateLeaseOpensPortsAndHellosLate) {
  TestMachine m;
  m.environment.conditions.leaseAfter = MeDuration::seconds(30);
  m.bringUp();
  EXPECT_TRUE(m.deadline().empty());
  EXPECT_EQ(portState(m.me(), kHttpsPort), PortState::closed);
  m.pass(MeDuration::seconds(30));
  EXPECT_EQ(helloCount(m.deadline()), 1U);
  EXPECT_EQ(portState(m.me(), kHttpsPort), PortState::setupTls);
}

struct PowerCase {
  unsigned package;
  MePower inS3, inS5;
};

TEST(HostPower, thePackageDecidesWhereTheMeIsOn) {
  using enum MePower;
  for (const auto& one : {PowerCase{1, off, off}, PowerCase{2, on, off}, PowerCase{3, on, on}, PowerCase{4, wakes, off},
                          PowerCase{5, wakes, wakes}, PowerCase{6, on, on}, PowerCase{7, wakes, wakes}}) {
    TestMachine m;
    m.environment.conditions.powerPackage = one.package;
    m.makeOperational();
    auto me = m.me();
    EXPECT_EQ(mePower(me), on);
    setHost(me, HostState::sleep, m.effects);
    EXPECT_EQ(mePower(me), one.inS3) << one.package;
    setHost(me, HostState::off, m.effects);
    EXPECT_EQ(mePower(me), one.inS5) << one.package;
  }
}

TEST(HostPower, hellosStandStillWhileTheMeIsOff) {
  TestMachine m;
  m.bringUp();
  m.deadline();
  auto me = m.me();
  setHost(me, HostState::off, m.effects);
  EXPECT_EQ(noteOf(m.effects), Reason::meOff);
  m.pass(MeDuration::minutes(10));
  EXPECT_EQ(helloCount(m.deadline()), 0U);
  auto again = m.me();
  setHost(again, HostState::on, m.effects);
  EXPECT_EQ(helloCount(m.deadline()), 1U);
}

TEST(HostPower, aLaptopRunsOnItsBatteryButItsMeSleepsWithTheHost) {
  TestMachine m;
  m.profile.identity.form = profile::Form::laptop;
  m.environment.conditions.powerPackage = 3;
  m.makeOperational();
  auto me = m.me();
  losePower(me, m.effects);
  EXPECT_EQ(whyUnreachable(me), Reason::none);
  setHost(me, HostState::sleep, m.effects);
  EXPECT_EQ(whyUnreachable(me), Reason::meOff);
  regainPower(me, m.effects);
  EXPECT_EQ(whyUnreachable(me), Reason::none);
}

TEST(HostPower, anOutageEndsAsThePackageSays) {
  for (const bool staysOff : {false, true}) {
    TestMachine m;
    m.environment.conditions.staysOffAfterOutage = staysOff;
    m.makeOperational();
    m.pass(MeDuration::minutes(5));
    auto me = m.me();
    losePower(me, m.effects);
    EXPECT_EQ(whyUnreachable(me), Reason::powerLost);
    EXPECT_EQ(portState(me, kHttpPort), PortState::closed);
    regainPower(me, m.effects);
    EXPECT_EQ(whyUnreachable(me), staysOff ? Reason::powerLost : Reason::none);
    setHost(me, HostState::on, m.effects);
    EXPECT_EQ(whyUnreachable(me), Reason::none);
  }
}

TEST(HostPower, aSleepingMeLosesWhatWakesIt) {
  TestMachine m;
  m.environment.conditions.powerPackage = 5;
  m.environment.conditions.wakeDrops = 2;
  m.environment.conditions.wakes = MeDuration::seconds(8);
  m.makeOperational();
  auto me = m.me();
  setHost(me, HostState::sleep, m.effects);
  EXPECT_FALSE(takesTraffic(me));
  EXPECT_FALSE(takesTraffic(me));
  EXPECT_FALSE(takesTraffic(me));  // still waking
  m.pass(MeDuration::seconds(8));
  auto awake = m.me();
  EXPECT_TRUE(takesTraffic(awake));
  m.pass(MeDuration::minutes(2));
  auto stillAwake = m.me();
  EXPECT_TRUE(takesTraffic(stillAwake));
  m.pass(MeDuration::minutes(30));
  auto asleep = m.me();
  EXPECT_FALSE(takesTraffic(asleep));
}

TEST(Link, hellosWaitForTheWire) {
  TestMachine m;
  m.bringUp();
  auto me = m.me();
  setPlugged(me, false, m.effects);
  EXPECT_EQ(whyUnreachable(me), Reason::linkDown);
  EXPECT_EQ(helloCount(m.deadline()), 0U);
  auto again = m.me();
  setPlugged(again, true, m.effects);
  EXPECT_EQ(helloCount(m.deadline()), 1U);
}

TEST(Clock, driftsJumpsAndIsLost) {
  TestMachine m;
  m.environment.conditions.clockDriftPpm = 200;
  m.environment.conditions.driftsFrom = m.now;
  const auto start = m.now.ms / 1000;
  m.pass(MeDuration::hours(24 * 10));
  auto me = m.me();
  EXPECT_EQ(clockSeconds(me) - start, 864000 + 172);
  jumpClock(me, -86400);
  EXPECT_EQ(clockSeconds(me) - start, 864000 + 172 - 86400);
  loseClock(me);
  EXPECT_EQ(clockSeconds(me), 946684800U);
  EXPECT_FALSE(me.hot.clockSet);
  ASSERT_EQ(me.nvram().eventLog.size(), 1U);
  EXPECT_EQ(me.nvram().eventLog.front().data[1], 2);
}

TEST(Nvram, lostIsFactoryAndCorruptIsLockedOut) {
  TestMachine m;
  m.makeOperational();
  auto me = m.me();
  setAdmin(me, "admin", wire::digestHash("admin", digestRealm(me), "P@ssw0rd"));
  const auto before = findLogin(me, "admin")->ha1;
  corruptNvram(me, m.effects);
  EXPECT_NE(findLogin(me, "admin")->ha1, before);
  loseNvram(me, m.effects);
  EXPECT_EQ(me.hot.state, State::factory);
  EXPECT_TRUE(isAdminDefault(me));
}

TEST(Begin, accountsAndPasswordAreThere) {
  TestMachine m;
  m.profile.auth.digestUsersMax = 7;
  m.environment.setupPassword = "Some0ne!s";
  m.environment.conditions.adminPasswordSet = true;
  m.environment.conditions.accounts = 7;
  auto me = m.me();
  beginConditions(me);
  EXPECT_FALSE(isAdminDefault(me));
  EXPECT_EQ(userHandles(me).size(), 7U);
  std::uint32_t handle = 0;
  AclEntry entry;
  entry.user = "eighth";
  EXPECT_EQ(addUser(me, entry, handle), AmtStatus::maxLimitReached);
}

TEST(Begin, theRngSeedComesByItself) {
  TestMachine m;
  m.profile.prov.rngSeedNeeded = true;
  m.environment.conditions.rngSeedIn = MeDuration::minutes(2);
  auto me = m.me();
  beginConditions(me);
  EXPECT_EQ(startConfiguration(me, m.effects), AmtStatus::rngNotReady);
  m.bringUp();
  m.pass(MeDuration::minutes(2));
  m.deadline();
  EXPECT_TRUE(m.hot.rngSeeded);
}

TEST(Begin, theSetupKeyTakesItsTime) {
  TestMachine m;
  m.environment.firstWindowH = 0;
  m.environment.conditions.keyGeneration = MeDuration::seconds(120);
  m.bringUp();
  auto me = m.me();
  EXPECT_EQ(startConfiguration(me, m.effects), AmtStatus::certificateNotReady);
  EXPECT_EQ(portState(m.me(), kHttpsPort), PortState::closed);
  m.pass(MeDuration::seconds(120));
  EXPECT_EQ(portState(m.me(), kHttpsPort), PortState::setupTls);
}

}  // namespace
}  // namespace vme::machine
