// A connection to a machine: a coroutine that owns channel, TLS and parser, holds the machine by its index, and asks
// firmware at each step.

#include <unistd.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "net/http_io.hpp"
#include "net/spawn.hpp"
#include "runtime/on_machine.hpp"
#include "runtime/shard.hpp"

namespace vme::runtime {
namespace {

/// A socket on its way from one shard to another; closed when that one ends before it takes it.
class Handle {
 public:
  explicit Handle(int descriptor) : descriptor_(descriptor) {}
  Handle(Handle&& other) noexcept : descriptor_(other.release()) {}
  ~Handle() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  int release() { return std::exchange(descriptor_, -1); }

 private:
  int descriptor_;
};

/// Real time for a wait of the machine.
std::chrono::steady_clock::duration realOf(MeDuration wait, double speed) {
  return std::chrono::duration_cast<std::chrono::steady_clock::duration>(
      std::chrono::duration<double, std::milli>(static_cast<double>(wait.ms) / speed));
}

Reason reasonOf(const net::TlsFailure& failure, const firmware::TlsOffer& offer, Reason judged) {
  if (judged != Reason::none) return judged;
  if (failure.unknownPskIdentity) return Reason::pskUnknownIdentity;
  if (failure.kind == net::TlsFailure::Kind::timedOut) return Reason::timedOut;
  if (failure.badMac && offer.kind == firmware::TlsOffer::Kind::psk) return Reason::pskMismatch;
  return Reason::handshakeFailed;
}

}  // namespace

struct Shard::Connection {
  std::unique_ptr<net::Channel> channel;
  std::uint32_t local = 0;
  machine::Identity identity;
  bool loggedIn = false;
  std::list<Connection*>::iterator place;  // in byProgress_
};

/// A connection among those of its shard, until this ends, however that comes about.
class Shard::Registration {
 public:
  Registration(Shard& shard, Connection& connection)
      : shard_(shard), connection_(connection), entry_(shard.connections_.emplace(connection.local, &connection)) {
    connection.place = shard.byProgress_.insert(shard.byProgress_.end(), &connection);
  }
  Registration(const Registration&) = delete;
  Registration& operator=(const Registration&) = delete;
  ~Registration() {
    shard_.connections_.erase(entry_);
    shard_.byProgress_.erase(connection_.place);
  }

 private:
  Shard& shard_;
  Connection& connection_;
  std::unordered_multimap<std::uint32_t, Connection*>::iterator entry_;
};

net::Task<void> Shard::acceptLoop(std::shared_ptr<net::Listener> listener, std::uint16_t port) {
  while (auto accepted = co_await listener->accept()) take(std::move(*accepted), port);
}

void Shard::take(net::Accepted accepted, std::uint16_t port) {
  const auto index = shared_.plan.options.addresses.indexOf(accepted.local.to_uint());
  if (!index) return;  // no machine has this address; the socket closes
  const auto owner = *index % shared_.plan.options.shards;
  const auto peer = accepted.peer.address().to_v4().to_uint();
  ++shared_.inFlight;
  if (owner == number_) {
    auto channel = std::make_unique<net::TcpChannel>(std::move(accepted.socket));
    net::spawn(context_.get_executor(), serve(std::move(channel), machines_.localIndex(*index), {port, peer}));
    return;
  }
  auto& other = *shared_.shards[owner];
  asio::post(other.context_, [&other, handle = Handle(accepted.socket.release()), port, peer,
                              local = machines_.localIndex(*index)]() mutable {
    tcp::socket socket(other.context_, tcp::v4(), handle.release());
    auto channel = std::make_unique<net::TcpChannel>(std::move(socket));
    net::spawn(other.context_.get_executor(), other.serve(std::move(channel), local, {port, peer}));
  });
}

net::Task<void> Shard::serve(std::unique_ptr<net::Channel> channel, std::uint32_t local, Caller caller) {
  ++counters_.connections;
  Connection connection{std::move(channel), local, shared_.plan.identityOf(machines_.globalIndex(local)), false, {}};
  firmware::Session session;
  session.port = caller.port;
  session.peerIpv4 = caller.peer;
  session.local = caller.fromHost;
  bool admitted = false;
  firmware::OpenDecision decision;
  onMachine(local, connection.identity, [&](machine::Me& me, machine::Effects&) {
    decision = firmware::onOpen(me, caller.port, caller.fromHost);
    if (!std::holds_alternative<firmware::Refuse>(decision)) admitted = firmware::onConnected(me);
  });
  if (const auto* closed = std::get_if<firmware::Refuse>(&decision)) {
    refuse(local, Happening::Kind::handshakeRefused, closed->reason, {});
    connection.channel->reset();
  } else if (!admitted) {
    refuse(local, Happening::Kind::requestRefused, Reason::tooManyConnections, {});
    connection.channel->reset();
  } else {
    tell(Happening::Kind::connected, local, Reason::none, std::to_string(caller.port));
    makeRoom();
    bool opened = true;
    {
      const Registration registration(*this, connection);
      auto* offer = std::get_if<firmware::TlsOffer>(&decision);
      if (offer) opened = co_await secure(connection, session, std::move(*offer));
      if (opened) {
        onMachine(local, connection.identity,
                  [&](machine::Me& me, machine::Effects&) { firmware::onOpened(me, session); });
        co_await converse(connection, session);
      }
    }
    onMachine(local, connection.identity,
              [&](machine::Me& me, machine::Effects&) { firmware::onClosed(me, session, opened); });
    co_await connection.channel->close();
  }
  --shared_.inFlight;
}

net::Task<bool> Shard::secure(Connection& connection, firmware::Session& session, firmware::TlsOffer offer) {
  const auto local = connection.local;
  const auto idle = firmware::httpLimits(machines_.profileOf(local)).idle;
  connection.channel->setDeadline(Clock::now() + realOf(idle, 1.0) + realOf(offer.latency, 1.0));
  co_await wait(offer.latency);
  session.tls = true;
  session.kind = offer.kind;
  session.setup = offer.kind != firmware::TlsOffer::Kind::operational;

  net::TlsServerOptions options;
  options.versions = offer.mode == machine::TlsMode::period ? net::TlsVersions::period : net::TlsVersions::modern;
  options.suites = offer.suites;
  if (offer.kind == firmware::TlsOffer::Kind::psk) {
    options.pskIdentity = offer.pskIdentity;
    options.pskKey = offer.pskKey;
  } else if (offer.kind == firmware::TlsOffer::Kind::setupPki) {
    const auto& pool = shared_.selfSigned.at(offer.selfSignedBits);
    options.credential = pool[machines_.globalIndex(local) % pool.size()];
  } else {
    std::vector<ByteView> chain;
    for (const auto& certificate : offer.chain) chain.emplace_back(*certificate);
    auto credential = net::TlsCredential::make(*offer.key, chain);
    if (!credential) {
      refuse(local, Happening::Kind::handshakeRefused, Reason::handshakeFailed, credential.error().message());
      co_return false;
    }
    options.credential = std::move(*credential);
  }
  Reason judged = Reason::none;
  if (offer.wantsClientCertificate) {
    options.judge = [&](const std::shared_ptr<const wire::ChainFacts>& chain,
                        const std::vector<Bytes>&) -> std::optional<std::uint8_t> {
      const auto me = machines_.view(local, connection.identity, shared_.clock.at(Clock::now()));
      judged = firmware::onPeer(me, offer.kind, *chain);
      if (judged != Reason::none) return firmware::alertFor(judged);
      session.chain = chain;
      return std::nullopt;
    };
  }
  auto tls = std::make_unique<net::TlsChannel>(std::move(connection.channel), options);
  auto& channel = *tls;
  connection.channel = std::move(tls);
  const auto result = co_await channel.handshake();
  if (!result) {
    ++counters_.refusedHandshakes;
    refuse(local, Happening::Kind::handshakeRefused, reasonOf(result.error(), offer, judged), result.error().text);
    co_return false;
  }
  ++counters_.handshakes.at(static_cast<std::size_t>(offer.kind));
  if (shared_.observer.wants(Happening::Kind::handshakeDone)) {
    tell(Happening::Kind::handshakeDone, local, Reason::none, channel.version() + " " + channel.suite());
  }
  co_return true;
}

net::Task<void> Shard::converse(Connection& connection, firmware::Session& session) {
  const auto limits = firmware::httpLimits(machines_.profileOf(connection.local));
  net::HttpRequestReader reader(*connection.channel, {.header = limits.header, .body = limits.body});
  for (;;) {
    connection.channel->setDeadline(Clock::now() + realOf(limits.idle, 1.0));
    auto read = co_await reader.next();
    if (!read) {
      if (read.error().text == net::kTimedOut) {
        refuse(connection.local, Happening::Kind::requestRefused, Reason::idleTimeout, {});
      }
      co_return;
    }
    if (std::holds_alternative<net::HttpRequestReader::Closed>(*read)) co_return;
    if (const auto* bad = std::get_if<net::HttpRequestReader::Bad>(&*read)) {
      refuse(connection.local, Happening::Kind::requestRefused, bad->reason, {});
      const auto me = machines_.view(connection.local, connection.identity, shared_.clock.at(Clock::now()));
      const auto bytes = wire::http::serialize(firmware::refuseBadRequest(me, bad->reason));
      co_await connection.channel->write(asBytes(bytes));
      co_return;
    }
    if (!co_await answer(connection, session, std::get<wire::http::Request>(*read))) co_return;
  }
}

net::Task<bool> Shard::answer(Connection& connection, const firmware::Session& session,
                              const wire::http::Request& request) {
  const auto local = connection.local;
  ++counters_.requests;
  counters_.requestBytes += request.body.size();
  const auto stateBefore = machines_.hot(local).state;
  firmware::Outcome outcome;
  const bool networkRestarts = onMachine(local, connection.identity, [&](machine::Me& me, machine::Effects& effects) {
    outcome = firmware::onRequest(me, session, request, effects);
  });
  auto* reply = std::get_if<firmware::Reply>(&outcome);
  if (!reply) co_return true;  // the ME never answers; the idle time ends the connection
  if (shared_.observer.wants(Happening::Kind::request)) {
    tell(Happening::Kind::request, local, Reason::none,
         request.method + " " + request.target + " " + std::to_string(reply->response.status));
  }
  if (reply->loggedIn && !connection.loggedIn && !session.setup && stateBefore == machine::State::operational) {
    connection.loggedIn = true;
    tell(Happening::Kind::loggedIn, local, Reason::none, {});
  }
  byProgress_.splice(byProgress_.end(), byProgress_, connection.place);
  co_await wait(reply->latency);
  const bool last = reply->response.close || !request.keepAlive || networkRestarts;
  const auto bytes = wire::http::serialize(reply->response);
  counters_.answerBytes += bytes.size();
  const auto written = co_await connection.channel->write(asBytes(bytes));
  if (networkRestarts) restartNetwork(local, &connection);
  co_return written && !last;
}

void Shard::makeRoom() {
  const auto most = std::max(1U, shared_.plan.options.connectionsMax / shared_.plan.options.shards);
  if (byProgress_.size() < most) return;
  auto* longest = byProgress_.front();
  // To the end, so that a burst of new connections takes another one each.
  byProgress_.splice(byProgress_.end(), byProgress_, longest->place);
  refuse(longest->local, Happening::Kind::requestRefused, Reason::tooManyConnections, "the fleet's limit");
  longest->channel->reset();
}

void Shard::restartNetwork(std::uint32_t local, const Connection* except) {
  const auto [first, last] = connections_.equal_range(local);
  for (auto it = first; it != last; ++it) {
    if (it->second != except) it->second->channel->reset();
  }
}

void Shard::refuse(std::uint32_t local, Happening::Kind kind, Reason reason, std::string text) {
  // A challenge is the ordinary way into every login, and says nothing about the machine; that a machine was not
  // started says less than what was told before.
  if (reason != Reason::none && reason != Reason::noCredentials && reason != Reason::digestStale &&
      reason != Reason::neverStarted) {
    machines_.remembered(local).lastRefusal = reason;
  }
  tell(kind, local, reason, std::move(text));
}

net::Task<void> Shard::wait(MeDuration latency) {
  if (latency.ms <= 0) co_return;
  asio::steady_timer timer(context_, realOf(latency, shared_.clock.options().speed));
  boost::system::error_code error;
  co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, error));
}

}  // namespace vme::runtime
