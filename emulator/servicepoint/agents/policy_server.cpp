#include "servicepoint/agents/policy_server.hpp"

#include <boost/asio/redirect_error.hpp>
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
      room_(executor) {}

void PolicyServer::start() {
  net::spawn(executor_, acceptAll());
}

void PolicyServer::close() {
  listener_.close();
}

net::Task<void> PolicyServer::acceptAll() {
  while (auto accepted = co_await listener_.accept()) {
    co_await makeRoom();
    net::spawn(executor_, serve(std::move(*accepted)));
  }
}

net::Task<void> PolicyServer::makeRoom() {
  while (open_.size() >= limits_.open) {
    const auto longest = open_.begin();
    if (longest->since + limits_.patience <= Clock::now()) {
      longest->channel->reset();  // its coroutine takes it out
      noteProgress(longest);
      co_return;
    }
    room_.expires_at(longest->since + limits_.patience);
    boost::system::error_code error;
    co_await room_.async_wait(asio::redirect_error(asio::use_awaitable, error));
  }
}

void PolicyServer::noteProgress(Place place) {
  place->since = Clock::now();
  open_.splice(open_.end(), open_, place);
}

net::Task<void> PolicyServer::serve(net::Accepted accepted) {
  const auto peer = net::ipv4Of(accepted.peer);
  net::TcpChannel channel(std::move(accepted.socket));
  const auto from = openFrom_.try_emplace(peer.to_uint(), 0U).first;
  if (from->second >= limits_.openFromOne) {
    channel.reset();
    co_return;
  }
  ++from->second;
  const auto place = open_.insert(open_.end(), Open{&channel, Clock::now()});
  co_await converse(place, peer);
  co_await channel.close();
  open_.erase(place);
  room_.cancel();
  const auto again = openFrom_.find(peer.to_uint());
  if (--again->second == 0) openFrom_.erase(again);
}

net::Task<void> PolicyServer::converse(Place place, asio::ip::address_v4 peer) {
  auto& channel = *place->channel;
  net::HttpRequestReader reader(channel, limits_.http);
  for (unsigned served = 0; served < limits_.requests; ++served) {
    channel.setDeadline(Clock::now() + limits_.request);
    const auto read = co_await reader.next();
    if (!read || std::holds_alternative<net::HttpRequestReader::Closed>(*read)) co_return;
    noteProgress(place);
    const auto* bad = std::get_if<net::HttpRequestReader::Bad>(&*read);
    const auto reply = bad ? AgentDesk::refuse(bad->reason) : desk_.answer(std::get<wire::http::Request>(*read), peer);
    channel.setDeadline(Clock::now() + limits_.answer);
    const auto written = co_await channel.write(asBytes(reply.package ? *reply.package : reply.bytes));
    if (!written || !reply.keepAlive) co_return;
  }
}

}  // namespace vme::servicepoint
