// Names, addresses, interfaces, and the clock that is set over the network.

#include "firmware/eoi/handlers.hpp"
#include "machine/clock.hpp"
#include "machine/network.hpp"

namespace vme::firmware::eoi {
namespace {

using machine::InterfaceSettings;
using machine::Ipv4Settings;

constexpr std::uint32_t kWired = 0;
constexpr std::string_view kSharedMac = "SHARED_MAC_ADDRESS";
constexpr std::string_view kSeparateMac = "SEPARATE_MAC_ADDRESS";

struct AddressRow {
  std::string_view name;
  std::uint32_t Ipv4Settings::* address;
};
constexpr std::array kAddresses{
    AddressRow{"LocalAddress", &Ipv4Settings::address},
    AddressRow{"SubnetMask", &Ipv4Settings::mask},
    AddressRow{"DefaultGatewayAddress", &Ipv4Settings::gateway},
    AddressRow{"PrimaryDnsAddress", &Ipv4Settings::primaryDns},
    AddressRow{"SecondaryDnsAddress", &Ipv4Settings::secondaryDns},
};

bool readAddresses(const Parameters& in, Ipv4Settings& out) {
  for (const auto& row : kAddresses) {
    std::optional<std::uint32_t> value;
    if (!in.optional(row.name, value)) return false;
    out.*row.address = value.value_or(0);
  }
  return in.has("LocalAddress");
}

void writeAddresses(Output& out, const Ipv4Settings& settings) {
  out.open("IPv4Parameters");
  for (const auto& row : kAddresses) out.number(row.name, settings.*row.address);
  out.close("IPv4Parameters");
}

/// Addresses with `DhcpEnabled` true, as a Get shows them, do not make a fixed address. Without `DhcpEnabled` they do,
/// and their absence means DHCP: what amttool sends.
std::optional<InterfaceSettings> readSettings(const Me& me, const Parameters& in) {
  auto settings = me.nvram().wired;
  settings.fixed.reset();
  Ipv4Settings addresses;
  const bool hasAddresses = in.has("IPv4Parameters");
  if (hasAddresses && !readAddresses(in.within("IPv4Parameters"), addresses)) return std::nullopt;
  std::optional<bool> dhcp;
  std::optional<std::uint32_t> linkPolicy;
  if (!in.optional("DhcpEnabled", dhcp) || !in.optional("LinkPolicy", linkPolicy)) return std::nullopt;
  settings.dhcp = dhcp.value_or(!hasAddresses);
  if (!settings.dhcp && !hasAddresses) return std::nullopt;
  if (!settings.dhcp) settings.fixed = addresses;
  if (linkPolicy) settings.linkPolicy = *linkPolicy;
  const auto mode = in.text("InterfaceMode");
  if (mode && mode != kSharedMac && mode != kSeparateMac) return std::nullopt;
  settings.sharedMac = mode ? mode == kSharedMac : settings.dhcp;
  return settings;
}

}  // namespace

AmtStatus getHostName(Call& call) {
  call.out.text("HostName", call.me.nvram().hostName);
  return AmtStatus::success;
}

AmtStatus setHostName(Call& call) {
  const auto name = call.in.text("HostName");
  return name ? machine::setHostName(call.me, *name) : AmtStatus::invalidParameter;
}

AmtStatus getDomainName(Call& call) {
  call.out.text("DomainName", call.me.nvram().domainName);
  return AmtStatus::success;
}

AmtStatus setDomainName(Call& call) {
  const auto name = call.in.text("DomainName");
  return name ? machine::setDomainName(call.me, *name) : AmtStatus::invalidParameter;
}

AmtStatus getTcpIpParameters(Call& call) {
  call.out.open("TcpIpParameters").flag("DhcpEnabled", call.me.nvram().wired.dhcp);
  writeAddresses(call.out, machine::ipv4(call.me));
  call.out.close("TcpIpParameters");
  return AmtStatus::success;
}

AmtStatus setTcpIpParameters(Call& call) {
  const auto settings = readSettings(call.me, call.in.within("TcpIpParameters"));
  return settings ? machine::setWired(call.me, *settings) : AmtStatus::invalidParameter;
}

AmtStatus enumerateInterfaces(Call& call) {
  call.out.number("InterfaceHandles", kWired);
  return AmtStatus::success;
}

AmtStatus getInterfaceSettings(Call& call) {
  const auto handle = call.in.number<std::uint32_t>("InterfaceHandle");
  if (!handle) return AmtStatus::invalidParameter;
  if (*handle != kWired) return AmtStatus::invalidHandle;
  const auto& wired = call.me.nvram().wired;
  call.out.open("InterfaceDescriptor")
      .text("HardwareAddressDescription", "Wired0")
      .text("MACAddress", call.me.identity.macText())
      .text("InterfaceMode", wired.sharedMac ? kSharedMac : kSeparateMac)
      .number("LinkPolicy", wired.linkPolicy)
      .flag("DhcpEnabled", wired.dhcp);
  writeAddresses(call.out, machine::ipv4(call.me));
  call.out.close("InterfaceDescriptor");
  return AmtStatus::success;
}

AmtStatus setInterfaceSettings(Call& call) {
  const auto handle = call.in.number<std::uint32_t>("InterfaceHandle");
  if (!handle || !call.in.has("InterfaceDescriptor")) return AmtStatus::invalidParameter;
  if (*handle != kWired) return AmtStatus::invalidHandle;
  const auto settings = readSettings(call.me, call.in.within("InterfaceDescriptor"));
  return settings ? machine::setWired(call.me, *settings) : AmtStatus::invalidParameter;
}

AmtStatus getVlanParameters(Call& call) {
  call.out.open("VlanParameters").flag("Enabled", false).number("VlanTag", 0).close("VlanParameters");
  return AmtStatus::success;
}

AmtStatus setVlanParameters(Call& call) {
  // Tagged frames are not emulated: leaving them off is all that can be asked for.
  const auto enabled = call.in.flag("Enabled");
  if (!enabled) return AmtStatus::invalidParameter;
  return *enabled ? AmtStatus::unsupported : AmtStatus::success;
}

AmtStatus getPingResponse(Call& call) {
  call.out.flag("Enabled", call.me.nvram().pingResponse);
  return AmtStatus::success;
}

AmtStatus setPingResponse(Call& call) {
  const auto enabled = call.in.flag("Enabled");
  return enabled ? machine::setPingResponse(call.me, *enabled) : AmtStatus::invalidParameter;
}

AmtStatus getLowAccuracyTimeSynch(Call& call) {
  call.out.number("Ta0", machine::clockSeconds(call.me));
  return AmtStatus::success;
}

AmtStatus setHighAccuracyTimeSynch(Call& call) {
  const auto ta0 = call.in.number<std::uint32_t>("Ta0");
  const auto tm1 = call.in.number<std::uint32_t>("Tm1");
  const auto tm2 = call.in.number<std::uint32_t>("Tm2");
  if (!ta0 || !tm1 || !tm2) return AmtStatus::invalidParameter;
  return machine::synchronize(call.me, *ta0, *tm1, *tm2);
}

}  // namespace vme::firmware::eoi
