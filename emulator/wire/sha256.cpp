#include "wire/sha256.hpp"

#include <openssl/evp.h>
#include <openssl/sha.h>

namespace vme::wire {

Sha256 sha256(ByteView bytes) {
  Sha256 digest{};
  SHA256(bytes.data(), bytes.size(), digest.data());
  return digest;
}

Sha256 hmacSha256(ByteView key, ByteView bytes) {
  Sha256 digest{};
  EVP_Q_mac(nullptr, "HMAC", nullptr, "SHA256", nullptr, key.data(), key.size(), bytes.data(), bytes.size(),
            digest.data(), digest.size(), nullptr);
  return digest;
}

}  // namespace vme::wire
