#pragma once
// The ME in its network: names, addresses, interfaces, and which ports are open in which state (provisioning.md 4.3).

#include <string_view>

#include "machine/me.hpp"
#include "wire/amt_status.hpp"

namespace vme::machine {

using wire::AmtStatus;

/// At most 63 characters of letters, digits and dashes; empty clears it. invalidName.
AmtStatus setHostName(Me& me, std::string_view name);
/// At most 191 characters. invalidDomainName.
AmtStatus setDomainName(Me& me, std::string_view name);
AmtStatus setPingResponse(Me& me, bool enabled);
/// invalidNetmask (not contiguous), invalidIpAddress, invalidDhcpMode (static with the shared MAC).
AmtStatus setWired(Me& me, const InterfaceSettings& settings);
AmtStatus setInterfaces(Me& me, const EnabledInterfaces& interfaces);

/// The address and its company that the ME shows: the fixed ones, or what DHCP gave (its own address, /8 mask).
Ipv4Settings ipv4(const Me& me);

inline constexpr std::uint16_t kHttpPort = 16992;
inline constexpr std::uint16_t kHttpsPort = 16993;

enum class PortState : std::uint8_t { closed, plain, setupTls, operationalTls };
/// From the machine's own host the TLS options of the local interface hold, and no link is needed.
PortState portState(const Me& me, std::uint16_t port, AccessPermission from = AccessPermission::network);

}  // namespace vme::machine
