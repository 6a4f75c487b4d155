#include "scenario/phases_run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace vme::scenario {

PhasesRun::PhasesRun(const Scenario& scenario, const Roster& roster)
    : scenario_(scenario),
      roster_(roster),
      watch_(scenario.phases.empty() ? 0 : roster.size(), !scenario.servicePoint.embedded) {
  for (std::size_t n = 0; n < scenario.phases.size(); ++n) {
    states_.push_back({.machines = select(scenario.phases[n].whom, n)});
  }
}

std::vector<std::uint32_t> PhasesRun::select(const Selection& whom, std::uint64_t phase) const {
  std::vector<std::uint32_t> chosen;
  for (std::uint32_t machine = 0; machine < roster_.size(); ++machine) {
    const bool inGroup = whom.group.empty() || roster_.groupOf(machine).group.name == whom.group;
    const bool isNamed =
        whom.machines.empty() || std::ranges::find(whom.machines, roster_.nameOf(machine)) != whom.machines.end();
    if (!inGroup || !isNamed) continue;
    if (whom.share < 1 && Draw(scenario_.seed, machine).unit("phase", phase) >= whom.share) continue;
    chosen.push_back(machine);
  }
  return chosen;
}

void PhasesRun::outcome(const servicepoint::Outcome& outcome) {
  if (states_.empty()) return;
  if (const auto machine = roster_.find(outcome.uuid)) watch_.outcome(*machine, outcome);
}

void PhasesRun::begin(runtime::Fleet& fleet, EmbeddedServicePoint* point, Practice* practice) {
  fleet_ = &fleet;
  point_ = point;
  practice_ = practice;
  for (std::size_t n = 0; n < states_.size(); ++n) {
    if (scenario_.phases[n].trigger.kind == Trigger::Kind::before) carryOut(n);
  }
  if (!states_.empty()) fleet.letJump(fleet.events(), nextMoment());
}

bool PhasesRun::look(std::uint32_t settled, std::uint32_t expected, bool allSettled) {
  if (states_.empty()) return true;
  const auto seen = fleet_->events();
  settled_ = settled;
  expected_ = expected;
  allSettled_ = allSettled;
  for (std::size_t n = 0; n < states_.size(); ++n) advance(n);
  fleet_->letJump(seen, nextMoment());
  const auto isOpen = [&](std::size_t n) {
    const auto stage = states_[n].stage;
    if (stage == Stage::over || stage == Stage::unmet) return false;
    // What nothing has triggered by now, when all else is over, nothing will.
    return stage != Stage::untriggered || scenario_.phases[n].trigger.kind != Trigger::Kind::condition;
  };
  for (std::size_t n = 0; n < states_.size(); ++n) {
    if (isOpen(n)) return false;
  }
  return true;
}

bool PhasesRun::isTriggered(std::size_t n) const {
  const auto& trigger = scenario_.phases[n].trigger;
  switch (trigger.kind) {
    case Trigger::Kind::before:
      return true;
    case Trigger::Kind::time:
      return fleet_->now() >= fleet_->arrivalsFrom() + trigger.time;
    case Trigger::Kind::condition:
      return holds(trigger.condition, states_[n], 0);
    case Trigger::Kind::after:
      break;
  }
  if (!allSettled_) return false;
  for (std::size_t before = 0; before < n; ++before) {
    const auto stage = states_[before].stage;
    if (scenario_.phases[before].trigger.kind != Trigger::Kind::condition && stage != Stage::over &&
        stage != Stage::unmet) {
      return false;
    }
  }
  return true;
}

bool PhasesRun::holds(const Condition& condition, const State& state, std::uint64_t since) const {
  if (condition.of == Condition::Of::settled) {
    const double wanted = condition.isShare ? condition.atLeast * expected_ : condition.atLeast;
    return expected_ > 0 && settled_ >= std::ceil(wanted - 1e-6);
  }
  const auto total = static_cast<double>(state.machines.size());
  const double wanted = condition.isShare ? condition.atLeast * total : condition.atLeast;
  return static_cast<double>(watch_.count(condition, state.machines, since)) >= std::ceil(wanted - 1e-6);
}

void PhasesRun::advance(std::size_t n) {
  auto& state = states_[n];
  const auto& phase = scenario_.phases[n];
  if (state.stage == Stage::untriggered && isTriggered(n)) {
    state.stage = Stage::due;
    const auto from =
        phase.trigger.kind == Trigger::Kind::time ? fleet_->arrivalsFrom() + phase.trigger.time : fleet_->now();
    state.at = from + phase.delay;
  }
  if (state.stage == Stage::due && fleet_->now() >= state.at) carryOut(n);
  if (state.stage == Stage::errands && !(point_ && point_->hasErrands())) {
    state.stage = phase.wait ? Stage::waits : Stage::over;
    if (phase.wait) state.at = fleet_->now() + phase.wait->within;
  }
  if (state.stage != Stage::waits) return;
  if (holds(phase.wait->condition, state, state.since)) {
    state.stage = Stage::over;
  } else if (fleet_->now() >= state.at) {
    state.stage = Stage::unmet;
  }
}

void PhasesRun::carryOut(std::size_t n) {
  auto& state = states_[n];
  const auto& phase = scenario_.phases[n];
  state.since = watch_.now();
  for (const auto& deed : phase.deeds) {
    if (const auto* act = std::get_if<runtime::Act>(&deed)) {
      fleet_->act(state.machines, *act);
    } else if (const auto* faults = std::get_if<FaultAct>(&deed)) {
      carryOut(*faults, phase.whom);
    } else {
      carryOut(std::get<ServerAct>(deed), state);
    }
  }
  state.stage = Stage::errands;
}

void PhasesRun::carryOut(const FaultAct& act, const Selection& whom) {
  const auto plan = act.rules.empty() ? nullptr : std::make_shared<const fault::Plan>(fault::Plan{act.rules});
  for (std::size_t group = 0; group < scenario_.groups.size(); ++group) {
    if (!whom.group.empty() && scenario_.groups[group].group.name != whom.group) continue;
    fleet_->setFaults(static_cast<std::uint32_t>(group), plan);
  }
}

void PhasesRun::carryOut(const ServerAct& act, const State& state) {
  switch (act.kind) {
    case ServerAct::Kind::stop:
      point_->stop();
      break;
    case ServerAct::Kind::start:
      point_->restart();
      break;
    case ServerAct::Kind::restart:
      point_->stop();
      point_->restart();
      break;
    case ServerAct::Kind::move:
      point_->move();
      fleet_->moveServicePoint(point_->hellos());
      break;
    case ServerAct::Kind::expire:
    case ServerAct::Kind::renew:
      point_->changeCertificate(act.kind == ServerAct::Kind::expire);
      break;
    case ServerAct::Kind::rule: {
      std::vector<Uuid> machines;
      for (const auto machine : select({.group = act.group, .machines = {}, .share = 1}, 0)) {
        machines.push_back(roster_.identityOf(machine).uuid);
        if (practice_) practice_->ruled(machine, act.rule, std::chrono::steady_clock::now());
      }
      point_->setRule(machines, act.rule);
      break;
    }
    case ServerAct::Kind::errand: {
      std::vector<Uuid> machines;
      for (const auto machine : state.machines) machines.push_back(roster_.identityOf(machine).uuid);
      point_->run(act.errand, machines);
      break;
    }
  }
}

MeTime PhasesRun::nextMoment() const {
  auto next = MeTime::never();
  for (std::size_t n = 0; n < states_.size(); ++n) {
    const auto& state = states_[n];
    const auto& trigger = scenario_.phases[n].trigger;
    if (state.stage == Stage::untriggered && trigger.kind == Trigger::Kind::time) {
      next = std::min(next, fleet_->arrivalsFrom() + trigger.time);
    }
    if (state.stage == Stage::errands) next = std::min(next, fleet_->now());
    if (state.stage == Stage::due || state.stage == Stage::waits) next = std::min(next, state.at);
  }
  return next;
}

std::string PhasesRun::problems() const {
  std::string text;
  for (std::size_t n = 0; n < states_.size(); ++n) {
    const auto& phase = scenario_.phases[n];
    const auto stage = states_[n].stage;
    if (stage == Stage::over) continue;
    if (!text.empty()) text += "; ";
    if (stage == Stage::errands) {
      text += fmt::format("{}: the service point was not done with its machines", phase.where);
    } else if (stage == Stage::unmet || stage == Stage::waits) {
      text += fmt::format("{}: the wait for {} was in vain", phase.where, phase.wait->condition.text);
    } else if (phase.trigger.kind == Trigger::Kind::condition) {
      text += fmt::format("{}: the phase never came, for want of {}", phase.where, phase.trigger.condition.text);
    } else {
      text += fmt::format("{}: the run ended before the phase came", phase.where);
    }
  }
  return text;
}

}  // namespace vme::scenario
