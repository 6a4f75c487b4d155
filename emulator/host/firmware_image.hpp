#pragma once
// A firmware image as software distribution carries it: a container with a checksum. Numbers are little-endian.
//
//   offset  size  field
//   0       8     VMEFWIMG
//   8       2     version of the container, 1
//   10      2     bytes of the header, up to the payload
//   12      4     build number
//   16      4     bytes of the payload
//   20      1+n   profile, length and printable characters
//           1+n   version
//           1+n   chipset
//           n     payload
//           32    SHA-256 over all before it

#include <cstdint>
#include <string>

#include "base/bytes.hpp"
#include "base/error.hpp"

namespace vme::host {

inline constexpr std::uint32_t kMaxPayload = 64U << 20U;

struct FirmwareImage {
  std::string profile;  // amt-2.2.20: the build that runs after the update
  std::string version;  // 2.2.20
  std::uint32_t build = 0;
  std::string chipset;  // Q965: the hardware it is for
  std::uint32_t payloadBytes = 0;

  bool operator==(const FirmwareImage&) const = default;
};

/// The payload is made from the facts, so that the same image is always the same bytes. The texts have 1 to 64
/// printable characters.
Bytes encode(const FirmwareImage& image);
/// The whole file. The error's place is the offset of what is wrong.
Result<FirmwareImage> decodeFirmwareImage(ByteView file);

}  // namespace vme::host
