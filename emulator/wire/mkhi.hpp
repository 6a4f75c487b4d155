#pragma once
// MKHI, the host's interface to the ME's kernel (heci.md 5.1). A message starts with four bytes: group, command (bit 7:
// answer), reserved, result.

#include <cstdint>
#include <optional>

#include "base/bytes.hpp"
#include "base/error.hpp"

namespace vme::wire::mkhi {

inline constexpr std::size_t kHeaderSize = 4;
inline constexpr std::uint8_t kAnswerBit = 0x80;

struct Header {
  std::uint8_t group = 0;
  std::uint8_t command = 0;  // with its answer bit
  std::uint8_t result = 0;
};
/// Nothing for less than a header.
std::optional<Header> readHeader(ByteView message);

inline constexpr std::uint8_t kGroupCaps = 0x03, kGroupGeneral = 0xFF;
inline constexpr std::uint8_t kGetRule = 0x02, kGetFwVersion = 0x02;

enum class Result : std::uint8_t {
  success = 0x00,
  sizeError = 0x05,
  notSupported = 0x89,
  invalidCommand = 0x8D,
};

Bytes request(std::uint8_t group, std::uint8_t command, ByteView data = {});
Bytes answer(const Header& request, Result result, ByteView data = {});

struct FwVersion {
  std::uint16_t major = 0, minor = 0, hotfix = 0, build = 0;
  bool operator==(const FwVersion&) const = default;
};
/// GetFWVersion: the code's version, then the recovery's. Each: minor, major, build, hotfix.
Bytes encode(const FwVersion& code, const FwVersion& recovery);
/// The code's version of an answer to GetFWVersion.
vme::Result<FwVersion> parseFwVersion(ByteView message);

}  // namespace vme::wire::mkhi
