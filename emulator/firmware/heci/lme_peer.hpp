#pragma once
// The ME's end of APF over HECI: it offers its ports to the host, which forwards connections to them (heci.md 6.2). For
// firmware/heci only.

#include <string_view>
#include <vector>

#include "firmware/heci/session.hpp"
#include "wire/apf.hpp"

namespace vme::firmware::heci {

class LmePeer {
 public:
  explicit LmePeer(std::size_t maxMessage) : maxMessage_(maxMessage) {}

  Reaction onMessage(Me& me, ByteView message);
  Reaction onPortOpened(std::uint32_t channel);
  Reaction onPortRefused(std::uint32_t channel);
  std::size_t portRoom(std::uint32_t channel) const;
  /// At most portRoom bytes; more are a mistake of the caller.
  Reaction onPortData(std::uint32_t channel, ByteView bytes);
  Reaction onPortTaken(std::uint32_t channel, std::size_t bytes);
  Reaction onPortClosed(std::uint32_t channel);

 private:
  /// What the ME waits for first.
  enum class Phase : std::uint8_t { version, service, forwarding };
  /// closing: the ME has sent CHANNEL_CLOSE and the host has not.
  enum class Stage : std::uint8_t { opening, open, closing };
  struct Channel {
    std::uint32_t id = 0;      // the ME's number, which the host sends to
    std::uint32_t hostId = 0;  // the host's
    Stage stage = Stage::opening;
    std::uint32_t sendWindow = 0;     // bytes that the host still takes
    std::uint32_t receiveWindow = 0;  // bytes that the host may still send
  };
  struct Handler;

  Channel* find(std::uint32_t channel);
  const Channel* find(std::uint32_t channel) const;
  std::uint32_t freeId(std::uint32_t wished) const;
  void remove(std::uint32_t channel);
  void forwardNext(Reaction& reaction);
  void disconnect(Reaction& reaction, wire::apf::DisconnectReason reason);
  void closeAll(Reaction& reaction);

  std::size_t maxMessage_;
  Phase phase_ = Phase::version;
  std::vector<std::uint32_t> forwards_;  // ports still to be offered
  bool awaitsReply_ = false;             // to the last offer
  std::vector<Channel> channels_;
};

}  // namespace vme::firmware::heci
