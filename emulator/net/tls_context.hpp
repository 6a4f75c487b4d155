#pragma once
// OpenSSL behind net/tls: owned pointers, credentials, and the contexts that many connections share. For net/ only.

#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <memory>
#include <vector>

#include "net/tls.hpp"

namespace vme::net {

template <auto Free>
struct OpenSslFree {
  template <typename T>
  void operator()(T* pointer) const {
    Free(pointer);
  }
};
using SslPtr = std::unique_ptr<SSL, OpenSslFree<SSL_free>>;
using X509Ptr = std::unique_ptr<X509, OpenSslFree<X509_free>>;
using KeyPtr = std::unique_ptr<EVP_PKEY, OpenSslFree<EVP_PKEY_free>>;

inline void freeCertificates(STACK_OF(X509) * stack) {
  sk_X509_pop_free(stack, X509_free);
}
using CertificatesPtr = std::unique_ptr<STACK_OF(X509), OpenSslFree<freeCertificates>>;

struct TlsCredential::Impl {
  KeyPtr key;
  X509Ptr leaf;
  CertificatesPtr others;  // from the leaf's issuer to the root
};

/// What a connection's context depends on; contexts are made once for each and kept.
struct TlsContextKind {
  bool server = true;
  bool psk = false;
  bool judged = false;
  bool told = false;  // the session's secrets have a listener
  TlsVersions versions = TlsVersions::modern;
  std::vector<unsigned> suites;
  TlsRange range = {};
  bool onlySuites = false;

  auto operator<=>(const TlsContextKind&) const = default;
};
/// The callbacks of a context find the connection's own TlsHooks in SSL_get_app_data.
SSL_CTX* contextFor(const TlsContextKind& kind);

/// What OpenSSL's callbacks read and write of one connection.
struct TlsHooks {
  PeerJudge judge;
  TlsSecretSink secrets;
  std::string pskIdentity;
  std::string pskKey;
  bool unknownPskIdentity = false;
  int alertSent = -1;
  int alertReceived = -1;
  bool refused = false;  // by the judge
  bool seen[3] = {};     // by TlsStep, where somebody asks
};

/// Decodes a key once for all that share it.
KeyPtr decodeKey(ByteView der);
X509Ptr decodeCertificate(ByteView der);
const char* suiteName(unsigned number);

}  // namespace vme::net
