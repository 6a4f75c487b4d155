#pragma once

#include "machine/me.hpp"
#include "wire/amt_status.hpp"

namespace vme::machine {

/// Appends with the machine's time; drops the oldest beyond the profile's capacity; nothing while frozen.
void logEvent(Me& me, EventRecord record);
/// The record of a failed login ("authentication failed N times").
void logAuthenticationFailure(Me& me);
/// The record of an operating system that did not ping its watchdog in time.
void logWatchdogExpired(Me& me);
/// The protected clock could not be kept: "tampered", data 2.
void logClockLost(Me& me);
wire::AmtStatus clearEventLog(Me& me);
wire::AmtStatus freezeEventLog(Me& me, bool frozen);

}  // namespace vme::machine
