#include "machine/network.hpp"

#include <algorithm>
#include <bit>

#include "machine/reachability.hpp"
#include "machine/setup.hpp"

namespace vme::machine {
namespace {

constexpr std::size_t kMaxHostName = 63;
constexpr std::size_t kMaxDomainName = 191;

bool isNameCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

bool isContiguous(std::uint32_t mask) {
  return mask != 0 && std::countl_one(mask) == std::popcount(mask);
}

bool isUnicast(std::uint32_t address) {
  return address != 0 && address < 0xE0000000U;
}

}  // namespace

AmtStatus setHostName(Me& me, std::string_view name) {
  if (name.size() > kMaxHostName || !std::ranges::all_of(name, isNameCharacter)) return AmtStatus::invalidName;
  if (!storeToFlash(me)) return AmtStatus::flashWriteLimitExceeded;
  me.change().hostName = name;
  return AmtStatus::success;
}

AmtStatus setDomainName(Me& me, std::string_view name) {
  const auto allowed = [](char c) { return isNameCharacter(c) || c == '.'; };
  if (name.size() > kMaxDomainName || !std::ranges::all_of(name, allowed)) return AmtStatus::invalidDomainName;
  if (!storeToFlash(me)) return AmtStatus::flashWriteLimitExceeded;
  me.change().domainName = name;
  return AmtStatus::success;
}

AmtStatus setPingResponse(Me& me, bool enabled) {
  if (!storeToFlash(me)) return AmtStatus::flashWriteLimitExceeded;
  me.change().pingResponse = enabled;
  return AmtStatus::success;
}

AmtStatus setWired(Me& me, const InterfaceSettings& settings) {
  if (settings.fixed) {
    if (settings.dhcp || settings.sharedMac) return AmtStatus::invalidDhcpMode;
    if (!isContiguous(settings.fixed->mask)) return AmtStatus::invalidNetmask;
    if (!isUnicast(settings.fixed->address)) return AmtStatus::invalidIpAddress;
  }
  if (!storeToFlash(me)) return AmtStatus::flashWriteLimitExceeded;
  me.change().wired = settings;
  return AmtStatus::success;
}

AmtStatus setInterfaces(Me& me, const EnabledInterfaces& interfaces) {
  if (!storeToFlash(me)) return AmtStatus::flashWriteLimitExceeded;
  me.change().interfaces = interfaces;
  return AmtStatus::success;
}

Ipv4Settings ipv4(const Me& me) {
  const auto& fixed = me.nvram().wired.fixed;
  if (fixed) return *fixed;
  // What a DHCP server of the fleet's own network would have given: the lowest address is gateway and resolver.
  const std::uint32_t own = me.identity.ipv4;
  const std::uint32_t mask = 0xFF000000U;
  const std::uint32_t gateway = (own & mask) | 1U;
  return {own, mask, gateway, gateway, 0};
}

PortState portState(const Me& me, std::uint16_t port, AccessPermission from) {
  const bool local = from == AccessPermission::local;
  if (!local && whyUnreachable(me) != Reason::none) return PortState::closed;
  const bool isDown = me.hot.recovering || me.hot.powerState == kMechanicalOff || me.now < me.hot.closedUntil;
  if (isDown) return PortState::closed;
  const auto& tls = local ? me.nvram().tls.local : me.nvram().tls.network;
  switch (me.hot.state) {
    case State::inSetup:
      return port == kHttpsPort ? PortState::setupTls : PortState::closed;
    case State::operational:
      if (port == kHttpsPort) return tls.enabled ? PortState::operationalTls : PortState::closed;
      if (port == kHttpPort) return !tls.enabled || tls.acceptNonSecure ? PortState::plain : PortState::closed;
      return PortState::closed;
    case State::factory:
    case State::quiet:
      break;
  }
  return PortState::closed;
}

}  // namespace vme::machine
