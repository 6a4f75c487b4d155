#include "firmware/heci/lme_peer.hpp"

#include <algorithm>
#include <limits>
#include <stdexcept>

#include "machine/network.hpp"

namespace vme::firmware::heci {
namespace {

namespace apf = wire::apf;

constexpr std::uint32_t kWindow = 4096;
constexpr std::uint32_t kTriggerLme = 254;
constexpr std::uint32_t kAsfPort = 623, kAsfSecurePort = 664;

void send(Reaction& reaction, const apf::Message& message) {
  reaction.actions.emplace_back(Send{apf::encode(message)});
}

/// The order in which an ME offers its ports is not known; HTTP first, and never HTTP alone: rpc-go answers that for
/// 16992 and 16993 only, and waits for an offer that it need not answer.
std::vector<std::uint32_t> portsOf(const Me& me) {
  std::vector<std::uint32_t> ports{machine::kHttpPort};
  if (me.nvram().tls.local.enabled) ports.push_back(machine::kHttpsPort);
  ports.insert(ports.end(), {kAsfPort, kAsfSecurePort});
  return ports;
}

}  // namespace

struct LmePeer::Handler {
  LmePeer& peer;
  Me& me;
  Reaction& reaction;

  void operator()(const apf::ProtocolVersion& version) const {
    if (version.major != 1) return protocolError();
    if (peer.phase_ != Phase::version) return;  // rpc-go answers the ME's with another
    peer.phase_ = Phase::service;
    send(reaction, apf::ProtocolVersion{.trigger = kTriggerLme, .uuid = me.identity.uuid});
    send(reaction, apf::ServiceRequest{std::string(apf::kForwardService)});
  }
  void operator()(const apf::ServiceAccept& accept) const {
    if (peer.phase_ != Phase::service || accept.name != apf::kForwardService) return protocolError();
    peer.phase_ = Phase::forwarding;
    peer.forwards_ = portsOf(me);
    peer.forwardNext(reaction);
  }
  void operator()(const apf::ServiceRequest& request) const {
    if (request.name != apf::kAuthService && request.name != apf::kForwardService) {
      return peer.disconnect(reaction, apf::DisconnectReason::serviceNotAvailable);
    }
    send(reaction, apf::ServiceAccept{request.name});
  }
  void operator()(const apf::RequestSuccess&) const { replied(); }
  void operator()(const apf::RequestFailure&) const { replied(); }
  void operator()(const apf::GlobalRequest& request) const {
    // The host has nothing to ask of an ME.
    if (request.wantReply) send(reaction, apf::RequestFailure{});
  }
  void operator()(const apf::ChannelOpen& open) const {
    using enum apf::OpenFailureReason;
    if (open.kind != apf::kForwarded) return refuse(open, unknownKind);
    if (open.port != machine::kHttpPort && open.port != machine::kHttpsPort) return refuse(open, prohibited);
    const auto live =
        std::ranges::count_if(peer.channels_, [](const Channel& channel) { return channel.stage != Stage::closing; });
    if (static_cast<std::size_t>(live) >= me.profile.api.httpMaxConn) return refuse(open, shortage);
    const auto id = peer.freeId(open.sender);
    peer.channels_.push_back({.id = id, .hostId = open.sender, .sendWindow = open.window, .receiveWindow = kWindow});
    reaction.actions.emplace_back(OpenPort{id, static_cast<std::uint16_t>(open.port)});
  }
  void operator()(const apf::WindowAdjust& adjust) const {
    auto* channel = known(adjust.recipient);
    if (!channel) return;
    if (adjust.bytes > std::numeric_limits<std::uint32_t>::max() - channel->sendWindow) return protocolError();
    channel->sendWindow += adjust.bytes;
  }
  void operator()(apf::ChannelData& data) const {
    auto* channel = known(data.recipient);
    if (!channel) return;
    if (data.bytes.size() > channel->receiveWindow) return protocolError();
    channel->receiveWindow -= static_cast<std::uint32_t>(data.bytes.size());
    if (channel->stage != Stage::open || data.bytes.empty()) return;
    reaction.actions.emplace_back(PortData{channel->id, std::move(data.bytes)});
  }
  void operator()(const apf::ChannelClose& close) const {
    const auto* channel = known(close.recipient);
    if (!channel) return;
    if (channel->stage == Stage::open) {
      reaction.actions.emplace_back(ClosePort{channel->id});
      send(reaction, apf::ChannelClose{channel->hostId});
    }
    peer.remove(close.recipient);
  }
  void operator()(const apf::Disconnect&) const {
    peer.closeAll(reaction);
    reaction.actions.emplace_back(Drop{});
  }
  // What only the other side may say, or answers to what the ME never asks.
  void operator()(const apf::UserauthRequest&) const { protocolError(); }
  void operator()(const apf::UserauthFailure&) const { protocolError(); }
  void operator()(const apf::UserauthSuccess&) const { protocolError(); }
  void operator()(const apf::OpenConfirmation&) const { protocolError(); }
  void operator()(const apf::OpenFailure&) const { protocolError(); }

  void protocolError() const { peer.disconnect(reaction, apf::DisconnectReason::protocolError); }
  void refuse(const apf::ChannelOpen& open, apf::OpenFailureReason reason) const {
    send(reaction, apf::OpenFailure{.recipient = open.sender, .reason = reason});
  }
  void replied() const {
    if (!peer.awaitsReply_) return protocolError();
    peer.forwardNext(reaction);
  }
  /// A channel that the host was told of. Others are passed over: what crosses a close on its way, and rpc-go, which
  /// names its own numbers in what it answers.
  Channel* known(std::uint32_t id) const {
    auto* channel = peer.find(id);
    return channel && channel->stage != Stage::opening ? channel : nullptr;
  }
};

LmePeer::Channel* LmePeer::find(std::uint32_t channel) {
  const auto found = std::ranges::find(channels_, channel, &Channel::id);
  return found == channels_.end() ? nullptr : &*found;
}

const LmePeer::Channel* LmePeer::find(std::uint32_t channel) const {
  const auto found = std::ranges::find(channels_, channel, &Channel::id);
  return found == channels_.end() ? nullptr : &*found;
}

/// The host's own number where it is free, so that a host which mixes them up still closes the right one.
std::uint32_t LmePeer::freeId(std::uint32_t wished) const {
  while (find(wished)) ++wished;
  return wished;
}

void LmePeer::remove(std::uint32_t channel) {
  std::erase_if(channels_, [channel](const Channel& other) { return other.id == channel; });
}

void LmePeer::forwardNext(Reaction& reaction) {
  awaitsReply_ = !forwards_.empty();
  if (forwards_.empty()) return;
  send(
      reaction,
      apf::GlobalRequest{
          .name = std::string(apf::kTcpipForward), .wantReply = true, .address = "0.0.0.0", .port = forwards_.front()});
  forwards_.erase(forwards_.begin());
}

void LmePeer::closeAll(Reaction& reaction) {
  for (const auto& channel : channels_) {
    if (channel.stage != Stage::closing) reaction.actions.emplace_back(ClosePort{channel.id});
  }
  channels_.clear();
}

void LmePeer::disconnect(Reaction& reaction, apf::DisconnectReason reason) {
  closeAll(reaction);
  send(reaction, apf::Disconnect{reason});
  reaction.actions.emplace_back(Drop{});
}

Reaction LmePeer::onMessage(Me& me, ByteView message) {
  Reaction reaction;
  auto parsed = apf::parse(message);
  const bool tooEarly = parsed && phase_ == Phase::version && !std::holds_alternative<apf::ProtocolVersion>(*parsed) &&
                        !std::holds_alternative<apf::Disconnect>(*parsed);
  if (!parsed || tooEarly) {
    disconnect(reaction, apf::DisconnectReason::protocolError);
  } else {
    std::visit(Handler{*this, me, reaction}, *parsed);
  }
  return reaction;
}

Reaction LmePeer::onPortOpened(std::uint32_t channel) {
  Reaction reaction;
  auto* found = find(channel);
  if (!found || found->stage != Stage::opening) return reaction;
  found->stage = Stage::open;
  send(reaction, apf::OpenConfirmation{.recipient = found->hostId, .sender = found->id, .window = kWindow});
  return reaction;
}

Reaction LmePeer::onPortRefused(std::uint32_t channel) {
  Reaction reaction;
  const auto* found = find(channel);
  if (!found || found->stage != Stage::opening) return reaction;
  send(reaction, apf::OpenFailure{.recipient = found->hostId, .reason = apf::OpenFailureReason::connectFailed});
  remove(channel);
  return reaction;
}

std::size_t LmePeer::portRoom(std::uint32_t channel) const {
  const auto* found = find(channel);
  return found && found->stage == Stage::open ? found->sendWindow : 0;
}

Reaction LmePeer::onPortData(std::uint32_t channel, ByteView bytes) {
  Reaction reaction;
  auto* found = find(channel);
  if (!found || found->stage != Stage::open) return reaction;
  if (bytes.size() > found->sendWindow) throw std::logic_error("more bytes from a port than the host has room for");
  found->sendWindow -= static_cast<std::uint32_t>(bytes.size());
  while (!bytes.empty()) {
    const auto part = bytes.first(std::min(bytes.size(), maxMessage_ - apf::kDataOverhead));
    send(reaction, apf::ChannelData{.recipient = found->hostId, .bytes = Bytes(part.begin(), part.end())});
    bytes = bytes.subspan(part.size());
  }
  return reaction;
}

Reaction LmePeer::onPortTaken(std::uint32_t channel, std::size_t bytes) {
  Reaction reaction;
  auto* found = find(channel);
  if (!found || found->stage != Stage::open || bytes == 0) return reaction;
  const auto adjusted = std::min<std::size_t>(bytes, kWindow - found->receiveWindow);
  found->receiveWindow += static_cast<std::uint32_t>(adjusted);
  send(reaction, apf::WindowAdjust{.recipient = found->hostId, .bytes = static_cast<std::uint32_t>(adjusted)});
  return reaction;
}

Reaction LmePeer::onPortClosed(std::uint32_t channel) {
  constexpr std::ptrdiff_t kMostClosing = 16;
  Reaction reaction;
  auto* found = find(channel);
  if (!found || found->stage == Stage::closing) return reaction;
  if (found->stage == Stage::opening) return onPortRefused(channel);
  found->stage = Stage::closing;
  send(reaction, apf::ChannelClose{found->hostId});
  // A host that never closes its side is forgotten in time.
  const auto isClosing = [](const Channel& other) { return other.stage == Stage::closing; };
  if (std::ranges::count_if(channels_, isClosing) > kMostClosing) {
    channels_.erase(std::ranges::find_if(channels_, isClosing));
  }
  return reaction;
}

}  // namespace vme::firmware::heci
