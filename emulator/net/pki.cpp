#include "net/pki.hpp"

#include <openssl/err.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <cctype>
#include <ctime>

#include "net/crl.hpp"
#include "net/tls_context.hpp"
#include "wire/certificate.hpp"

namespace vme::net {
namespace {

constexpr std::int64_t kYear1999 = 915148800;
constexpr std::int64_t kYear2039 = 2177452800;
constexpr std::int64_t kDay = 86400;
constexpr std::size_t kLongestCommonName = 64;  // ub-common-name, RFC 5280 appendix A

void require(bool condition, const char* what) {
  if (!condition) throw std::runtime_error(std::string("OpenSSL could not make ") + what);
}

Bytes derOf(const X509* certificate) {
  Bytes der(static_cast<std::size_t>(i2d_X509(certificate, nullptr)));
  auto* at = der.data();
  i2d_X509(certificate, &at);
  return der;
}

void addName(X509_NAME* name, const char* field, const std::string& value) {
  if (value.empty()) return;
  require(X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(value.data()),
                                     static_cast<int>(value.size()), -1, 0) == 1,
          "a name of what is given");
}

void addExtension(X509* certificate, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  auto* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
  require(extension, "a certificate extension");
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

void setSerial(X509* certificate, std::vector<std::uint8_t> serial) {
  if (serial.empty()) {
    serial.resize(16);
    require(RAND_bytes(serial.data(), static_cast<int>(serial.size())) == 1, "a serial number");
    serial[0] &= 0x7FU;
  }
  auto* number = BN_bin2bn(serial.data(), static_cast<int>(serial.size()), nullptr);
  BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate));
  BN_free(number);
}

std::string joined(const CertificateRequest& request) {
  std::string text;
  for (const auto& name : request.dnsNames) text += (text.empty() ? "DNS:" : ",DNS:") + name;
  for (const auto& address : request.ipAddresses) text += (text.empty() ? "IP:" : ",IP:") + address;
  return text;
}

void addExtensions(X509* certificate, X509* issuer, const CertificateRequest& request) {
  addExtension(certificate, issuer, NID_basic_constraints, request.ca ? "critical,CA:TRUE" : "CA:FALSE");
  addExtension(certificate, issuer, NID_key_usage,
               request.ca ? "critical,keyCertSign,cRLSign" : "digitalSignature,keyEncipherment");
  std::string usages;
  if (request.serverAuth) usages = "serverAuth";
  if (request.provisioningOid) usages += (usages.empty() ? "" : ",") + std::string("2.16.840.1.113741.1.2.3");
  if (!usages.empty()) addExtension(certificate, issuer, NID_ext_key_usage, usages);
  addExtension(certificate, issuer, NID_subject_key_identifier, "hash");
  if (issuer != certificate) addExtension(certificate, issuer, NID_authority_key_identifier, "keyid");
  if (const auto names = joined(request); !names.empty()) {
    addExtension(certificate, issuer, NID_subject_alt_name, names);
  }
}

/// MEs look at the common name, so a host name must fit there.
void requireHostName(const std::string& host) {
  const auto fits = [](unsigned char c) { return std::isalnum(c) != 0 || c == '-' || c == '.' || c == '*'; };
  if (!host.empty() && host.size() <= kLongestCommonName && std::ranges::all_of(host, fits)) return;
  throw ConfigError("host '" + host + "'",
                    "no host name for a certificate. use letters, digits, dashes and dots, 64 characters at most");
}

}  // namespace

PrivateKey makeRsaKey(unsigned bits) {
  const KeyPtr key(EVP_RSA_gen(bits));
  require(key != nullptr, "an RSA key");
  PrivateKey made{.der = {}, .bits = bits};
  made.der.resize(static_cast<std::size_t>(i2d_PrivateKey(key.get(), nullptr)));
  auto* at = made.der.data();
  i2d_PrivateKey(key.get(), &at);
  return made;
}

Bytes issueCertificate(const CertificateRequest& request, ByteView subjectKey, ByteView issuer, ByteView issuerKey) {
  const X509Ptr certificate(X509_new());
  const auto key = decodeKey(subjectKey);
  const auto signer = decodeKey(issuerKey);
  const auto issuerCertificate = issuer.empty() ? X509Ptr() : decodeCertificate(issuer);
  require(key && signer && (issuer.empty() || issuerCertificate), "a certificate of these keys");
  auto* authority = issuerCertificate ? issuerCertificate.get() : certificate.get();
  X509_set_version(certificate.get(), X509_VERSION_3);
  setSerial(certificate.get(), request.serial);
  ASN1_TIME_set(X509_getm_notBefore(certificate.get()), static_cast<std::time_t>(request.notBefore));
  ASN1_TIME_set(X509_getm_notAfter(certificate.get()), static_cast<std::time_t>(request.notAfter));
  auto* subject = X509_get_subject_name(certificate.get());
  addName(subject, "O", request.organization);
  for (const auto& unit : request.organizationalUnits) addName(subject, "OU", unit);
  // A longer host name stands in subjectAltName alone.
  if (request.dnsNames.empty() || request.commonName.size() <= kLongestCommonName) {
    addName(subject, "CN", request.commonName);
  }
  X509_set_issuer_name(certificate.get(), X509_get_subject_name(authority));
  X509_set_pubkey(certificate.get(), key.get());
  addExtensions(certificate.get(), authority, request);
  require(X509_sign(certificate.get(), signer.get(), request.sha1 ? EVP_sha1() : EVP_sha256()) > 0, "a signature");
  return derOf(certificate.get());
}

std::shared_ptr<const TlsCredential> selfSignedCredential(const PrivateKey& key) {
  return selfSignedCredential(key, kYear1999, kYear2039);
}

std::shared_ptr<const TlsCredential> selfSignedCredential(const PrivateKey& key, std::int64_t notBefore,
                                                          std::int64_t notAfter) {
  // SHA-1 as in the period on its short keys. Firmware with 2048-bit keys gets SHA-256, so that clients of today do not
  // refuse a certificate that they are told not to verify.
  const auto certificate = issueCertificate({.commonName = "Intel(R) AMT",
                                             .organization = "Intel Corporation",
                                             .notBefore = notBefore,
                                             .notAfter = notAfter,
                                             .sha1 = key.bits < 2048},
                                            key.der, {}, key.der);
  auto credential = TlsCredential::make(key.der, {certificate});
  if (!credential) throw std::runtime_error(credential.error().message());
  return *credential;
}

ProvisioningPki makeProvisioningPki(const ProvisioningPkiOptions& options) {
  requireHostName(options.host);
  const std::int64_t now = std::time(nullptr);
  const auto keys =
      options.freshKeys ? std::vector{makeRsaKey(2048), makeRsaKey(2048), makeRsaKey(2048)} : keyPool(2048, 3);
  const auto leafKey = options.oneKey ? keys[0] : options.keyBits == 2048 ? keys[2] : makeRsaKey(options.keyBits);
  CertificateRequest request{.commonName = "VirtualME test root",
                             .organization = "VirtualME",
                             .ca = true,
                             .notBefore = now - kDay,
                             .notAfter = now + 3650 * kDay,
                             .sha1 = options.sha1};
  const auto root = issueCertificate(request, keys[0].der, {}, keys[0].der);
  request.commonName = "VirtualME test intermediate";
  const auto intermediate = issueCertificate(request, keys[1].der, root, keys[0].der);
  request.commonName = options.host;
  request.ca = options.ca;
  request.serverAuth = true;
  request.provisioningOid = options.oid;
  request.dnsNames = {options.host};
  request.notBefore = options.expired ? now - 400 * kDay : now - kDay;
  request.notAfter = options.expired ? now - kDay : now + 825 * kDay;
  if (options.organizationalUnit) request.organizationalUnits = {"Intel(R) Client Setup Certificate"};
  const auto leaf = issueCertificate(request, leafKey.der, intermediate, keys[1].der);
  ProvisioningPki pki{.leafKey = leafKey.der, .chain = {leaf, intermediate, root}, .rootKey = keys[0].der, .crls = {}};
  if (options.revoked) {
    const auto terms = wire::certificateTerms(leaf);
    require(terms.has_value(), "a revocation list");
    pki.crls.push_back(makeCrl(intermediate, keys[1].der, {{terms->serial, now}}, now, options.sha1));
  }
  return pki;
}

}  // namespace vme::net
