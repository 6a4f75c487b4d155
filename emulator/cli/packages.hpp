#pragma once
// Packages of software distribution in a folder: NAME.fw are firmware images, NAME.driver HECI drivers.

#include <filesystem>
#include <string>
#include <vector>

#include "host/firmware_image.hpp"
#include "servicepoint/agents/policy.hpp"

namespace vme::cli {

/// ConfigError with the file and the offset.
host::FirmwareImage firmwareImage(const std::string& file, ByteView content);
/// In the order of their names; other files are left alone. ConfigError for a damaged one, and when there is none.
std::vector<servicepoint::Package> readPackages(const std::string& place, const std::filesystem::path& folder);

}  // namespace vme::cli
