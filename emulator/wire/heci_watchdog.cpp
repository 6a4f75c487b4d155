#include "wire/heci_watchdog.hpp"

namespace vme::wire::heci {
namespace {

constexpr std::uint8_t kManagement = 0x02, kStateIndependence = 0x05, kLast = 0x10;
constexpr std::uint8_t kStart = 0x13, kStop = 0x14, kIsChangeToAmtEnabled = 0x51, kChangeToAmt = 0x52;

}  // namespace

std::optional<WatchdogRequest> parseWatchdog(ByteView message) {
  if (message.size() < 4 || message.size() != 2U + message[1] || message[3] != kLast) return std::nullopt;
  const auto function = message[2];
  if (message[0] == kManagement) {
    if (function == kStart && message.size() >= 6) return WatchdogPing{readLe16(message, 4)};
    if (function == kStop && message.size() == 4) return WatchdogStop{};
  } else if (message[0] == kStateIndependence && message.size() == 4) {
    if (function == kIsChangeToAmtEnabled) return AmtSwitchQuery{};
    if (function == kChangeToAmt) return AmtSwitch{};
  }
  return std::nullopt;
}

Bytes encodePingAnswer(bool required) {
  constexpr std::uint8_t kStartAnswer = 0x83, kSuccess = 0;
  return {kManagement, 4, kStartAnswer, kLast, kSuccess, required ? std::uint8_t{0} : std::uint8_t{1}};
}

}  // namespace vme::wire::heci
