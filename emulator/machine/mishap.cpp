#include "machine/mishap.hpp"

#include <algorithm>

#include "machine/accounts.hpp"
#include "machine/clock.hpp"
#include "machine/event_log.hpp"
#include "machine/setup.hpp"
#include "machine/transition.hpp"

namespace vme::machine {
namespace {

constexpr std::int64_t kClockBegins = 946684800;  // 2000-01-01 00:00 UTC

void makeAccounts(Me& me, unsigned count) {
  for (unsigned i = 0; i < count; ++i) {
    AclEntry entry;
    entry.user = "resident" + std::to_string(i + 1);
    me.draw.fill(entry.ha1, "resident", i);
    std::uint32_t handle = 0;
    if (addUser(me, std::move(entry), handle) != AmtStatus::success) return;
  }
}

}  // namespace

void beginConditions(Me& me) {
  const auto& conditions = me.environment.conditions;
  if (conditions.clockLost) loseClock(me);
  if (conditions.clockOffsetS != 0) jumpClock(me, conditions.clockOffsetS);
  if (conditions.adminPasswordSet) {
    me.hot.adminPreset = true;
    me.hot.mebxChanged = true;
  }
  if (conditions.rngSeedIn) {
    me.hot.rngSeeded = false;
    me.change().host.rngDone = me.now + *conditions.rngSeedIn;
  }
  makeAccounts(me, conditions.accounts);
}

void jumpClock(Me& me, std::int64_t seconds) {
  me.hot.clockOffsetS =
      static_cast<std::int32_t>(std::clamp<std::int64_t>(me.hot.clockOffsetS + seconds, INT32_MIN, INT32_MAX));
}

void loseClock(Me& me) {
  me.hot.clockSet = false;
  jumpClock(me, kClockBegins - static_cast<std::int64_t>(clockSeconds(me)));
  logClockLost(me);
}

void loseNvram(Me& me, Effects& effects) {
  resetAtDesk(me, DeskReset::cmosClear, effects);
  me.hot.windowUsed = false;
  me.hot.rngSeeded = false;
  me.hot.flashWrites = 0;
  effects.emplace_back(Note{Reason::none, "the NVRAM is empty"});
}

void corruptNvram(Me& me, Effects& effects) {
  if (!me.overlay) return;
  auto& nvram = me.change();
  const auto flip = [](auto& bytes) { bytes[bytes.size() / 2] ^= 0x10U; };
  if (nvram.admin) flip(nvram.admin->ha1);
  for (auto& entry : nvram.acl) flip(entry.ha1);
  for (auto& certificate : nvram.certificates) {
    if (certificate.trustedRoot) continue;
    auto damaged = *certificate.der;
    flip(damaged);
    certificate.der = std::make_shared<const Bytes>(std::move(damaged));
  }
  effects.emplace_back(RestartNetwork{});
  effects.emplace_back(Note{Reason::none, "the NVRAM is damaged"});
}

void sufferUpdate(Me& me, Effects& effects) {
  const auto& conditions = me.environment.conditions;
  if (conditions.updateLosesSettings) resetAtDesk(me, DeskReset::cmosClear, effects);
  if (conditions.updateMismatchesBios) {
    me.hot.recovering = true;
    effects.emplace_back(Note{Reason::updateFailed, "the ME does not fit its BIOS: HECI answers, and nothing else"});
    effects.emplace_back(RestartNetwork{});
  }
  if (conditions.blocks.ms > 0) {
    me.hot.closedUntil = me.now + conditions.blocks;
    effects.emplace_back(Note{Reason::updateFailed, "the ME does not come to the end of its update"});
    effects.emplace_back(RestartNetwork{});
  }
  rearm(me);
}

}  // namespace vme::machine
