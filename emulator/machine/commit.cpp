#include "machine/accounts.hpp"
#include "machine/host_requests.hpp"
#include "machine/setup.hpp"
#include "machine/stores.hpp"
#include "machine/transition.hpp"
#include "machine/trust.hpp"
#include "profile/check.hpp"

namespace vme::machine {
namespace {

AmtStatus checkTls(const Me& me, const TlsConfiguration& tls) {
  if (!tls.network.enabled) return AmtStatus::success;
  const auto* certificate = findCertificate(me, tls.certificate);
  if (!certificate) return AmtStatus::dataMissing;
  return keyOf(me, *certificate) ? AmtStatus::success : AmtStatus::certKeyNotMatch;
}

void restartNetwork(Me& me, unsigned seconds, Effects& effects) {
  me.hot.closedUntil = me.now + scaled(me, seconds);
  effects.emplace_back(RestartNetwork{});
}

/// As restartNetwork(), or for as long as the machine blocks behind an unprovisioning.
void unconfigureNetwork(Me& me, Effects& effects) {
  restartNetwork(me, me.profile.timing.unprovisionS, effects);
  const auto blocks = me.environment.conditions.blocks;
  if (blocks.ms == 0) return;
  me.hot.closedUntil = me.now + blocks;
  effects.emplace_back(Note{Reason::updateFailed, "the ME does not come to the end of its unprovisioning"});
}

bool hasWayBack(const Me& me) {
  if (pskPair(me)) return true;
  if (!me.profile.prov.pki || !isZeroTouchEnabled(me)) return false;
  for (const auto& root : roots(me)) {
    if (root.active) return true;
  }
  return false;
}

/// What full unprovision leaves: the MEBx password and the RNG seed.
void erase(Me& me) {
  const auto mebxPassword = me.nvram().mebxPassword;
  me.overlay.reset();
  if (mebxPassword) me.change().mebxPassword = mebxPassword;
  me.hot.method = SetupMethod::none;
  me.hot.mode = ProvisioningMode::none;
  me.hot.pskPreset = false;
  me.hot.adminPreset = false;
}

/// What partial unprovision keeps: admin account, MEBx password, PSK pair, host and domain name.
void erasePartially(Me& me) {
  if (me.overlay) {
    auto kept = std::make_unique<Nvram>();
    kept->admin = std::move(me.overlay->admin);
    kept->mebxPassword = me.overlay->mebxPassword;
    kept->psk = me.overlay->psk;
    kept->hostName = std::move(me.overlay->hostName);
    kept->domainName = std::move(me.overlay->domainName);
    me.overlay = std::move(kept);
  }
  me.hot.method = pskPair(me) ? SetupMethod::psk : SetupMethod::pki;
  me.hot.mode = ProvisioningMode::enterprise;
  openWindow(me, me.profile.prov.helloWindowAgentH.value_or(me.profile.prov.helloWindowPskH),
             scaled(me, me.profile.timing.meResetS));
}

}  // namespace

AmtStatus commitChanges(Me& me, Effects& effects) {
  if (me.hot.state != State::inSetup && me.hot.state != State::operational) {
    return AmtStatus::invalidProvisioningState;
  }
  const bool settingUp = me.hot.state == State::inSetup;
  if (settingUp && me.hot.method == SetupMethod::pki && !me.hot.mebxChanged) return AmtStatus::dataMissing;
  const auto& pending = me.nvram().pendingTls;
  if (pending) {
    if (const auto status = checkTls(me, *pending); status != AmtStatus::success) return status;
  }
  if (!storeToFlash(me)) return AmtStatus::flashWriteLimitExceeded;
  const bool tlsChanged = pending && *pending != me.nvram().tls;
  if (pending) {
    auto& nvram = me.change();
    nvram.tls = std::move(*nvram.pendingTls);
    nvram.pendingTls.reset();
  }
  if (settingUp) {
    me.hot.rngSeeded = true;
    forgetOtp(me);
  }
  fire(me, LifecycleEvent::committed);
  if (settingUp || tlsChanged) restartNetwork(me, me.profile.timing.meResetS, effects);
  return AmtStatus::success;
}

AmtStatus unprovision(Me& me, ProvisioningMode mode, Effects& effects) {
  if (!fire(me, LifecycleEvent::unprovisioned)) return AmtStatus::notPermitted;
  erase(me);
  me.hot.mode = mode;
  unconfigureNetwork(me, effects);
  return AmtStatus::success;
}

AmtStatus partialUnprovision(Me& me, Effects& effects) {
  const bool returns = hasWayBack(me);
  if (!returns && !profile::hasQuirk(me.profile, "partial_no_check")) return AmtStatus::notPermitted;
  if (!fire(me, LifecycleEvent::partiallyUnprovisioned)) return AmtStatus::notPermitted;
  erasePartially(me);
  // Stranded: in set-up by the book, but nobody can set it up; it is silent until somebody comes to its desk.
  if (!returns) fire(me, LifecycleEvent::windowExpired);
  restartNetwork(me, me.profile.timing.meResetS, effects);
  return AmtStatus::success;
}

AmtStatus resetAtDesk(Me& me, DeskReset what, Effects& effects) {
  const auto event = what == DeskReset::full      ? LifecycleEvent::deskUnprovisioned
                     : what == DeskReset::partial ? LifecycleEvent::deskPartially
                                                  : LifecycleEvent::cleared;
  if (!fire(me, event)) return AmtStatus::notPermitted;
  if (what == DeskReset::partial) {
    erasePartially(me);
  } else {
    erase(me);
  }
  if (what == DeskReset::cmosClear) {
    me.hot.mebxChanged = false;
    me.overlay.reset();
  }
  unconfigureNetwork(me, effects);
  return AmtStatus::success;
}

}  // namespace vme::machine
