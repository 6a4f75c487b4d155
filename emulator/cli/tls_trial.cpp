#include "cli/tls_trial.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>

#include "net/pki.hpp"
#include "net/tcp.hpp"

namespace vme::cli {
namespace {

using namespace std::chrono_literals;
namespace asio = boost::asio;

constexpr auto kTrialPatience = 10s;
constexpr unsigned kRsaAes128Sha = 0x002F;

net::Task<void> serverSide(net::Listener& listener, net::TlsServerOptions options) {
  auto accepted = co_await listener.accept();
  if (!accepted) co_return;
  net::TlsChannel channel(std::make_unique<net::TcpChannel>(std::move(accepted->socket)), options);
  channel.setDeadline(std::chrono::steady_clock::now() + kTrialPatience);
  // What goes wrong here the client sees too; it is the one that tells.
  if (co_await channel.handshake()) co_await channel.close();
}

net::Task<void> clientSide(asio::any_io_executor executor, std::uint16_t port, net::TlsClientOptions options,
                           Result<std::string>& outcome, net::Listener& listener) {
  const net::tcp::endpoint server(asio::ip::address_v4::loopback(), port);
  auto connected = co_await net::connectTcp(executor, asio::ip::address_v4::any(), server, kTrialPatience);
  if (!connected) {
    outcome = std::unexpected(connected.error());
  } else {
    net::TlsChannel channel(std::move(*connected), options);
    channel.setDeadline(std::chrono::steady_clock::now() + kTrialPatience);
    const auto done = co_await channel.handshake();
    if (done) {
      outcome = channel.version() + " " + channel.suite();
      co_await channel.close();
    } else {
      outcome = fail("handshake", done.error().text);
    }
  }
  listener.close();
}

}  // namespace

Result<std::string> tryHandshake(net::TlsVersions versions) {
  asio::io_context context;
  net::Listener listener(context.get_executor(), asio::ip::address_v4::loopback(), 0, net::Exposure::loopbackOnly);
  Result<std::string> outcome = fail("handshake", "it did not end");
  net::TlsServerOptions server;
  server.versions = versions;
  server.suites = {kRsaAes128Sha};
  server.credential = net::selfSignedCredential(net::makeRsaKey(2048));
  net::TlsClientOptions client;
  client.versions = versions;
  asio::co_spawn(context, serverSide(listener, server), asio::detached);
  asio::co_spawn(context, clientSide(context.get_executor(), listener.port(), client, outcome, listener),
                 asio::detached);
  context.run_for(2 * kTrialPatience);
  return outcome;
}

}  // namespace vme::cli
