#pragma once
// The provisioning lifecycle: one table of states and events. Source: provisioning.md 4.
//
//   state        HECI   meaning
//   factory      0      no network services; MEBx, USB, HECI or the factory window can start set-up
//   inSetup      1      window open: hellos go out, 16993 takes set-up TLS only
//   quiet        1      window expired: still "in set-up", ports closed, no hellos
//   operational  2      normal services
//
//   state \ event  psk     0-touch   started manual committed expired unprov. partial desk    desk-pt cleared stopped
//   factory        inSetup inSetup   inSetup oper.  -         -       -       -       factory -       factory -
//   inSetup        -       -         -       -      oper.     quiet   -       -       factory -       factory factory
//   quiet          -       -         inSetup -      -         -       -       -       factory inSetup factory -
//   operational    -       -         -       -      oper.     -       factory inSetup factory inSetup factory -

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace vme::machine {

enum class State : std::uint8_t { factory, inSetup, quiet, operational };

enum class LifecycleEvent : std::uint8_t {
  pskEntered,            // MEBx or USB: new MEBx password and PID/PPS, enterprise mode
  zeroTouchOpened,       // power and link, zero-touch on, an active hash, a first window longer than nothing
  configurationStarted,  // HECI StartConfiguration
  manualSetup,           // MEBx: password and small-business mode
  committed,             // CommitChanges over the network
  windowExpired,
  unprovisioned,           // over the network, full
  partiallyUnprovisioned,  // over the network, partial
  deskUnprovisioned,       // MEBx, full
  deskPartially,           // MEBx, partial
  cleared,                 // CMOS clear
  configurationStopped,    // HECI StopConfiguration
};

inline constexpr std::array kStates{State::factory, State::inSetup, State::quiet, State::operational};
inline constexpr std::size_t kLifecycleEvents = 12;

/// The state that the event leads to; nothing when it is illegal in that state.
std::optional<State> next(State state, LifecycleEvent event);

/// The three names users see (`factory`, `in-setup`, `operational`); quiet is in-setup.
std::string_view nameOf(State state);
/// 0, 1, 2 as HECI GetProvisioningState and AMT_SetupAndConfigurationService report it.
unsigned heciNumber(State state);

}  // namespace vme::machine
