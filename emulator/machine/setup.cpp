#include "machine/setup.hpp"

#include <algorithm>

#include "machine/accounts.hpp"
#include "machine/host_requests.hpp"
#include "machine/transition.hpp"
#include "machine/trust.hpp"

namespace vme::machine {
namespace {

bool hasActiveRoot(const Me& me) {
  return std::ranges::any_of(roots(me), &RootEntry::active);
}

/// What the making of the set-up certificate takes beyond the profile's own time.
MeDuration setupKeyTime(const Me& me) {
  return me.hot.method == SetupMethod::pki ? me.environment.conditions.keyGeneration : MeDuration{};
}

MeDuration bootTime(const Me& me) {
  const auto& timing = me.profile.timing;
  const unsigned keygen = me.hot.method == SetupMethod::pki ? me.profile.prov.keygenS : 0U;
  const auto boot = scaled(me, timing.meBootS + keygen);
  return std::max({boot, me.environment.conditions.leaseAfter, setupKeyTime(me)});
}

bool isRngMissing(const Me& me) {
  return me.profile.prov.rngSeedNeeded && !me.hot.rngSeeded;
}

/// The ME initialises, or has no network.
bool isInitialising(const Me& me) {
  return !me.hot.linkUp || me.now < me.hot.closedUntil;
}

/// The window of a machine that opens it by itself when power and link come; 0: it stays closed.
unsigned ownWindowHours(const Me& me) {
  const auto& prov = me.profile.prov;
  if (me.hot.windowUsed) return prov.helloWindowAgentH.value_or(0);
  return me.environment.firstWindowH.value_or(prov.helloWindowFirstH);
}

}  // namespace

void powerOn(Me& me, Effects&) {
  me.hot.powerState = 0;
  me.hot.linkUp = true;
  if (me.environment.conditions.leaseAfter.ms > 0) me.hot.closedUntil = me.now + me.environment.conditions.leaseAfter;
  if (me.hot.recovering) return;
  if (me.hot.state == State::inSetup) return restartHellos(me, bootTime(me));
  const bool willing = me.profile.prov.pki && isZeroTouchEnabled(me) && hasActiveRoot(me) && ownWindowHours(me) > 0;
  if (!willing || !fire(me, LifecycleEvent::zeroTouchOpened)) return;
  const auto hours = ownWindowHours(me);
  me.hot.method = SetupMethod::pki;
  me.hot.mode = ProvisioningMode::enterprise;
  me.hot.windowUsed = true;
  if (setupKeyTime(me).ms > 0) me.hot.closedUntil = std::max(me.hot.closedUntil, me.now + setupKeyTime(me));
  openWindow(me, hours, bootTime(me));
}

void powerOff(Me& me) {
  me.hot.powerState = kMechanicalOff;
  me.hot.linkUp = false;
  me.hot.nextHello = MeTime::never();
  forgetHost(me);
  rearm(me);
}

AmtStatus enterPskPair(Me& me, const wire::PskPair* pair, Effects&) {
  if (!me.profile.prov.psk) return AmtStatus::unsupported;
  if (!fire(me, LifecycleEvent::pskEntered)) return AmtStatus::invalidPtMode;
  if (pair) {
    me.change().psk = *pair;
  } else {
    me.hot.pskPreset = true;
  }
  if (me.profile.prov.pskImpliesAdminSet && me.environment.setupPassword) {
    me.hot.adminPreset = true;
    me.hot.mebxChanged = true;
  }
  me.hot.method = SetupMethod::psk;
  me.hot.mode = ProvisioningMode::enterprise;
  openWindow(me, me.profile.prov.helloWindowPskH, bootTime(me));
  return AmtStatus::success;
}

AmtStatus startConfiguration(Me& me, Effects&) {
  if (!me.profile.prov.inbandStart) return AmtStatus::invalidPtMode;
  if (!next(me.hot.state, LifecycleEvent::configurationStarted)) return AmtStatus::invalidPtMode;
  if (isRngMissing(me)) return AmtStatus::rngNotReady;
  const bool byPki = !pskPair(me);
  if (isInitialising(me) || (byPki && provisioningSuffix(me).empty())) return AmtStatus::notReady;
  fire(me, LifecycleEvent::configurationStarted);
  me.hot.method = byPki ? SetupMethod::pki : SetupMethod::psk;
  me.hot.mode = ProvisioningMode::enterprise;
  me.hot.windowUsed = true;
  const auto keyGeneration = byPki ? std::max(scaled(me, me.profile.prov.keygenS), setupKeyTime(me)) : MeDuration{};
  if (keyGeneration.ms > 0) me.hot.closedUntil = me.now + keyGeneration;
  openWindow(me, me.profile.prov.helloWindowAgentH.value_or(me.profile.prov.helloWindowPskH), keyGeneration);
  return keyGeneration.ms > 0 ? AmtStatus::certificateNotReady : AmtStatus::success;
}

bool isStartAccepted(AmtStatus status) {
  return status == AmtStatus::success || status == AmtStatus::certificateNotReady;
}

AmtStatus setUpManually(Me& me, std::string_view password, Effects&) {
  if (!isPasswordAllowed(me.profile.auth, password)) return AmtStatus::invalidPassword;
  if (!fire(me, LifecycleEvent::manualSetup)) return AmtStatus::invalidPtMode;
  me.hot.mode = ProvisioningMode::smallBusiness;
  me.hot.rngSeeded = true;
  const auto ha1 = wire::digestHash("admin", digestRealm(me), password);
  me.hot.mebxChanged = true;
  me.change().mebxPassword = ha1;
  me.change().admin = AdminAccount{"admin", ha1};
  return AmtStatus::success;
}

AmtStatus setTlsPsk(Me& me, std::string_view pid, std::string_view pps) {
  if (!wire::isPidAlphabet(pid)) return AmtStatus::invalidPidFormat;
  if (!wire::isPpsAlphabet(pps)) return AmtStatus::invalidPpsFormat;
  if (!storeToFlash(me)) return AmtStatus::flashWriteLimitExceeded;
  wire::PskPair pair;
  std::ranges::copy(pid, pair.pid.begin());
  std::ranges::copy(pps, pair.pps.begin());
  me.change().psk = pair;
  return AmtStatus::success;
}

std::optional<wire::PskPair> pskPair(const Me& me) {
  if (me.nvram().psk) return me.nvram().psk;
  return me.hot.pskPreset ? std::optional(me.identity.psk) : std::nullopt;
}

std::string pid(const Me& me) {
  const auto pair = pskPair(me);
  return pair ? std::string(pair->pidText()) : std::string();
}

Bytes provisioningOtp(const Me& me) {
  if (me.nvram().otp) return *me.nvram().otp;
  const auto bytes = asBytes(me.environment.otp);
  return {bytes.begin(), bytes.end()};
}

AmtStatus setProvisioningOtp(Me& me, ByteView otp) {
  if (!me.profile.prov.otp) return AmtStatus::unsupported;
  if (otp.size() < 8 || otp.size() > 32) return AmtStatus::invalidMessageLength;
  if (!storeToFlash(me)) return AmtStatus::flashWriteLimitExceeded;
  me.change().otp = Bytes(otp.begin(), otp.end());
  return AmtStatus::success;
}

AmtStatus setRngKey(Me& me, ByteView key) {
  if (me.profile.prov.rngKey == profile::RngKey::none) return AmtStatus::unsupported;
  if (key.empty()) return AmtStatus::invalidParameter;
  me.hot.rngSeeded = true;
  return AmtStatus::success;
}

bool isZeroTouchEnabled(const Me& me) {
  return me.nvram().zeroTouch.value_or(me.environment.zeroTouch);
}

AmtStatus setZeroTouch(Me& me, bool enabled) {
  if (!me.profile.prov.pki) return AmtStatus::unsupported;
  if (!storeToFlash(me)) return AmtStatus::flashWriteLimitExceeded;
  me.change().zeroTouch = enabled;
  return AmtStatus::success;
}

void noteSetupClient(Me& me, const SetupRecord& record) {
  me.change().setupRecord = record;
}

bool storeToFlash(Me& me) {
  const auto& power = me.profile.power;
  if (me.now < me.hot.flashLockedUntil) return false;
  if (me.hot.flashWrites < UINT16_MAX) ++me.hot.flashWrites;
  if (power.flashWritesMax != 0 && me.hot.flashWrites > power.flashWritesMax) {
    me.hot.flashLockedUntil = me.now + MeDuration::minutes(power.flashWriteLockoutMin);
    me.hot.flashWrites = 0;
    return false;
  }
  return true;
}

AmtStatus resetFlashWearOut(Me& me) {
  me.hot.flashWrites = 0;
  me.hot.flashLockedUntil = MeTime{0};
  return AmtStatus::success;
}

}  // namespace vme::machine
