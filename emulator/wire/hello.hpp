#pragma once
// The hello packet: one binary block that an ME in set-up sends to TCP 9971 of the service point.
//
//   off size        field (little-endian)                                  source: IRG setupmodehellomessages
//    0  u16         admin credentials: 0 factory, 1 changed                (provisioning.md 1.3)
//    2  u16         version: 2 PSK, 3 PKI
//    4  u32         retry count
//    8  16          device UUID, SMBIOS byte order
//   24  8           PSK: PID, ASCII without dash
//   24  u8          PKI: number of root hashes, then for each: u8 algorithm, u8 length, hash

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "base/bytes.hpp"
#include "base/error.hpp"
#include "base/uuid.hpp"

namespace vme::wire {

enum class HashAlgorithm : std::uint8_t { sha1 = 1, sha256 = 2, sha384 = 3 };
/// In bytes; 0 for a number that is no algorithm.
std::size_t hashLength(std::uint8_t algorithm);

struct RootHash {
  HashAlgorithm algorithm = HashAlgorithm::sha1;
  Bytes hash;
  bool operator==(const RootHash&) const = default;
};

struct Hello {
  bool adminCredentialsSet = false;
  std::uint32_t retryCount = 0;
  Uuid uuid;
  /// The PID makes it a PSK hello (version 2), the hashes a PKI hello (version 3).
  std::variant<std::string, std::vector<RootHash>> credentials;

  bool isPsk() const { return credentials.index() == 0; }
  bool operator==(const Hello&) const = default;
};

Bytes encode(const Hello& hello);

/// The whole message. Strict: wrong version, flag, algorithm, length, trailing bytes, PID outside its alphabet, or a
/// UUID of all zeros or ones are errors whose text names the offset.
Result<Hello> parseHello(ByteView message);

/// No valid hello is longer.
inline constexpr std::size_t kMaxHelloSize = 25 + 23 * (2 + 48);

}  // namespace vme::wire
