#pragma once
// HECI as a host sees it: firmware clients by UUID, their properties, and the errors of the kernel's mei driver
// (heci.md 1.1 and 3). UUIDs are in wire order, as the connect ioctl takes them.

#include <array>
#include <cstdint>
#include <string_view>

#include "base/uuid.hpp"

namespace vme::wire::heci {

inline constexpr Uuid kAmthi{
    {0x28, 0x00, 0xF8, 0x12, 0xB7, 0xB4, 0x2D, 0x4B, 0xAC, 0xA8, 0x46, 0xE0, 0xFF, 0x65, 0x81, 0x4C}};
inline constexpr Uuid kWatchdog{
    {0x6F, 0x9A, 0xB7, 0x05, 0x28, 0x46, 0x7F, 0x4D, 0x89, 0x9D, 0xA9, 0x15, 0x14, 0xCB, 0x32, 0xAB}};
/// LME that speaks APF.
inline constexpr Uuid kLme{
    {0xDB, 0xA4, 0x33, 0x67, 0x76, 0x04, 0x7B, 0x4E, 0xB3, 0xAF, 0xBC, 0xFC, 0x29, 0xBE, 0xE7, 0xA7}};
/// LME of older firmware, which speaks the LMS protocol.
inline constexpr Uuid kLms{
    {0x9F, 0xD9, 0x98, 0x3D, 0xE8, 0x1C, 0x52, 0x42, 0xB3, 0x37, 0x2E, 0xFF, 0x10, 0x6E, 0xF2, 0x9F}};
inline constexpr Uuid kMkhi{
    {0x15, 0x67, 0x6A, 0x8E, 0xBC, 0x9A, 0x43, 0x40, 0x88, 0xEF, 0x9E, 0x39, 0xC6, 0xF6, 0x3E, 0x0F}};

/// What a client tells at connect.
struct Properties {
  std::uint32_t maxMessage = 0;  // bytes
  std::uint8_t protocolVersion = 0;
  bool operator==(const Properties&) const = default;
};

/// Linux errno values, as the mei driver returns them for open, connect, read and write.
enum class Error : std::uint8_t {
  none = 0,
  noEntry = 2,         // ENOENT: no driver, no device node
  busy = 16,           // EBUSY: the file is connected, or the client takes no further connection
  noDevice = 19,       // ENODEV: not connected, or the ME was reset
  invalid = 22,        // EINVAL
  unknownClient = 25,  // ENOTTY
  tooLong = 27,        // EFBIG: longer than Properties::maxMessage
  timedOut = 62,       // ETIME: the caller's own deadline
};

/// `ENODEV`.
std::string_view nameOf(Error error);

}  // namespace vme::wire::heci
