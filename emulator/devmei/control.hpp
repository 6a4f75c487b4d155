#pragma once
// The control protocol between a virtual ME and whoever opens its HECI device from outside (heci.md 7.4, and
// docs/heci.md for users). One datagram a message on a SOCK_SEQPACKET socket, little-endian, nothing aligned:
//
//   op               from    after the op byte
//   01 OPEN          host    u32 session; one descriptor (SCM_RIGHTS): the ME's end of the session's SEQPACKET pair
//   81 OPENED        ME      u32 session, u8 errno
//   02 CONNECT       host    u32 session, u8 client[16]
//   82 CONNECTED     ME      u32 session, u8 errno, u32 longest message, u8 protocol version
//   03 DISCONNECTED  ME      u32 session: the ME was reset or dropped the client; no further data
//   04 STATE         ME      u8 state (0: up), u16 major, minor, hotfix, build of the firmware, u16 PCI device;
//                            the first message on a new connection, and again when the state changes
//   05 HOLD          host    u32 session: send nothing on it until RELEASE
//   85 HELD          ME      u32 session
//   06 RELEASE       host    u32 session, u32 n: goes on; the next message, if longer than n > 0, goes as two
//                            datagrams, of n bytes and of the rest
//
// On a session's own socket every datagram is one message of the connected client; an empty one is the ME's empty
// answer.

#include <cstdint>
#include <variant>

#include "base/bytes.hpp"
#include "base/error.hpp"
#include "wire/heci.hpp"

namespace vme::devmei {

using SessionId = std::uint32_t;

struct Open {
  SessionId session = 0;
  bool operator==(const Open&) const = default;
};
struct Opened {
  SessionId session = 0;
  std::uint8_t error = 0;  // errno
  bool operator==(const Opened&) const = default;
};
struct Connect {
  SessionId session = 0;
  Uuid client;
  bool operator==(const Connect&) const = default;
};
struct Connected {
  SessionId session = 0;
  std::uint8_t error = 0;  // errno
  wire::heci::Properties properties;
  bool operator==(const Connected&) const = default;
};
struct Disconnected {
  SessionId session = 0;
  bool operator==(const Disconnected&) const = default;
};
/// What a host can see of an ME from outside, as sysfs shows it.
struct DeviceState {
  std::uint8_t state = 0;  // 0: up; else open, connect, read and write give ENODEV
  std::uint16_t major = 0, minor = 0, hotfix = 0, build = 0;
  std::uint16_t pciDevice = 0;
  bool operator==(const DeviceState&) const = default;
};
struct Hold {
  SessionId session = 0;
  bool operator==(const Hold&) const = default;
};
struct Held {
  SessionId session = 0;
  bool operator==(const Held&) const = default;
};
struct Release {
  SessionId session = 0;
  std::uint32_t first = 0;
  bool operator==(const Release&) const = default;
};

using ControlMessage = std::variant<Open, Opened, Connect, Connected, Disconnected, DeviceState, Hold, Held, Release>;

Bytes encode(const ControlMessage& message);
/// Strict about op and length; the descriptor of OPEN comes beside it.
Result<ControlMessage> parseControl(ByteView datagram);

/// No message is longer.
inline constexpr std::size_t kMaxControlSize = 21;

}  // namespace vme::devmei
