// Acts on a machine of the shard.

#include <utility>

#include "machine/clock.hpp"
#include "machine/mishap.hpp"
#include "machine/setup.hpp"
#include "machine/update.hpp"
#include "net/spawn.hpp"
#include "runtime/on_machine.hpp"
#include "runtime/shard.hpp"

namespace vme::runtime {

/// One machine that an act befalls.
class Actor {
 public:
  Actor(Shard& shard, std::uint32_t local) : shard_(shard), local_(local) {}

  void operator()(const act::Power& power) {
    if (!power.isBack) endPrograms();
    befall([&](machine::Me& me, machine::Effects& effects) {
      power.isBack ? machine::regainPower(me, effects) : machine::losePower(me, effects);
    });
  }
  void operator()(const act::Host& host) {
    if (host.state != machine::HostState::on) endPrograms();
    befall([&](machine::Me& me, machine::Effects& effects) {
      if (host.isLinux) me.hot.hostIsLinux = *host.isLinux;
      machine::setHost(me, host.state, effects);
    });
  }
  void operator()(const act::Link& link) {
    befall([&](machine::Me& me, machine::Effects& effects) { machine::setPlugged(me, link.isUp, effects); });
  }
  void operator()(const act::Update& update);
  void operator()(const act::Unprovision& unprovision) {
    reset(unprovision.isFull ? machine::DeskReset::full : machine::DeskReset::partial);
  }
  void operator()(const act::SetRemoteConfiguration& remote) {
    befall([&](machine::Me& me, machine::Effects& effects) {
      const auto status = machine::setZeroTouch(me, remote.isOn);
      if (status == wire::AmtStatus::success) return;
      effects.emplace_back(machine::Note{
          Reason::none, "MEBx does not switch remote configuration: " + std::string(wire::nameOf(status))});
    });
  }
  void operator()(const act::LoseConfiguration&) { reset(machine::DeskReset::cmosClear); }
  void operator()(const act::TakeUsbRecord& record) {
    befall([&](machine::Me& me, machine::Effects& effects) {
      record.key->insertInto(me, effects);
      machine::powerBack(me, effects);
    });
  }
  void operator()(const act::StartAgent&) {
    shard_.machines_.remembered(local_).agentStarted = false;
    shard_.startAgent(local_);
  }
  void operator()(const act::KillAgent&) { shard_.endAgent(local_); }
  void operator()(const act::ResetMe& reset) { shard_.resetMe(local_, reset.down); }
  void operator()(const act::MoveAddress&);
  void operator()(const act::LoseAddress&) {
    befall([](machine::Me& me, machine::Effects& effects) {
      me.hot.addressLost = true;
      effects.emplace_back(machine::RestartNetwork{});
      effects.emplace_back(machine::Note{Reason::noAddress, "the lease has ended, and none comes"});
    });
  }
  void operator()(const act::ChangeDhcp& dhcp) {
    auto& environment = shard_.machines_.ownEnvironment(local_);
    if (dhcp.suffix) environment.dhcpSuffix = *dhcp.suffix;
    if (dhcp.hasResolver) environment.conditions.hasResolver = *dhcp.hasResolver;
    befall([](machine::Me& me, machine::Effects&) { me.hot.addressLost = false; });
  }
  void operator()(const act::ChangeClock& clock);
  void operator()(const act::DamageNvram& nvram) {
    befall([&](machine::Me& me, machine::Effects& effects) {
      if (!nvram.isLost) return machine::corruptNvram(me, effects);
      machine::loseNvram(me, effects);
      machine::powerBack(me, effects);
    });
  }
  void operator()(const act::ChangeConditions& change) {
    auto& conditions = shard_.machines_.ownEnvironment(local_).conditions;
    const auto driftsFrom = conditions.driftsFrom;
    conditions = change.ofGroups.at(shard_.shared_.plan.groupOf(shard_.machines_.globalIndex(local_)));
    conditions.driftsFrom = driftsFrom;
    befall([](machine::Me& me, machine::Effects&) { me.hot.addressLost = false; });
  }

 private:
  template <typename Event>
  void befall(Event&& event) {
    shard_.befall(local_, std::forward<Event>(event));
  }
  void endPrograms() {
    shard_.endAgent(local_);
    shard_.heciOf(local_).reset();
  }
  void reset(machine::DeskReset what) {
    shard_.heciOf(local_).reset();
    befall([this, what](machine::Me& me, machine::Effects& effects) {
      const auto status = machine::resetAtDesk(me, what, effects);
      if (status == wire::AmtStatus::success) {
        shard_.noteUnprovisioned(local_);
        // Back in the factory's state, the first window may open once more; the PC boots when all is done.
        if (what != machine::DeskReset::partial) me.hot.windowUsed = false;
        return machine::powerBack(me, effects);
      }
      effects.emplace_back(
          machine::Note{Reason::none, "the reset at the desk is refused: " + std::string(wire::nameOf(status))});
    });
  }

  Shard& shard_;
  std::uint32_t local_;
};

void Actor::operator()(const act::Update& update) {
  auto& machines = shard_.machines_;
  const auto build = machines.findUpgrade(local_, update.profile);
  Reason refused = build ? Reason::none : Reason::updateRefused;
  if (build) {
    befall([&](machine::Me& me, machine::Effects& effects) {
      auto note = machine::refusalOfUpdate(me, *machines.groupOf(local_).upgrades[*build - 1U].profile);
      if (!note) return;
      refused = note->reason;
      effects.emplace_back(std::move(*note));
    });
  }
  if (refused != Reason::none) return;
  shard_.heciOf(local_).reset();
  shard_.runBuild(local_, *build);
}

void Actor::operator()(const act::MoveAddress&) {
  const auto& plan = shard_.shared_.plan;
  const auto index = shard_.machines_.globalIndex(local_);
  shard_.restartNetwork(local_, nullptr);
  // Each move takes a machine as far as the fleet has machines.
  plan.moved->move(index, plan.addressOf(index) + plan.machines);
  shard_.tell(Happening::Kind::note, local_, Reason::none,
              "the address is now " + asio::ip::make_address_v4(plan.addressOf(index)).to_string());
  befall([](machine::Me& me, machine::Effects&) { me.hot.addressLost = false; });
}

void Actor::operator()(const act::ChangeClock& clock) {
  if (clock.driftPpm) {
    // What has drifted so far stays.
    befall([](machine::Me& me, machine::Effects&) {
      const auto plain = me.now.ms / 1000 + me.hot.clockOffsetS;
      machine::jumpClock(me, static_cast<std::int64_t>(machine::clockSeconds(me)) - plain);
    });
    auto& conditions = shard_.machines_.ownEnvironment(local_).conditions;
    conditions.clockDriftPpm = *clock.driftPpm;
    conditions.driftsFrom = shard_.shared_.clock.at(Shard::Clock::now());
  }
  befall([&](machine::Me& me, machine::Effects&) {
    if (clock.isLost) machine::loseClock(me);
    if (clock.offsetS) machine::jumpClock(me, me.now.ms / 1000 + *clock.offsetS - machine::clockSeconds(me));
    machine::jumpClock(me, clock.jumpS);
  });
}

void Shard::act(std::span<const std::uint32_t> locals, const Act& act) {
  onThread([&] {
    for (const auto local : locals) std::visit(Actor(*this, local), act);
  });
}

void Shard::runBuild(std::uint32_t local, std::uint8_t build) {
  machines_.setBuild(local, build);
  machines_.noteChange(local);
  restartNetwork(local, nullptr);
  befall(local, [](machine::Me& me, machine::Effects& effects) {
    machine::finishUpdate(me);
    machine::powerBack(me, effects);
    machine::sufferUpdate(me, effects);
  });
  tell(Happening::Kind::updated, local, Reason::none, machines_.profileOf(local).name);
}

void Shard::resetMe(std::uint32_t local, MeDuration down) {
  if (const auto device = heci_.find(local); device != heci_.end()) device->second->reset();
  befall(local, [down](machine::Me& me, machine::Effects& effects) { machine::restart(me, down, effects); });
}

void Shard::endAgent(std::uint32_t local) {
  auto& remembered = machines_.remembered(local);
  if (remembered.agents > 0) remembered.agentKilled = true;
}

net::Task<void> Shard::actLater(std::uint32_t local, const LaterAct& later) {
  ++shared_.inFlight;
  co_await waitForClock(later.after);
  std::visit(Actor(*this, local), later.act);
  --shared_.inFlight;
}

}  // namespace vme::runtime
