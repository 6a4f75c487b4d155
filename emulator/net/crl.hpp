#pragma once
// Certificate revocation lists: made by a small CA, and asked about a chain.

#include <cstdint>
#include <vector>

#include "base/bytes.hpp"

namespace vme::net {

struct Revoked {
  Bytes serial;         // big-endian, as wire::CertificateTerms has it
  std::int64_t at = 0;  // seconds since 1970
};
/// DER of the list of `issuer` (a certificate in DER), good for a week from `now` on.
Bytes makeCrl(ByteView issuer, ByteView issuerKey, const std::vector<Revoked>& revoked, std::int64_t now, bool sha1);

/// Whether the list (in DER) names a certificate of the chain (leaf first) and is signed by that one's issuer there.
bool isRevoked(ByteView crl, const std::vector<Bytes>& chain);

}  // namespace vme::net
