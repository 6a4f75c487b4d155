// AMTHI commands that tell what the machine is and how it is (heci.md 4.2).

#include <algorithm>
#include <array>

#include "firmware/heci/amthi.hpp"
#include "machine/accounts.hpp"
#include "machine/network.hpp"
#include "machine/power.hpp"

namespace vme::firmware::heci {
namespace {

using wire::amthi::ansi;
using wire::amthi::number;

Bytes numbers(std::initializer_list<std::uint32_t> values) {
  Bytes data;
  for (const auto value : values) appendLe32(data, value);
  return data;
}

void append(Bytes& out, ByteView bytes) {
  out.insert(out.end(), bytes.begin(), bytes.end());
}

AmthiAnswer getCodeVersions(const AmthiCall& call) {
  const auto& identity = call.me.profile.identity;
  const auto build = std::to_string(identity.build);
  wire::amthi::CodeVersions versions{.bios = call.me.profile.heci.biosVersion, .entries = {}};
  versions.entries = {{"Flash", identity.version},
                      {"Netstack", identity.version},
                      {"AMTApps", identity.version},
                      {"AMT", identity.version},
                      {"Sku", std::to_string(identity.sku)},
                      {"VendorID", identity.vendorId},
                      {"Build Number", build},
                      {"Recovery Version", identity.version},
                      {"Recovery Build Num", build},
                      {"Legacy Mode", identity.legacyMode ? "True" : "False"}};
  return wire::amthi::encode(versions);
}

AmthiAnswer getSecurityParameters(const AmthiCall& call) {
  const auto& hot = call.me.hot;
  const auto& nvram = call.me.nvram();
  const bool network = hot.state == machine::State::inSetup || hot.state == machine::State::operational;
  auto data =
      numbers({hot.mode == machine::ProvisioningMode::enterprise, nvram.tls.network.enabled,
               1,  // cryptography in hardware
               machine::heciNumber(hot.state), network, nvram.interfaces.serialOverLan, nvram.interfaces.ideRedirection,
               1,  // firmware update allowed
               hot.linkUp, call.me.profile.features.kvm});
  data.resize(17 * 4);
  return data;
}

AmthiAnswer getTcpipParameters(const AmthiCall& call) {
  const auto& me = call.me;
  const auto settings = machine::ipv4(me);
  auto data = numbers({me.nvram().wired.dhcp ? 2U : 1U, settings.address, settings.mask, settings.gateway,
                       settings.primaryDns, settings.secondaryDns});
  append(data, ansi(me.nvram().domainName.empty() ? me.environment.dhcpSuffix : me.nvram().domainName));
  return data;
}

AmthiAnswer getMacAddresses(const AmthiCall& call) {
  // AMT shares the host's address (firmware-profiles.md 1.3); a fleet's machine has no second one.
  return wire::amthi::encode(
      wire::amthi::MacAddresses{.dedicated = call.me.identity.mac, .host = call.me.identity.mac});
}

AmthiAnswer getAdminNetAclEntryStatus(const AmthiCall& call) {
  return number(machine::isAdminDefault(call.me) ? 1 : 0);
}

AmthiAnswer getAmtState(const AmthiCall& call) {
  std::array<std::uint8_t, 16> linkState{};
  linkState.back() = 1;
  if (!std::ranges::equal(call.data, linkState)) return AmtStatus::invalidParameter;
  Bytes data(call.data.begin(), call.data.end());
  // Link, reserved, crypto fuse, flash protection, last reset (none).
  const std::array<std::uint8_t, 5> state{call.me.hot.linkUp ? std::uint8_t{1} : std::uint8_t{0}, 0, 1, 1, 0};
  appendLe32(data, state.size());
  append(data, state);
  return data;
}

AmthiAnswer getDnsSuffixList(const AmthiCall& call) {
  std::string list = call.me.environment.dhcpSuffix;
  if (!list.empty()) list += '\0';
  return ansi(list);
}

AmthiAnswer getLanInterfaceSettings(const AmthiCall& call) {
  const auto& me = call.me;
  const auto index = readLe32(call.data, 0);
  if (index > 1 || (index == 1 && !me.profile.net.wifi)) return AmtStatus::invalidIndex;
  if (index == 1) return wire::amthi::encode(wire::amthi::LanSettings{});
  const bool hostRuns = me.hot.powerState == 0;
  const bool passive = me.nvram().wired.dhcp && hostRuns && me.profile.net.dhcpSniffInS0;
  return wire::amthi::encode(wire::amthi::LanSettings{.enabled = true,
                                                      .ipv4 = machine::ipv4(me).address,
                                                      .dhcp = me.nvram().wired.dhcp,
                                                      .dhcpIpMode = passive ? std::uint8_t{2} : std::uint8_t{1},
                                                      .link = me.hot.linkUp,
                                                      .mac = me.identity.mac});
}

AmthiAnswer getFeaturesState(const AmthiCall& call) {
  const auto& profile = call.me.profile;
  const auto& interfaces = call.me.nvram().interfaces;
  const auto id = readLe32(call.data, 0);
  switch (id) {
    case 0:
      return numbers({id, interfaces.ideRedirection, interfaces.serialOverLan, 0});
    case 1:
      return numbers({id, profile.sysdef.filters});
    case 2:
      return numbers({id, profile.api.webui && interfaces.webUi});
    case 3:
      return numbers({id, 0});  // endpoint access control is never configured
    default:
      return AmtStatus::invalidParameter;
  }
}

AmthiAnswer getCurrentPowerPolicy(const AmthiCall& call) {
  return ansi(machine::powerPackageName(call.me));
}

AmthiAnswer getLastHostResetReason(const AmthiCall& call) {
  constexpr std::uint32_t kRemoteControl = 0, kOther = 1;
  const auto time = call.me.nvram().host.lastRemoteReset;
  return numbers({time != 0 ? kRemoteControl : kOther, time});
}

AmthiAnswer getConfigServerData(const AmthiCall&) {
  // Nothing is stored: the name and port that the ME looks for by itself (provisioning.md 1.2).
  constexpr std::uint16_t kHelloPort = 9971;
  constexpr std::size_t kAddress = 46;
  Bytes data;
  appendLe16(data, kHelloPort);
  data.resize(data.size() + kAddress);
  append(data, ansi("provisionserver"));
  return data;
}

// Remote access: no policy and no server is configured, and the host is inside.

AmthiAnswer refuseUserInitiatedConnection(const AmthiCall&) {
  return AmtStatus::invalidPtMode;
}

AmthiAnswer getRemoteAccessConnectionStatus(const AmthiCall&) {
  auto data = numbers({0, 0, 0});  // a direct network, not connected, no trigger
  append(data, ansi(""));
  return data;
}

AmthiAnswer getUserInitiatedEnabledInterfaces(const AmthiCall&) {
  return number(0);
}

AmthiAnswer setEnterpriseAccess(const AmthiCall&) {
  return AmtStatus::remoteAccessNotGranted;
}

constexpr std::array kRows{
    AmthiRow{AmthiCommand::getCodeVersions, 0, 0, getCodeVersions},
    AmthiRow{AmthiCommand::getSecurityParameters, 0, 0, getSecurityParameters},
    AmthiRow{AmthiCommand::getTcpipParameters, 0, 0, getTcpipParameters},
    AmthiRow{AmthiCommand::getMacAddresses, 0, 0, getMacAddresses},
    AmthiRow{AmthiCommand::getAdminNetAclEntryStatus, 0, 0, getAdminNetAclEntryStatus},
    AmthiRow{AmthiCommand::getAmtState, 16, 16, getAmtState},
    AmthiRow{AmthiCommand::getDnsSuffixList, 0, 0, getDnsSuffixList},
    AmthiRow{AmthiCommand::getLanInterfaceSettings, 4, 4, getLanInterfaceSettings},
    AmthiRow{AmthiCommand::getFeaturesState, 4, 4, getFeaturesState},
    AmthiRow{AmthiCommand::getCurrentPowerPolicy, 0, 0, getCurrentPowerPolicy},
    AmthiRow{AmthiCommand::getLastHostResetReason, 0, 0, getLastHostResetReason},
    AmthiRow{AmthiCommand::getConfigServerData, 0, 0, getConfigServerData},
    AmthiRow{AmthiCommand::openUserInitiatedConnection, 0, 0, refuseUserInitiatedConnection},
    AmthiRow{AmthiCommand::closeUserInitiatedConnection, 0, 0, refuseUserInitiatedConnection},
    AmthiRow{AmthiCommand::getRemoteAccessConnectionStatus, 0, 0, getRemoteAccessConnectionStatus},
    AmthiRow{AmthiCommand::getUserInitiatedEnabledInterfaces, 0, 0, getUserInitiatedEnabledInterfaces},
    AmthiRow{AmthiCommand::setEnterpriseAccess, 18, 18, setEnterpriseAccess},
};

}  // namespace

std::span<const AmthiRow> amthiInfoRows() {
  return kRows;
}

}  // namespace vme::firmware::heci
