#pragma once
// How operations move a machine along the lifecycle: the one place that sets HotRecord::state, and the set-up window
// with its hello schedule that goes with it. For machine/ only.

#include "machine/me.hpp"

namespace vme::machine {

/// False, and nothing changes, when the lifecycle forbids the event now.
bool fire(Me& me, LifecycleEvent event);

/// Opens the set-up window for that many hours and starts the hello schedule at its first step, `afterBoot` from now.
void openWindow(Me& me, unsigned hours, MeDuration afterBoot);
/// Closes it: no hello, no deadline.
void closeWindow(Me& me);
/// Starts the hello schedule anew; the window goes on.
void restartHellos(Me& me, MeDuration afterBoot);
/// Sets hot.wakeAt to the earliest deadline.
void rearm(Me& me);

}  // namespace vme::machine
