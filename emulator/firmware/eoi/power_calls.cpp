// Power of the host, and of the ME itself.

#include <algorithm>

#include "firmware/eoi/handlers.hpp"
#include "machine/power.hpp"

namespace vme::firmware::eoi {

AmtStatus getSystemPowerState(Call& call) {
  call.out.number("SystemPowerState", call.me.hot.powerState);
  return AmtStatus::success;
}

AmtStatus getRemoteControlCapabilities(Call& call) {
  const auto capabilities = machine::remoteControlCapabilities(call.me);
  call.out.number("IanaOemNumber", capabilities.ianaOem)
      .number("OemDefinedCapabilities", capabilities.oemDefined)
      .number("SpecialCommandsSupported", capabilities.specialCommands)
      .number("SystemCapabilitiesSupported", capabilities.system)
      .number("SystemFirmwareCapabilities", capabilities.systemFirmware);
  return AmtStatus::success;
}

AmtStatus remoteControl(Call& call) {
  const auto& in = call.in;
  machine::RemoteControlCommand command;
  const auto number = in.number<std::uint8_t>("Command");
  const auto iana = in.number<std::uint32_t>("IanaOemNumber");
  const bool readable = number && iana && in.optional("SpecialCommand", command.specialCommand) &&
                        in.optional("SpecialCommandParameter", command.specialParameter) &&
                        in.optional("BootOptions", command.bootOptions) &&
                        in.optional("OEMparameters", command.oemParameters);
  if (!readable) return AmtStatus::invalidParameter;
  command.command = *number;
  command.ianaOem = *iana;
  return machine::remoteControl(call.me, command);
}

AmtStatus enumeratePowerPackages(Call& call) {
  for (const auto& guid : machine::powerPackages(call.me)) call.out.base64("PowerPackages", guid);
  return AmtStatus::success;
}

AmtStatus getActivePowerPackage(Call& call) {
  call.out.base64("PowerPackage", machine::activePowerPackage(call.me));
  return AmtStatus::success;
}

AmtStatus setActivePowerPackage(Call& call) {
  const auto bytes = call.in.base64("PowerPackage");
  machine::PackageGuid guid{};
  if (!bytes || bytes->size() != guid.size()) return AmtStatus::invalidParameter;
  std::ranges::copy(*bytes, guid.begin());
  return machine::setPowerPackage(call.me, guid);
}

AmtStatus getGlobalPowerPolicy(Call& call) {
  call.out.open("GlobalPowerPolicy")
      .number("IdleWakeTimeout", machine::idleWakeMinutes(call.me))
      .close("GlobalPowerPolicy");
  return AmtStatus::success;
}

AmtStatus setGlobalPowerPolicy(Call& call) {
  const auto minutes = call.in.number<std::uint16_t>("IdleWakeTimeout");
  return minutes ? machine::setIdleWakeMinutes(call.me, *minutes) : AmtStatus::invalidParameter;
}

}  // namespace vme::firmware::eoi
