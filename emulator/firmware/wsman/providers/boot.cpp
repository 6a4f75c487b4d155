// Boot options. The machine keeps none for its next start, so only the plain boot can be asked for here; anything else
// is refused and never silently ignored.

#include <algorithm>

#include "firmware/wsman/call.hpp"
#include "firmware/wsman/catalogue/providers.hpp"

namespace vme::firmware::wsman {
namespace {

constexpr std::uint32_t kRoleNotSupported = 1;  // SetBootConfigRole, ChangeBootOrder
constexpr std::uint32_t kInvalidReference = 4;  // the same

/// A flag that is set, or a number other than 0.
bool asksForSomething(std::string_view text) {
  return text != "false" && text != "0";
}

}  // namespace

namespace edits {

std::optional<Fault> putBootSettings(Edit& edit) {
  static constexpr std::string_view kOptions[] = {"BIOSPause",
                                                  "BIOSSetup",
                                                  "BootMediaIndex",
                                                  "ConfigurationDataReset",
                                                  "ForcedProgressEvents",
                                                  "IDERBootDevice",
                                                  "LockKeyboard",
                                                  "LockPowerButton",
                                                  "LockResetButton",
                                                  "LockSleepButton",
                                                  "FirmwareVerbosity",
                                                  "ReflashBIOS",
                                                  "UseIDER",
                                                  "UseSOL",
                                                  "UseSafeMode",
                                                  "UserPasswordBypass"};
  const bool plain = std::ranges::none_of(
      kOptions, [&](std::string_view name) { return asksForSomething(edit.in.text(name).value_or("0")); });
  return plain ? std::nullopt : faultOf(wire::AmtStatus::unsupported);
}

}  // namespace edits

namespace methods {

std::uint32_t setBootConfigRole(MethodCall& call) {
  constexpr std::string_view kConfiguration = "Intel(r) AMT: Boot Configuration 0";
  const auto configuration = call.in.reference("BootConfigSetting");
  const bool known = configuration && configuration->className == "CIM_BootConfigSetting" &&
                     configuration->selector("InstanceID") == kConfiguration;
  return known ? 0 : kInvalidReference;
}

/// Without a source the order is the BIOS's own, which it always is.
std::uint32_t changeBootOrder(MethodCall& call) {
  const auto source = call.in.text("Source");
  return source && call.in.reference("Source") ? kRoleNotSupported : 0;
}

}  // namespace methods
}  // namespace vme::firmware::wsman
