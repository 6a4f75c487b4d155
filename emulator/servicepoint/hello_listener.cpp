#include "servicepoint/hello_listener.hpp"

#include <fmt/format.h>

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "net/spawn.hpp"

namespace vme::servicepoint {
namespace {

namespace asio = net::asio;

/// What a connection brought until it ended, in whatever way.
struct Received {
  std::array<std::uint8_t, wire::kMaxHelloSize + 1> bytes;
  std::size_t size = 0;
  std::string trouble;  // it did not end by itself
};

net::Task<void> receive(net::TcpChannel& channel, std::chrono::milliseconds deadline, Received& received) {
  channel.setDeadline(std::chrono::steady_clock::now() + deadline);
  while (received.size < received.bytes.size()) {
    const auto got = co_await channel.read(std::span(received.bytes).subspan(received.size));
    if (!got) {
      // Some senders reset the connection once the block is out; what arrived still counts.
      if (got.error().text != net::kReset) received.trouble = got.error().message();
      co_return;
    }
    if (*got == 0) co_return;
    received.size += *got;
  }
  received.trouble = fmt::format("longer than {} bytes", wire::kMaxHelloSize);
}

}  // namespace

HelloListener::HelloListener(asio::any_io_executor executor, asio::ip::address_v4 address, std::uint16_t port,
                             net::Exposure exposure, Events events, Limits limits)
    : executor_(executor),
      listener_(executor, address, port, exposure),
      events_(std::move(events)),
      limits_(limits),
      room_(executor, asio::steady_timer::time_point::max()) {}

void HelloListener::start() {
  net::spawn(executor_, acceptAll());
}

void HelloListener::close() {
  listener_.close();
}

net::Task<void> HelloListener::acceptAll() {
  for (;;) {
    while (open_ >= limits_.open) co_await room_.async_wait(asio::as_tuple(asio::use_awaitable));
    auto accepted = co_await listener_.accept();
    if (!accepted) co_return;
    ++open_;
    net::spawn(executor_, serve(std::move(*accepted)));
  }
}

net::Task<void> HelloListener::serve(net::Accepted accepted) {
  const auto peer = net::ipv4Of(accepted.peer);
  net::TcpChannel channel(std::move(accepted.socket));
  Received received;
  co_await receive(channel, limits_.deadline, received);
  if (received.trouble.empty()) {
    const auto hello = wire::parseHello(ByteView(received.bytes).first(received.size));
    if (hello) {
      events_.onHello(*hello, peer);
    } else {
      events_.onMalformed(peer, hello.error().message());
    }
    co_await channel.close();
  } else {
    events_.onMalformed(peer, received.trouble);
    channel.reset();
  }
  if (open_-- == limits_.open) room_.cancel();
}

}  // namespace vme::servicepoint
