// Any bytes on a connection to a machine in set-up whose client is logged in by its certificate: HTTP, then whatever is
// behind the path, request after request. Each gets one answer that HTTP allows.

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include "firmware/services.hpp"
#include "net/http_io.hpp"
#include "testing/machine_builder.hpp"
#include "testing/memory_channel.hpp"

static vme::net::Task<void> serve(vme::net::Channel& channel, vme::machine::Me& me) {
  using namespace vme;
  net::HttpRequestReader reader(channel, {.header = 8192, .body = 65536});
  firmware::Session session{.port = machine::kHttpsPort, .tls = true, .setup = true};
  session.kind = firmware::TlsOffer::Kind::setupPki;
  for (;;) {
    const auto read = co_await reader.next();
    const auto* request = read ? std::get_if<wire::http::Request>(&*read) : nullptr;
    if (!request) co_return;
    machine::Effects effects;
    const auto outcome = firmware::onRequest(me, session, *request, effects);
    const auto* reply = std::get_if<firmware::Reply>(&outcome);
    if (reply && (reply->response.status < 200 || reply->response.status > 599)) __builtin_trap();
  }
}

static void converse(vme::ByteView bytes) {
  using namespace vme;
  const auto machine = testing::MachineBuilder("amt-4.2")
                           .with([](profile::Profile& profile) { profile.prov.certIsAuth = true; })
                           .inSetupByPki()
                           .build();
  auto me = machine->me();
  net::asio::io_context context;
  auto [server, client] = testing::makeMemoryPair(context.get_executor());
  auto talk = [&]() -> net::Task<void> {
    co_await client->write(bytes);
    co_await client->close();
    co_await serve(*server, me);
  };
  co_spawn(context, talk(), net::asio::detached);
  context.run();
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  converse({data, size});
  return 0;
}
