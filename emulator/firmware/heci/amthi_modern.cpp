// AMTHI commands of firmware from 6.0 on. No profile of 2.x to 5.x has them; a compatibility set adds them for tools of
// today (heci.md 4.2).

#include <array>

#include "firmware/heci/amthi.hpp"
#include "machine/accounts.hpp"
#include "machine/host_requests.hpp"

namespace vme::firmware::heci {
namespace {

using wire::amthi::ansi;
using wire::amthi::number;

AmthiAnswer getIpv6LanInterfaceStatus(const AmthiCall&) {
  return AmtStatus::ipv6InterfaceDisabled;
}

AmthiAnswer getFqdn(const AmthiCall& call) {
  const auto& nvram = call.me.nvram();
  auto fqdn = nvram.hostName;
  if (!fqdn.empty() && !nvram.domainName.empty()) fqdn += "." + nvram.domainName;
  if (fqdn.empty()) fqdn = nvram.host.hostFqdn;
  const auto hostLength = fqdn.substr(0, fqdn.find('.')).size();
  Bytes data;
  for (const std::uint32_t value : {1U /* shared with the host */, 0U, 0U, 0U}) appendLe32(data, value);
  appendLe32(data, static_cast<std::uint32_t>(hostLength));
  const auto text = ansi(fqdn);
  data.insert(data.end(), text.begin(), text.end());
  return data;
}

AmthiAnswer setHostFqdn(const AmthiCall& call) {
  const auto fqdn = wire::amthi::readAnsi(call.data);
  return fqdn ? machine::setHostFqdn(call.me, *fqdn) : AmtStatus::invalidMessageLength;
}

AmthiAnswer getRedirectionState(const AmthiCall& call) {
  const auto& interfaces = call.me.nvram().interfaces;
  return number((interfaces.serialOverLan ? 1U : 0U) | (interfaces.ideRedirection ? 2U : 0U));
}

AmthiAnswer getUuid(const AmthiCall& call) {
  const auto& bytes = call.me.identity.uuid.wire;
  return Bytes(bytes.begin(), bytes.end());
}

AmthiAnswer getLocalSystemAccount(const AmthiCall& call) {
  const auto account = machine::localSystemAccount(call.me);
  return wire::amthi::encode(wire::amthi::LocalAccount{account.user, account.password});
}

AmthiAnswer getControlMode(const AmthiCall& call) {
  constexpr std::uint32_t kNone = 0, kAdmin = 2;
  return number(call.me.hot.state == machine::State::operational ? kAdmin : kNone);
}

AmthiAnswer getEhbcState(const AmthiCall&) {
  return number(0);
}

constexpr std::array kModernRows{
    AmthiRow{AmthiCommand::getIpv6LanInterfaceStatus, 4, 4, getIpv6LanInterfaceStatus},
    AmthiRow{AmthiCommand::getFqdn, 0, 0, getFqdn},
    AmthiRow{AmthiCommand::setHostFqdn, 2, 4096, setHostFqdn},
    AmthiRow{AmthiCommand::getRedirectionState, 0, 0, getRedirectionState},
    AmthiRow{AmthiCommand::getUuid, 0, 0, getUuid},
    AmthiRow{AmthiCommand::getLocalSystemAccount, 40, 40, getLocalSystemAccount},
    AmthiRow{AmthiCommand::getControlMode, 0, 0, getControlMode},
    AmthiRow{AmthiCommand::getEhbcState, 0, 0, getEhbcState},
};

}  // namespace

std::span<const AmthiRow> amthiModernRows() {
  return kModernRows;
}

}  // namespace vme::firmware::heci
