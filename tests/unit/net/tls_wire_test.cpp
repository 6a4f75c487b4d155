// What a server sends, seen by a client that is OpenSSL alone.

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include "net/pki.hpp"
#include "net/tls_context.hpp"
#include "testing/memory_channel.hpp"

namespace vme::net {
namespace {

constexpr std::string_view kPid = "0000037M";
constexpr std::string_view kPps = "NKLDG5DCRRNQE9YZZIJL7LFLVJED69XJ";

struct Seen {
  bool done = false;
  std::string version, suite, hint;
  Bytes certificateTypes;
  int authorities = -1;  // names in the CertificateRequest; -1: there was none
  unsigned sessionIdSize = 0;
};

Seen& seenBy(const SSL* ssl) {
  return *static_cast<Seen*>(SSL_get_app_data(ssl));
}

int onCertificateRequest(SSL* ssl, X509**, EVP_PKEY**) {
  auto& seen = seenBy(ssl);
  const unsigned char* types = nullptr;
  const auto count = SSL_get0_certificate_types(ssl, &types);
  seen.certificateTypes.assign(types, types + count);
  seen.authorities = std::max(0, sk_X509_NAME_num(SSL_get_client_CA_list(ssl)));
  return 0;
}

unsigned onPsk(SSL* ssl, const char* hint, char* identity, unsigned, unsigned char* key, unsigned) {
  seenBy(ssl).hint = hint ? hint : "";
  *std::ranges::copy(kPid, identity).out = '\0';
  std::ranges::copy(kPps, key);
  return static_cast<unsigned>(kPps.size());
}

Task<void> shake(SSL* ssl, Channel& channel, Seen& seen) {
  auto* incoming = BIO_new(BIO_s_mem());
  auto* outgoing = BIO_new(BIO_s_mem());
  SSL_set_bio(ssl, incoming, outgoing);
  SSL_set_connect_state(ssl);
  Bytes bytes(20000);
  for (;;) {
    const int result = SSL_do_handshake(ssl);
    const bool more = result != 1 && SSL_get_error(ssl, result) == SSL_ERROR_WANT_READ;
    const int size = BIO_read(outgoing, bytes.data(), static_cast<int>(bytes.size()));
    if (size > 0) co_await channel.write(ByteView(bytes).first(static_cast<std::size_t>(size)));
    seen.done = result == 1;
    if (!more) break;
    const auto got = co_await channel.read(bytes);
    if (!got || *got == 0) break;
    BIO_write(incoming, bytes.data(), static_cast<int>(*got));
  }
  co_await channel.close();
}

Seen dial(const TlsServerOptions& options, const char* suites, int highest = TLS1_2_VERSION) {
  asio::io_context context;
  auto [serverEnd, clientEnd] = testing::makeMemoryPair(context.get_executor());
  TlsChannel server(std::move(serverEnd), options);
  const std::unique_ptr<SSL_CTX, OpenSslFree<SSL_CTX_free>> settings(SSL_CTX_new(TLS_client_method()));
  SSL_CTX_set_security_level(settings.get(), 0);
  SSL_CTX_set_min_proto_version(settings.get(), TLS1_VERSION);
  SSL_CTX_set_max_proto_version(settings.get(), highest);
  SSL_CTX_set_cipher_list(settings.get(), suites);
  SSL_CTX_set_client_cert_cb(settings.get(), onCertificateRequest);
  if (!options.pskKey.empty()) SSL_CTX_set_psk_client_callback(settings.get(), onPsk);
  const SslPtr ssl(SSL_new(settings.get()));
  Seen seen;
  SSL_set_app_data(ssl.get(), &seen);
  auto serve = [&]() -> Task<void> {
    co_await server.handshake();
    co_await server.close();
  };
  asio::co_spawn(context, serve(), asio::detached);
  asio::co_spawn(context, shake(ssl.get(), *clientEnd, seen), asio::detached);
  context.run();
  seen.version = SSL_get_version(ssl.get());
  seen.suite = SSL_get_cipher_name(ssl.get());
  SSL_SESSION_get_id(SSL_get_session(ssl.get()), &seen.sessionIdSize);
  return seen;
}

TlsServerOptions pkiServer(TlsVersions versions) {
  static const auto kCredential = selfSignedCredential(keyPool(2048, 1).front());
  return {.versions = versions, .suites = {0x002F, 0x0035}, .credential = kCredential};
}

TlsServerOptions pskListener(TlsVersions versions) {
  return {.versions = versions, .pskIdentity = std::string(kPid), .pskKey = std::string(kPps)};
}

TEST(TlsWire, aClientWithRsaKeyExchangeAloneIsServedInModernMode) {
  for (const char* suite : {"AES128-SHA", "AES256-SHA", "AES128-GCM-SHA256", "ECDHE-RSA-AES128-GCM-SHA256"}) {
    const auto seen = dial(pkiServer(TlsVersions::modern), suite);
    EXPECT_TRUE(seen.done) << suite;
    EXPECT_EQ(seen.suite, suite);
    EXPECT_EQ(seen.version, "TLSv1.2");
    EXPECT_EQ(seen.sessionIdSize, 0U);
  }
}

TEST(TlsWire, thePeriodKnowsTls10AndItsSuitesInTheServersOrder) {
  auto options = pkiServer(TlsVersions::period);
  EXPECT_EQ(dial(options, "AES256-SHA:AES128-SHA").suite, "AES128-SHA");
  options.suites = {0x0005, 0x0035, 0x002F};  // one that OpenSSL may lack is no hindrance
  const auto seen = dial(options, "AES128-SHA:AES256-SHA");
  EXPECT_TRUE(seen.done);
  EXPECT_EQ(seen.suite, "AES256-SHA");
  EXPECT_EQ(seen.version, "TLSv1");
  EXPECT_FALSE(dial(options, "ECDHE-RSA-AES128-SHA").done);
}

TEST(TlsWire, theCertificateRequestHasOneTypeAndNoAuthorities) {
  for (const auto versions : {TlsVersions::period, TlsVersions::modern}) {
    auto options = pkiServer(versions);
    EXPECT_EQ(dial(options, "AES128-SHA").authorities, -1);
    options.judge = [](const auto&, const auto&) { return std::optional<std::uint8_t>(40); };
    const auto seen = dial(options, "AES128-SHA");
    EXPECT_FALSE(seen.done);
    EXPECT_EQ(seen.certificateTypes, Bytes{1});
    EXPECT_EQ(seen.authorities, 0);
  }
}

TEST(TlsWire, thePskHintIsThePid) {
  for (const auto versions : {TlsVersions::period, TlsVersions::modern}) {
    const auto seen = dial(pskListener(versions), "PSK-AES128-CBC-SHA");
    EXPECT_TRUE(seen.done);
    EXPECT_EQ(seen.hint, kPid);
  }
}

TEST(TlsWire, newerPskSuitesAreModern) {
  for (const char* suite : {"PSK-AES128-CBC-SHA256", "PSK-AES128-GCM-SHA256"}) {
    EXPECT_TRUE(dial(pskListener(TlsVersions::modern), suite).done) << suite;
    EXPECT_FALSE(dial(pskListener(TlsVersions::period), suite).done) << suite;
  }
  EXPECT_EQ(dial(pskListener(TlsVersions::modern), "PSK-AES128-GCM-SHA256:PSK-AES128-CBC-SHA").suite,
            "PSK-AES128-CBC-SHA");
  EXPECT_FALSE(dial(pskListener(TlsVersions::modern), "PSK-AES256-CBC-SHA").done);
}

}  // namespace
}  // namespace vme::net
