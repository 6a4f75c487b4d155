#pragma once
// The PC's power as somebody at it, or the mains, changes it, and what that means for the ME (firmware-profiles.md 3).
// What is switched through the ME itself is in power.hpp.

#include "machine/me.hpp"

namespace vme::machine {

/// The ME by the host's state and the power package in effect.
enum class MePower : std::uint8_t {
  on,
  wakes,  // it sleeps, and traffic wakes it
  off,
};
MePower mePower(const Me& me);

enum class HostState : std::uint8_t { on, sleep, hibernate, off };
/// A PC without power stays off.
void setHost(Me& me, HostState state, Effects& effects);
/// Without a battery all is off; on one, a laptop goes on, but its ME is off while the host sleeps.
void losePower(Me& me, Effects& effects);
/// The PC returns to the state that it had; with a package that keeps the ME off after an outage it stays off until
/// somebody starts it.
void regainPower(Me& me, Effects& effects);
/// The wired network.
void setPlugged(Me& me, bool plugged, Effects& effects);

}  // namespace vme::machine
