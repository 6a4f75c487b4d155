#include "servicepoint/agents/policy_server.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "net/spawn.hpp"

namespace vme::servicepoint {
namespace {

namespace asio = net::asio;
using Clock = std::chrono::steady_clock;

}  // namespace

PolicyServer::PolicyServer(asio::any_io_executor executor, asio::ip::address_v4 address, std::uint16_t port,
                           net::Exposure exposure, AgentDesk desk, Limits limits)
    : executor_(executor),
      listener_(executor, address, port, exposure),
      desk_(std::move(desk)),
      limits_(limits),
      room_(executor, Clock::time_point::max()) {}

void PolicyServer::start() {
  net::spawn(executor_, acceptAll());
}

void PolicyServer::close() {
  listener_.close();
}

net::Task<void> PolicyServer::acceptAll() {
  for (;;) {
    while (open_ >= limits_.open) co_await room_.async_wait(asio::as_tuple(asio::use_awaitable));
    auto accepted = co_await listener_.accept();
    if (!accepted) co_return;
    ++open_;
    net::spawn(executor_, serve(std::move(*accepted)));
  }
}

net::Task<void> PolicyServer::serve(net::Accepted accepted) {
  const auto peer = net::ipv4Of(accepted.peer);
  net::TcpChannel channel(std::move(accepted.socket));
  const auto from = openFrom_.try_emplace(peer.to_uint(), 0U).first;
  if (from->second >= limits_.openFromOne) {
    channel.reset();
  } else {
    ++from->second;
    co_await converse(channel, peer);
    co_await channel.close();
    const auto again = openFrom_.find(peer.to_uint());
    if (--again->second == 0) openFrom_.erase(again);
  }
  if (open_-- == limits_.open) room_.cancel();
}

net::Task<void> PolicyServer::converse(net::TcpChannel& channel, asio::ip::address_v4 peer) {
  net::HttpRequestReader reader(channel, limits_.http);
  for (unsigned served = 0; served < limits_.requests; ++served) {
    channel.setDeadline(Clock::now() + limits_.request);
    const auto read = co_await reader.next();
    if (!read || std::holds_alternative<net::HttpRequestReader::Closed>(*read)) co_return;
    const auto* bad = std::get_if<net::HttpRequestReader::Bad>(&*read);
    const auto reply = bad ? AgentDesk::refuse(bad->reason) : desk_.answer(std::get<wire::http::Request>(*read), peer);
    channel.setDeadline(Clock::now() + limits_.answer);
    const auto written = co_await channel.write(asBytes(reply.package ? *reply.package : reply.bytes));
    if (!written || !reply.keepAlive) co_return;
  }
}

}  // namespace vme::servicepoint
