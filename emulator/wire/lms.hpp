#pragma once
// The protocol of older firmware's LMS, by which a host forwards connections to the ME (heci.md 6.1). Numbers of more
// than one byte are big-endian; the first byte is the type, the second the connection where there is one.
//
//   01  OPEN_CONNECTION        conn 0, protocol, request, 16 host IP, u16 host port, u16 ME port
//   02  OPEN_REPLY             conn, status, request
//   03  CLOSE_CONNECTION       conn, reason
//   04  SEND_DATA              conn, u16 length, data
//   05  IP_FQDN_REQUEST        0
//   06  IP_FQDN                0, ip type, 0, 16 ME IP, 256 name, NUL-terminated
//   07  PROTO_VERSION          0, protocol
//   08  PROTO_VERSION_REPLY    0, protocol, status
//   0A  OPEN_CONNECTION_EX     conn, protocol, flags, 4 zero, request, 256 host, u16 host port, u16 ME port

#include <cstdint>
#include <string>
#include <variant>

#include "base/bytes.hpp"
#include "base/error.hpp"

namespace vme::wire::lms {

/// The most data that a SEND_DATA of either side carries.
inline constexpr std::size_t kMaxData = 1024;

enum class OpenStatus : std::uint8_t { ok = 0, failed = 1, tooMany = 2 };
enum class CloseReason : std::uint8_t { client = 0, internal = 1, socket = 2, shutdown = 3 };

/// Both forms: the older names the host by its IPv4 address, the newer by a text.
struct Open {
  bool extended = false;
  std::uint8_t connection = 0;
  std::uint8_t protocol = 0;  // 0 TCP, 1 UDP over IPv4; 2, 3 over IPv6
  std::uint8_t flags = 0;     // extended: 1 host is a name, 2 from a remote console
  std::uint8_t request = 0;
  std::uint32_t hostIpv4 = 0;  // host byte order
  std::string host;
  std::uint16_t hostPort = 0;
  std::uint16_t mePort = 0;
  bool operator==(const Open&) const = default;
};
struct OpenReply {
  std::uint8_t connection = 0;
  OpenStatus status = OpenStatus::ok;
  std::uint8_t request = 0;
  bool operator==(const OpenReply&) const = default;
};
struct Close {
  std::uint8_t connection = 0;
  CloseReason reason = CloseReason::client;
  bool operator==(const Close&) const = default;
};
struct SendData {
  std::uint8_t connection = 0;
  Bytes data;
  bool operator==(const SendData&) const = default;
};
struct IpFqdnRequest {
  bool operator==(const IpFqdnRequest&) const = default;
};
struct IpFqdn {
  std::uint8_t ipType = 0;  // 0 shared with the host, 1 an IPv4 address of the ME's own
  std::uint32_t ipv4 = 0;   // host byte order
  std::string fqdn;         // at most 255 characters
  bool operator==(const IpFqdn&) const = default;
};
struct ProtoVersion {
  std::uint8_t protocol = 0;
  bool operator==(const ProtoVersion&) const = default;
};
struct ProtoVersionReply {
  std::uint8_t protocol = 0;
  std::uint8_t status = 0;  // 1: propose another
  bool operator==(const ProtoVersionReply&) const = default;
};

using Message = std::variant<Open, OpenReply, Close, SendData, IpFqdnRequest, IpFqdn, ProtoVersion, ProtoVersionReply>;

Bytes encode(const Message& message);
/// Refused: an unknown type, a size that is not the type's, a length that lies, a name without its NUL.
Result<Message> parse(ByteView message);

}  // namespace vme::wire::lms
