#include "machine/power.hpp"

#include <algorithm>

#include "machine/clock.hpp"
#include "machine/setup.hpp"
#include "profile/check.hpp"

namespace vme::machine {
namespace {

enum Command : std::uint8_t { kReset = 16, kPowerUp = 17, kPowerDown = 18, kPowerCycle = 19, kSetBootOptions = 33 };
constexpr std::uint32_t kIntel = 343;
constexpr std::uint32_t kAsf = 4542;
constexpr std::uint8_t kSoftOff = 5;
constexpr std::uint8_t kOemSpecialCommand = 0xC1;
constexpr std::uint32_t kBiosSetup = 0x08;  // of special parameters, and of the capabilities that tell of them
constexpr std::uint16_t kBootOptionsReserved = 0x079B;

bool hasOptions(const RemoteControlCommand& command) {
  return command.specialCommand || command.specialParameter || command.bootOptions || command.oemParameters;
}

bool entersBiosSetup(const RemoteControlCommand& command) {
  return command.specialCommand == kOemSpecialCommand && (command.specialParameter.value_or(0) & kBiosSetup) != 0;
}

AmtStatus checkOptions(const RemoteControlCommand& command) {
  if (command.specialCommand) {
    const auto special = *command.specialCommand;
    if (special > 5 && special != kOemSpecialCommand) return AmtStatus::invalidSpecialCommand;
    if (special == kOemSpecialCommand && command.ianaOem != kIntel) return AmtStatus::invalidSpecialCommand;
  }
  if (command.bootOptions && (*command.bootOptions & kBootOptionsReserved) != 0)
    return AmtStatus::unsupportedBootOption;
  if (command.oemParameters && command.ianaOem != kIntel) return AmtStatus::invalidParameter;
  return AmtStatus::success;
}

std::size_t packageCount(const Me& me) {
  const auto& packages = me.profile.power.packages;
  return packages.empty() ? 1 : static_cast<std::size_t>(packages.front() - '0');
}

}  // namespace

AmtStatus remoteControl(Me& me, const RemoteControlCommand& command) {
  if (command.ianaOem != kIntel && command.ianaOem != kAsf) return AmtStatus::unsupportedOemNumber;
  if (const auto status = checkOptions(command); status != AmtStatus::success) return status;
  if (entersBiosSetup(command) && profile::hasQuirk(me.profile, "no_bios_setup")) return AmtStatus::notPermitted;
  const bool isOn = me.hot.powerState == 0;
  switch (command.command) {
    case kPowerUp:
      me.hot.powerState = 0;
      return AmtStatus::success;
    case kPowerDown:
      if (hasOptions(command)) return AmtStatus::invalidParameter;
      me.hot.powerState = kSoftOff;
      return AmtStatus::success;
    case kReset:
    case kPowerCycle:
      if (!isOn) return AmtStatus::notPermitted;
      me.change().host.lastRemoteReset = clockSeconds(me);
      return AmtStatus::success;
    case kSetBootOptions:
      return command.ianaOem == kIntel ? AmtStatus::success : AmtStatus::unsupportedOemNumber;
    default:
      return AmtStatus::invalidCommand;
  }
}

RemoteControlCapabilities remoteControlCapabilities(const Me& me) {
  RemoteControlCapabilities capabilities;
  if (!me.profile.redir.ider) capabilities.oemDefined &= ~0x01U;
  if (!me.profile.redir.sol) capabilities.oemDefined &= ~0x02U;
  if (profile::hasQuirk(me.profile, "no_bios_setup")) capabilities.oemDefined &= ~kBiosSetup;
  return capabilities;
}

std::vector<PackageGuid> powerPackages(const Me& me) {
  // The real GUIDs are unknown; these are fixed for each kind and number of a package.
  std::vector<PackageGuid> guids(packageCount(me));
  const auto& kind = me.profile.power.packages;
  for (std::size_t i = 0; i < guids.size(); ++i) {
    Draw(0x504B47, kind.empty() ? 0U : static_cast<std::uint64_t>(kind.back())).fill(guids[i], "power-package", i);
  }
  return guids;
}

PackageGuid activePowerPackage(const Me& me) {
  const auto own = me.nvram().powerPackage;
  const auto number = own != 0 ? own : me.profile.power.defaultPackage;
  return powerPackages(me).at(number - 1);
}

AmtStatus setPowerPackage(Me& me, const PackageGuid& guid) {
  const auto guids = powerPackages(me);
  const auto found = std::ranges::find(guids, guid);
  if (found == guids.end()) return AmtStatus::notFound;
  if (!storeToFlash(me)) return AmtStatus::flashWriteLimitExceeded;
  me.change().powerPackage = static_cast<std::uint32_t>(found - guids.begin()) + 1;
  return AmtStatus::success;
}

std::string powerPackageName(const Me& me) {
  static constexpr std::array kDesktop{
      "Desktop: ON in S0",
      "Desktop: ON in S0, S3",
      "Desktop: ON in S0, S3, S4-5",
      "Desktop: ON in S0, ME Wake in S3",
      "Desktop: ON in S0, ME Wake in S3, S4-5",
      "Desktop: ON in S0, S3, S4-5, OFF After Power Loss",
      "Desktop: ON in S0, ME Wake in S3, S4-5, OFF After Power Loss",
  };
  static constexpr std::array kMobile{
      "Mobile: ON in S0",
      "Mobile: ON in S0, S3/AC",
      "Mobile: ON in S0, S3/AC, S4-5/AC",
      "Mobile: ON in S0, ME WoL in S3/AC",
      "Mobile: ON in S0, ME WoL in S3/AC, S4-5/AC",
  };
  const auto own = me.nvram().powerPackage;
  const auto at = (own != 0 ? own : me.profile.power.defaultPackage) - 1;
  const bool mobile = me.profile.power.packages.ends_with('M');
  return mobile ? kMobile.at(at) : kDesktop.at(at);
}

std::uint32_t idleWakeMinutes(const Me& me) {
  const auto own = me.nvram().idleWakeMin;
  return own != 0 ? own : me.profile.power.idleTimeoutMin;
}

AmtStatus setIdleWakeMinutes(Me& me, std::uint32_t minutes) {
  if (minutes == 0 || minutes > 65535) return AmtStatus::invalidParameter;
  if (!storeToFlash(me)) return AmtStatus::flashWriteLimitExceeded;
  me.change().idleWakeMin = minutes;
  return AmtStatus::success;
}

}  // namespace vme::machine
