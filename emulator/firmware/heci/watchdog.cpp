#include "firmware/heci/clients.hpp"
#include "machine/host_requests.hpp"
#include "wire/heci_watchdog.hpp"

namespace vme::firmware::heci {
namespace {

using namespace wire::heci;

/// Little-endian, although most programs read the lowest byte alone.
Reaction answerNumber(std::uint32_t value) {
  Bytes message;
  appendLe32(message, value);
  Reaction reaction;
  reaction.actions.emplace_back(Send{std::move(message)});
  return reaction;
}

struct Handler {
  Me& me;

  Reaction operator()(const WatchdogPing& ping) const {
    const bool required = me.profile.heci.osWatchdog;
    if (required) machine::pingWatchdog(me, ping.timeoutS);
    Reaction reaction;
    reaction.actions.emplace_back(Send{encodePingAnswer(required)});
    return reaction;
  }
  Reaction operator()(const WatchdogStop&) const {
    machine::stopWatchdog(me);
    return {};
  }
  Reaction operator()(const AmtSwitchQuery&) const { return answerNumber(me.profile.heci.amtSwitch ? 1 : 0); }
  Reaction operator()(const AmtSwitch&) const {
    constexpr std::uint32_t kFailed = 0x9E;
    return answerNumber(me.profile.heci.amtSwitch ? 0 : kFailed);
  }
};

}  // namespace

Reaction onWatchdog(Me& me, ByteView message) {
  const auto request = parseWatchdog(message);
  return request ? std::visit(Handler{me}, *request) : Reaction{};
}

}  // namespace vme::firmware::heci
