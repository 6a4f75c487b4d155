#pragma once
// A firmware image as software distribution carries it: a documented container with a checksum.

#include <cstdint>
#include <string>

#include "base/bytes.hpp"
#include "base/error.hpp"

namespace vme::host {

struct FirmwareImage {
  std::string profile;  // amt-2.2.20: the build that runs after the update
  std::string version;  // 2.2.20
  std::uint32_t build = 0;
  std::string chipset;  // Q965: the hardware it is for
  std::uint32_t payloadBytes = 0;

  bool operator==(const FirmwareImage&) const = default;
};

}  // namespace vme::host
