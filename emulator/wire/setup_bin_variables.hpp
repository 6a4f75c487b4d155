#pragma once
// The variables of setup.bin: number, name, type and lengths of each, and their values as text (provisioning.md 2.3).

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "wire/hello.hpp"
#include "wire/setup_bin.hpp"

namespace vme::wire::setup_bin {

enum class ValueType : std::uint8_t {
  text,       // printable ASCII
  number,     // little-endian, as wide as its length
  guid,       // 16 bytes, first three fields little-endian
  address,    // IPv4, network order
  addresses,  // five of them: address, mask, gateway, two name servers
  hash,       // u8 algorithm, hash, u8 length of the name, name
  binary,     // of unknown structure
};

struct Choice {
  std::uint32_t value = 0;
  std::string_view word;
};

struct Variable {
  std::uint16_t module = 0;
  std::uint16_t id = 0;
  std::string_view name;  // me.new_password
  std::string_view meaning;
  ValueType type = ValueType::binary;
  std::uint16_t least = 0, most = 0;  // bytes
  Version since;                      // the first version whose machines know it
  std::span<const Choice> choices = {};
  /// The encoding is in no source: one is chosen here, and values of other lengths are taken as bytes.
  bool guessed = false;
  bool secret = false;
};

// The numbers that firmware acts on.
inline constexpr std::uint16_t kMe = 1, kCm = 2;
enum MeVariable : std::uint16_t {
  kCurrentPassword = 1,
  kNewPassword = 2,
  kManageability = 3,
  kPowerPackage = 6,
};
enum CmVariable : std::uint16_t {
  kPid = 1,
  kPps = 2,
  kPkiSuffix = 3,
  kServerFqdn = 4,
  kRemoteConfiguration = 5,
  kBuiltInHashes = 6,
  kOwnHashes = 7,
  kAddHash = 8,
  kRedirection = 10,
  kHostName = 11,
  kDomainName = 12,
  kDhcp = 13,
  kIdleTimeout = 15,
  kProvisioningMode = 16,
  kServerAddress = 17,
  kServerPort = 18,
  kStaticIpv4 = 19,
};

std::span<const Variable> allVariables();
/// Null when there is none of that number or name.
const Variable* findVariable(std::uint16_t module, std::uint16_t id);
const Variable* findVariable(std::string_view name);
/// A hash may stand in a record several times, anything else once.
bool isRepeatable(const Variable& variable);

/// The length and the bytes of a value; the error has no place.
Result<void> checkValue(const Variable& variable, ByteView value);

/// As a person reads it: `enabled (1)`, `192.168.0.1`, `sha1:742c...:Name`; bytes of no known structure in hex.
std::string valueText(const Variable& variable, ByteView value);
/// From what valueText() gives, or a choice's word or number alone. The error has no place.
Result<Bytes> parseValue(const Variable& variable, std::string_view text);

std::uint32_t numberOf(ByteView value);

struct NamedHash {
  RootHash hash;
  std::string name;
};
/// Nothing when the bytes are no such entry.
std::optional<NamedHash> namedHash(ByteView value);
Bytes encodeHash(const NamedHash& hash);

}  // namespace vme::wire::setup_bin
