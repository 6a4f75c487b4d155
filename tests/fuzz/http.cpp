// Any bytes as a request, within small limits: the same whether they come at once or two at a time.

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include "net/http_io.hpp"
#include "testing/memory_channel.hpp"

static void readRequest(vme::ByteView bytes) {
  using namespace vme;
  constexpr net::HttpReadLimits kLimits{.header = 256, .body = 128};
  const auto whole = net::parseRequest(asText(bytes), kLimits);
  net::asio::io_context context;
  auto [server, client] = testing::makeMemoryPair(context.get_executor(), {.readSize = 2});
  net::HttpRequestReader reader(*server, kLimits);
  auto talk = [&]() -> net::Task<void> {
    co_await client->write(bytes);
    co_await client->close();
    const auto read = co_await reader.next();
    if (whole && (!read || read->index() != whole->index())) __builtin_trap();
    const auto* request = read ? std::get_if<wire::http::Request>(&*read) : nullptr;
    if (!request) co_return;
    if (!whole || request->body != std::get<wire::http::Request>(*whole).body) __builtin_trap();
    if (request->body.size() > kLimits.body || request->target.size() > kLimits.header) __builtin_trap();
  };
  co_spawn(context, talk(), net::asio::detached);
  context.run();
}

// g++ 12 gives the lambda of a coroutine one name twice in an extern "C" function, so the work stands above.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  readRequest({data, size});
  return 0;
}
