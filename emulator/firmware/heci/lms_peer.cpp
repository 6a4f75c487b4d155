#include "firmware/heci/lms_peer.hpp"

#include <algorithm>

#include "machine/network.hpp"

namespace vme::firmware::heci {
namespace {

namespace lms = wire::lms;

lms::IpFqdn addressOf(const Me& me) {
  const auto& nvram = me.nvram();
  auto name = nvram.hostName;
  if (!name.empty() && !nvram.domainName.empty()) name += "." + nvram.domainName;
  const bool shared = nvram.wired.dhcp || nvram.wired.sharedMac;
  return {.ipType = shared ? std::uint8_t{0} : std::uint8_t{1}, .ipv4 = machine::ipv4(me).address, .fqdn = name};
}

void send(Reaction& reaction, const lms::Message& message) {
  reaction.actions.emplace_back(Send{lms::encode(message)});
}

}  // namespace

struct LmsPeer::Handler {
  LmsPeer& peer;
  Me& me;
  Reaction& reaction;

  void operator()(lms::Open& open) const {
    constexpr std::uint8_t kTcp = 0;
    const bool known = !open.extended || me.profile.heci.lmeProtocol == profile::LmeProtocol::compat2;
    if (!known) return peer.drop(reaction);
    const bool served = open.mePort == machine::kHttpPort || open.mePort == machine::kHttpsPort;
    if (open.protocol != kTcp || !served) {
      return peer.answerOpen(reaction, 0, lms::OpenStatus::failed, open.request);
    }
    if (peer.channels_.size() >= me.profile.api.httpMaxConn) {
      return peer.answerOpen(reaction, 0, lms::OpenStatus::tooMany, open.request);
    }
    const auto id = peer.freeId();
    peer.channels_.push_back({.id = id, .request = open.request});
    reaction.actions.emplace_back(OpenPort{id, open.mePort});
  }
  void operator()(lms::SendData& data) const {
    // The host may have sent before it saw that the connection was closed.
    if (!peer.findOpen(data.connection) || data.data.empty()) return;
    reaction.actions.emplace_back(PortData{data.connection, std::move(data.data)});
  }
  void operator()(const lms::Close& close) const {
    if (!peer.findOpen(close.connection)) return;
    std::erase_if(peer.channels_, [&](const Channel& channel) { return channel.id == close.connection; });
    reaction.actions.emplace_back(ClosePort{close.connection});
  }
  void operator()(const lms::IpFqdnRequest&) const {
    peer.told_ = addressOf(me);
    send(reaction, *peer.told_);
  }
  void operator()(const lms::ProtoVersion& version) const {
    const bool same = version.protocol == 0;
    send(reaction, lms::ProtoVersionReply{.protocol = 0, .status = same ? std::uint8_t{0} : std::uint8_t{1}});
  }
  // What the ME alone says, or answers to what it never asks.
  void operator()(const lms::OpenReply&) const { peer.drop(reaction); }
  void operator()(const lms::IpFqdn&) const { peer.drop(reaction); }
  void operator()(const lms::ProtoVersionReply&) const { peer.drop(reaction); }
};

LmsPeer::Channel* LmsPeer::find(std::uint32_t channel) {
  const auto found = std::ranges::find(channels_, channel, &Channel::id);
  return found == channels_.end() ? nullptr : &*found;
}

const LmsPeer::Channel* LmsPeer::findOpen(std::uint32_t channel) const {
  const auto found = std::ranges::find(channels_, channel, &Channel::id);
  return found == channels_.end() || !found->open ? nullptr : &*found;
}

/// Another number than the last, so that what the host sends late goes nowhere. There are fewer channels than numbers.
std::uint8_t LmsPeer::freeId() {
  do {
    ++lastId_;
  } while (lastId_ == 0 || find(lastId_));
  return lastId_;
}

void LmsPeer::answerOpen(Reaction& reaction, std::uint8_t id, lms::OpenStatus status, std::uint8_t request) const {
  send(reaction, lms::OpenReply{.connection = id, .status = status, .request = request});
}

void LmsPeer::drop(Reaction& reaction) {
  for (const auto& channel : channels_) reaction.actions.emplace_back(ClosePort{channel.id});
  channels_.clear();
  reaction.actions.emplace_back(Drop{});
}

Reaction LmsPeer::onMessage(Me& me, ByteView message) {
  Reaction reaction;
  if (told_ && *told_ != addressOf(me)) {
    told_ = addressOf(me);
    send(reaction, *told_);
  }
  auto parsed = lms::parse(message);
  if (!parsed) {
    drop(reaction);
  } else {
    std::visit(Handler{*this, me, reaction}, *parsed);
  }
  return reaction;
}

Reaction LmsPeer::onPortOpened(std::uint32_t channel) {
  Reaction reaction;
  if (auto* found = find(channel)) {
    found->open = true;
    answerOpen(reaction, found->id, lms::OpenStatus::ok, found->request);
  }
  return reaction;
}

Reaction LmsPeer::onPortRefused(std::uint32_t channel) {
  Reaction reaction;
  if (const auto* found = find(channel)) {
    answerOpen(reaction, 0, lms::OpenStatus::failed, found->request);
    std::erase_if(channels_, [&](const Channel& other) { return other.id == channel; });
  }
  return reaction;
}

std::size_t LmsPeer::portRoom(std::uint32_t channel) const {
  return findOpen(channel) ? lms::kMaxData : 0;
}

Reaction LmsPeer::onPortData(std::uint32_t channel, ByteView bytes) {
  Reaction reaction;
  const auto* found = findOpen(channel);
  while (found && !bytes.empty()) {
    const auto part = bytes.first(std::min(bytes.size(), lms::kMaxData));
    send(reaction, lms::SendData{found->id, Bytes(part.begin(), part.end())});
    bytes = bytes.subspan(part.size());
  }
  return reaction;
}

Reaction LmsPeer::onPortClosed(std::uint32_t channel) {
  Reaction reaction;
  if (const auto* found = findOpen(channel)) {
    send(reaction, lms::Close{.connection = found->id, .reason = lms::CloseReason::client});
    std::erase_if(channels_, [&](const Channel& other) { return other.id == channel; });
    return reaction;
  }
  return onPortRefused(channel);  // it closed before the host knew that it opened
}

}  // namespace vme::firmware::heci
