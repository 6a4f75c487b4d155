#pragma once
// Keys and certificates: a pool of RSA keys made once, self-signed certificates of MEs, a small CA, and the test root,
// intermediate and provisioning certificate that `vme pki make` writes.

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/error.hpp"
#include "net/tls.hpp"

namespace vme::net {

/// A key in DER (PKCS#1).
struct PrivateKey {
  Bytes der;
  unsigned bits = 0;
};
PrivateKey makeRsaKey(unsigned bits);

/// `size` keys of `bits` each, kept in a file of mode 0600 under the user's cache folder ($XDG_CACHE_HOME/vme, else
/// ~/.cache/vme; in memory only where that cannot be written). A present pool is read, a short one filled up. Safe when
/// several processes start at once: none waits for another's keys.
std::vector<PrivateKey> keyPool(unsigned bits, std::size_t size);

struct CertificateRequest {
  std::string commonName;
  std::string organization;
  std::vector<std::string> organizationalUnits;
  std::vector<std::string> dnsNames;
  std::vector<std::string> ipAddresses;
  bool ca = false;
  bool serverAuth = false;
  bool provisioningOid = false;  // EKU 2.16.840.1.113741.1.2.3
  std::int64_t notBefore = 0;    // seconds since 1970
  std::int64_t notAfter = 0;
  std::vector<std::uint8_t> serial;  // big-endian, positive; empty: random
  bool sha1 = false;                 // signed with SHA-1, as in the period; else SHA-256
};

/// DER of a certificate for `subjectKey` (its public part), signed by `issuerKey` in the name of `issuer` (a
/// certificate in DER; empty: self-signed).
Bytes issueCertificate(const CertificateRequest& request, ByteView subjectKey, ByteView issuer, ByteView issuerKey);

/// What an ME shows during PKI set-up: one per (pool key, bits), CN=Intel(R) AMT (provisioning.md 3.2).
std::shared_ptr<const TlsCredential> selfSignedCredential(const PrivateKey& key);
/// The same with other dates, in seconds since 1970.
std::shared_ptr<const TlsCredential> selfSignedCredential(const PrivateKey& key, std::int64_t notBefore,
                                                          std::int64_t notAfter);

/// A provisioning certificate with its chain: leaf, intermediate, root, as PEM files of `vme pki make`.
struct ProvisioningPki {
  Bytes leafKey;
  std::vector<Bytes> chain;  // leaf first, root last
  Bytes rootKey;             // empty when read from a folder
  std::vector<Bytes> crls;   // revocation lists in DER
};
struct ProvisioningPkiOptions {
  std::string host = "provisionserver.vme.test";  // CN; its domain is what MEs compare with their DNS suffix
  unsigned keyBits = 2048;
  bool oid = true;
  bool organizationalUnit = false;  // `Intel(R) Client Setup Certificate`
  bool sha1 = false;
  bool oneKey = false;   // root and leaf have the same key: MeshCentral shows its chain root first, with the leaf's key
  bool expired = false;  // a day ago
  bool revoked = false;  // by a list of the intermediate's
  bool ca = false;       // the leaf is a CA's certificate too
  bool freshKeys = false;  // false: from the cached pool, which every such PKI of this user shares
};
ProvisioningPki makeProvisioningPki(const ProvisioningPkiOptions& options);
/// root.pem, intermediate.pem, leaf.pem, leaf.key (0600), root.key (0600), chain.pem, and crl.pem where there are
/// revocation lists. Refuses to overwrite (ConfigError).
void writePki(const std::filesystem::path& folder, const ProvisioningPki& pki);
/// Reads leaf.key, chain.pem, and crl.pem where there is one. ConfigError names the file and what is wrong.
ProvisioningPki readPki(const std::filesystem::path& folder);

inline constexpr std::string_view kCrlLabel = "X509 CRL";
std::string toPem(std::string_view label, ByteView der);
/// All blocks of that label. ConfigError on a malformed block.
std::vector<Bytes> fromPem(const std::string& place, std::string_view text, std::string_view label);

}  // namespace vme::net
