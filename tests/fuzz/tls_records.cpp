// Any bytes from a TLS client, then its end: the handshake fails in order, by PSK and by PKI, in both modes.

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include "net/pki.hpp"
#include "testing/memory_channel.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vme;
  static const auto kCredential = net::selfSignedCredential(net::makeRsaKey(1024));
  const net::TlsServerOptions psk{.pskIdentity = "0000037M", .pskKey = "NKLDG5DCRRNQE9YZZIJL7LFLVJED69XJ"};
  const net::TlsServerOptions pki{.credential = kCredential, .judge = [](auto&, auto&) { return std::nullopt; }};
  for (unsigned i = 0; i < 4; ++i) {
    auto options = i % 2 == 0 ? psk : pki;
    options.versions = i < 2 ? net::TlsVersions::period : net::TlsVersions::modern;
    net::asio::io_context context;
    auto [serverEnd, client] = testing::makeMemoryPair(context.get_executor());
    net::TlsChannel server(std::move(serverEnd), options);
    auto talk = [&]() -> net::Task<void> {
      co_await client->write({data, size});
      co_await client->close();
      if (co_await server.handshake()) __builtin_trap();
    };
    co_spawn(context, talk(), net::asio::detached);
    context.run();
  }
  return 0;
}
