#pragma once
// The watchdog client: the operating system's promise to come back, and the messages by which a host switches between
// ASF and AMT (heci.md 5.2, 5.3). A message starts with 02 for the watchdog or 05 for a switch, the count of bytes that
// follow the second, a function and 10.

#include <cstdint>
#include <optional>
#include <variant>

#include "base/bytes.hpp"

namespace vme::wire::heci {

/// 02 LL 13 10, u16 timeout, then the driver's own bytes.
struct WatchdogPing {
  std::uint16_t timeoutS = 0;
};
/// 02 02 14 10.
struct WatchdogStop {};
/// 05 02 51 10: whether the host may switch to AMT.
struct AmtSwitchQuery {};
/// 05 02 52 10.
struct AmtSwitch {};
using WatchdogRequest = std::variant<WatchdogPing, WatchdogStop, AmtSwitchQuery, AmtSwitch>;

/// Nothing for anything else, to which the ME says nothing.
std::optional<WatchdogRequest> parseWatchdog(ByteView message);

/// 02 04 83 10, u8 status 0, u8 1 where no watchdog is required.
Bytes encodePingAnswer(bool required);

}  // namespace vme::wire::heci
