#include "cli/heci_state.hpp"

#include <charconv>

#include "wire/agent/policy.hpp"

namespace vme::cli {
namespace {

/// `8086:29b4`: the device's number.
std::uint16_t deviceOf(std::string_view pci) {
  std::uint16_t device = 0;
  const auto begin = pci.find(':') + 1;
  std::from_chars(pci.data() + begin, pci.data() + pci.size(), device, 16);
  return device;
}

}  // namespace

devmei::DeviceState heciStateOf(const profile::Profile& profile) {
  const auto version = wire::agent::parseVersion(profile.identity.version).value_or(wire::agent::Version{});
  return {.state = 0,
          .major = static_cast<std::uint16_t>(version.major),
          .minor = static_cast<std::uint16_t>(version.minor),
          .hotfix = static_cast<std::uint16_t>(version.hotfix),
          .build = static_cast<std::uint16_t>(profile.identity.build),
          .pciDevice = deviceOf(profile.pci.heci)};
}

}  // namespace vme::cli
