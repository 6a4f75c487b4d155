// AMT_GeneralSettings and AMT_EthernetPortSettings.

#include "machine/network.hpp"

#include <algorithm>
#include <array>

#include "firmware/wsman/call.hpp"
#include "firmware/wsman/catalogue/providers.hpp"
#include "machine/accounts.hpp"
#include "machine/power.hpp"
#include "wire/ipv4_text.hpp"

namespace vme::firmware::wsman {
namespace {

using wire::AmtStatus;

// The elements of LinkPolicy, each a set of bits of the machine's policy (wsman-classes.md, AMT_EthernetPortSettings).
constexpr std::array kLinkPolicies{0x01U, 0x0EU, 0x10U, 0xE0U};

void addAddress(Values& out, std::uint32_t address) {
  if (address != 0) out.add(wire::dottedQuad(address));
}

/// Reads the address into `into`; an absent or empty element leaves it. False: no IPv4 address.
bool take(const Inputs& in, std::string_view name, std::uint32_t& into) {
  const auto text = in.text(name);
  if (!text || text->empty()) return true;
  const auto address = wire::parseAddress(*text);
  if (address) into = *address;
  return address.has_value();
}

std::optional<std::uint32_t> linkPolicyFrom(const Inputs& in, std::uint32_t current) {
  const auto texts = in.texts("LinkPolicy");
  if (texts.empty()) return current;
  std::uint32_t bits = 0;
  for (const auto text : texts) {
    const auto known = std::ranges::find_if(kLinkPolicies, [text](unsigned p) { return text == std::to_string(p); });
    if (known == kLinkPolicies.end()) return std::nullopt;
    bits |= *known;
  }
  return bits;
}

template <typename Set, typename T>
std::optional<Fault> setWhenDifferent(machine::Me& me, Set set, const std::optional<T>& wanted, const T& current) {
  return wanted && *wanted != current ? faultOf(set(me, *wanted)) : std::nullopt;
}

}  // namespace

namespace values::network {

void digestRealm(const machine::Me& me, std::uint32_t, Values& out) {
  out.add(machine::digestRealm(me));
}

void hostName(const machine::Me& me, std::uint32_t, Values& out) {
  out.add(me.nvram().hostName);
}

void domainName(const machine::Me& me, std::uint32_t, Values& out) {
  out.add(me.nvram().domainName);
}

void pingResponse(const machine::Me& me, std::uint32_t, Values& out) {
  out.add(me.nvram().pingResponse);
}

void idleWakeTimeout(const machine::Me& me, std::uint32_t, Values& out) {
  out.add(machine::idleWakeMinutes(me));
}

void dhcp(const machine::Me& me, std::uint32_t, Values& out) {
  out.add(me.nvram().wired.dhcp);
}

void address(const machine::Me& me, std::uint32_t, Values& out) {
  addAddress(out, machine::ipv4(me).address);
}

void mask(const machine::Me& me, std::uint32_t, Values& out) {
  addAddress(out, machine::ipv4(me).mask);
}

void gateway(const machine::Me& me, std::uint32_t, Values& out) {
  addAddress(out, machine::ipv4(me).gateway);
}

void primaryDns(const machine::Me& me, std::uint32_t, Values& out) {
  addAddress(out, machine::ipv4(me).primaryDns);
}

void secondaryDns(const machine::Me& me, std::uint32_t, Values& out) {
  addAddress(out, machine::ipv4(me).secondaryDns);
}

void linkIsUp(const machine::Me& me, std::uint32_t, Values& out) {
  out.add(static_cast<bool>(me.hot.linkUp));
}

void linkPolicy(const machine::Me& me, std::uint32_t, Values& out) {
  for (const auto policy : kLinkPolicies) {
    if ((me.nvram().wired.linkPolicy & policy) == policy) out.add(policy);
  }
}

void sharedMac(const machine::Me& me, std::uint32_t, Values& out) {
  out.add(me.nvram().wired.sharedMac);
}

}  // namespace values::network

namespace edits {

/// Stores what differs, so that putting back what was read costs no flash write.
std::optional<Fault> putGeneralSettings(Edit& edit) {
  auto& me = edit.me;
  // The emulated ME has no state in which its network interface is off.
  if (edit.in.boolean("NetworkInterfaceEnabled") == false) return faultOf(AmtStatus::unsupported);
  const std::string hostName = me.nvram().hostName;
  if (auto f = setWhenDifferent<>(me, machine::setHostName, edit.in.text("HostName"), std::string_view(hostName))) {
    return f;
  }
  const std::string domain = me.nvram().domainName;
  if (auto f = setWhenDifferent<>(me, machine::setDomainName, edit.in.text("DomainName"), std::string_view(domain))) {
    return f;
  }
  const auto ping = edit.in.boolean("PingResponseEnabled");
  if (auto f = setWhenDifferent<>(me, machine::setPingResponse, ping, me.nvram().pingResponse)) return f;
  const auto idle = edit.in.number("IdleWakeTimeout");
  if (!idle || *idle == machine::idleWakeMinutes(me)) return std::nullopt;
  return faultOf(machine::setIdleWakeMinutes(me, static_cast<std::uint32_t>(*idle)));
}

std::optional<Fault> putEthernetPort(Edit& edit) {
  auto settings = edit.me.nvram().wired;
  settings.dhcp = edit.in.boolean("DHCPEnabled").value_or(settings.dhcp);
  settings.sharedMac = edit.in.boolean("SharedMAC").value_or(settings.sharedMac);
  const auto policy = linkPolicyFrom(edit.in, settings.linkPolicy);
  if (!policy) return Fault{FaultId::invalidRepresentation};
  settings.linkPolicy = *policy;
  if (settings.dhcp) {
    settings.fixed.reset();  // what DHCP gave may be put back, and is ignored
  } else {
    auto fixed = settings.fixed.value_or(machine::Ipv4Settings{});
    const bool good = take(edit.in, "IPAddress", fixed.address) && take(edit.in, "SubnetMask", fixed.mask) &&
                      take(edit.in, "DefaultGateway", fixed.gateway) && take(edit.in, "PrimaryDNS", fixed.primaryDns) &&
                      take(edit.in, "SecondaryDNS", fixed.secondaryDns);
    if (!good) return Fault{FaultId::invalidRepresentation};
    settings.fixed = fixed;
  }
  return faultOf(machine::setWired(edit.me, settings));
}

}  // namespace edits
}  // namespace vme::firmware::wsman
