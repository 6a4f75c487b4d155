#include <algorithm>

#include "machine/accounts.hpp"
#include "machine/host_power.hpp"
#include "machine/host_requests.hpp"
#include "machine/reachability.hpp"
#include "machine/setup.hpp"
#include "machine/transition.hpp"
#include "machine/trust.hpp"

namespace vme::machine {
namespace {

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
  auto server = lookUpServer(me);
  if (server.reason == Reason::none) {
    effects.emplace_back(SendHello{wire::encode(currentHello(me)), server.ipv4});
  } else {
    effects.emplace_back(Note{server.reason, "no hello: " + server.name + " cannot be reached"});
  }
  if (me.hot.helloAttempt < UINT16_MAX) ++me.hot.helloAttempt;
  me.hot.nextHello = afterHello(me, me.hot.helloAttempt);
}

/// Sessions and handshakes that are under way are cut.
void endWindow(Me& me, Effects& effects) {
  fire(me, LifecycleEvent::windowExpired);
  forgetOtp(me);
  effects.emplace_back(RestartNetwork{});
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
  const auto& host = me.nvram().host;
  const auto hello = isHelloHeld(me) ? MeTime::never() : std::max(me.hot.nextHello, me.hot.closedUntil);
  me.hot.wakeAt = std::min({me.hot.windowEnds, hello, host.rngDone, host.watchdogEnds});
}

void setupSessionOpened(Me& me) {
  if (me.hot.setupSessions++ != 0 || me.hot.state != State::inSetup) return;
  me.hot.nextHello = MeTime::never();
  rearm(me);
}

void setupSessionClosed(Me& me) {
  if (me.hot.setupSessions == 0 || --me.hot.setupSessions != 0 || me.hot.state != State::inSetup) return;
  me.hot.nextHello = afterHello(me, std::max<std::uint32_t>(me.hot.helloAttempt, 1));
  rearm(me);
}

void powerBack(Me& me, Effects& effects) {
  // Nonces given before are stale from now on.
  if (me.overlay) me.overlay->logins = {.failing = {}, .lastNonce = me.now, .lastCount = 0};
  forgetHost(me);
  rearm(me);
  powerOn(me, effects);
}

void restart(Me& me, MeDuration down, Effects& effects) {
  if (mePower(me) == MePower::off) return;
  const auto power = me.hot.powerState;
  const bool link = me.hot.linkUp;
  me.hot.answers = 0;
  if (me.overlay) me.change().pendingTls.reset();
  powerBack(me, effects);
  me.hot.powerState = power;
  me.hot.linkUp = link;
  me.hot.closedUntil = std::max(me.hot.closedUntil, me.now + down);
  if (me.hot.state == State::inSetup) restartHellos(me, down);
  effects.emplace_back(RestartNetwork{});
}

AmtStatus extendProvisioningPeriod(Me& me, unsigned hours, Effects& effects) {
  if (me.hot.state != State::inSetup) return AmtStatus::invalidProvisioningState;
  if (hours > 24) return AmtStatus::invalidParameter;
  if (hours == 0) {
    endWindow(me, effects);
    return AmtStatus::success;
  }
  me.hot.windowEnds = me.now + MeDuration::hours(hours);
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
  if (me.hot.state == State::inSetup && me.hot.windowEnds <= me.now) {
    endWindow(me, effects);
    effects.emplace_back(Note{Reason::windowClosed, "the set-up window has expired"});
  }
  if (me.hot.state == State::inSetup && !isHelloHeld(me) && std::max(me.hot.nextHello, me.hot.closedUntil) <= me.now) {
    sendHello(me, effects);
  }
  onHostDeadline(me);
  rearm(me);
}

}  // namespace vme::machine
