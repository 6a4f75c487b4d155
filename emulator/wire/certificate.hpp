#pragma once
// X.509 certificates reduced to the facts that firmware looks at. Decoding only (OpenSSL's X.509 functions on memory);
// nothing here trusts or refuses.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/error.hpp"

namespace vme::wire {

using Sha1 = std::array<std::uint8_t, 20>;
Sha1 sha1(ByteView bytes);

/// What firmware keeps of a certificate in its store.
struct CertificateFacts {
  std::string subject;  // `CN=...,O=...`, one line, most specific first
  std::string issuer;
  std::string commonName;
  unsigned rsaBits = 0;    // 0: no RSA key
  std::string rsaModulus;  // big-endian bytes, to compare with a key's
};
/// Reads names and RSA key without having OpenSSL set up a usable key, which costs a third of a millisecond. The error
/// says what is wrong with the DER.
Result<CertificateFacts> certificateFacts(ByteView der);

/// What a certificate says of itself besides names and key.
struct CertificateTerms {
  Bytes serial;                // big-endian, without leading zeros
  std::int64_t notBefore = 0;  // seconds since 1970
  std::int64_t notAfter = 0;
  bool ca = false;
  bool serverAuth = false;
  bool provisioningOid = false;
  std::vector<std::string> dnsNames;
};
/// As certificateFacts, without having OpenSSL set up a key.
Result<CertificateTerms> certificateTerms(ByteView der);

struct KeyFacts {
  unsigned rsaBits = 0;
  std::string rsaModulus;
};
/// Of a PKCS#1 RSAPrivateKey or PKCS#8 PrivateKeyInfo in DER.
Result<KeyFacts> privateKeyFacts(ByteView der);

/// What the TLS client of a PKI set-up showed, reduced to what the firmware's checks need (provisioning.md 3.3).
/// Fetched once a distinct chain; the verdict is each machine's own.
struct ChainFacts {
  bool empty = true;
  bool leafFirst = true;        // false: sent root first, and turned round for these facts
  bool signaturesGood = false;  // each certificate is signed by the next, the last by itself when it is self-signed
  bool endsSelfSigned = false;
  Sha1 rootSha1{};             // over the DER of the last certificate
  std::size_t totalBytes = 0;  // DER of all certificates
  std::size_t rootBytes = 0;
  unsigned maxKeyBits = 0;
  bool serverAuth = false;                       // leaf EKU 1.3.6.1.5.5.7.3.1
  bool provisioningOid = false;                  // leaf EKU 2.16.840.1.113741.1.2.3
  std::vector<std::string> organizationalUnits;  // of the leaf's subject
  std::string commonName;                        // of the leaf
  std::vector<std::string> dnsNames;             // of the leaf's subjectAltName
  std::int64_t notBefore = 0;                    // of the leaf, seconds since 1970
  std::int64_t notAfter = 0;
  std::string subject;  // of the leaf, for logs
  bool leafIsCa = false;
  Bytes leafSerial;  // big-endian, without leading zeros
  Sha1 leafSha1{};   // over the leaf's DER
};
/// `ders`: as sent; the first one's key is the one that the client has proved to hold. Where another certificate is the
/// leaf, it must have that key too, or the signatures are bad, as with a certificate that cannot be decoded.
ChainFacts chainFacts(const std::vector<Bytes>& ders);

}  // namespace vme::wire
