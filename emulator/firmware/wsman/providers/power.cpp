// Power of the host, power schemes, and the settings that are in effect for an element.

#include "machine/power.hpp"

#include <algorithm>
#include <array>

#include "firmware/wsman/call.hpp"
#include "firmware/wsman/catalogue/providers.hpp"

namespace vme::firmware::wsman {
namespace {

constexpr std::uint32_t kCimInvalidParameter = 5;
constexpr std::uint32_t kCimUnknownError = 2;
constexpr std::uint32_t kCimTimeoutNotSupported = 4098;
constexpr unsigned kYes = 1, kNo = 2;  // IsCurrent, IsNext

struct PowerStateRow {
  std::uint8_t machine;  // hot.powerState
  unsigned cim;          // CIM_AssociatedPowerManagementService.PowerState
};
constexpr std::array kPowerStates{PowerStateRow{0, 2}, PowerStateRow{3, 4}, PowerStateRow{4, 7}, PowerStateRow{5, 8},
                                  PowerStateRow{7, 6}};

struct PowerChangeRow {
  std::uint32_t asked;   // RequestPowerStateChange
  std::uint8_t command;  // of remote control (eoi.md: the same operations behind both interfaces)
};
constexpr std::array kPowerChanges{PowerChangeRow{2, 17}, PowerChangeRow{5, 19}, PowerChangeRow{8, 18},
                                   PowerChangeRow{10, 16}};

constexpr std::array<std::string_view, 7> kDesktopSchemes{
    "Desktop: ON in S0",
    "Desktop: ON in S0, S3",
    "Desktop: ON in S0, S3, S4-5",
    "Desktop: ON in S0, ME Wake in S3",
    "Desktop: ON in S0, ME Wake in S3, S4-5",
    "Desktop: ON in S0, S3, S4-5, OFF After Power Loss",
    "Desktop: ON in S0, ME Wake in S3, S4-5, OFF After Power Loss",
};
constexpr std::array<std::string_view, 5> kMobileSchemes{
    "Mobile: ON in S0",
    "Mobile: ON in S0, S3/AC",
    "Mobile: ON in S0, S3/AC, S4-5/AC",
    "Mobile: ON in S0, ME WoL in S3/AC",
    "Mobile: ON in S0, ME WoL in S3/AC, S4-5/AC",
};

std::string schemeName(std::uint32_t item) {
  return "SCHEME " + std::to_string(item);
}

// The items of CIM_ElementSettingData: the boot configuration, the wired port, then a scheme each.
constexpr std::uint32_t kBootConfiguration = 0;
constexpr std::uint32_t kWiredPort = 1;
constexpr std::uint32_t kFirstScheme = 2;

Reference computerSystem(std::string_view name) {
  return {"CIM_ComputerSystem", {{"CreationClassName", "CIM_ComputerSystem", {}}, {"Name", std::string(name), {}}}};
}

}  // namespace

namespace lists {

std::vector<std::uint32_t> powerSchemes(const machine::Me& me) {
  std::vector<std::uint32_t> items(machine::powerPackages(me).size());
  for (std::uint32_t i = 0; i < items.size(); ++i) items[i] = i;
  return items;
}

std::vector<std::uint32_t> elementSettings(const machine::Me& me) {
  std::vector<std::uint32_t> items(kFirstScheme + machine::powerPackages(me).size());
  for (std::uint32_t i = 0; i < items.size(); ++i) items[i] = i;
  return items;
}

}  // namespace lists

namespace values::power {

void state(const machine::Me& me, std::uint32_t, Values& out) {
  constexpr unsigned kUnknown = 0;
  const auto row = std::ranges::find(kPowerStates, me.hot.powerState, &PowerStateRow::machine);
  out.add(row == kPowerStates.end() ? kUnknown : row->cim);
}

}  // namespace values::power

namespace values::schemes {

void description(const machine::Me& me, std::uint32_t item, Values& out) {
  const bool mobile = me.profile.power.packages.ends_with('M');
  const auto names = mobile ? std::span<const std::string_view>(kMobileSchemes) : kDesktopSchemes;
  if (item < names.size()) out.add(names[item]);
}

void instanceId(const machine::Me&, std::uint32_t item, Values& out) {
  out.add(schemeName(item));
}

void guid(const machine::Me& me, std::uint32_t item, Values& out) {
  out.addBase64(machine::powerPackages(me).at(item));
}

}  // namespace values::schemes

namespace values::settings {

void element(const machine::Me&, std::uint32_t item, Values& out) {
  if (item == kWiredPort) {
    out.add(Reference{"CIM_EthernetPort",
                      {{"CreationClassName", "CIM_EthernetPort", {}},
                       {"DeviceID", "Intel(r) AMT Ethernet Port 0", {}},
                       {"SystemCreationClassName", "CIM_ComputerSystem", {}},
                       {"SystemName", "Intel(r) AMT", {}}}});
  } else {
    out.add(computerSystem(item == kBootConfiguration ? "ManagedSystem" : "Intel(r) AMT"));
  }
}

void setting(const machine::Me& me, std::uint32_t item, Values& out) {
  if (item == kBootConfiguration) {
    out.add(Reference{"CIM_BootConfigSetting", {{"InstanceID", "Intel(r) AMT: Boot Configuration 0", {}}}});
  } else if (item == kWiredPort) {
    out.add(Reference{"AMT_EthernetPortSettings", {{"InstanceID", "Intel(r) AMT Ethernet Port Settings 0", {}}}});
  } else {
    const auto scheme = item - kFirstScheme;
    const auto guid = toBase64(machine::powerPackages(me).at(scheme));
    out.add(Reference{"AMT_SystemPowerScheme", {{"InstanceID", schemeName(scheme), {}}, {"SchemeGUID", guid, {}}}});
  }
}

void isCurrent(const machine::Me& me, std::uint32_t item, Values& out) {
  if (item == kWiredPort) out.add(kYes);
  if (item < kFirstScheme) return;
  const bool active = machine::powerPackages(me).at(item - kFirstScheme) == machine::activePowerPackage(me);
  out.add(active ? kYes : kNo);
}

/// Boot options for the next start are not kept (edits::putBootSettings), so none is next.
void isNext(const machine::Me&, std::uint32_t item, Values& out) {
  if (item == kBootConfiguration) out.add(kNo);
}

}  // namespace values::settings

namespace methods {

std::uint32_t changePowerState(MethodCall& call) {
  if (!call.in.has("PowerState") || !call.in.has("ManagedElement")) return kCimInvalidParameter;
  if (call.in.has("TimeoutPeriod")) return kCimTimeoutNotSupported;
  const auto asked = call.in.uint32("PowerState");
  const auto row = std::ranges::find(kPowerChanges, asked, &PowerChangeRow::asked);
  if (row == kPowerChanges.end()) return kCimUnknownError;
  machine::RemoteControlCommand command;
  command.command = row->command;
  return dmtfStatus(machine::remoteControl(call.me, command));
}

std::uint32_t setPowerScheme(MethodCall& call) {
  return amtStatus(machine::setPowerPackage(call.me, machine::powerPackages(call.me).at(call.item)));
}

}  // namespace methods
}  // namespace vme::firmware::wsman
