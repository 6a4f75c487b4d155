#pragma once
// Power of the host as the ME sees and switches it (eoi.md 7.1 and 7.2).

#include <optional>
#include <string>

#include "machine/me.hpp"
#include "wire/amt_status.hpp"

namespace vme::machine {

using wire::AmtStatus;

struct RemoteControlCommand {
  std::uint8_t command = 0;  // 16 reset, 17 power up, 18 power down, 19 power cycle, 33 set boot options
  std::uint32_t ianaOem = 343;
  std::optional<std::uint8_t> specialCommand;
  std::optional<std::uint16_t> specialParameter;
  std::optional<std::uint16_t> bootOptions;
  std::optional<std::uint16_t> oemParameters;
};
AmtStatus remoteControl(Me& me, const RemoteControlCommand& command);

struct RemoteControlCapabilities {
  std::uint32_t ianaOem = 343;
  std::uint32_t oemDefined = 0x1F;
  std::uint16_t specialCommands = 0x1300;
  std::uint8_t system = 15;
  std::uint32_t systemFirmware = 0xF800;
};
RemoteControlCapabilities remoteControlCapabilities(const Me& me);

/// The GUIDs of the profile's packages in their order, and the active one.
using PackageGuid = std::array<std::uint8_t, 16>;
std::vector<PackageGuid> powerPackages(const Me& me);
PackageGuid activePowerPackage(const Me& me);
/// `Desktop: ON in S0`, as MEBx names it (firmware-profiles.md 3.2).
std::string powerPackageName(const Me& me);
/// notFound for a GUID that the profile has not.
AmtStatus setPowerPackage(Me& me, const PackageGuid& guid);
std::uint32_t idleWakeMinutes(const Me& me);
AmtStatus setIdleWakeMinutes(Me& me, std::uint32_t minutes);

}  // namespace vme::machine
