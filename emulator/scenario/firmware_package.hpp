#pragma once
// Firmware images of profiles, and images as packages of software distribution.

#include <cstdint>
#include <string>

#include "host/firmware_image.hpp"
#include "profile/profile.hpp"
#include "servicepoint/agents/policy.hpp"

namespace vme::scenario {

host::FirmwareImage firmwareImageOf(const profile::Profile& profile, std::uint32_t payloadBytes);
/// `content` is the whole file of `image`.
servicepoint::Package firmwarePackage(std::string name, const host::FirmwareImage& image, Bytes content);

}  // namespace vme::scenario
