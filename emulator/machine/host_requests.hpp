#pragma once
// What only the host of a machine may ask, through HECI: the rules of state that do not hold for a set-up server, the
// RNG seed, and the watchdog over the operating system (heci.md 4.4, 5.2, 8).

#include <string_view>

#include "machine/me.hpp"
#include "wire/amt_status.hpp"

namespace vme::machine {

using wire::AmtStatus;

/// GetRngSeedStatus, by its numbers.
enum class RngSeed : std::uint8_t { exists = 0, inProgress = 1, missing = 2 };
RngSeed rngSeed(const Me& me);
/// Takes the profile's time; rngGenerationInProgress while it does. invalidPtMode on an operational machine.
AmtStatus generateRngSeed(Me& me);

/// 8 to 32 printable ASCII characters: else invalidMessageLength, invalidParameter. invalidPtMode on an operational
/// machine and while the set-up window is open.
AmtStatus setOtpByHost(Me& me, std::string_view otp);
/// Set-up is over, well or not: the one-time password that somebody set is gone.
void forgetOtp(Me& me);
/// The PKI DNS suffix, under the same rules of state.
AmtStatus setPkiSuffixByHost(Me& me, std::string_view suffix);
AmtStatus setZeroTouchByHost(Me& me, bool enabled);
/// StopConfiguration: back to factory state; invalidPtMode unless the window is open.
AmtStatus stopConfiguration(Me& me, Effects& effects);
/// Where the profile lets the host unprovision an operational machine; else invalidPtMode.
AmtStatus unprovisionByHost(Me& me, ProvisioningMode mode, Effects& effects);
/// What the operating system calls itself; until power is lost.
AmtStatus setHostFqdn(Me& me, std::string_view fqdn);

/// The operating system promises the next ping within that time.
void pingWatchdog(Me& me, unsigned seconds);
void stopWatchdog(Me& me);

/// What is due of all this at me.now. For machine/ only, as the next.
void onHostDeadline(Me& me);
/// Power is lost: what was begun is undone.
void forgetHost(Me& me);

}  // namespace vme::machine
