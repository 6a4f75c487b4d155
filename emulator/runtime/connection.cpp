// A connection to a machine: a coroutine that owns channel, TLS and parser, holds the machine by its index, and asks
// firmware at each step.

#include "runtime/connection.hpp"

#include <unistd.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "firmware/operation_name.hpp"
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

constexpr unsigned kUnauthorized = 401;

std::string_view nameOf(firmware::TlsOffer::Kind kind) {
  constexpr std::array<std::string_view, 3> kNames{"psk", "pki", "operational"};
  return kNames.at(std::to_underlying(kind));
}

Reason excessOf(const wire::ChainFacts& chain, const fault::TlsLimits& limits) {
  if (limits.chainBytes > 0 && chain.totalBytes > limits.chainBytes) return Reason::chainTooLarge;
  return limits.keyBits > 0 && chain.maxKeyBits > limits.keyBits ? Reason::keyTooLarge : Reason::none;
}

Reason reasonOf(const net::TlsFailure& failure, const firmware::TlsOffer& offer, Reason judged) {
  if (judged != Reason::none) return judged;
  if (failure.unknownPskIdentity) return Reason::pskUnknownIdentity;
  if (failure.kind == net::TlsFailure::Kind::timedOut) return Reason::timedOut;
  if (failure.badMac && offer.kind == firmware::TlsOffer::Kind::psk) return Reason::pskMismatch;
  return Reason::handshakeFailed;
}

}  // namespace

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
  const auto index = shared_.plan.indexOf(accepted.local.to_uint());
  if (!index) return;  // no machine has this address; the socket closes
  const auto owner = *index % shared_.plan.options.shards;
  Caller caller{.port = port, .peer = accepted.peer.address().to_v4().to_uint(), .peerPort = accepted.peer.port()};
  ++shared_.inFlight;
  if (owner == number_) {
    const auto local = machines_.localIndex(*index);
    auto channel = acceptedChannel(std::move(accepted.socket), local, caller);
    net::spawn(context_.get_executor(), serve(std::move(channel), local, std::move(caller)));
    return;
  }
  auto& other = *shared_.shards[owner];
  asio::post(other.context_, [&other, handle = Handle(accepted.socket.release()), caller = std::move(caller),
                              local = machines_.localIndex(*index)]() mutable {
    auto channel = other.acceptedChannel(tcp::socket(other.context_, tcp::v4(), handle.release()), local, caller);
    net::spawn(other.context_.get_executor(), other.serve(std::move(channel), local, std::move(caller)));
  });
}

net::Task<void> Shard::serve(std::unique_ptr<net::Channel> channel, std::uint32_t local, Caller caller) {
  ++counters_.connections;
  Connection connection{.channel = std::move(channel),
                        .local = local,
                        .identity = shared_.plan.identityOf(machines_.globalIndex(local)),
                        .fromHost = caller.fromHost,
                        .flow = std::move(caller.flow)};
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
    tellConnection(Happening::Kind::connected, connection, std::to_string(caller.port));
    makeRoom();
    bool opened = true;
    {
      const Registration registration(*this, connection);
      auto* offer = std::get_if<firmware::TlsOffer>(&decision);
      if (cares(local, fault::Point::connect)) opened = co_await disturbConnection(connection, caller.port);
      if (offer && opened) opened = co_await secure(connection, session, std::move(*offer));
      if (opened) {
        onMachine(local, connection.identity,
                  [&](machine::Me& me, machine::Effects&) { firmware::onOpened(me, session); });
        co_await converse(connection, session);
      }
    }
    onMachine(local, connection.identity,
              [&](machine::Me& me, machine::Effects&) { firmware::onClosed(me, session, opened); });
    tellConnection(Happening::Kind::disconnected, connection, {});
    co_await connection.channel->close();
  }
  --shared_.inFlight;
}

net::Task<bool> Shard::secure(Connection& connection, firmware::Session& session, firmware::TlsOffer offer) {
  const auto local = connection.local;
  const auto idle = firmware::httpLimits(machines_.profileOf(local)).idle;
  connection.channel->setDeadline(Clock::now() + realOf(idle) + realOf(offer.latency));
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
  if (connection.flow) {
    options.secrets = [flow = connection.flow](std::string_view line) { flow->tlsSecret(line); };
  }
  std::optional<fault::TlsLimits> limits;
  if (cares(local, fault::Point::handshake)) {
    for (const auto& firing : strike(local, fault::Point::handshake, nameOf(offer.kind))) {
      co_await pause(realOf(firing.delay));
      if (const auto* one = std::get_if<fault::TlsLimits>(&firing.rule->action)) limits = *one;
      disturbHandshake(connection, options, firing, offer);
    }
  }
  Reason judged = Reason::none;
  if (offer.wantsClientCertificate) {
    options.judge = [&](const std::shared_ptr<const wire::ChainFacts>& chain,
                        const std::vector<Bytes>&) -> std::optional<std::uint8_t> {
      const auto me = machines_.view(local, connection.identity, shared_.clock.at(Clock::now()));
      judged = firmware::onPeer(me, offer.kind, *chain);
      if (limits && judged == Reason::none) judged = excessOf(*chain, *limits);
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
  connection.handshake = Handshake{offer.kind, session.chain};
  if (shared_.observer.wants(Happening::Kind::handshakeDone)) {
    tellConnection(Happening::Kind::handshakeDone, connection, channel.version() + " " + channel.suite());
  }
  co_return true;
}

net::Task<void> Shard::converse(Connection& connection, firmware::Session& session) {
  const auto limits = firmware::httpLimits(machines_.profileOf(connection.local));
  net::HttpRequestReader reader(*connection.channel, {.header = limits.header, .body = limits.body});
  for (;;) {
    connection.channel->setDeadline(Clock::now() + realOf(limits.idle));
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
    if (connection.disorder.dropsPipelined) reader.drop();
  }
}

net::Task<bool> Shard::answer(Connection& connection, const firmware::Session& session,
                              const wire::http::Request& request) {
  const auto local = connection.local;
  ++counters_.requests;
  counters_.requestBytes += request.body.size();
  const auto stateBefore = machines_.hot(local).state;
  firmware::Outcome outcome;
  const bool mayFail = cares(local, fault::Point::request);
  const bool mayBeSpoilt = cares(local, fault::Point::answer);
  std::string operation;
  if (mayFail || mayBeSpoilt) operation = firmware::operationName(request);
  std::vector<fault::Firing> firings;
  firmware::Disturb disturb;
  if (mayFail) {
    disturb = [&] {
      firings = strike(local, fault::Point::request, operation, request.body);
      return disturbanceOf(firings);
    };
  }
  const bool networkRestarts = onMachine(local, connection.identity, [&](machine::Me& me, machine::Effects& effects) {
    outcome = firmware::onRequest(me, session, request, effects, mayFail ? &disturb : nullptr);
    // Before what came of it is told, unless it is not sure yet what the peer will see.
    if (firings.empty() && !mayBeSpoilt) tellExchange(local, session, request, std::get_if<firmware::Reply>(&outcome));
  });
  const bool isStruck = !firings.empty();
  if (isStruck && !co_await afterRequest(connection, std::move(firings))) {
    tellExchange(local, session, request, nullptr);
    co_return false;
  }
  auto* reply = std::get_if<firmware::Reply>(&outcome);
  auto& left = connection.disorder.requestsLeft;
  if (reply && left > 0 && --left == 0) reply->response.close = true;
  std::optional<std::string> bytes;
  if (reply && reply->response.status != kUnauthorized && mayBeSpoilt) {
    bytes = co_await disturbAnswer(connection, reply->response, operation);
  } else if (reply) {
    bytes = wire::http::serialize(reply->response);
  }
  if (isStruck || mayBeSpoilt) tellExchange(local, session, request, bytes ? reply : nullptr);
  if (!reply) co_return true;  // the ME never answers; the idle time ends the connection
  if (!bytes) {
    if (networkRestarts) restartNetwork(local, &connection);
    co_return false;
  }
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
  counters_.answerBytes += bytes->size();
  const auto written = co_await connection.channel->write(asBytes(*bytes));
  if (networkRestarts) restartNetwork(local, &connection);
  co_return written && !last;
}

void Shard::tellConnection(Happening::Kind kind, const Connection& connection, std::string text) {
  tell(connection.local, {.kind = kind,
                          .text = std::move(text),
                          .handshake = connection.handshake ? &*connection.handshake : nullptr,
                          .fromHost = connection.fromHost});
}

void Shard::tellExchange(std::uint32_t local, const firmware::Session& session, const wire::http::Request& request,
                         const firmware::Reply* reply) {
  if (!shared_.observer.wants(Happening::Kind::exchange)) return;
  const Exchange exchange{.request = request,
                          .response = reply ? &reply->response : nullptr,
                          .operation = firmware::operationName(request),
                          .port = session.port,
                          .peerIpv4 = session.peerIpv4,
                          .tls = session.tls,
                          .setup = session.setup,
                          .fromHost = session.local,
                          .loggedIn = reply != nullptr && reply->loggedIn};
  tell(Happening::Kind::exchange, local, Reason::none, {}, nullptr, &exchange);
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
    auto& remembered = machines_.remembered(local);
    // Why no hello ever went out says more than that the window has passed over it.
    const bool isLess =
        reason == Reason::windowClosed && remembered.hellosSent == 0 && isSilence(remembered.lastRefusal);
    if (!isLess) remembered.lastRefusal = reason;
  }
  tell(kind, local, reason, std::move(text));
}

net::Task<void> Shard::wait(MeDuration latency) {
  co_await pause(realOf(latency, shared_.clock.options().speed));
}

net::Task<void> Shard::pause(Clock::duration real) {
  if (real <= Clock::duration::zero()) co_return;
  asio::steady_timer timer(context_, real);
  boost::system::error_code error;
  co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, error));
}

}  // namespace vme::runtime
