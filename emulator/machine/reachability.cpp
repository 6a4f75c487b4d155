#include "machine/reachability.hpp"

#include <algorithm>

#include "base/ascii.hpp"
#include "machine/host_power.hpp"
#include "machine/power.hpp"
#include "machine/trust.hpp"

namespace vme::machine {
namespace {

bool hasAddress(const Me& me) {
  const auto& conditions = me.environment.conditions;
  if (me.hot.addressLost || conditions.ipMode == IpMode::staticShared) return false;
  if (conditions.ipMode == IpMode::staticOwn) return true;
  if (conditions.lease != Lease::given) return false;
  // It hears no lease while a host with an address of its own has the network.
  return conditions.ipMode != IpMode::dhcpOnStaticHost || me.hot.powerState != 0;
}

Reason whyNotPowered(const Me& me) {
  if (me.hot.powerState == kMechanicalOff || me.hot.staysOff) return Reason::powerLost;
  return mePower(me) == MePower::off ? Reason::meOff : Reason::none;
}

/// `*` in the pattern stands for any characters, none among them.
bool matches(std::string_view pattern, std::string_view name) {
  std::size_t at = 0, in = 0, star = std::string_view::npos, resumed = 0;
  while (in < name.size()) {
    if (at < pattern.size() && pattern[at] == '*') {
      star = at++;
      resumed = in;
    } else if (at < pattern.size() && toLower(pattern[at]) == toLower(name[in])) {
      ++at;
      ++in;
    } else if (star != std::string_view::npos) {
      at = star + 1;
      in = ++resumed;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', at) == std::string_view::npos;
}

Reason reasonOf(NameAnswer::Kind kind) {
  switch (kind) {
    case NameAnswer::Kind::notFound:
      return Reason::nameNotFound;
    case NameAnswer::Kind::serverFailure:
      return Reason::nameServerFailed;
    case NameAnswer::Kind::timeout:
      return Reason::nameServerSilent;
    case NameAnswer::Kind::address:
      break;
  }
  return Reason::none;
}

}  // namespace

Reason whyUnreachable(const Me& me) {
  if (const auto reason = whyNotPowered(me); reason != Reason::none) return reason;
  if (me.hot.unplugged || !me.hot.linkUp) return Reason::linkDown;
  if (!hasAddress(me)) return Reason::noAddress;
  const bool hidden = me.environment.conditions.linuxHidesMe && me.hot.hostIsLinux && me.hot.powerState == 0;
  return hidden ? Reason::hiddenByHost : Reason::none;
}

bool isHelloHeld(const Me& me) {
  return me.hot.recovering || me.hot.unplugged || !me.hot.linkUp || whyNotPowered(me) != Reason::none;
}

Lookup lookUpServer(const Me& me) {
  const auto& suffix = provisioningSuffix(me);
  Lookup lookup{.reason = whyUnreachable(me), .name = "provisionserver", .ipv4 = 0};
  if (!suffix.empty()) lookup.name += "." + suffix;
  if (lookup.reason != Reason::none) return lookup;
  const auto& conditions = me.environment.conditions;
  if (!conditions.hasResolver) {
    lookup.reason = Reason::noResolver;
    return lookup;
  }
  const auto answer =
      std::ranges::find_if(conditions.names, [&](const NameAnswer& one) { return matches(one.pattern, lookup.name); });
  if (answer == conditions.names.end()) return lookup;
  lookup.reason = reasonOf(answer->kind);
  lookup.ipv4 = answer->ipv4;
  return lookup;
}

bool takesTraffic(Me& me) {
  if (mePower(me) != MePower::wakes) return true;
  const auto& conditions = me.environment.conditions;
  const auto wakes = std::max(conditions.wakes, scaled(me, me.profile.timing.meWakeS));
  if (wakes.ms == 0 && conditions.wakeDrops == 0) return true;
  const auto idle = MeDuration::minutes(idleWakeMinutes(me));
  auto& host = me.change().host;
  if (me.now > host.awakeUntil) {
    const bool sleeps = host.awakeAt == MeTime::never() || me.now > host.awakeAt + idle;
    if (sleeps) {
      host.awakeAt = me.now + wakes;
      host.wakeDrops = 0;
    }
    if (me.now < host.awakeAt || host.wakeDrops < conditions.wakeDrops) {
      ++host.wakeDrops;
      return false;
    }
    host.awakeAt = MeTime::never();
  }
  host.awakeUntil = me.now + idle;
  return true;
}

bool isMute(const Me& me) {
  return me.environment.conditions.blocks.ms > 0 && me.now < me.hot.closedUntil;
}

}  // namespace vme::machine
