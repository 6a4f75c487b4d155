#include "net/crl.hpp"

#include <openssl/err.h>
#include <openssl/x509.h>

#include <ctime>
#include <memory>
#include <stdexcept>

#include "net/tls_context.hpp"

namespace vme::net {
namespace {

constexpr std::int64_t kWeek = 7 * 86400;

struct FreeCrl {
  void operator()(X509_CRL* crl) const { X509_CRL_free(crl); }
};
struct FreeTime {
  void operator()(ASN1_TIME* time) const { ASN1_TIME_free(time); }
};
using CrlPtr = std::unique_ptr<X509_CRL, FreeCrl>;
using TimePtr = std::unique_ptr<ASN1_TIME, FreeTime>;

void require(bool condition) {
  if (!condition) throw std::runtime_error("OpenSSL could not make a revocation list");
}

TimePtr timeOf(std::int64_t seconds) {
  return TimePtr(ASN1_TIME_set(nullptr, static_cast<std::time_t>(seconds)));
}

void addRevoked(X509_CRL* crl, const Revoked& one) {
  auto* entry = X509_REVOKED_new();
  auto* number = BN_bin2bn(one.serial.data(), static_cast<int>(one.serial.size()), nullptr);
  auto* serial = BN_to_ASN1_INTEGER(number, nullptr);
  const auto at = timeOf(one.at);
  const bool done = X509_REVOKED_set_serialNumber(entry, serial) == 1 &&
                    X509_REVOKED_set_revocationDate(entry, at.get()) == 1 && X509_CRL_add0_revoked(crl, entry) == 1;
  ASN1_INTEGER_free(serial);
  BN_free(number);
  if (!done) X509_REVOKED_free(entry);
  require(done);
}

}  // namespace

Bytes makeCrl(ByteView issuer, ByteView issuerKey, const std::vector<Revoked>& revoked, std::int64_t now, bool sha1) {
  constexpr long kVersion2 = 1;
  const auto authority = decodeCertificate(issuer);
  const auto key = decodeKey(issuerKey);
  const CrlPtr crl(X509_CRL_new());
  require(authority && key && crl);
  X509_CRL_set_version(crl.get(), kVersion2);
  X509_CRL_set_issuer_name(crl.get(), X509_get_subject_name(authority.get()));
  X509_CRL_set1_lastUpdate(crl.get(), timeOf(now).get());
  X509_CRL_set1_nextUpdate(crl.get(), timeOf(now + kWeek).get());
  for (const auto& one : revoked) addRevoked(crl.get(), one);
  X509_CRL_sort(crl.get());
  require(X509_CRL_sign(crl.get(), key.get(), sha1 ? EVP_sha1() : EVP_sha256()) > 0);
  Bytes der(static_cast<std::size_t>(i2d_X509_CRL(crl.get(), nullptr)));
  auto* at = der.data();
  i2d_X509_CRL(crl.get(), &at);
  return der;
}

bool isRevoked(ByteView der, const std::vector<Bytes>& chain) {
  const auto* at = der.data();
  const CrlPtr crl(d2i_X509_CRL(nullptr, &at, static_cast<long>(der.size())));
  bool revoked = false;
  for (std::size_t i = 0; crl && i + 1 < chain.size(); ++i) {
    const auto certificate = decodeCertificate(chain[i]);
    const auto issuer = decodeCertificate(chain[i + 1]);
    if (!certificate || !issuer || X509_CRL_verify(crl.get(), X509_get0_pubkey(issuer.get())) != 1) continue;
    X509_REVOKED* entry = nullptr;
    revoked |= X509_CRL_get0_by_cert(crl.get(), &entry, certificate.get()) == 1;
  }
  ERR_clear_error();
  return revoked;
}

}  // namespace vme::net
