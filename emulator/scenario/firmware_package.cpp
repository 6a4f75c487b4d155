#include "scenario/firmware_package.hpp"

#include <utility>

namespace vme::scenario {

host::FirmwareImage firmwareImageOf(const profile::Profile& profile, std::uint32_t payloadBytes) {
  return {.profile = profile.name,
          .version = profile.identity.version,
          .build = profile.identity.build,
          .chipset = profile.identity.chipset,
          .payloadBytes = payloadBytes};
}

servicepoint::Package firmwarePackage(std::string name, const host::FirmwareImage& image, Bytes content) {
  return servicepoint::makePackage({.name = std::move(name),
                                    .kind = wire::agent::PackageKind::firmware,
                                    .profile = image.profile,
                                    .version = image.version,
                                    .chipset = image.chipset},
                                   std::move(content));
}

}  // namespace vme::scenario
