#include "machine/host_power.hpp"

#include <array>

#include "machine/host_requests.hpp"
#include "machine/setup.hpp"
#include "machine/transition.hpp"

namespace vme::machine {
namespace {

enum PowerState : std::uint8_t { kS0 = 0, kS3 = 3, kS4 = 4, kS5 = 5, kG3 = 7 };

/// firmware-profiles.md 3.2; the mobile packages are the first five.
struct Package {
  MePower inS3;
  MePower inS4S5;
  bool offAfterOutage;
};
constexpr std::array kPackages{
    Package{MePower::off, MePower::off, false},     Package{MePower::on, MePower::off, false},
    Package{MePower::on, MePower::on, false},       Package{MePower::wakes, MePower::off, false},
    Package{MePower::wakes, MePower::wakes, false}, Package{MePower::on, MePower::on, true},
    Package{MePower::wakes, MePower::wakes, true},
};

const Package& packageOf(const Me& me) {
  const auto set = me.environment.conditions.powerPackage;
  const auto own = me.nvram().powerPackage;
  const auto number = set != 0 ? set : own != 0 ? own : me.profile.power.defaultPackage;
  return kPackages.at(number - 1);
}

bool isLaptop(const Me& me) {
  return me.profile.identity.form == profile::Form::laptop;
}

bool isOnBattery(const Me& me) {
  return isLaptop(me) && (me.hot.acLost || me.environment.conditions.onBattery);
}

void goOff(Me& me, Reason reason, std::string text, Effects& effects) {
  forgetHost(me);
  rearm(me);
  effects.emplace_back(RestartNetwork{});
  effects.emplace_back(Note{reason, std::move(text)});
}

/// The host's state has changed from one in which the ME was in `before`.
void follow(Me& me, MePower before, Effects& effects) {
  const auto now = mePower(me);
  if (before != MePower::off && now == MePower::off) {
    return goOff(me, Reason::meOff, "the ME is off with its host", effects);
  }
  if (before == MePower::off && now != MePower::off) {
    if (me.hot.state == State::inSetup) restartHellos(me, scaled(me, me.profile.timing.meBootS));
  }
  rearm(me);
}

}  // namespace

MePower mePower(const Me& me) {
  if (me.hot.powerState == kG3 || me.hot.staysOff) return MePower::off;
  if (me.hot.powerState == kS0) return MePower::on;
  if (isOnBattery(me)) return MePower::off;
  return me.hot.powerState == kS3 ? packageOf(me).inS3 : packageOf(me).inS4S5;
}

void setHost(Me& me, HostState state, Effects& effects) {
  if (me.hot.powerState == kG3) {
    effects.emplace_back(Note{Reason::powerLost, "the PC has no power"});
    return;
  }
  const auto before = mePower(me);
  if (state == HostState::on) {
    me.hot.staysOff = false;
    if (before == MePower::off) return powerBack(me, effects);
    me.hot.powerState = kS0;
    return;
  }
  me.hot.powerState = state == HostState::sleep ? kS3 : state == HostState::hibernate ? kS4 : kS5;
  follow(me, before, effects);
}

void losePower(Me& me, Effects& effects) {
  if (me.hot.acLost) return;
  const auto before = mePower(me);
  me.hot.acLost = true;
  if (isLaptop(me)) return follow(me, before, effects);
  me.hot.stateAtOutage = me.hot.powerState;
  powerOff(me);
  goOff(me, Reason::powerLost, "the power is lost", effects);
}

void regainPower(Me& me, Effects& effects) {
  if (!me.hot.acLost) return;
  const auto before = mePower(me);
  me.hot.acLost = false;
  if (isLaptop(me)) return follow(me, before, effects);
  if (packageOf(me).offAfterOutage || me.environment.conditions.staysOffAfterOutage) {
    me.hot.powerState = kS5;
    me.hot.staysOff = true;
    me.hot.linkUp = true;
    effects.emplace_back(Note{Reason::powerLost, "the ME stays off until somebody starts the PC"});
    return rearm(me);
  }
  // Every PC starts for a moment, so that its ME initialises.
  powerBack(me, effects);
  if (me.hot.stateAtOutage == kS0) return;
  me.hot.powerState = me.hot.stateAtOutage;
  follow(me, MePower::on, effects);
}

void setPlugged(Me& me, bool plugged, Effects& effects) {
  if (me.hot.unplugged == !plugged) return;
  me.hot.unplugged = !plugged;
  if (plugged) {
    if (me.hot.state == State::inSetup) restartHellos(me, {});
    return rearm(me);
  }
  rearm(me);
  effects.emplace_back(RestartNetwork{});
  effects.emplace_back(Note{Reason::linkDown, "the wired network is gone"});
}

}  // namespace vme::machine
