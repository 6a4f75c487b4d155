// TLS over real sockets: what the kernel may add to the engine's own behaviour is a reset that overtakes an alert.

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "net/pki.hpp"
#include "net/tcp.hpp"

namespace vme::net {
namespace {

using namespace std::chrono_literals;

struct TlsOverTcp : ::testing::Test {
  asio::io_context context;
  Listener listener{context.get_executor(), asio::ip::address_v4::loopback(), 0, Exposure::anywhere};

  using Talk = std::function<Task<void>(TlsChannel&)>;
  void spawn(Task<void> task) { asio::co_spawn(context, std::move(task), asio::detached); }

  /// Runs both ends until they are done; each has its own end of one connection.
  void run(const TlsServerOptions& serverOptions, const Talk& serve, const TlsClientOptions& clientOptions,
           const Talk& talk) {
    spawn([](TlsOverTcp& test, const TlsServerOptions& options, const Talk& act) -> Task<void> {
      auto accepted = co_await test.listener.accept();
      TlsChannel channel(std::make_unique<TcpChannel>(std::move(accepted->socket)), options);
      channel.setDeadline(std::chrono::steady_clock::now() + 20s);
      co_await act(channel);
      co_await channel.close();
    }(*this, serverOptions, serve));
    spawn([](TlsOverTcp& test, const TlsClientOptions& options, const Talk& act) -> Task<void> {
      auto connected =
          co_await connectTcp(test.context.get_executor(), asio::ip::address_v4(),
                              {asio::ip::address_v4::loopback(), test.listener.port()}, std::chrono::seconds(5));
      TlsChannel channel(std::move(*connected), options);
      channel.setDeadline(std::chrono::steady_clock::now() + 20s);
      co_await act(channel);
      co_await channel.close();
    }(*this, clientOptions, talk));
    context.run();
  }
};

std::shared_ptr<const TlsCredential> meCredential() {
  static const auto kCredential = selfSignedCredential(keyPool(2048, 1).front());
  return kCredential;
}

std::shared_ptr<const TlsCredential> provisioning() {
  static const auto kPki = makeProvisioningPki({});
  return *TlsCredential::make(kPki.leafKey, {kPki.chain.begin(), kPki.chain.end()});
}

constexpr std::size_t kMuch = 3U << 20U;

/// Reads until `kMuch` bytes have come; false on an error or an early end.
Task<bool> readMuch(Channel& channel) {
  Bytes bytes(10000);
  for (std::size_t all = 0; all < kMuch;) {
    const auto got = co_await channel.read(bytes);
    if (!got || *got == 0) co_return false;
    all += *got;
  }
  co_return true;
}

/// Reads and writes at the same time, both more than socket buffers take.
Task<void> talkBothWays(TlsOverTcp& test, TlsChannel& channel, bool& good) {
  if (!co_await channel.handshake()) co_return;
  asio::steady_timer written(channel.executor(), std::chrono::steady_clock::time_point::max());
  bool sent = false;
  test.spawn([](TlsChannel& to, bool& all, asio::steady_timer& done) -> Task<void> {
    const Bytes bytes(kMuch, 0x5A);
    all = (co_await to.write(bytes)).has_value();
    done.cancel();
  }(channel, sent, written));
  good = co_await readMuch(channel);
  boost::system::error_code ignored;
  if (!sent) co_await written.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  good = good && sent;
}

TEST_F(TlsOverTcp, everyKindCarriesBothDirectionsAtOnce) {
  const auto accept = [](const auto&, const auto&) { return std::optional<std::uint8_t>(); };
  const TlsServerOptions psk{.pskIdentity = "0000037M", .pskKey = "NKLDG5DCRRNQE9YZZIJL7LFLVJED69XJ"};
  const TlsServerOptions pki{.suites = {0x002F}, .credential = meCredential(), .judge = accept};
  for (const auto versions : {TlsVersions::period, TlsVersions::modern}) {
    for (auto options : {psk, pki}) {
      options.versions = versions;
      const auto client = options.credential ? TlsClientOptions{.credential = provisioning()}
                                             : TlsClientOptions{.pskIdentity = psk.pskIdentity, .pskKey = psk.pskKey};
      bool served = false, asked = false;
      context.restart();
      run(
          options, [&](TlsChannel& channel) { return talkBothWays(*this, channel, served); }, client,
          [&](TlsChannel& channel) { return talkBothWays(*this, channel, asked); });
      EXPECT_TRUE(served && asked) << static_cast<int>(versions) << (options.credential ? " PKI" : " PSK");
    }
  }
}

TEST_F(TlsOverTcp, aRefusalIsSeenByAClientThatHasAlreadyAsked) {
  const TlsServerOptions server{.credential = meCredential(),
                                .judge = [](const auto&, const auto&) { return std::optional<std::uint8_t>(48); }};
  std::string seen;
  run(
      server, [](TlsChannel& channel) -> Task<void> { EXPECT_FALSE(co_await channel.handshake()); },
      {.credential = provisioning()},
      [&seen](TlsChannel& channel) -> Task<void> {
        EXPECT_TRUE(co_await channel.handshake());  // TLS 1.3: done before the server has judged
        EXPECT_TRUE(co_await channel.write(asBytes("GET / HTTP/1.1\r\n\r\n")));
        std::array<std::uint8_t, 16> bytes{};
        const auto got = co_await channel.read(bytes);
        seen = got ? "data" : got.error().text;
      });
  EXPECT_EQ(seen, "TLS alert 48 (unknown_ca) received");
}

}  // namespace
}  // namespace vme::net
