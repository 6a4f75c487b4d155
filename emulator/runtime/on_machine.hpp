#pragma once
// Shard::onMachine, Shard::befall and Shard::onThread, for the source files of the shard.

#include <boost/asio/post.hpp>
#include <future>
#include <memory>
#include <utility>

#include "runtime/shard.hpp"

namespace vme::runtime {

template <typename Function>
auto Shard::onThread(Function&& function) {
  if (!thread_.joinable()) return function();
  // Shared: the shard may still be leaving the call when the caller has its result.
  const auto task = std::make_shared<std::packaged_task<decltype(function())()>>(std::forward<Function>(function));
  auto result = task->get_future();
  asio::post(context_, [task] { (*task)(); });
  return result.get();
}

template <typename Event>
bool Shard::onMachine(std::uint32_t local, const machine::Identity& identity, Event&& event) {
  auto me = machines_.view(local, identity, shared_.clock.at(Clock::now()));
  const auto wakeBefore = me.hot.wakeAt;
  const auto stateBefore = me.hot.state;
  const auto powerBefore = me.hot.powerState;
  const auto flashBefore = machine::flashOf(me.hot);
  machine::Effects effects;
  if (shared_.clock.options().skipIdle) shared_.events.fetch_add(1, std::memory_order_relaxed);
  event(me, effects);
  // What befalls a machine before it comes up does not put its coming off.
  if (!machines_.remembered(local).arrived) me.hot.wakeAt = wakeBefore;
  if (me.hot.state != stateBefore) {
    countState(stateBefore, me.hot.state);
    noteState(local, stateBefore, me.hot.state);
    tell(Happening::Kind::stateChanged, local, Reason::none, std::string(machine::nameOf(me.hot.state)));
  }
  if (me.changed || machine::flashOf(me.hot) != flashBefore) machines_.noteChange(local);
  if (powerBefore != 0 && me.hot.powerState == 0 && machines_.remembered(local).arrived) startAgent(local);
  if (me.hot.wakeAt != wakeBefore) schedule(local, me.hot.wakeAt);
  return !effects.empty() && carryOut(local, effects);
}

template <typename Event>
void Shard::befall(std::uint32_t local, Event&& event) {
  const auto identity = shared_.plan.identityOf(machines_.globalIndex(local));
  if (onMachine(local, identity, std::forward<Event>(event))) restartNetwork(local, nullptr);
}

}  // namespace vme::runtime
