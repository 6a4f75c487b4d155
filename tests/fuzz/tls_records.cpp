// Any bytes from a TLS client, then its end: the handshake fails in order, by PSK and by PKI, in both modes.

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include "net/pki.hpp"
#include "testing/memory_channel.hpp"

static void shakeHands(vme::ByteView bytes, const vme::net::TlsServerOptions& options) {
  using namespace vme;
  net::asio::io_context context;
  auto [serverEnd, client] = testing::makeMemoryPair(context.get_executor());
  net::TlsChannel server(std::move(serverEnd), options);
  auto talk = [&]() -> net::Task<void> {
    co_await client->write(bytes);
    co_await client->close();
    if (co_await server.handshake()) __builtin_trap();
  };
  co_spawn(context, talk(), net::asio::detached);
  context.run();
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vme;
  static const auto kCredential = net::selfSignedCredential(net::makeRsaKey(1024));
  net::TlsServerOptions psk{.pskIdentity = "0000037M", .pskKey = "NKLDG5DCRRNQE9YZZIJL7LFLVJED69XJ"};
  net::TlsServerOptions pki{.credential = kCredential, .judge = [](auto&, auto&) { return std::nullopt; }};
  for (const auto versions : {net::TlsVersions::period, net::TlsVersions::modern}) {
    psk.versions = pki.versions = versions;
    shakeHands({data, size}, psk);
    shakeHands({data, size}, pki);
  }
  return 0;
}
