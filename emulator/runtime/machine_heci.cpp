#include "runtime/machine_heci.hpp"

#include <algorithm>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "net/spawn.hpp"
#include "runtime/heci_link.hpp"

namespace vme::runtime {

using firmware::heci::Client;
using wire::heci::Error;

net::asio::any_io_executor MachineHeci::executor() {
  return shard_.context_.get_executor();
}

net::Task<net::Heci<std::unique_ptr<net::HeciFile>>> MachineHeci::open() {
  co_return std::make_unique<File>(*this);
}

machine::Identity MachineHeci::identity() const {
  return shard_.shared_.plan.identityOf(shard_.machines_.globalIndex(local_));
}

std::vector<Client> MachineHeci::connected() const {
  std::vector<Client> clients;
  for (const auto& link : links_) clients.push_back(link->session->client());
  return clients;
}

void MachineHeci::reset() {
  for (const auto& link : std::vector(links_)) link->drop();
}

// A file.

MachineHeci::File::~File() {
  if (link_) link_->drop();
}

net::Task<net::Heci<wire::heci::Properties>> MachineHeci::File::connect(const Uuid& client) {
  if (link_ && !link_->dropped) co_return std::unexpected(Error::busy);
  auto& shard = device_.shard_;
  std::expected<firmware::heci::Session, Error> session = std::unexpected(Error::noDevice);
  firmware::heci::Reaction first;
  shard.onMachine(device_.local_, device_.identity(), [&](machine::Me& me, machine::Effects&) {
    session = firmware::heci::Session::connect(me, client, device_.connected());
    if (session) first = session->onConnected(me);
  });
  if (!session) co_return std::unexpected(session.error());
  link_ = std::make_shared<Link>(device_, std::move(*session));
  device_.links_.push_back(link_);
  link_->react(std::move(first));
  co_return link_->session->properties();
}

net::Task<net::Heci<void>> MachineHeci::File::write(ByteView message) {
  const auto link = link_;
  if (!link || link->dropped) co_return std::unexpected(Error::noDevice);
  if (message.size() > link->session->properties().maxMessage) co_return std::unexpected(Error::tooLong);
  Bytes kept(message.begin(), message.end());
  while (!link->hasRoomForHost()) {
    if (!co_await link->changeUntil(link->writeTimer, deadline_)) co_return std::unexpected(Error::timedOut);
    if (link->dropped) co_return std::unexpected(Error::noDevice);
  }
  if (kept.empty()) co_return net::Heci<void>{};
  link->toMe.push_back(std::move(kept));
  device_.pump();
  co_return net::Heci<void>{};
}

net::Task<net::Heci<Bytes>> MachineHeci::File::read() {
  const auto link = link_;
  if (!link) co_return std::unexpected(Error::noDevice);
  while (link->toHost.empty()) {
    if (link->dropped) co_return std::unexpected(Error::noDevice);
    if (!co_await link->changeUntil(link->readTimer, deadline_)) co_return std::unexpected(Error::timedOut);
  }
  auto message = std::move(link->toHost.front());
  link->toHost.pop_front();
  link->changed();
  device_.pump();
  co_return message;
}

void MachineHeci::File::setDeadline(std::chrono::steady_clock::time_point deadline) {
  deadline_ = deadline;
  if (link_) link_->changed();  // who waits does so for the new one
}

// Messages on their way.

void MachineHeci::pump() {
  for (bool again = true; again;) {
    again = false;
    for (const auto& link : std::vector(links_)) {
      const bool isAmthi = link->session->client() == Client::amthi;
      if (link->busy || link->dropped || link->toMe.empty() || !link->hasRoomForMe()) continue;
      if (isAmthi && amthiIsBusy_) continue;
      link->takeUp();
      again = true;
    }
  }
}

MachineHeci::Link::Link(MachineHeci& of, firmware::heci::Session with)
    : device(of), session(std::move(with)), readTimer(of.executor()), writeTimer(of.executor()) {}

bool MachineHeci::Link::isGone() const {
  return dropped || device.shard_.stopping_;
}

void MachineHeci::Link::changed() {
  readTimer.cancel();
  writeTimer.cancel();
}

net::Task<bool> MachineHeci::Link::changeUntil(net::asio::steady_timer& timer,
                                               std::chrono::steady_clock::time_point deadline) {
  const auto self = shared_from_this();
  timer.expires_at(deadline);
  boost::system::error_code error;
  co_await timer.async_wait(net::asio::redirect_error(net::asio::use_awaitable, error));
  co_return error || std::chrono::steady_clock::now() < deadline;
}

void MachineHeci::Link::takeUp() {
  const bool isAmthi = session->client() == Client::amthi;
  const auto message = std::move(toMe.front());
  toMe.pop_front();
  changed();
  firmware::heci::Reaction reaction;
  auto& shard = device.shard_;
  const bool networkRestarts = shard.onMachine(
      device.local_, device.identity(),
      [&](machine::Me& me, machine::Effects& effects) { reaction = session->onMessage(me, message, effects); });
  if (reaction.latency.ms <= 0) {
    react(std::move(reaction));
    if (networkRestarts) shard.restartNetwork(device.local_, nullptr);
    return;
  }
  busy = true;
  if (isAmthi) device.amthiIsBusy_ = true;
  ++shard.shared_.inFlight;
  net::spawn(device.executor(), answerLater(shared_from_this(), std::move(reaction), networkRestarts));
}

net::Task<void> MachineHeci::Link::answerLater(std::shared_ptr<Link> link, firmware::heci::Reaction reaction,
                                               bool networkRestarts) {
  auto& shard = link->device.shard_;
  co_await shard.wait(reaction.latency);
  link->busy = false;
  if (link->session->client() == Client::amthi) link->device.amthiIsBusy_ = false;
  --shard.shared_.inFlight;
  link->react(std::move(reaction));
  if (networkRestarts) shard.restartNetwork(link->device.local_, nullptr);
  link->device.pump();
}

void MachineHeci::Link::react(firmware::heci::Reaction reaction) {
  using namespace firmware::heci;
  for (auto& action : reaction.actions) {
    if (dropped) return;
    if (auto* send = std::get_if<Send>(&action)) {
      toHost.push_back(std::move(send->message));
    } else if (const auto* open = std::get_if<OpenPort>(&action)) {
      openPort(*open);
    } else if (auto* data = std::get_if<PortData>(&action)) {
      if (const auto port = ports.find(data->channel); port != ports.end())
        port->second->deliver(std::move(data->bytes));
    } else if (const auto* close = std::get_if<ClosePort>(&action)) {
      if (const auto port = ports.find(close->channel); port != ports.end()) port->second->end();
    } else {
      drop();
    }
  }
  changed();
  for (const auto& [number, port] : ports) port->changed();
}

void MachineHeci::Link::drop() {
  if (isGone()) return;
  dropped = true;
  std::erase_if(device.links_, [this](const std::shared_ptr<Link>& link) { return link.get() == this; });
  device.shard_.onMachine(device.local_, device.identity(),
                          [&](machine::Me& me, machine::Effects&) { session->onDisconnected(me); });
  for (const auto& [number, port] : ports) port->end();
  changed();
}

}  // namespace vme::runtime
