#include "scenario/event_log.hpp"

#include <algorithm>

namespace vme::scenario {
namespace {

/// Steps whose times the recorder has for every machine.
bool isOwnStep(const Expect& expect) {
  return expect.subject == "step";
}

}  // namespace

bool isOfEvents(const Expect& expect) {
  return !expect.events.empty() || isOwnStep(expect);
}

std::pair<std::uint32_t, std::uint32_t> machinesOf(const Expect& expect, const Scenario& scenario) {
  if (expect.machine) return {*expect.machine, 1};
  std::uint32_t first = 0, count = 0;
  for (const auto& spec : scenario.groups) {
    const bool isSelected = !expect.group || *expect.group == spec.group.name;
    if (isSelected) {
      count += spec.group.machines;
    } else if (count == 0) {
      first += spec.group.machines;
    }
  }
  return {first, count};
}

bool EventLog::isNeeded(const Scenario& scenario) {
  return std::ranges::any_of(scenario.expect, isOfEvents);
}

EventLog::EventLog(const Scenario& scenario, const Roster& roster) : scenario_(scenario), roster_(roster) {
  for (std::size_t i = 0; i < scenario.expect.size(); ++i) {
    const auto& expect = scenario.expect[i];
    if (!isOfEvents(expect)) continue;
    const auto [first, count] = machinesOf(expect, scenario);
    Watch watch{.expect = i, .first = first, .numbers = {}, .example = {}, .stepMs = {}};
    if (!expect.events.empty()) watch.numbers.resize(count);
    watches_.push_back(std::move(watch));
  }
}

bool EventLog::wants(runtime::Happening::Kind kind) const {
  return std::ranges::any_of(watches_, [&](const Watch& watch) {
    const auto& expect = scenario_.expect[watch.expect];
    if (isOwnStep(expect)) return kind == runtime::Happening::Kind::agentEnded;
    return std::ranges::any_of(expect.events, [&](const EventPattern& event) { return event.concerns(kind); });
  });
}

void EventLog::happened(const runtime::Happening& happening) {
  for (auto& watch : watches_) {
    const auto& expect = scenario_.expect[watch.expect];
    const auto at = happening.machine - watch.first;
    if (expect.events.empty() || happening.machine < watch.first || at >= watch.numbers.size()) continue;
    auto& number = watch.numbers[at];
    if (expect.subject == "order") {
      if (number < expect.events.size() && expect.events[number].matches(happening)) ++number;
      continue;
    }
    if (!expect.events.front().matches(happening)) continue;
    if (number++ > 0) continue;
    const std::lock_guard lock(mutex_);
    if (!watch.example) watch.example = Example{happening.machine, happening.text};
  }
  if (happening.kind == runtime::Happening::Kind::agentEnded && happening.agent) {
    addSteps(happening.machine, happening.agent->steps);
  }
}

void EventLog::outcome(const servicepoint::Outcome& outcome) {
  if (const auto machine = roster_.find(outcome.uuid)) addSteps(*machine, outcome.steps);
}

template <typename Steps>
void EventLog::addSteps(std::uint32_t machine, const Steps& steps) {
  for (auto& watch : watches_) {
    const auto& expect = scenario_.expect[watch.expect];
    if (!isOwnStep(expect)) continue;
    const auto [first, count] = machinesOf(expect, scenario_);
    if (machine < first || machine - first >= count) continue;
    if (expect.profile && *expect.profile != roster_.groupOf(machine).group.profile->name) continue;
    const std::lock_guard lock(mutex_);
    for (const auto& step : steps) {
      if (step.name != expect.step) continue;
      watch.stepMs.push_back(std::chrono::duration<double, std::milli>(step.took).count());
    }
  }
}

const EventLog::Watch* EventLog::watchOf(std::size_t expect) const {
  const auto found = std::ranges::find(watches_, expect, &Watch::expect);
  return found == watches_.end() ? nullptr : &*found;
}

std::uint32_t EventLog::numberOf(std::size_t expect, std::uint32_t machine) const {
  const auto* watch = watchOf(expect);
  const auto at = watch ? machine - watch->first : 0U;
  return watch && machine >= watch->first && at < watch->numbers.size() ? watch->numbers[at] : 0;
}

const std::optional<EventLog::Example>& EventLog::exampleOf(std::size_t expect) const {
  static const std::optional<Example> kNone;
  const auto* watch = watchOf(expect);
  return watch ? watch->example : kNone;
}

std::vector<double> EventLog::stepTimes(std::size_t expect) const {
  const auto* watch = watchOf(expect);
  return watch ? watch->stepMs : std::vector<double>();
}

}  // namespace vme::scenario
