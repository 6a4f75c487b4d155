// What AMTHI tells of a machine, byte for byte.

#include <gtest/gtest.h>

#include "host_side.hpp"
#include "machine/power.hpp"

namespace vme::firmware::heci {
namespace {

using testing::MachineBuilder;
using wire::AmtStatus;
using wire::amthi::ansi;
using wire::amthi::number;

std::string hexOf(Host& host, AmthiCommand command, ByteView data = {}) {
  const auto answer = host.ask(command, data);
  EXPECT_EQ(answer.status, AmtStatus::success);
  return toHex(answer.data);
}

TEST(AmthiInformation, securityParametersAreSeventeenNumbers) {
  Host factory(MachineBuilder("amt-2.1").build());
  EXPECT_EQ(hexOf(factory, AmthiCommand::getSecurityParameters),
            "00000000"
            "00000000"
            "01000000"
            "00000000"
            "00000000"
            "01000000"
            "01000000"
            "01000000"
            "01000000"
            "00000000" +
                std::string(7 * 8, '0'));
  Host inSetup(MachineBuilder("amt-2.1").inSetupByPsk().build());
  EXPECT_EQ(hexOf(inSetup, AmthiCommand::getSecurityParameters).substr(0, 40),
            "01000000"
            "00000000"
            "01000000"
            "01000000"
            "01000000");
}

TEST(AmthiInformation, theNetwork) {
  Host host(MachineBuilder("amt-2.5").address(0x7F100005).build());
  EXPECT_EQ(hexOf(host, AmthiCommand::getTcpipParameters),
            "02000000"
            "0500107f"
            "000000ff"
            "0100007f"
            "0100007f"
            "00000000"
            "0800"
            "766d652e74657374");
  const auto mac = toHex(host.machine->identity.mac);
  EXPECT_EQ(hexOf(host, AmthiCommand::getMacAddresses), mac + mac);
  EXPECT_EQ(hexOf(host, AmthiCommand::getDnsSuffixList),
            "0900"
            "766d652e7465737400");
  EXPECT_EQ(hexOf(host, AmthiCommand::getLanInterfaceSettings, number(0)),
            "01000000"
            "0500107f"
            "01000000"
            "02"
            "01" +
                mac);
  EXPECT_EQ(hexOf(host, AmthiCommand::getLanInterfaceSettings, number(1)), std::string(40, '0'));
  EXPECT_EQ(host.ask(AmthiCommand::getLanInterfaceSettings, number(2)).status, AmtStatus::invalidIndex);
  EXPECT_EQ(host.ask(AmthiCommand::setEnterpriseAccess, Bytes(18)).status, AmtStatus::remoteAccessNotGranted);
}

TEST(AmthiInformation, whoSetsTheMachineUp) {
  Host factory(MachineBuilder("amt-3.0").build());
  EXPECT_EQ(hexOf(factory, AmthiCommand::getProvisioningMode),
            "00000000"
            "00000000");
  EXPECT_EQ(hexOf(factory, AmthiCommand::getPid), std::string(16, '0'));
  EXPECT_EQ(factory.number(AmthiCommand::getAdminNetAclEntryStatus), 1U);
  Host psk(MachineBuilder("amt-3.0").setupPassword("P@ssw0rd").inSetupByPsk().build());
  EXPECT_EQ(hexOf(psk, AmthiCommand::getProvisioningMode),
            "01000000"
            "00000000");
  EXPECT_EQ(hexOf(psk, AmthiCommand::getPid), toHex(asBytes(psk.machine->identity.psk.pidText())));
  EXPECT_EQ(psk.number(AmthiCommand::getAdminNetAclEntryStatus), 0U);
}

TEST(AmthiInformation, featuresAndPower) {
  Host host(MachineBuilder("amt-5.0").build());
  EXPECT_EQ(hexOf(host, AmthiCommand::getFeaturesState, number(0)),
            "00000000"
            "01000000"
            "01000000"
            "00000000");
  EXPECT_EQ(hexOf(host, AmthiCommand::getFeaturesState, number(1)),
            "01000000"
            "01000000");
  EXPECT_EQ(hexOf(host, AmthiCommand::getFeaturesState, number(2)),
            "02000000"
            "01000000");
  EXPECT_EQ(hexOf(host, AmthiCommand::getFeaturesState, number(3)),
            "03000000"
            "00000000");
  EXPECT_EQ(host.ask(AmthiCommand::getFeaturesState, number(4)).status, AmtStatus::invalidParameter);
  EXPECT_EQ(host.ask(AmthiCommand::getCurrentPowerPolicy).data, ansi("Desktop: ON in S0"));
  EXPECT_EQ(hexOf(host, AmthiCommand::getLastHostResetReason),
            "01000000"
            "00000000");
  auto me = host.machine->me();
  ASSERT_EQ(machine::remoteControl(me, {.command = 16}), AmtStatus::success);
  Bytes byRemoteControl(4);
  appendLe32(byRemoteControl, static_cast<std::uint32_t>(host.machine->now.ms / 1000));
  EXPECT_EQ(host.ask(AmthiCommand::getLastHostResetReason).data, byRemoteControl);
  Host laptop(MachineBuilder("amt-4.0").build());
  EXPECT_EQ(laptop.ask(AmthiCommand::getCurrentPowerPolicy).data, ansi("Mobile: ON in S0"));
}

TEST(AmthiInformation, everyPowerPackageHasAName) {
  for (const auto& name : testing::profileNames()) {
    Host host(MachineBuilder(name).build());
    auto me = host.machine->me();
    std::vector<std::string> names;
    for (const auto& package : machine::powerPackages(me)) {
      ASSERT_EQ(machine::setPowerPackage(me, package), AmtStatus::success);
      names.push_back(machine::powerPackageName(me));
    }
    std::ranges::sort(names);
    EXPECT_EQ(std::ranges::adjacent_find(names), names.end()) << name;
  }
}

TEST(AmthiInformation, remoteAccessIsNotConfigured) {
  Host host(MachineBuilder("amt-4.2").build());
  EXPECT_EQ(hexOf(host, AmthiCommand::getRemoteAccessConnectionStatus), std::string(28, '0'));
  EXPECT_EQ(host.number(AmthiCommand::getUserInitiatedEnabledInterfaces), 0U);
  EXPECT_EQ(host.ask(AmthiCommand::openUserInitiatedConnection).status, AmtStatus::invalidPtMode);
  EXPECT_EQ(host.ask(AmthiCommand::closeUserInitiatedConnection).status, AmtStatus::invalidPtMode);
  Host desktop(MachineBuilder("amt-5.2").build());
  EXPECT_EQ(hexOf(desktop, AmthiCommand::getConfigServerData),
            "f326" + std::string(92, '0') + "0f00" + toHex(asBytes("provisionserver")));
}

TEST(AmthiInformation, theLinkStateOfClassOne) {
  Host host(MachineBuilder("amt-2.1").build());
  Bytes id(16);
  EXPECT_EQ(host.ask(AmthiCommand::getAmtState, id).status, AmtStatus::invalidParameter);
  id.back() = 1;
  EXPECT_EQ(hexOf(host, AmthiCommand::getAmtState, id), toHex(id) +
                                                            "05000000"
                                                            "0100010100");
  host.machine->hot.linkUp = false;
  EXPECT_EQ(hexOf(host, AmthiCommand::getAmtState, id), toHex(id) +
                                                            "05000000"
                                                            "0000010100");
}

TEST(AmthiInformation, aWornFlashTakesNothing) {
  Host host(MachineBuilder("amt-3.2.2").build());
  host.machine->hot.flashLockedUntil = host.machine->now + MeDuration::minutes(1);
  const auto locked = AmtStatus::flashWriteLimitExceeded;
  EXPECT_EQ(host.ask(AmthiCommand::setProvisioningServerOtp, ansi("one-time-word")).status, locked);
  EXPECT_EQ(host.ask(AmthiCommand::setDnsSuffix, ansi("corp.example")).status, locked);
  EXPECT_EQ(host.ask(AmthiCommand::setZeroTouchEnabled, number(0)).status, locked);
}

TEST(AmthiInformation, aSuffixIsAName) {
  Host host(MachineBuilder("amt-3.2.2").build());
  const auto set = [&](std::string_view suffix) { return host.ask(AmthiCommand::setDnsSuffix, ansi(suffix)).status; };
  EXPECT_EQ(set(""), AmtStatus::invalidParameter);
  EXPECT_EQ(set("corp example"), AmtStatus::invalidParameter);
  EXPECT_EQ(set(std::string(224, 'a')), AmtStatus::invalidParameter);
  EXPECT_EQ(set(std::string(223, 'a')), AmtStatus::success);
  EXPECT_EQ(set("corp.example"), AmtStatus::success);
  EXPECT_EQ(host.ask(AmthiCommand::getPkiFqdnSuffix).data, ansi("corp.example"));
  Host done(MachineBuilder("amt-3.2.2").operational("P@ssw0rd").build());
  EXPECT_EQ(done.ask(AmthiCommand::setDnsSuffix, ansi("corp.example")).status, AmtStatus::invalidPtMode);
}

TEST(AmthiInformation, answersTakeTheirTime) {
  Host host(MachineBuilder("amt-3.2.2").timing(1).with([](auto& profile) { profile.timing.jitterPct = 0; }).build());
  EXPECT_EQ(host.react(wire::amthi::request(AmthiCommand::getProvisioningState)).latency.ms, 20);
  EXPECT_EQ(host.react(wire::amthi::request(AmthiCommand::setProvisioningServerOtp, ansi("one-time-word"))).latency.ms,
            20 + 350);
  EXPECT_EQ(host.react(wire::amthi::request(AmthiCommand::setProvisioningServerOtp, ansi("short"))).latency.ms, 20);
}

}  // namespace
}  // namespace vme::firmware::heci
