#include "machine/host_requests.hpp"

#include <algorithm>

#include "machine/event_log.hpp"
#include "machine/setup.hpp"
#include "machine/transition.hpp"

namespace vme::machine {
namespace {

constexpr std::size_t kMaxSuffix = 223;

bool isPrintable(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
}

/// What an agent prepares, it prepares before set-up begins, or begins again after its window.
bool isBeforeSetup(const Me& me) {
  return me.hot.state == State::factory || me.hot.state == State::quiet;
}

}  // namespace

RngSeed rngSeed(const Me& me) {
  if (!me.profile.prov.rngSeedNeeded || me.hot.rngSeeded) return RngSeed::exists;
  return me.nvram().host.rngDone == MeTime::never() ? RngSeed::missing : RngSeed::inProgress;
}

AmtStatus generateRngSeed(Me& me) {
  if (me.hot.state == State::operational) return AmtStatus::invalidPtMode;
  switch (rngSeed(me)) {
    case RngSeed::exists:
      return AmtStatus::success;
    case RngSeed::inProgress:
      return AmtStatus::rngGenerationInProgress;
    case RngSeed::missing:
      break;
  }
  const auto time = scaled(me, me.profile.prov.rngSeedS);
  if (time.ms == 0) {
    me.hot.rngSeeded = true;
  } else {
    me.change().host.rngDone = me.now + time;
    rearm(me);
  }
  return AmtStatus::success;
}

AmtStatus setOtpByHost(Me& me, std::string_view otp) {
  if (!isBeforeSetup(me)) return AmtStatus::invalidPtMode;
  if (otp.size() < 8 || otp.size() > 32) return AmtStatus::invalidMessageLength;
  if (!isPrintable(otp)) return AmtStatus::invalidParameter;
  return setProvisioningOtp(me, asBytes(otp));
}

void forgetOtp(Me& me) {
  if (me.nvram().otp) me.change().otp.reset();
}

AmtStatus setPkiSuffixByHost(Me& me, std::string_view suffix) {
  if (!isBeforeSetup(me)) return AmtStatus::invalidPtMode;
  const auto isPartOfName = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
  };
  if (suffix.empty() || suffix.size() > kMaxSuffix || !std::ranges::all_of(suffix, isPartOfName)) {
    return AmtStatus::invalidParameter;
  }
  if (!storeToFlash(me)) return AmtStatus::flashWriteLimitExceeded;
  me.change().pkiSuffix = suffix;
  return AmtStatus::success;
}

AmtStatus setZeroTouchByHost(Me& me, bool enabled) {
  return isBeforeSetup(me) ? setZeroTouch(me, enabled) : AmtStatus::invalidPtMode;
}

AmtStatus stopConfiguration(Me& me, Effects& effects) {
  if (!fire(me, LifecycleEvent::configurationStopped)) return AmtStatus::invalidPtMode;
  forgetOtp(me);
  me.hot.method = SetupMethod::none;
  me.hot.mode = ProvisioningMode::none;
  effects.emplace_back(RestartNetwork{});
  return AmtStatus::success;
}

AmtStatus unprovisionByHost(Me& me, ProvisioningMode mode, Effects& effects) {
  if (!me.profile.heci.localUnprovision || me.hot.state != State::operational) return AmtStatus::invalidPtMode;
  return unprovision(me, mode, effects);
}

AmtStatus setHostFqdn(Me& me, std::string_view fqdn) {
  constexpr std::size_t kMaxName = 255;
  if (fqdn.empty() || fqdn.size() > kMaxName || !isPrintable(fqdn)) return AmtStatus::invalidParameter;
  me.change().host.hostFqdn = fqdn;
  return AmtStatus::success;
}

void pingWatchdog(Me& me, unsigned seconds) {
  me.change().host.watchdogEnds = me.now + MeDuration::seconds(seconds);
  rearm(me);
}

void stopWatchdog(Me& me) {
  if (me.nvram().host.watchdogEnds == MeTime::never()) return;
  me.change().host.watchdogEnds = MeTime::never();
  rearm(me);
}

void onHostDeadline(Me& me) {
  if (me.nvram().host.rngDone <= me.now) {
    me.change().host.rngDone = MeTime::never();
    me.hot.rngSeeded = true;
  }
  if (me.nvram().host.watchdogEnds <= me.now) {
    me.change().host.watchdogEnds = MeTime::never();
    logWatchdogExpired(me);
  }
}

void forgetHost(Me& me) {
  if (me.overlay) me.overlay->host = {};
}

}  // namespace vme::machine
