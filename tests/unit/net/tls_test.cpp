#include "net/tls.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <optional>

#include "net/pki.hpp"
#include "testing/memory_channel.hpp"

namespace vme::net {
namespace {

const ProvisioningPki& pki() {
  static const auto kPki = makeProvisioningPki({});
  return kPki;
}

std::shared_ptr<const TlsCredential> provisioningCredential(std::size_t certificates = 3) {
  std::vector<ByteView> chain(pki().chain.begin(), pki().chain.begin() + static_cast<std::ptrdiff_t>(certificates));
  return *TlsCredential::make(pki().leafKey, chain);
}

std::shared_ptr<const TlsCredential> selfSigned(unsigned bits = 2048) {
  return selfSignedCredential(keyPool(bits, 1).front());
}

TlsServerOptions pskServer(TlsVersions versions) {
  return {.versions = versions, .pskIdentity = "0000037M", .pskKey = "NKLDG5DCRRNQE9YZZIJL7LFLVJED69XJ"};
}

TlsClientOptions pskClient(std::string identity = "0000037M", std::string key = "NKLDG5DCRRNQE9YZZIJL7LFLVJED69XJ") {
  return {.versions = TlsVersions::any, .pskIdentity = std::move(identity), .pskKey = std::move(key)};
}

struct Outcome {
  std::optional<TlsFailure> server, client;
  std::string version, suite;
  bool echoed = false;
  std::string clientReadError;  // TLS 1.3: the client learns of a refusal when it reads
};

Outcome exchange(const TlsServerOptions& serverOptions, const TlsClientOptions& clientOptions,
                 const testing::MemoryPairOptions& pairOptions = {}) {
  asio::io_context context;
  auto [serverEnd, clientEnd] = testing::makeMemoryPair(context.get_executor(), pairOptions);
  TlsChannel server(std::move(serverEnd), serverOptions);
  TlsChannel client(std::move(clientEnd), clientOptions);
  Outcome outcome;
  auto serve = [&]() -> Task<void> {
    if (const auto done = co_await server.handshake(); !done) {
      outcome.server = done.error();
    } else {
      std::array<std::uint8_t, 64> bytes{};
      const auto got = co_await server.read(bytes);
      if (got && *got > 0) co_await server.write(ByteView(bytes).first(*got));
    }
    co_await server.close();
  };
  auto connect = [&]() -> Task<void> {
    if (const auto done = co_await client.handshake(); !done) {
      outcome.client = done.error();
    } else {
      outcome.version = client.version();
      outcome.suite = client.suite();
      co_await client.write(asBytes("hello"));
      std::array<std::uint8_t, 64> bytes{};
      const auto got = co_await client.read(bytes);
      outcome.echoed = got && asText(ByteView(bytes).first(*got)) == "hello";
      if (!got) outcome.clientReadError = got.error().text;
    }
    co_await client.close();
  };
  asio::co_spawn(context, serve(), asio::detached);
  asio::co_spawn(context, connect(), asio::detached);
  context.run();
  return outcome;
}

std::uint8_t alertSeen(const Outcome& outcome) {
  if (outcome.client) return outcome.client->alert;
  const auto at = outcome.clientReadError.find("TLS alert ");
  return at == std::string::npos ? std::uint8_t{0}
                                 : static_cast<std::uint8_t>(std::stoi(outcome.clientReadError.substr(at + 10)));
}

TEST(TlsPsk, completesInBothModes) {
  const auto period = exchange(pskServer(TlsVersions::period), pskClient());
  EXPECT_TRUE(period.echoed);
  EXPECT_EQ(period.version, "TLSv1");
  EXPECT_EQ(period.suite, "PSK-AES128-CBC-SHA");
  const auto modern = exchange(pskServer(TlsVersions::modern), pskClient());
  EXPECT_TRUE(modern.echoed);
  EXPECT_EQ(modern.version, "TLSv1.2");
  EXPECT_TRUE(exchange(pskServer(TlsVersions::modern), pskClient("0000-037M")).echoed);
}

TEST(TlsPsk, aWrongKeyIsABadMacAndAWrongIdentityIsTold) {
  for (const auto versions : {TlsVersions::period, TlsVersions::modern}) {
    const auto wrongKey = exchange(pskServer(versions), pskClient("0000037M", std::string(32, 'X')));
    ASSERT_TRUE(wrongKey.server);
    EXPECT_TRUE(wrongKey.server->badMac);
    EXPECT_EQ(wrongKey.server->text, "TLS alert 20 (bad_record_mac) sent: decryption failed or bad record mac");
    EXPECT_EQ(alertSeen(wrongKey), 20);
    const auto wrongIdentity = exchange(pskServer(versions), pskClient("ZZZZZZZZ"));
    ASSERT_TRUE(wrongIdentity.server);
    EXPECT_TRUE(wrongIdentity.server->unknownPskIdentity);
    EXPECT_FALSE(wrongIdentity.server->badMac);
    EXPECT_EQ(alertSeen(wrongIdentity), 115);
  }
}

TEST(TlsPsk, whoeverHasNoCommonGroundIsToldSo) {
  const auto versions = exchange(pskServer(TlsVersions::period), {.versions = TlsVersions::modern});
  EXPECT_EQ(alertSeen(versions), 70);
  const auto kinds = exchange(pskServer(TlsVersions::modern), {.versions = TlsVersions::any});
  ASSERT_TRUE(kinds.client);
  EXPECT_EQ(kinds.client->kind, TlsFailure::Kind::alertReceived);
  EXPECT_EQ(kinds.client->text, "TLS alert 40 (handshake_failure) received");
}

TEST(TlsPki, theChainIsJudgedOnceInEveryMode) {
  for (const auto versions : {TlsVersions::period, TlsVersions::modern}) {
    int judged = 0;
    wire::ChainFacts facts;
    TlsServerOptions server{.versions = versions, .suites = {0x002F, 0x0005}, .credential = selfSigned()};
    server.judge = [&](const std::shared_ptr<const wire::ChainFacts>& chain, const std::vector<Bytes>& ders) {
      ++judged;
      facts = *chain;
      EXPECT_EQ(ders, pki().chain);
      return std::optional<std::uint8_t>();
    };
    const auto outcome = exchange(server, {.credential = provisioningCredential()});
    EXPECT_TRUE(outcome.echoed);
    EXPECT_EQ(outcome.version, versions == TlsVersions::period ? "TLSv1" : "TLSv1.3");
    EXPECT_EQ(judged, 1);
    EXPECT_TRUE(facts.signaturesGood && facts.endsSelfSigned && facts.serverAuth && facts.provisioningOid);
    EXPECT_EQ(facts.commonName, "provisionserver.vme.test");
    EXPECT_EQ(facts.rootSha1, wire::sha1(pki().chain.back()));
    EXPECT_EQ(facts.maxKeyBits, 2048U);
  }
}

TEST(TlsPki, eachAlertReachesTheClientAsItWasOrdered) {
  for (const auto versions : {TlsVersions::period, TlsVersions::modern}) {
    for (const std::uint8_t alert :
         {std::uint8_t{40}, std::uint8_t{42}, std::uint8_t{45}, std::uint8_t{46}, std::uint8_t{48}}) {
      TlsServerOptions server{.versions = versions, .suites = {0x002F}, .credential = selfSigned()};
      server.judge = [alert](const auto&, const auto&) { return std::optional(alert); };
      const auto outcome = exchange(server, {.credential = provisioningCredential()});
      ASSERT_TRUE(outcome.server);
      EXPECT_EQ(outcome.server->alert, alert);
      EXPECT_EQ(alertSeen(outcome), alert);
      EXPECT_FALSE(outcome.echoed);
    }
  }
}

TEST(TlsPki, aClientWithoutACertificateIsJudgedWithAnEmptyChainAndRefused) {
  bool empty = false;
  TlsServerOptions server{.versions = TlsVersions::period, .suites = {0x002F}, .credential = selfSigned()};
  server.judge = [&](const std::shared_ptr<const wire::ChainFacts>& chain, const auto&) {
    empty = chain->empty;
    return std::optional<std::uint8_t>(40);
  };
  const auto outcome = exchange(server, {});
  EXPECT_TRUE(empty);
  EXPECT_EQ(alertSeen(outcome), 40);
}

TEST(TlsPki, aChainWithoutItsRootDoesNotEndSelfSigned) {
  wire::ChainFacts facts;
  TlsServerOptions server{.versions = TlsVersions::modern, .credential = selfSigned()};
  server.judge = [&](const std::shared_ptr<const wire::ChainFacts>& chain, const auto&) {
    facts = *chain;
    return std::optional<std::uint8_t>(48);
  };
  exchange(server, {.credential = provisioningCredential(2)});
  EXPECT_TRUE(facts.signaturesGood);
  EXPECT_FALSE(facts.endsSelfSigned);
}

TEST(TlsPki, theKeyOfThePeriodIsTakenInBothModes) {
  EXPECT_TRUE(
      exchange({.versions = TlsVersions::period, .suites = {0x002F}, .credential = selfSigned(1024)}, {}).echoed);
  EXPECT_TRUE(exchange({.versions = TlsVersions::modern, .credential = selfSigned(1024)}, {}).echoed);
}

TEST(TlsChannels, everyFailureOfTheNetworkEndsBothSides) {
  bool everyOperationSucceeded = false;
  for (std::size_t n = 0; !everyOperationSucceeded; ++n) {
    ASSERT_LT(n, 200U);
    const auto outcome = exchange(pskServer(TlsVersions::modern), pskClient(), {.failAfter = n});
    everyOperationSucceeded = outcome.echoed;
    if (n < 4) {
      EXPECT_TRUE(outcome.server || outcome.client) << n;
    }
  }
  TlsServerOptions server{.versions = TlsVersions::period, .suites = {0x002F}, .credential = selfSigned()};
  server.judge = [](const auto&, const auto&) { return std::optional<std::uint8_t>(); };
  for (std::size_t n = 0;; ++n) {
    ASSERT_LT(n, 200U);
    const auto outcome = exchange(server, {.credential = provisioningCredential()}, {.failAfter = n});
    if (outcome.echoed) break;
    if (n < 5) {
      EXPECT_TRUE(outcome.server || outcome.client) << n;
    }
  }
}

/// How a server's handshake with a peer that does that ends.
TlsFailure failureWith(const std::function<Task<void>(Channel& peer)>& peer,
                       std::chrono::milliseconds patience = std::chrono::hours(1)) {
  asio::io_context context;
  auto [serverEnd, peerEnd] = testing::makeMemoryPair(context.get_executor());
  TlsChannel server(std::move(serverEnd), pskServer(TlsVersions::modern));
  server.setDeadline(std::chrono::steady_clock::now() + patience);
  TlsFailure failure;
  auto serve = [&]() -> Task<void> {
    const auto done = co_await server.handshake();
    if (!done) failure = done.error();
    co_await server.close();
  };
  asio::co_spawn(context, serve(), asio::detached);
  asio::co_spawn(context, peer(*peerEnd), asio::detached);
  context.run();
  return failure;
}

TEST(TlsChannels, sayHowAHandshakeWasCutShort) {
  const auto silent = [](Channel&) -> Task<void> { co_return; };
  EXPECT_EQ(failureWith(silent, std::chrono::milliseconds(10)).kind, TlsFailure::Kind::timedOut);
  const auto leaving = [](Channel& peer) -> Task<void> { co_await peer.close(); };
  EXPECT_EQ(failureWith(leaving).kind, TlsFailure::Kind::closed);
  const auto resetting = [](Channel& peer) -> Task<void> {
    peer.reset();
    co_return;
  };
  const auto reset = failureWith(resetting);
  EXPECT_EQ(reset.kind, TlsFailure::Kind::closed);
  EXPECT_EQ(reset.text, kReset);
  const auto plain = [](Channel& peer) -> Task<void> { co_await peer.write(asBytes("GET / HTTP/1.1\r\n\r\n")); };
  EXPECT_NE(failureWith(plain).text.find("http request"), std::string::npos);
}

TEST(TlsChannels, areIndifferentToWhereBytesEnd) {
  TlsServerOptions server{.versions = TlsVersions::modern, .credential = selfSigned()};
  server.judge = [](const auto&, const auto&) { return std::optional<std::uint8_t>(); };
  EXPECT_TRUE(exchange(server, {.credential = provisioningCredential()}, {.readSize = 1}).echoed);
}

TEST(TlsCredentials, mustFit) {
  const auto other = makeRsaKey(1024);
  const auto wrong = TlsCredential::make(other.der, {pki().chain.front()});
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().text, "certificate and key do not fit");
  EXPECT_FALSE(TlsCredential::make(asBytes("no key"), {pki().chain.front()}));
  EXPECT_FALSE(TlsCredential::make(pki().leafKey, {}));
  EXPECT_FALSE(TlsCredential::make(pki().leafKey, {asBytes("no certificate")}));
}

}  // namespace
}  // namespace vme::net
