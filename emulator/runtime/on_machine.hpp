#pragma once
// Shard::onMachine, for the source files of the shard.

#include "runtime/shard.hpp"

namespace vme::runtime {

template <typename Event>
bool Shard::onMachine(std::uint32_t local, const machine::Identity& identity, Event&& event) {
  auto me = machines_.view(local, identity, shared_.clock.at(Clock::now()));
  const auto wakeBefore = me.hot.wakeAt;
  const auto stateBefore = me.hot.state;
  const auto powerBefore = me.hot.powerState;
  const auto flashBefore = machine::flashOf(me.hot);
  machine::Effects effects;
  event(me, effects);
  if (me.hot.state != stateBefore) {
    countState(stateBefore, me.hot.state);
    tell(Happening::Kind::stateChanged, local, Reason::none, std::string(machine::nameOf(me.hot.state)));
  }
  if (me.changed || machine::flashOf(me.hot) != flashBefore) machines_.noteChange(local);
  if (powerBefore != 0 && me.hot.powerState == 0 && machines_.remembered(local).arrived) startAgent(local);
  if (me.hot.wakeAt != wakeBefore) schedule(local, me.hot.wakeAt);
  return !effects.empty() && carryOut(local, effects);
}

}  // namespace vme::runtime
