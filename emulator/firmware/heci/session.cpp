#include "firmware/heci/session.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "firmware/heci/amthi.hpp"
#include "firmware/heci/clients.hpp"
#include "firmware/heci/lme_peer.hpp"
#include "firmware/heci/lms_peer.hpp"
#include "machine/reachability.hpp"

namespace vme::firmware::heci {
namespace {

using wire::heci::Error;
using wire::heci::Properties;

struct Row {
  Uuid uuid;
  Client client;
  Properties properties;
};
// heci.md 3; of the sizes only AMTHI's is known. Hosts fill the ME's whole window with one message of data.
constexpr std::uint32_t kForwardMessage = 4160;
constexpr std::array kClients{
    Row{wire::heci::kAmthi, Client::amthi, {.maxMessage = 4160, .protocolVersion = 1}},
    Row{wire::heci::kWatchdog, Client::watchdog, {.maxMessage = 64, .protocolVersion = 1}},
    Row{wire::heci::kLme, Client::lme, {.maxMessage = kForwardMessage, .protocolVersion = 4}},
    Row{wire::heci::kLms, Client::lms, {.maxMessage = kForwardMessage, .protocolVersion = 1}},
    Row{wire::heci::kMkhi, Client::mkhi, {.maxMessage = 512, .protocolVersion = 1}},
};

bool isEnumerated(const profile::Profile::Heci& heci, Client client) {
  switch (client) {
    case Client::amthi:
    case Client::watchdog:
      return true;
    case Client::lme:
      return heci.lmeProtocol == profile::LmeProtocol::apf;
    case Client::lms:
      return heci.lmeProtocol != profile::LmeProtocol::apf;
    case Client::mkhi:
      return heci.mkhi;
  }
  return false;
}

/// A client that keeps nothing between messages and opens no ports.
struct Stateless {
  Reaction onPortOpened(std::uint32_t) { return {}; }
  Reaction onPortRefused(std::uint32_t) { return {}; }
  std::size_t portRoom(std::uint32_t) const { return 0; }
  Reaction onPortData(std::uint32_t, ByteView) { return {}; }
  Reaction onPortTaken(std::uint32_t, std::size_t) { return {}; }
  Reaction onPortClosed(std::uint32_t) { return {}; }
};

}  // namespace

struct Session::State {
  Client client = Client::amthi;
  Properties properties;
  std::variant<Stateless, LmsPeer, LmePeer> peer;
};

std::expected<Session, Error> Session::connect(const Me& me, const Uuid& client, std::span<const Client> open) {
  if (me.hot.powerState == machine::kMechanicalOff || machine::isMute(me)) return std::unexpected(Error::noDevice);
  const auto* const row = std::ranges::find(kClients, client, &Row::uuid);
  if (row == kClients.end() || !isEnumerated(me.profile.heci, row->client)) {
    return std::unexpected(Error::unknownClient);
  }
  // The host's driver shares its one connection to AMTHI among all files.
  const bool taken = row->client != Client::amthi && std::ranges::find(open, row->client) != open.end();
  if (taken) return std::unexpected(Error::busy);
  auto state = std::make_unique<State>(State{row->client, row->properties, {}});
  if (row->client == Client::lme) state->peer = LmePeer(row->properties.maxMessage);
  if (row->client == Client::lms) {
    state->peer = LmsPeer();
    if (me.profile.heci.lmeProtocol == profile::LmeProtocol::compat2) state->properties.protocolVersion = 2;
  }
  return Session(std::move(state));
}

Session::Session(std::unique_ptr<State> state) : state_(std::move(state)) {}
Session::Session(Session&&) noexcept = default;
Session& Session::operator=(Session&&) noexcept = default;
Session::~Session() = default;

Client Session::client() const {
  return state_->client;
}

Properties Session::properties() const {
  return state_->properties;
}

Reaction Session::onConnected(Me&) {
  return {};  // on every client the host speaks first
}

Reaction Session::onMessage(Me& me, ByteView message, Effects& effects) {
  switch (state_->client) {
    case Client::amthi:
      return onAmthi(me, message, effects);
    case Client::watchdog:
      return onWatchdog(me, message);
    case Client::mkhi:
      return onMkhi(me, message);
    case Client::lms:
      return std::get<LmsPeer>(state_->peer).onMessage(me, message);
    case Client::lme:
      return std::get<LmePeer>(state_->peer).onMessage(me, message);
  }
  return {};
}

Reaction Session::onPortOpened(std::uint32_t channel) {
  return std::visit([&](auto& peer) { return peer.onPortOpened(channel); }, state_->peer);
}

Reaction Session::onPortRefused(std::uint32_t channel) {
  return std::visit([&](auto& peer) { return peer.onPortRefused(channel); }, state_->peer);
}

std::size_t Session::portRoom(std::uint32_t channel) const {
  return std::visit([&](const auto& peer) { return peer.portRoom(channel); }, state_->peer);
}

Reaction Session::onPortData(std::uint32_t channel, ByteView bytes) {
  return std::visit([&](auto& peer) { return peer.onPortData(channel, bytes); }, state_->peer);
}

Reaction Session::onPortTaken(std::uint32_t channel, std::size_t bytes) {
  return std::visit([&](auto& peer) { return peer.onPortTaken(channel, bytes); }, state_->peer);
}

Reaction Session::onPortClosed(std::uint32_t channel) {
  return std::visit([&](auto& peer) { return peer.onPortClosed(channel); }, state_->peer);
}

void Session::onDisconnected(Me&) {}

}  // namespace vme::firmware::heci
