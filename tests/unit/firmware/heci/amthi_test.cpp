// AMTHI from the host's side: golden bytes, the statuses of heci.md 4.4, lengths and versions that lie.

#include "wire/amthi.hpp"

#include <gtest/gtest.h>

#include "firmware/heci/amthi.hpp"
#include "host_side.hpp"
#include "machine/accounts.hpp"
#include "machine/setup.hpp"
#include "testing/machine_builder.hpp"

namespace vme::firmware::heci {
namespace {

using machine::State;
using testing::MachineBuilder;
using wire::AmtStatus;
using wire::amthi::ansi;
using wire::amthi::number;

Bytes hex(std::string_view text) {
  return *fromHex(text);
}

TEST(Amthi, provisioningStateOfAFactoryMachineByteForByte) {
  Host host(MachineBuilder("amt-3.2.2").build());
  // heci.md 4.2, worked example.
  EXPECT_EQ(toHex(host.send(hex("010100001100000400000000"))), "0101000011008004080000000000000000000000");
}

TEST(Amthi, stateOfEveryPhase) {
  EXPECT_EQ(Host(MachineBuilder("amt-5.0").build()).number(AmthiCommand::getProvisioningState), 0U);
  EXPECT_EQ(Host(MachineBuilder("amt-5.0").inSetupByPki().build()).number(AmthiCommand::getProvisioningState), 1U);
  EXPECT_EQ(Host(MachineBuilder("amt-5.0").operational("P@ssw0rd").build()).number(AmthiCommand::getProvisioningState),
            2U);
}

TEST(Amthi, codeVersionsOfEveryProfile) {
  for (const auto& name : testing::profileNames()) {
    Host host(MachineBuilder(name).build());
    const auto answer = host.ask(AmthiCommand::getCodeVersions);
    const auto versions = wire::amthi::parseCodeVersions(answer.data);
    ASSERT_TRUE(versions) << name;
    EXPECT_EQ(versions->of("AMT"), host.machine->profile.identity.version);
    EXPECT_EQ(versions->of("Sku"), std::to_string(host.machine->profile.identity.sku));
    EXPECT_EQ(versions->of("VendorID"), "8086");
    EXPECT_EQ(versions->entries.size(), 10U);
  }
}

TEST(Amthi, everyProfileAnswersItsCommandsAndNoOther) {
  for (const auto& name : testing::profileNames()) {
    Host host(MachineBuilder(name).build());
    for (std::uint32_t operation = 0; operation < 0x100; ++operation) {
      const AmthiCommand command{0x04000000 | operation};
      const auto answer = host.ask(command);
      const bool known = host.machine->profile.heci.has(command);
      EXPECT_EQ(answer.status == AmtStatus::unsupported, !known) << name << " " << operation;
    }
  }
}

/// Written down from heci.md 4.2 apart from the profiles, in the order of their names.
struct Generations {
  std::string_view since;  // + has, - has not: 2.1, 2.2.10, 2.2.20, 2.5, 2.6.20, 3.0, 3.2.2, 4.0, 4.2, 5.0, 5.2
  std::vector<std::uint32_t> operations;
};
const std::vector<Generations>& generations() {
  static const std::vector<Generations> kAll{
      {"+++++++++++", {0x06, 0x08, 0x10, 0x11, 0x1A, 0x1B, 0x25, 0x3B}},
      {"-++-+++++++", {0x28, 0x29, 0x2A, 0x2B, 0x2C, 0x2D, 0x2E, 0x2F, 0x30, 0x36, 0x3A}},
      {"---++++++++", {0x3E, 0x3F, 0x48}},
      {"-----++++++", {0x1E, 0x47, 0x49, 0x4A}},
      {"-------++++", {0x44, 0x45, 0x46, 0x4D}},
      {"---------++", {0x4E}},
      {"-----------", {0x27, 0x52, 0x56, 0x58, 0x5B, 0x5C, 0x5E, 0x62, 0x67, 0x6B, 0x7C, 0x84, 0x85, 0x87, 0x88}},
  };
  return kAll;
}

TEST(Amthi, everyGenerationHasItsCommands) {
  const auto names = testing::profileNames();
  for (const auto& [since, operations] : generations()) {
    ASSERT_EQ(since.size(), names.size());
    for (std::size_t i = 0; i < names.size(); ++i) {
      Host host(MachineBuilder(names[i]).build());
      for (const auto operation : operations) {
        const auto status = host.ask(AmthiCommand{0x04000000 | operation}).status;
        EXPECT_EQ(status != AmtStatus::unsupported, since[i] == '+') << names[i] << " " << operation;
      }
    }
  }
}

TEST(Amthi, everyCommandKeepsToItsLength) {
  for (const auto rows : {amthiSetupRows(), amthiInfoRows(), amthiModernRows()}) {
    for (const auto& row : rows) {
      Host host(MachineBuilder("amt-5.2").build());
      host.machine->profile.heci.extraCommands = {row.command};
      const auto number = static_cast<std::uint32_t>(row.command);
      const auto whole = wire::amthi::request(row.command, Bytes(row.least));
      for (std::size_t size = wire::amthi::kHeaderSize; size < whole.size(); ++size) {
        EXPECT_EQ(host.statusOf(ByteView(whole).first(size)), AmtStatus::invalidMessageLength) << number << " " << size;
      }
      const auto longer = wire::amthi::request(row.command, Bytes(row.most + 1));
      EXPECT_EQ(host.statusOf(longer), AmtStatus::invalidMessageLength) << number;
      auto lying = whole;
      ++lying[8];
      EXPECT_EQ(host.statusOf(lying), AmtStatus::invalidMessageLength) << number;
      host.send(whole);
    }
  }
}

TEST(Amthi, remoteConfigurationCameWith22And26) {
  for (const auto& [name, has] :
       {std::pair("amt-2.1", false), std::pair("amt-2.2.20", true), std::pair("amt-2.5", false),
        std::pair("amt-2.6.20", true), std::pair("amt-3.0", true)}) {
    Host host(MachineBuilder(name).build());
    EXPECT_EQ(host.ask(AmthiCommand::getRngSeedStatus).status == AmtStatus::success, has) << name;
  }
}

TEST(Amthi, anUnknownCommandAsTheProfileHasIt) {
  const auto unknown = wire::amthi::request(AmthiCommand{0x040000FE});
  Host status(MachineBuilder("amt-4.0").build());
  EXPECT_EQ(toHex(status.send(unknown)), "01010000fe0080040400000012080000");
  Host empty(
      MachineBuilder("amt-4.0").with([](auto& p) { p.heci.unknownCommand = profile::UnknownCommand::empty; }).build());
  const auto reaction = empty.react(unknown);
  ASSERT_EQ(reaction.actions.size(), 1U);
  EXPECT_TRUE(std::get<Send>(reaction.actions[0]).message.empty());
  Host silent(
      MachineBuilder("amt-4.0").with([](auto& p) { p.heci.unknownCommand = profile::UnknownCommand::silent; }).build());
  EXPECT_TRUE(silent.react(unknown).actions.empty());
}

TEST(Amthi, lessThanAHeaderIsNotAnswered) {
  Host host(MachineBuilder("amt-3.2.2").build());
  const auto request = wire::amthi::request(AmthiCommand::getProvisioningState);
  for (std::size_t size = 0; size < wire::amthi::kHeaderSize; ++size) {
    EXPECT_TRUE(host.react(ByteView(request).first(size)).actions.empty()) << size;
  }
}

TEST(Amthi, versionsAndReservedBytes) {
  Host host(MachineBuilder("amt-3.2.2").build());
  for (const std::size_t at : {0U, 1U, 2U, 3U}) {
    auto request = wire::amthi::request(AmthiCommand::getProvisioningState);
    request[at] = 2;
    EXPECT_EQ(host.statusOf(request), AmtStatus::unsupportedVersion) << at;
  }
}

TEST(Amthi, lengthsThatLie) {
  Host host(MachineBuilder("amt-3.2.2").build());
  auto request = wire::amthi::request(AmthiCommand::getCertificateHashEntry, number(1));
  EXPECT_EQ(host.statusOf(request), AmtStatus::success);
  for (std::size_t size = wire::amthi::kHeaderSize; size < request.size(); ++size) {
    EXPECT_EQ(host.statusOf(ByteView(request).first(size)), AmtStatus::invalidMessageLength) << size;
  }
  request.push_back(0);
  EXPECT_EQ(host.statusOf(request), AmtStatus::invalidMessageLength);
  request[8] = 5;
  EXPECT_EQ(host.statusOf(request), AmtStatus::invalidMessageLength) << "one byte too many, and said so";
  request[11] = 0xFF;
  EXPECT_EQ(host.statusOf(request), AmtStatus::invalidMessageLength);
}

TEST(Amthi, theOneTimePassword) {
  Host host(MachineBuilder("amt-2.6.20").build());
  const auto set = [&](std::string_view otp) {
    return host.ask(AmthiCommand::setProvisioningServerOtp, ansi(otp)).status;
  };
  EXPECT_EQ(set("seven77"), AmtStatus::invalidMessageLength);
  EXPECT_EQ(set(std::string(33, 'x')), AmtStatus::invalidMessageLength);
  EXPECT_EQ(set("with\ttab"), AmtStatus::invalidParameter);
  EXPECT_EQ(set("eight888"), AmtStatus::success);
  EXPECT_EQ(set(std::string("one-time-word\0", 14)), AmtStatus::success);  // as LMS sends it
  EXPECT_EQ(asText(machine::provisioningOtp(host.machine->me())), "one-time-word");
  auto lying = ansi("eight888");
  lying[0] = 9;
  EXPECT_EQ(host.ask(AmthiCommand::setProvisioningServerOtp, lying).status, AmtStatus::invalidMessageLength);
}

TEST(Amthi, aOneTimePasswordComesBeforeSetUpOrAfterItsWindow) {
  Host host(MachineBuilder("amt-3.2.2").inSetupByPki().build());
  const auto otp = ansi("one-time-word");
  EXPECT_EQ(host.ask(AmthiCommand::setProvisioningServerOtp, otp).status, AmtStatus::invalidPtMode);
  host.machine->pass(MeDuration::hours(30));
  host.deadline();
  ASSERT_EQ(host.machine->hot.state, State::quiet);
  EXPECT_EQ(host.ask(AmthiCommand::setProvisioningServerOtp, otp).status, AmtStatus::success);
  EXPECT_EQ(host.ask(AmthiCommand::startConfiguration).status, AmtStatus::success);
  EXPECT_EQ(asText(machine::provisioningOtp(host.machine->me())), "one-time-word");
  host.machine->pass(MeDuration::hours(30));
  host.deadline();
  EXPECT_TRUE(machine::provisioningOtp(host.machine->me()).empty()) << "the window took it along";
  Host done(MachineBuilder("amt-3.2.2").operational("P@ssw0rd").build());
  EXPECT_EQ(done.ask(AmthiCommand::setProvisioningServerOtp, otp).status, AmtStatus::invalidPtMode);
}

TEST(Amthi, theRngSeedOf26) {
  Host host(MachineBuilder("amt-2.6.20").timing(1).build());
  host.machine->profile.prov.keygenS = 0;
  EXPECT_EQ(host.number(AmthiCommand::getRngSeedStatus), 2U);
  EXPECT_EQ(host.ask(AmthiCommand::startConfiguration).status, AmtStatus::rngNotReady);
  EXPECT_EQ(host.ask(AmthiCommand::generateRngSeed).status, AmtStatus::success);
  EXPECT_EQ(host.number(AmthiCommand::getRngSeedStatus), 1U);
  EXPECT_EQ(host.ask(AmthiCommand::generateRngSeed).status, AmtStatus::rngGenerationInProgress);
  EXPECT_EQ(host.ask(AmthiCommand::startConfiguration).status, AmtStatus::rngNotReady);
  ASSERT_EQ(host.machine->hot.wakeAt, host.machine->now + MeDuration::seconds(120));
  host.machine->now = host.machine->hot.wakeAt;
  host.deadline();
  EXPECT_EQ(host.number(AmthiCommand::getRngSeedStatus), 0U);
  EXPECT_EQ(host.machine->hot.wakeAt, MeTime::never());
  EXPECT_EQ(host.ask(AmthiCommand::generateRngSeed).status, AmtStatus::success);
  EXPECT_EQ(host.ask(AmthiCommand::startConfiguration).status, AmtStatus::success);
}

TEST(Amthi, aSeedInTheMakingIsLostWithThePower) {
  Host host(MachineBuilder("amt-2.2.20").timing(1).build());
  host.ask(AmthiCommand::generateRngSeed);
  auto me = host.machine->me();
  machine::powerBack(me, host.effects);
  EXPECT_EQ(host.number(AmthiCommand::getRngSeedStatus), 2U);
  EXPECT_EQ(host.machine->hot.wakeAt, MeTime::never());
}

TEST(Amthi, aMachineThatWasSetUpHasASeed) {
  Host host(MachineBuilder("amt-2.6.20").operational("P@ssw0rd").build());
  EXPECT_EQ(host.number(AmthiCommand::getRngSeedStatus), 0U);
  EXPECT_EQ(host.ask(AmthiCommand::generateRngSeed).status, AmtStatus::invalidPtMode);
  auto me = host.machine->me();
  ASSERT_EQ(machine::unprovision(me, machine::ProvisioningMode::none, host.effects), AmtStatus::success);
  EXPECT_EQ(host.number(AmthiCommand::getRngSeedStatus), 0U);
}

TEST(Amthi, startConfigurationSaysWhyNot) {
  Host running(MachineBuilder("amt-3.2.2").inSetupByPki().build());
  EXPECT_EQ(running.ask(AmthiCommand::startConfiguration).status, AmtStatus::invalidPtMode);
  Host done(MachineBuilder("amt-3.2.2").operational("P@ssw0rd").build());
  EXPECT_EQ(done.ask(AmthiCommand::startConfiguration).status, AmtStatus::invalidPtMode);
  Host noSuffix(MachineBuilder("amt-3.2.2").dhcpSuffix("").build());
  EXPECT_EQ(noSuffix.ask(AmthiCommand::startConfiguration).status, AmtStatus::notReady);
  EXPECT_EQ(noSuffix.ask(AmthiCommand::setDnsSuffix, ansi("corp.example")).status, AmtStatus::success);
  EXPECT_EQ(noSuffix.ask(AmthiCommand::startConfiguration).status, AmtStatus::success);
  Host resetting(MachineBuilder("amt-3.2.2").build());
  resetting.machine->hot.closedUntil = resetting.machine->now + MeDuration::seconds(1);
  EXPECT_EQ(resetting.ask(AmthiCommand::startConfiguration).status, AmtStatus::notReady);
  resetting.machine->pass(MeDuration::seconds(1));
  EXPECT_EQ(resetting.ask(AmthiCommand::startConfiguration).status, AmtStatus::success);
}

TEST(Amthi, portsStayClosedWhileTheCertificateIsMade) {
  Host host(MachineBuilder("amt-3.2.2").timing(1).build());
  EXPECT_EQ(host.ask(AmthiCommand::startConfiguration).status, AmtStatus::certificateNotReady);
  EXPECT_EQ(host.machine->hot.state, State::inSetup);
  EXPECT_EQ(machine::portState(host.machine->me(), machine::kHttpsPort), machine::PortState::closed);
  EXPECT_EQ(host.machine->hot.wakeAt, host.machine->now + MeDuration::seconds(45));
  host.machine->now = host.machine->hot.wakeAt;
  EXPECT_EQ(machine::portState(host.machine->me(), machine::kHttpsPort), machine::PortState::setupTls);
  const auto effects = host.deadline();
  ASSERT_EQ(effects.size(), 1U);
  EXPECT_TRUE(std::holds_alternative<machine::SendHello>(effects[0]));
}

TEST(Amthi, rootHashes) {
  Host host(MachineBuilder("amt-3.0").build());
  const auto handles = wire::amthi::parseHandles(host.ask(AmthiCommand::enumerateHashHandles).data);
  ASSERT_TRUE(handles);
  ASSERT_EQ(handles->size(), 5U);
  const auto data = host.ask(AmthiCommand::getCertificateHashEntry, number(handles->front())).data;
  const auto entry = wire::amthi::parseHashEntry(data);
  ASSERT_TRUE(entry);
  EXPECT_EQ(data.size(), 75 + entry->name.size());
  EXPECT_EQ(entry->name, "VeriSign Class 3 Primary CA-G1");
  EXPECT_EQ(toHex(entry->hash.hash), "742c3192e607e424eb4549542be1bbc53e6174e2");
  EXPECT_TRUE(entry->isDefault && entry->isActive);
  EXPECT_EQ(host.ask(AmthiCommand::getCertificateHashEntry, number(77)).status, AmtStatus::invalidHandle);
  Host documented(MachineBuilder("amt-3.2.2").build());
  EXPECT_EQ(documented.ask(AmthiCommand::getCertificateHashEntry, number(77)).status, AmtStatus::notFound);
}

TEST(Amthi, zeroTouchSwitchedOffByTheHost) {
  Host host(MachineBuilder("amt-4.0").build());
  EXPECT_EQ(host.number(AmthiCommand::getZeroTouchEnabled), 1U);
  EXPECT_EQ(host.number(AmthiCommand::getProvisioningTlsMode), 2U);
  EXPECT_EQ(host.ask(AmthiCommand::setZeroTouchEnabled, number(2)).status, AmtStatus::invalidParameter);
  EXPECT_EQ(host.ask(AmthiCommand::setZeroTouchEnabled, number(0)).status, AmtStatus::success);
  EXPECT_EQ(host.number(AmthiCommand::getZeroTouchEnabled), 0U);
  EXPECT_EQ(host.number(AmthiCommand::getProvisioningTlsMode), 0U);
  Host psk(MachineBuilder("amt-4.0").inSetupByPsk().build());
  EXPECT_EQ(psk.number(AmthiCommand::getProvisioningTlsMode), 1U);
  EXPECT_EQ(psk.ask(AmthiCommand::setZeroTouchEnabled, number(0)).status, AmtStatus::invalidPtMode);
}

TEST(Amthi, theHostUnprovisionsWhereTheProfileLetsIt) {
  Host host(MachineBuilder("amt-5.0").operational("P@ssw0rd").build());
  EXPECT_EQ(host.ask(AmthiCommand::unprovision, number(0)).status, AmtStatus::invalidPtMode);
  host.machine->profile.heci.localUnprovision = true;
  EXPECT_EQ(host.ask(AmthiCommand::unprovision, number(3)).status, AmtStatus::invalidParameter);
  EXPECT_EQ(host.ask(AmthiCommand::unprovision, number(0)).status, AmtStatus::success);
  EXPECT_EQ(host.machine->hot.state, State::factory);
  EXPECT_EQ(host.ask(AmthiCommand::unprovision, number(0)).status, AmtStatus::invalidPtMode);
}

TEST(Amthi, laptopsHaveAWirelessInterface) {
  Host laptop(MachineBuilder("amt-4.0").address(0x7F000001).build());
  const auto wired = wire::amthi::parseLanSettings(laptop.ask(AmthiCommand::getLanInterfaceSettings, number(0)).data);
  ASSERT_TRUE(wired);
  EXPECT_TRUE(wired->enabled && wired->dhcp && wired->link);
  EXPECT_EQ(wired->ipv4, 0x7F000001U);
  EXPECT_EQ(laptop.ask(AmthiCommand::getLanInterfaceSettings, number(1)).status, AmtStatus::success);
  Host desktop(MachineBuilder("amt-5.0").build());
  EXPECT_EQ(desktop.ask(AmthiCommand::getLanInterfaceSettings, number(1)).status, AmtStatus::invalidIndex);
}

}  // namespace
}  // namespace vme::firmware::heci
