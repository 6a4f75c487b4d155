// Handshakes that a server spoils on purpose.

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include "net/pki.hpp"
#include "testing/memory_channel.hpp"

namespace vme::net {
namespace {

using namespace std::chrono_literals;

const ProvisioningPki& pki() {
  static const auto kPki = makeProvisioningPki({});
  return kPki;
}

std::shared_ptr<const TlsCredential> clientCredential() {
  return *TlsCredential::make(pki().leafKey, {pki().chain.begin(), pki().chain.end()});
}

TlsServerOptions server() {
  TlsServerOptions options;
  options.credential = selfSignedCredential(keyPool(2048, 1).front());
  options.range.highest = 0x0303;
  options.judge = [](const auto&, const auto&) { return std::nullopt; };
  return options;
}

struct Outcome {
  std::optional<TlsFailure> server, client;
  std::string version, suite;
  Bytes certificate;
};

Outcome shake(const TlsServerOptions& options, TlsClientOptions clientOptions = {}) {
  asio::io_context context;
  auto [serverEnd, clientEnd] = testing::makeMemoryPair(context.get_executor());
  if (!clientOptions.credential) clientOptions.credential = clientCredential();
  TlsChannel tls(std::move(serverEnd), options);
  TlsChannel client(std::move(clientEnd), clientOptions);
  client.setDeadline(std::chrono::steady_clock::now() + 2s);
  Outcome outcome;
  auto serve = [&]() -> Task<void> {
    if (const auto done = co_await tls.handshake(); !done) outcome.server = done.error();
    co_await tls.close();
  };
  auto connect = [&]() -> Task<void> {
    if (const auto done = co_await client.handshake(); !done) outcome.client = done.error();
    outcome.version = client.version();
    outcome.suite = client.suite();
    outcome.certificate = client.peerCertificate();
    co_await client.close();
  };
  asio::co_spawn(context, serve(), asio::detached);
  asio::co_spawn(context, connect(), asio::detached);
  context.run();
  return outcome;
}

constexpr std::array kSteps{TlsStep::clientHello, TlsStep::certificate, TlsStep::finished};

TEST(TlsFault, anAlertAtEachStep) {
  for (const auto step : kSteps) {
    auto options = server();
    options.stop = {.how = TlsStop::How::alert, .at = step, .alert = 80};
    const auto outcome = shake(options);
    ASSERT_TRUE(outcome.client) << static_cast<int>(step);
    EXPECT_EQ(outcome.client->kind, TlsFailure::Kind::alertReceived);
    EXPECT_EQ(outcome.client->alert, 80);
    ASSERT_TRUE(outcome.server);
    EXPECT_EQ(outcome.server->kind, TlsFailure::Kind::alertSent);
  }
}

TEST(TlsFault, aResetAtEachStep) {
  for (const auto step : kSteps) {
    auto options = server();
    options.stop = {.how = TlsStop::How::reset, .at = step};
    const auto outcome = shake(options);
    ASSERT_TRUE(outcome.client) << static_cast<int>(step);
    EXPECT_EQ(outcome.client->text, kReset);
  }
}

TEST(TlsFault, anEndInOrder) {
  auto options = server();
  options.stop = {.how = TlsStop::How::close, .at = TlsStep::certificate};
  const auto outcome = shake(options);
  ASSERT_TRUE(outcome.client);
  EXPECT_EQ(outcome.client->text, "the peer closed the connection");
}

TEST(TlsFault, aStallThatEndsAndOneThatDoesNot) {
  auto options = server();
  options.stop = {.how = TlsStop::How::stall, .at = TlsStep::certificate, .lasts = 50ms};
  const auto from = std::chrono::steady_clock::now();
  EXPECT_FALSE(shake(options).client);
  EXPECT_GE(std::chrono::steady_clock::now() - from, 50ms);
  options.stop->lasts = 0ms;
  const auto outcome = shake(options);
  ASSERT_TRUE(outcome.client);
  EXPECT_EQ(outcome.client->kind, TlsFailure::Kind::timedOut);
}

TEST(TlsFault, aRefusalInAnotherWay) {
  for (const auto how : {TlsStop::How::alert, TlsStop::How::reset}) {
    auto options = server();
    options.judge = [](const auto&, const auto&) { return std::optional<std::uint8_t>(48); };
    options.onRefusal = std::make_shared<std::optional<TlsStop>>(TlsStop{.how = how, .alert = 45});
    const auto outcome = shake(options);
    ASSERT_TRUE(outcome.client);
    EXPECT_EQ(outcome.client->alert, how == TlsStop::How::alert ? 45 : 0);
    EXPECT_EQ(outcome.client->text == kReset, how == TlsStop::How::reset) << outcome.client->text;
  }
  auto accepting = server();
  accepting.onRefusal = std::make_shared<std::optional<TlsStop>>(TlsStop{.how = TlsStop::How::reset});
  EXPECT_FALSE(shake(accepting).client);
}

TEST(TlsFault, aRangeOfVersionsAndSuites) {
  auto options = server();
  options.range = {.lowest = 0x0301, .highest = 0x0301};
  EXPECT_EQ(shake(options).version, "TLSv1");
  TlsClientOptions modern;
  modern.versions = TlsVersions::modern;
  const auto refused = shake(options, modern);
  ASSERT_TRUE(refused.client);
  EXPECT_EQ(refused.client->alert, 70);  // protocol_version
  options.range = {.lowest = 0, .highest = 0x0303};
  options.suites = {0x0035};
  options.onlySuites = true;
  EXPECT_EQ(shake(options).suite, "AES256-SHA");
}

TEST(TlsFault, whatLeavesMayBeRewritten) {
  auto options = server();
  unsigned seen = 0;
  options.rewrite = [&, leaf = options.credential->leaf()](Bytes& bytes) {
    const auto found = std::ranges::search(bytes, leaf);
    if (found.empty()) return;
    ++seen;
    found.begin()[4] = 0xFF;  // the tag of what is signed
  };
  const auto outcome = shake(options);
  EXPECT_EQ(seen, 1U);
  ASSERT_TRUE(outcome.client);
  EXPECT_EQ(outcome.client->kind, TlsFailure::Kind::alertSent);
}

TEST(TlsFault, aCertificateHasTheDatesThatItIsGiven) {
  auto options = server();
  options.credential = selfSignedCredential(keyPool(2048, 1).front(), 0, 0);
  const auto outcome = shake(options);
  EXPECT_FALSE(outcome.client);
  const std::string zero = "700101000000Z";  // 1970-01-01, twice
  const auto text = asText(outcome.certificate);
  const auto first = text.find(zero);
  ASSERT_NE(first, std::string_view::npos);
  EXPECT_NE(text.find(zero, first + 1), std::string_view::npos);
}

}  // namespace
}  // namespace vme::net
