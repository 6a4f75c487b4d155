#pragma once
// The ME's end of the LMS protocol of older firmware: connections that a host forwards (heci.md 6.1). What may be sent
// is not limited by windows. For firmware/heci only.

#include <optional>
#include <vector>

#include "firmware/heci/session.hpp"
#include "wire/lms.hpp"

namespace vme::firmware::heci {

class LmsPeer {
 public:
  Reaction onMessage(Me& me, ByteView message);
  Reaction onPortOpened(std::uint32_t channel);
  Reaction onPortRefused(std::uint32_t channel);
  std::size_t portRoom(std::uint32_t channel) const;
  Reaction onPortData(std::uint32_t channel, ByteView bytes);
  Reaction onPortTaken(std::uint32_t, std::size_t) { return {}; }
  Reaction onPortClosed(std::uint32_t channel);

 private:
  struct Channel {
    std::uint8_t id = 0;
    std::uint8_t request = 0;
    bool open = false;  // the host knows of it
  };
  struct Handler;

  Channel* find(std::uint32_t channel);
  const Channel* findOpen(std::uint32_t channel) const;
  std::uint8_t freeId();
  void answerOpen(Reaction& reaction, std::uint8_t id, wire::lms::OpenStatus status, std::uint8_t request) const;
  void drop(Reaction& reaction);

  std::vector<Channel> channels_;
  std::uint8_t lastId_ = 0;
  std::optional<wire::lms::IpFqdn> told_;  // what the host was told last
};

}  // namespace vme::firmware::heci
