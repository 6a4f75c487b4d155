// Who may connect to what, the watchdog, and MKHI.

#include <gtest/gtest.h>

#include <array>

#include "host_side.hpp"
#include "machine/power.hpp"
#include "wire/mkhi.hpp"

namespace vme::firmware::heci {
namespace {

using testing::MachineBuilder;
using wire::heci::Error;

Bytes bytesOf(std::string_view text) {
  return *fromHex(text);
}

Error errorOf(testing::BuiltMachine& machine, const Uuid& client, std::vector<Client> open = {}) {
  const auto session = Session::connect(machine.me(), client, open);
  return session ? Error::none : session.error();
}

TEST(HeciConnect, everyGenerationHasItsClients) {
  struct Row {
    const char* profile;
    bool lms, lme, mkhi;
  };
  for (const auto& row :
       {Row{"amt-2.1", true, false, false}, Row{"amt-2.6.20", true, false, false}, Row{"amt-3.2.2", true, false, false},
        Row{"amt-4.2", true, false, false}, Row{"amt-5.0", false, true, true}, Row{"amt-5.2", false, true, true}}) {
    const auto machine = MachineBuilder(row.profile).build();
    const auto has = [&](const Uuid& client) { return errorOf(*machine, client) == Error::none; };
    EXPECT_TRUE(has(wire::heci::kAmthi)) << row.profile;
    EXPECT_TRUE(has(wire::heci::kWatchdog)) << row.profile;
    EXPECT_EQ(has(wire::heci::kLms), row.lms) << row.profile;
    EXPECT_EQ(has(wire::heci::kLme), row.lme) << row.profile;
    EXPECT_EQ(has(wire::heci::kMkhi), row.mkhi) << row.profile;
    EXPECT_EQ(errorOf(*machine, machine->identity.uuid), Error::unknownClient);
  }
}

TEST(HeciConnect, manyFilesShareAmthiAndNothingElse) {
  const auto machine = MachineBuilder("amt-5.0").build();
  const std::vector open{Client::amthi, Client::watchdog, Client::lme, Client::mkhi};
  EXPECT_EQ(errorOf(*machine, wire::heci::kAmthi, open), Error::none);
  EXPECT_EQ(errorOf(*machine, wire::heci::kWatchdog, open), Error::busy);
  EXPECT_EQ(errorOf(*machine, wire::heci::kLme, open), Error::busy);
  EXPECT_EQ(errorOf(*machine, wire::heci::kMkhi, open), Error::busy);
}

TEST(HeciConnect, propertiesTellTheProtocol) {
  const auto of = [](const char* profile, const Uuid& client) {
    const auto machine = MachineBuilder(profile).build();
    return Session::connect(machine->me(), client, {})->properties();
  };
  EXPECT_EQ(of("amt-2.1", wire::heci::kAmthi).maxMessage, 4160U);  // the driver of the time insists on it
  EXPECT_EQ(of("amt-2.1", wire::heci::kLms).protocolVersion, 1);
  EXPECT_EQ(of("amt-4.0", wire::heci::kLms).protocolVersion, 2);
  EXPECT_EQ(of("amt-5.0", wire::heci::kLme).protocolVersion, 4);
}

TEST(HeciConnect, noDeviceWithoutPower) {
  const auto machine = MachineBuilder("amt-5.0").build();
  auto me = machine->me();
  machine::powerOff(me);
  EXPECT_EQ(errorOf(*machine, wire::heci::kAmthi), Error::noDevice);
}

class Watchdog : public ::testing::Test {
 protected:
  Host host{MachineBuilder("amt-3.2.2").with([](auto& profile) { profile.heci.osWatchdog = true; }).build(),
            wire::heci::kWatchdog};
  Bytes ping = bytesOf(
      "02151310"
      "7800" +
      std::string(34, '0'));
};

TEST_F(Watchdog, aSystemThatStopsPingingIsInTheEventLog) {
  EXPECT_EQ(toHex(host.send(ping)), "020483100000");
  EXPECT_EQ(host.machine->hot.wakeAt, host.machine->now + MeDuration::seconds(120));
  host.machine->pass(MeDuration::seconds(119));
  host.send(ping);
  host.machine->pass(MeDuration::seconds(119));
  host.deadline();
  EXPECT_TRUE(host.machine->me().nvram().eventLog.empty());
  host.machine->pass(MeDuration::seconds(1));
  host.deadline();
  const auto& log = host.machine->me().nvram().eventLog;
  ASSERT_EQ(log.size(), 1U);
  EXPECT_EQ(log[0].sensorType, 0x23);
  EXPECT_EQ(log[0].eventType, 0x6F);
  EXPECT_EQ(log[0].offset, 0x01);
  EXPECT_EQ(log[0].severity, 0x10);
  EXPECT_EQ(host.machine->hot.wakeAt, MeTime::never());
}

TEST_F(Watchdog, aStoppedOneIsSilent) {
  host.send(ping);
  EXPECT_TRUE(host.react(bytesOf("02021410")).actions.empty());
  EXPECT_EQ(host.machine->hot.wakeAt, MeTime::never());
}

TEST_F(Watchdog, oneThatNobodyAsksForIsNotNeeded) {
  host.machine->profile.heci.osWatchdog = false;
  EXPECT_EQ(toHex(host.send(ping)), "020483100001");
  EXPECT_EQ(host.machine->hot.wakeAt, MeTime::never());
}

TEST_F(Watchdog, whetherTheHostMaySwitchToAmt) {
  EXPECT_EQ(toHex(host.send(bytesOf("05025110"))), "00000000");
  EXPECT_EQ(toHex(host.send(bytesOf("05025210"))), "9e000000");
  host.machine->profile.heci.amtSwitch = true;
  EXPECT_EQ(toHex(host.send(bytesOf("05025110"))), "01000000");
  EXPECT_EQ(toHex(host.send(bytesOf("05025210"))), "00000000");
}

TEST_F(Watchdog, whatItDoesNotKnowItPassesOver) {
  for (const auto* text : {"", "00", "07020110", "0503531001", "0202141000"}) {
    EXPECT_TRUE(host.react(bytesOf(text)).actions.empty()) << text;
  }
}

TEST(Mkhi, versionAndRulesOf5) {
  Host host(MachineBuilder("amt-5.2").build(), wire::heci::kMkhi);
  const auto version = wire::mkhi::parseFwVersion(host.send(bytesOf("ff020000")));
  EXPECT_EQ(version.value(), (wire::mkhi::FwVersion{.major = 5, .minor = 2, .hotfix = 10, .build = 1023}));
  EXPECT_EQ(toHex(host.send(bytesOf("0302000000000000"))),
            "038200000000000004"
            "04002000");
  EXPECT_EQ(toHex(host.send(bytesOf("0302000007000000"))),
            "038200000700000004"
            "01000000");
  EXPECT_EQ(toHex(host.send(bytesOf("0302000009000000"))), "03820089");
  EXPECT_EQ(toHex(host.send(bytesOf("03020000"))), "03820005");
  EXPECT_EQ(toHex(host.send(bytesOf("ff02000000"))), "ff820005");
  EXPECT_EQ(toHex(host.send(bytesOf("ff0a0000"))), "ff8a008d");
  for (const auto* text : {"", "ff", "ff0200"}) EXPECT_TRUE(host.react(bytesOf(text)).actions.empty()) << text;
}

}  // namespace
}  // namespace vme::firmware::heci
