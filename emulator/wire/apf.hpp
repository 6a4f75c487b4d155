#pragma once
// APF, the port forwarding protocol between an ME and its host (over HECI) or a remote access server (heci.md 6.2).
// SSH's connection protocol with names of its own; integers are big-endian, texts have their length (4) before them. A
// message is one byte of type, then:
//
//   192  PROTOCOLVERSION       u32 major, minor, trigger, 16 UUID, 64 reserved
//   5 6  SERVICE_REQUEST, SERVICE_ACCEPT      text name
//   50   USERAUTH_REQUEST      text user, service, method; `password`: u8 0, text
//   51   USERAUTH_FAILURE      text methods, u8 partial success
//   52   USERAUTH_SUCCESS      -
//   80   GLOBAL_REQUEST        text name, u8 want reply; for forwards: text address, u32 port
//   81   REQUEST_SUCCESS       u32 port, for tcpip-forward
//   82   REQUEST_FAILURE       -
//   90   CHANNEL_OPEN          text kind, u32 sender, window, FFFFFFFF, text address, u32 port, text address, u32 port
//   91   OPEN_CONFIRMATION     u32 recipient, sender, window, FFFFFFFF
//   92   OPEN_FAILURE          u32 recipient, reason, 0, 0
//   93   WINDOW_ADJUST         u32 recipient, bytes
//   94   CHANNEL_DATA          u32 recipient, run of bytes
//   97   CHANNEL_CLOSE         u32 recipient
//   1    DISCONNECT            u32 reason, u16 0

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/bytes.hpp"
#include "base/error.hpp"
#include "base/uuid.hpp"

namespace vme::wire::apf {

inline constexpr std::string_view kAuthService = "auth@amt.intel.com";
inline constexpr std::string_view kForwardService = "pfwd@amt.intel.com";
inline constexpr std::string_view kTcpipForward = "tcpip-forward";
inline constexpr std::string_view kCancelTcpipForward = "cancel-tcpip-forward";
inline constexpr std::string_view kForwarded = "forwarded-tcpip";  // towards the ME
inline constexpr std::string_view kDirect = "direct-tcpip";        // from the ME

struct ProtocolVersion {
  std::uint32_t major = 1;
  std::uint32_t minor = 0;
  std::uint32_t trigger = 0;  // 1 user, 2 alert, 3 provisioning, 4 periodic, 254 LME
  Uuid uuid;
  bool operator==(const ProtocolVersion&) const = default;
};
struct ServiceRequest {
  std::string name;
  bool operator==(const ServiceRequest&) const = default;
};
struct ServiceAccept {
  std::string name;
  bool operator==(const ServiceAccept&) const = default;
};
struct UserauthRequest {
  std::string user;
  std::string service;
  std::optional<std::string> password;  // nothing: method none
  bool operator==(const UserauthRequest&) const = default;
};
struct UserauthFailure {
  std::string methods;
  bool operator==(const UserauthFailure&) const = default;
};
struct UserauthSuccess {
  bool operator==(const UserauthSuccess&) const = default;
};
struct GlobalRequest {
  std::string name;
  bool wantReply = false;
  // Of tcpip-forward and cancel-tcpip-forward; what other requests carry is not read.
  std::string address;
  std::uint32_t port = 0;
  bool operator==(const GlobalRequest&) const = default;
};
struct RequestSuccess {
  std::optional<std::uint32_t> port;
  bool operator==(const RequestSuccess&) const = default;
};
struct RequestFailure {
  bool operator==(const RequestFailure&) const = default;
};
struct ChannelOpen {
  std::string kind;
  std::uint32_t sender = 0;
  std::uint32_t window = 0;
  std::string address;  // where to
  std::uint32_t port = 0;
  std::string originator;
  std::uint32_t originatorPort = 0;
  bool operator==(const ChannelOpen&) const = default;
};
struct OpenConfirmation {
  std::uint32_t recipient = 0;
  std::uint32_t sender = 0;
  std::uint32_t window = 0;
  bool operator==(const OpenConfirmation&) const = default;
};
enum class OpenFailureReason : std::uint32_t { prohibited = 1, connectFailed = 2, unknownKind = 3, shortage = 4 };
struct OpenFailure {
  std::uint32_t recipient = 0;
  OpenFailureReason reason = OpenFailureReason::prohibited;
  bool operator==(const OpenFailure&) const = default;
};
struct WindowAdjust {
  std::uint32_t recipient = 0;
  std::uint32_t bytes = 0;
  bool operator==(const WindowAdjust&) const = default;
};
struct ChannelData {
  std::uint32_t recipient = 0;
  Bytes bytes;
  bool operator==(const ChannelData&) const = default;
};
struct ChannelClose {
  std::uint32_t recipient = 0;
  bool operator==(const ChannelClose&) const = default;
};
/// SSH's numbers.
enum class DisconnectReason : std::uint32_t { protocolError = 2, serviceNotAvailable = 7, byApplication = 11 };
struct Disconnect {
  DisconnectReason reason = DisconnectReason::byApplication;
  bool operator==(const Disconnect&) const = default;
};

using Message = std::variant<ProtocolVersion, ServiceRequest, ServiceAccept, UserauthRequest, UserauthFailure,
                             UserauthSuccess, GlobalRequest, RequestSuccess, RequestFailure, ChannelOpen,
                             OpenConfirmation, OpenFailure, WindowAdjust, ChannelData, ChannelClose, Disconnect>;

/// The bytes of a CHANNEL_DATA before its data.
inline constexpr std::size_t kDataOverhead = 9;

Bytes encode(const Message& message);
/// A message that came alone, as over HECI. Refused: an unknown type, bytes that are missing or too many.
Result<Message> parse(ByteView message);

}  // namespace vme::wire::apf
