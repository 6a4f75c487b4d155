#pragma once
// AMTHI (PTHI), the host's interface to AMT over HECI: one request, one response (heci.md 4.1, 4.2). All numbers are
// little-endian; offsets are from the start of the message.
//
//   offset  size  field
//   0       1     version major, 1
//   1       1     version minor, 1
//   2       2     reserved, 0
//   4       4     command; a response has bit 23 set
//   8       4     length of what follows
//   12      4     responses only: the status
//   then          data

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/amthi_command.hpp"
#include "base/bytes.hpp"
#include "base/error.hpp"
#include "wire/amt_status.hpp"
#include "wire/hello.hpp"

namespace vme::wire::amthi {

using Command = AmthiCommand;

inline constexpr std::size_t kHeaderSize = 12;
inline constexpr std::uint32_t kResponseBit = 0x00800000;

struct Header {
  std::uint8_t major = 1;
  std::uint8_t minor = 1;
  std::uint16_t reserved = 0;
  std::uint32_t command = 0;
  std::uint32_t length = 0;
};
/// Nothing for less than a header.
std::optional<Header> readHeader(ByteView message);

Bytes request(Command command, ByteView data = {});
/// The command as the request had it, known or not.
Bytes response(std::uint32_t command, AmtStatus status, ByteView data = {});

struct Response {
  AmtStatus status = AmtStatus::success;
  Bytes data;
};
/// As strict as the tools of the time: the request's command, the length of the message, version 1.1, nothing reserved.
Result<Response> parseResponse(Command command, ByteView message);

// Data of requests and responses.

/// u16 count of bytes, then them.
Bytes ansi(std::string_view text);
/// All of `data`, with or without a NUL at its end. Nothing when the count is not the size.
std::optional<std::string> readAnsi(ByteView data);
Bytes number(std::uint32_t value);
/// Exactly one u32.
std::optional<std::uint32_t> readNumber(ByteView data);

/// GetCodeVersions.
struct CodeVersion {
  std::string description;  // at most 19 characters, as the version
  std::string version;
  bool operator==(const CodeVersion&) const = default;
};
struct CodeVersions {
  std::string bios;  // at most 64 characters
  std::vector<CodeVersion> entries;
  bool operator==(const CodeVersions&) const = default;

  /// Of the entry with that description; empty: none.
  std::string_view of(std::string_view description) const;
};
Bytes encode(const CodeVersions& versions);
Result<CodeVersions> parseCodeVersions(ByteView data);

/// GetProvisioningMode.
struct ProvisioningMode {
  std::uint32_t mode = 0;  // 0 none, 1 enterprise, 2 small business, 3 remote assistance
  bool legacy = false;
  bool operator==(const ProvisioningMode&) const = default;
};
Bytes encode(const ProvisioningMode& mode);
Result<ProvisioningMode> parseProvisioningMode(ByteView data);

/// GetMacAddresses.
struct MacAddresses {
  std::array<std::uint8_t, 6> dedicated{};
  std::array<std::uint8_t, 6> host{};
  bool operator==(const MacAddresses&) const = default;
};
Bytes encode(const MacAddresses& addresses);
Result<MacAddresses> parseMacAddresses(ByteView data);

/// EnumerateHashHandles: u32 count, then the handles.
Bytes encodeHandles(const std::vector<std::uint32_t>& handles);
Result<std::vector<std::uint32_t>> parseHandles(ByteView data);

/// GetCertificateHashEntry.
struct HashEntry {
  bool isDefault = false;
  bool isActive = false;
  RootHash hash;
  std::string name;
  bool operator==(const HashEntry&) const = default;
};
Bytes encode(const HashEntry& entry);
Result<HashEntry> parseHashEntry(ByteView data);

/// GetLanInterfaceSettings.
struct LanSettings {
  bool enabled = false;
  std::uint32_t ipv4 = 0;  // host byte order
  bool dhcp = false;
  std::uint8_t dhcpIpMode = 0;  // 1 active, 2 passive: the host's lease is watched
  bool link = false;
  std::array<std::uint8_t, 6> mac{};
  bool operator==(const LanSettings&) const = default;
};
Bytes encode(const LanSettings& settings);
Result<LanSettings> parseLanSettings(ByteView data);

/// GetLocalSystemAccount.
struct LocalAccount {
  std::string user;  // at most 32 characters, as the password
  std::string password;
  bool operator==(const LocalAccount&) const = default;
};
Bytes encode(const LocalAccount& account);
Result<LocalAccount> parseLocalAccount(ByteView data);

}  // namespace vme::wire::amthi
