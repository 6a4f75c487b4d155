#pragma once
// What befalls a machine at one moment, and what its conditions do to it when it comes up.

#include "machine/me.hpp"

namespace vme::machine {

/// The machine comes up for the first time, just before it gets power.
void beginConditions(Me& me);

/// Moves the machine's clock; what it shows goes on from there.
void jumpClock(Me& me, std::int64_t seconds);
/// The protected clock is lost: it starts again in 2000, is not set, and an event tells so.
void loseClock(Me& me);

/// NVRAM is empty: all that was set up is gone, and the machine is as it left the factory.
void loseNvram(Me& me, Effects& effects);
/// Bits of the stored secrets flip: no password fits, and the TLS certificate is no certificate.
void corruptNvram(Me& me, Effects& effects);

/// Behind finishUpdate(): what the update does besides.
void sufferUpdate(Me& me, Effects& effects);

}  // namespace vme::machine
