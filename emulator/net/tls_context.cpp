#include "net/tls_context.hpp"

#include <openssl/err.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <map>
#include <mutex>
#include <unordered_map>

namespace vme::net {
namespace {

constexpr std::size_t kCacheSize = 4096;

struct Suite {
  unsigned number;
  const char* name;
};
constexpr std::array kPeriodSuites{
    Suite{0x0004, "RC4-MD5"},    Suite{0x0005, "RC4-SHA"},    Suite{0x000A, "DES-CBC3-SHA"},
    Suite{0x002F, "AES128-SHA"}, Suite{0x0035, "AES256-SHA"},
};

std::string digestOf(ByteView bytes) {
  std::string digest(SHA256_DIGEST_LENGTH, '\0');
  SHA256(bytes.data(), bytes.size(), reinterpret_cast<unsigned char*>(digest.data()));
  return digest;
}

TlsHooks& hooksOf(const SSL* ssl) {
  return *static_cast<TlsHooks*>(SSL_get_app_data(ssl));
}

unsigned onServerPsk(SSL* ssl, const char* identity, unsigned char* key, unsigned size) {
  auto& hooks = hooksOf(ssl);
  std::string given(identity);
  if (given.size() == 9 && given[4] == '-') given.erase(4, 1);  // as people write a PID
  if (given != hooks.pskIdentity || hooks.pskKey.size() > size) {
    hooks.unknownPskIdentity = true;
    return 0;
  }
  std::ranges::copy(hooks.pskKey, key);
  return static_cast<unsigned>(hooks.pskKey.size());
}

unsigned onClientPsk(SSL* ssl, const char*, char* identity, unsigned identitySize, unsigned char* key, unsigned size) {
  const auto& hooks = hooksOf(ssl);
  if (hooks.pskIdentity.size() + 1 > identitySize || hooks.pskKey.size() > size) return 0;
  *std::ranges::copy(hooks.pskIdentity, identity).out = '\0';
  std::ranges::copy(hooks.pskKey, key);
  return static_cast<unsigned>(hooks.pskKey.size());
}

void onInfo(const SSL* ssl, int where, int value) {
  constexpr int kFatal = 2;
  if ((where & SSL_CB_ALERT) == 0 || value >> 8 != kFatal) return;
  ((where & SSL_CB_READ) != 0 ? hooksOf(ssl).alertReceived : hooksOf(ssl).alertSent) = value & 0xFF;
}

void onKeyLog(const SSL* ssl, const char* line) {
  if (const auto& secrets = hooksOf(ssl).secrets) secrets(line);
}

/// The verification error that OpenSSL turns into that alert (its ssl_x509err2alert).
int errorForAlert(std::uint8_t alert) {
  switch (alert) {
    case SSL_AD_UNKNOWN_CA:
      return X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY;
    case SSL_AD_BAD_CERTIFICATE:
      return X509_V_ERR_CERT_REJECTED;
    case SSL_AD_HANDSHAKE_FAILURE:
      return X509_V_ERR_APPLICATION_VERIFICATION;
    case SSL_AD_CERTIFICATE_EXPIRED:
      return X509_V_ERR_CERT_HAS_EXPIRED;
    default:
      return X509_V_ERR_NO_EXPLICIT_POLICY;  // has no row of its own, and so becomes certificate_unknown
  }
}

/// Facts of a chain, kept by its digest: a fleet's machines are all shown the same one.
std::shared_ptr<const wire::ChainFacts> factsOf(const std::vector<Bytes>& chain) {
  static std::mutex mutex;
  static std::unordered_map<std::string, std::shared_ptr<const wire::ChainFacts>> known;
  Bytes all;
  for (const auto& der : chain) all.insert(all.end(), der.begin(), der.end());
  const auto key = digestOf(all);
  {
    const std::lock_guard lock(mutex);
    if (const auto found = known.find(key); found != known.end()) return found->second;
  }
  auto facts = std::make_shared<const wire::ChainFacts>(wire::chainFacts(chain));
  const std::lock_guard lock(mutex);
  if (known.size() >= kCacheSize) known.clear();
  known.emplace(key, facts);
  return facts;
}

int onVerify(X509_STORE_CTX* store, void*) {
  auto* ssl = static_cast<SSL*>(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
  auto& hooks = hooksOf(ssl);
  if (!hooks.judge) return 1;
  std::vector<Bytes> chain;
  const auto* sent = X509_STORE_CTX_get0_untrusted(store);
  for (int i = 0; i < sk_X509_num(sent); ++i) {
    auto* certificate = sk_X509_value(sent, i);
    Bytes der(static_cast<std::size_t>(std::max(0, i2d_X509(certificate, nullptr))));
    auto* at = der.data();
    i2d_X509(certificate, &at);
    chain.push_back(std::move(der));
  }
  const auto alert = hooks.judge(factsOf(chain), chain);
  if (!alert) return 1;
  hooks.refused = true;
  X509_STORE_CTX_set_error(store, errorForAlert(*alert));
  return 0;
}

std::string cipherList(const TlsContextKind& kind) {
  const bool period = kind.versions == TlsVersions::period;
  if (kind.psk) {
    return period ? "PSK-AES128-CBC-SHA" : "PSK-AES128-CBC-SHA:PSK-AES128-CBC-SHA256:PSK-AES128-GCM-SHA256";
  }
  if (!period && !kind.onlySuites) return "ALL:!aNULL:!eNULL:!PSK:!SRP";
  std::string list;
  for (const auto number : kind.suites) {
    const auto* name = suiteName(number);
    if (!name) continue;
    if (!list.empty()) list += ':';
    list += name;
  }
  return list.empty() ? "AES128-SHA:AES256-SHA" : list;
}

void setVersions(SSL_CTX* context, const TlsContextKind& kind) {
  const bool period = kind.versions == TlsVersions::period;
  int lowest = period || kind.versions == TlsVersions::any ? TLS1_VERSION : TLS1_2_VERSION;
  int highest = period ? TLS1_VERSION : kind.psk ? TLS1_2_VERSION : TLS1_3_VERSION;
  if (kind.range.lowest != 0) lowest = static_cast<int>(kind.range.lowest);
  if (kind.range.highest != 0) highest = static_cast<int>(kind.range.highest);
  SSL_CTX_set_min_proto_version(context, std::min(lowest, highest));
  SSL_CTX_set_max_proto_version(context, highest);
}

SSL_CTX* makeContext(const TlsContextKind& kind) {
  auto* context = SSL_CTX_new(kind.server ? TLS_server_method() : TLS_client_method());
  SSL_CTX_set_security_level(context, 0);  // keys and hashes of the period
  setVersions(context, kind);
  SSL_CTX_set_cipher_list(context, cipherList(kind).c_str());
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_NO_AUTO_CHAIN);
  SSL_CTX_set_options(context, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE |
                                   SSL_OP_IGNORE_UNEXPECTED_EOF);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(context, 0);
  SSL_CTX_set_info_callback(context, onInfo);
  if (kind.told) SSL_CTX_set_keylog_callback(context, onKeyLog);
  SSL_CTX_set_cert_verify_callback(context, onVerify, nullptr);
  if (kind.psk && kind.server) SSL_CTX_set_psk_server_callback(context, onServerPsk);
  if (kind.psk && !kind.server) SSL_CTX_set_psk_client_callback(context, onClientPsk);
  if (kind.server && kind.judged) {
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
    // CertificateRequest as an ME sends it: one type, rsa_sign, and no names of authorities (provisioning.md 3.2).
    const std::uint8_t types[] = {1};
    SSL_CTX_set1_client_certificate_types(context, types, 1);
  }
  if (!kind.server) {
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
    SSL_CTX_set_options(context, SSL_OP_LEGACY_SERVER_CONNECT);  // firmware of the period is older than RFC 5746
  }
  return context;
}

}  // namespace

SSL_CTX* contextFor(const TlsContextKind& kind) {
  static std::mutex mutex;
  static std::map<TlsContextKind, std::unique_ptr<SSL_CTX, OpenSslFree<SSL_CTX_free>>> contexts;
  const std::lock_guard lock(mutex);
  auto& context = contexts[kind];
  if (!context) context.reset(makeContext(kind));
  return context.get();
}

KeyPtr decodeKey(ByteView der) {
  static std::mutex mutex;
  static std::unordered_map<std::string, KeyPtr> known;
  const auto digest = digestOf(der);
  const std::lock_guard lock(mutex);
  if (known.size() >= kCacheSize) known.clear();
  auto& key = known[digest];
  if (!key) {
    const auto* at = der.data();
    key.reset(d2i_AutoPrivateKey(nullptr, &at, static_cast<long>(der.size())));
    ERR_clear_error();
  }
  if (!key) {
    known.erase(digest);
    return nullptr;
  }
  EVP_PKEY_up_ref(key.get());
  return KeyPtr(key.get());
}

X509Ptr decodeCertificate(ByteView der) {
  const auto* at = der.data();
  X509Ptr certificate(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
  ERR_clear_error();
  return certificate;
}

const char* suiteName(unsigned number) {
  const auto found = std::ranges::find(kPeriodSuites, number, &Suite::number);
  return found == kPeriodSuites.end() ? nullptr : found->name;
}

Result<std::shared_ptr<const TlsCredential>> TlsCredential::make(ByteView key, const std::vector<ByteView>& chain) {
  auto impl = std::make_unique<Impl>();
  impl->key = decodeKey(key);
  if (!impl->key) return fail("key", "the private key cannot be decoded");
  if (chain.empty()) return fail("certificate", "there is no certificate");
  impl->leaf = decodeCertificate(chain.front());
  if (!impl->leaf) return fail("certificate", "the certificate cannot be decoded");
  if (X509_check_private_key(impl->leaf.get(), impl->key.get()) != 1) {
    ERR_clear_error();
    return fail("certificate", "certificate and key do not fit");
  }
  impl->others.reset(sk_X509_new_null());
  for (std::size_t i = 1; i < chain.size(); ++i) {
    auto certificate = decodeCertificate(chain[i]);
    if (!certificate) return fail("certificate " + std::to_string(i + 1), "the certificate cannot be decoded");
    sk_X509_push(impl->others.get(), certificate.release());
  }
  return std::make_shared<const TlsCredential>(std::move(impl));
}

TlsCredential::TlsCredential(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
TlsCredential::~TlsCredential() = default;

Bytes TlsCredential::leaf() const {
  Bytes der(static_cast<std::size_t>(std::max(0, i2d_X509(impl_->leaf.get(), nullptr))));
  auto* at = der.data();
  i2d_X509(impl_->leaf.get(), &at);
  return der;
}

std::vector<std::string> missingPeriodSuites() {
  std::vector<std::string> missing;
  for (const auto& suite : kPeriodSuites) {
    const std::unique_ptr<SSL_CTX, OpenSslFree<SSL_CTX_free>> context(SSL_CTX_new(TLS_server_method()));
    SSL_CTX_set_security_level(context.get(), 0);
    if (SSL_CTX_set_cipher_list(context.get(), suite.name) != 1) missing.emplace_back(suite.name);
    ERR_clear_error();
  }
  return missing;
}

}  // namespace vme::net
