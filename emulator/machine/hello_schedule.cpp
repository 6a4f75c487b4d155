#include <algorithm>

#include "machine/accounts.hpp"
#include "machine/host_requests.hpp"
#include "machine/setup.hpp"
#include "machine/transition.hpp"
#include "machine/trust.hpp"

namespace vme::machine {
namespace {

bool standsStill(MeTime windowEnds) {
  return windowEnds.ms < 0;
}

const std::vector<profile::HelloStep>& schedule(const Me& me) {
  const auto& prov = me.profile.prov;
  return me.hot.method == SetupMethod::psk ? prov.helloSchedulePsk : prov.helloSchedulePki;
}

/// The distance between the n-th hello of the schedule and the next; n counts from 1.
MeTime afterHello(const Me& me, std::uint32_t n) {
  std::uint32_t passed = 0;
  for (const auto& step : schedule(me)) {
    if (!step.times || n <= passed + *step.times) return me.now + MeDuration::seconds(step.everyS);
    passed += *step.times;
  }
  return MeTime::never();
}

void sendHello(Me& me, Effects& effects) {
  effects.emplace_back(SendHello{wire::encode(currentHello(me))});
  if (me.hot.helloAttempt < UINT16_MAX) ++me.hot.helloAttempt;
  me.hot.nextHello = afterHello(me, me.hot.helloAttempt);
}

}  // namespace

bool fire(Me& me, LifecycleEvent event) {
  const auto state = next(me.hot.state, event);
  if (!state) return false;
  me.hot.state = *state;
  if (*state != State::inSetup) closeWindow(me);
  return true;
}

void openWindow(Me& me, unsigned hours, MeDuration afterBoot) {
  const auto longest = me.profile.prov.helloWindowMaxH;
  me.hot.windowEnds = me.now + MeDuration::hours(std::min(hours, longest));
  restartHellos(me, afterBoot);
}

void closeWindow(Me& me) {
  me.hot.windowEnds = MeTime::never();
  me.hot.nextHello = MeTime::never();
  rearm(me);
}

void restartHellos(Me& me, MeDuration afterBoot) {
  me.hot.helloAttempt = 0;
  me.hot.nextHello = me.now + afterBoot;
  rearm(me);
}

void rearm(Me& me) {
  const auto window = standsStill(me.hot.windowEnds) ? MeTime::never() : me.hot.windowEnds;
  const auto& host = me.nvram().host;
  const auto hello = me.hot.recovering ? MeTime::never() : me.hot.nextHello;
  me.hot.wakeAt = std::min({window, hello, host.rngDone, host.watchdogEnds});
}

void setupSessionOpened(Me& me) {
  if (me.hot.setupSessions++ != 0 || me.hot.state != State::inSetup) return;
  if (me.hot.windowEnds != MeTime::never()) {
    me.hot.windowEnds = MeTime{std::min<std::int64_t>(me.now.ms - me.hot.windowEnds.ms, -1)};
  }
  me.hot.nextHello = MeTime::never();
  rearm(me);
}

void setupSessionClosed(Me& me) {
  if (me.hot.setupSessions == 0 || --me.hot.setupSessions != 0 || me.hot.state != State::inSetup) return;
  if (standsStill(me.hot.windowEnds)) me.hot.windowEnds = me.now + MeDuration{-me.hot.windowEnds.ms};
  me.hot.nextHello = afterHello(me, std::max<std::uint32_t>(me.hot.helloAttempt, 1));
  rearm(me);
}

void powerBack(Me& me, Effects& effects) {
  if (standsStill(me.hot.windowEnds)) me.hot.windowEnds = me.now + MeDuration{-me.hot.windowEnds.ms};
  // Nonces given before are stale from now on.
  if (me.overlay) me.overlay->logins = {.failing = {}, .lastNonce = me.now, .lastCount = 0};
  forgetHost(me);
  rearm(me);
  powerOn(me, effects);
}

AmtStatus extendProvisioningPeriod(Me& me, unsigned hours, Effects& effects) {
  if (me.hot.state != State::inSetup) return AmtStatus::invalidProvisioningState;
  if (hours > 24) return AmtStatus::invalidParameter;
  if (hours == 0) {
    fire(me, LifecycleEvent::windowExpired);
    forgetOtp(me);
    effects.emplace_back(RestartNetwork{});
    return AmtStatus::success;
  }
  const auto span = MeDuration::hours(hours);
  me.hot.windowEnds = me.hot.setupSessions > 0 ? MeTime{-span.ms} : me.now + span;
  rearm(me);
  return AmtStatus::success;
}

wire::Hello currentHello(const Me& me) {
  wire::Hello hello;
  hello.adminCredentialsSet = !isAdminDefault(me);
  hello.retryCount = std::min<std::uint32_t>(me.hot.helloAttempt, me.profile.prov.retrySaturatesAt);
  hello.uuid = me.identity.uuid;
  if (me.hot.method == SetupMethod::psk) {
    hello.credentials = pid(me);
  } else {
    std::vector<wire::RootHash> hashes;
    for (const auto& root : roots(me)) {
      if (root.active && hashes.size() < 23) hashes.push_back(root.hash);
    }
    hello.credentials = std::move(hashes);
  }
  return hello;
}

void onDeadline(Me& me, Effects& effects) {
  if (me.hot.state == State::inSetup && !standsStill(me.hot.windowEnds) && me.hot.windowEnds <= me.now) {
    fire(me, LifecycleEvent::windowExpired);
    forgetOtp(me);
    effects.emplace_back(Note{Reason::windowClosed, "the set-up window has expired"});
  }
  if (me.hot.state == State::inSetup && !me.hot.recovering && me.hot.nextHello <= me.now) sendHello(me, effects);
  onHostDeadline(me);
  rearm(me);
}

}  // namespace vme::machine
