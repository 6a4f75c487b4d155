#pragma once
// Set-up and configuration: how it starts, what a server changes on the way, how it ends, and how it is undone.
// Source: provisioning.md 4 and 6.

#include <string_view>

#include "machine/me.hpp"
#include "wire/amt_status.hpp"
#include "wire/hello.hpp"

namespace vme::machine {

using wire::AmtStatus;

// Starting. Each is an event of the lifecycle; notPermitted or invalidPtMode when it is illegal now.

/// AC and link come up: an ME with zero-touch on, active hashes and a first window opens it; an ME in set-up restarts
/// its hello schedule.
void powerOn(Me& me, Effects& effects);
/// Power is lost: no deadline remains until powerOn; the window goes on.
void powerOff(Me& me);
/// Power was lost in the midst of things and is back: what is on flash stays, sessions and log-ins are forgotten, and
/// hellos start anew.
void powerBack(Me& me, Effects& effects);
/// The ME alone restarts, its host going on: ports are closed for that time, what is not on flash is forgotten, and
/// hellos start anew. Nothing for an ME that is off.
void restart(Me& me, MeDuration down, Effects& effects);
/// MEBx or USB key: the identity's pair (`pair` null) or another.
AmtStatus enterPskPair(Me& me, const wire::PskPair* pair, Effects& effects);
/// HECI StartConfiguration: invalidPtMode where the profile has no in-band start or in the wrong state, rngNotReady on
/// a 2.2 or 2.6 without a seed, notReady while the ME initialises or (PKI) without a DNS suffix. Set-up has begun with
/// success and with certificateNotReady: then the self-signed certificate is being made, and ports open and hellos
/// begin once it is there.
AmtStatus startConfiguration(Me& me, Effects& effects);
bool isStartAccepted(AmtStatus status);
/// MEBx: small business mode; operational at once, with that admin password.
AmtStatus setUpManually(Me& me, std::string_view password, Effects& effects);

// In set-up.

/// 0..24 hours from now; 0 closes the window. invalidParameter above 24, invalidProvisioningState outside set-up.
AmtStatus extendProvisioningPeriod(Me& me, unsigned hours, Effects& effects);
/// Stores the pair for the next set-up. invalidPidFormat, invalidPpsFormat.
AmtStatus setTlsPsk(Me& me, std::string_view pid, std::string_view pps);
/// The PID in effect, 8 characters; empty: none.
std::string pid(const Me& me);
/// The PSK pair in effect; nothing without one.
std::optional<wire::PskPair> pskPair(const Me& me);
/// What an agent or server set; empty when none.
Bytes provisioningOtp(const Me& me);
AmtStatus setProvisioningOtp(Me& me, ByteView otp);
AmtStatus setRngKey(Me& me, ByteView key);
bool isZeroTouchEnabled(const Me& me);
AmtStatus setZeroTouch(Me& me, bool enabled);
/// A set-up TLS session opens or ends; no hello goes out meanwhile. The window goes on: where it ends first, the
/// session is cut, and extendProvisioningPeriod is the server's way to have more time.
void setupSessionOpened(Me& me);
void setupSessionClosed(Me& me);
/// Remembers who set the machine up, for the audit record; stored at commit.
void noteSetupClient(Me& me, const SetupRecord& record);

/// Ends set-up, or puts pending changes of an operational machine into effect. dataMissing: the MEBx password is the
/// default (PKI only), or TLS is enabled without a certificate; certKeyNotMatch; flashWriteLimitExceeded.
AmtStatus commitChanges(Me& me, Effects& effects);

// Undoing.

AmtStatus unprovision(Me& me, ProvisioningMode mode, Effects& effects);
/// Keeps admin account, PSK pair, host and domain name. notPermitted without a way back (no zero-touch and no PID).
AmtStatus partialUnprovision(Me& me, Effects& effects);
/// What somebody at the machine does: full or partial unprovision in MEBx, or a CMOS clear, which also resets the MEBx
/// password. notPermitted where the lifecycle forbids it.
enum class DeskReset : std::uint8_t { full, partial, cmosClear };
AmtStatus resetAtDesk(Me& me, DeskReset what, Effects& effects);

/// Counts a write of the flash; false (and locks for the profile's time) when worn out by too many.
bool storeToFlash(Me& me);
AmtStatus resetFlashWearOut(Me& me);

// Hellos and the window.

wire::Hello currentHello(const Me& me);
/// Carries out whatever is due at me.now, and sets hot.wakeAt anew.
void onDeadline(Me& me, Effects& effects);

}  // namespace vme::machine
