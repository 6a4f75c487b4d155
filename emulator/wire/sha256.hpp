#pragma once
// SHA-256, alone and keyed (HMAC, RFC 2104).

#include <array>

#include "base/bytes.hpp"

namespace vme::wire {

using Sha256 = std::array<std::uint8_t, 32>;

Sha256 sha256(ByteView bytes);
Sha256 hmacSha256(ByteView key, ByteView bytes);

}  // namespace vme::wire
