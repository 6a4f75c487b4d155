#include "scenario/load_phases.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "scenario/event_pattern.hpp"
#include "scenario/load_deeds.hpp"
#include "scenario/machine_names.hpp"
#include "scenario/values.hpp"

namespace vme::scenario {
namespace {

using profile::YamlCursor;
using Of = Condition::Of;

template <typename T, std::size_t N>
using Words = std::array<std::pair<std::string_view, T>, N>;

constexpr Words<Of, 6> kCounted{{{"settled", Of::settled},
                                 {"provisioned", Of::provisioned},
                                 {"refused", Of::refused},
                                 {"failed", Of::failed},
                                 {"hellos", Of::hellos},
                                 {"updated", Of::updated}}};
constexpr Words<machine::State, 3> kStates{{{"factory", machine::State::factory},
                                            {"in-setup", machine::State::inSetup},
                                            {"operational", machine::State::operational}}};

void setAmount(Condition& condition, const YamlCursor& value) {
  const auto wanted = wantedCount(value.text());
  using Compare = Expect::Compare;
  const bool counts = wanted && (wanted->compare == Compare::equal || wanted->compare == Compare::greaterEqual);
  if (!counts || wanted->value <= 0) {
    value.fail(
        fmt::format("{} is \"{}\". write how many there must be at least, as 20 or 50%", value.path(), value.text()));
  }
  condition.atLeast = wanted->value;
  condition.isShare = wanted->isShare;
  if (condition.isShare && (condition.of == Of::hellos)) {
    value.fail(value.path() + " is a share, but hellos have no total. write their number");
  }
}

Condition readCondition(const YamlCursor& map) {
  Condition condition;
  unsigned found = 0;
  for (const auto& [name, of] : kCounted) {
    const auto value = map.find(name);
    if (!value) continue;
    ++found;
    condition.of = of;
    setAmount(condition, *value);
    condition.text = fmt::format("{}: {}", name, value->text());
  }
  if (const auto outcome = map.find("outcome")) {
    ++found;
    condition.of = Of::outcome;
    const auto reason = readReasonPattern(outcome->at("reason"));
    condition.reason = reason.reason;
    const auto is = outcome->at("is");
    setAmount(condition, is);
    condition.text = fmt::format("outcome: {} of {}", is.text(), reason.word);
    outcome->finish();
  }
  if (const auto state = map.find("state")) {
    for (const auto& [name, value] : kStates) {
      const auto amount = state->find(name);
      if (!amount) continue;
      ++found;
      condition.of = Of::state;
      condition.state = value;
      setAmount(condition, *amount);
      condition.text = fmt::format("state: {} {}", name, amount->text());
    }
    state->finish();
  }
  if (found != 1) map.fail(map.path() + " names no condition, or several. write one, as {provisioned: 50%}");
  return condition;
}

Trigger readAt(const YamlCursor& value) {
  Trigger trigger;
  const auto text = value.text();
  if (text == "before" || text == "after") {
    trigger.kind = text == "before" ? Trigger::Kind::before : Trigger::Kind::after;
  } else if (text.ends_with('%')) {
    trigger.kind = Trigger::Kind::condition;
    trigger.condition = {.text = "settled: " + text, .of = Of::settled, .atLeast = value.share(), .isShare = true};
  } else if (const auto ms = profile::parseDuration(text)) {
    trigger.kind = Trigger::Kind::time;
    trigger.time = MeDuration::milliseconds(*ms);
  } else {
    value.fail(fmt::format("{} is \"{}\". write before, after, a share of the machines as 50%, or a time as 30s",
                           value.path(), text));
  }
  return trigger;
}

Trigger readTrigger(const YamlCursor& map, Phase& phase) {
  const auto at = map.find("at");
  const auto when = map.find("when");
  if (at.has_value() == when.has_value()) {
    map.fail(map.path() + " needs either at or when. write at: 50%, at: 30s, at: before, at: after, or a condition");
  }
  if (at) return readAt(*at);
  Trigger trigger{.kind = Trigger::Kind::condition, .time = {}, .condition = {}};
  // The delay may stand inside the condition, where it reads better.
  if (const auto after = when->find("after")) phase.delay = MeDuration::milliseconds(after->durationMs());
  trigger.condition = readCondition(*when);
  when->finish();
  return trigger;
}

Selection readSelection(const YamlCursor& map, const Scenario& scenario) {
  Selection whom;
  const auto group = map.find("group");
  const auto machines = map.find("machines");
  if (group && machines) machines->fail(map.path() + " has group and machines. keep one of them");
  if (group) whom.group = readGroupName(*group, scenario);
  if (machines) {
    for (const auto& item : machines->items()) {
      machineNamed(item.place(), item.text(), scenario);
      whom.machines.push_back(item.text());
    }
  }
  if (const auto share = map.find("share")) whom.share = share->share();
  return whom;
}

Phase readPhase(const YamlCursor& map, Scenario& scenario, const profile::Catalogue& catalogue) {
  Phase phase;
  phase.where = map.place();
  if (const auto after = map.find("after")) phase.delay = MeDuration::milliseconds(after->durationMs());
  phase.trigger = readTrigger(map, phase);
  phase.whom = readSelection(map, scenario);
  phase.deeds = readDeeds(map.at("do"), phase.whom, scenario, catalogue);
  if (const auto wait = map.find("wait")) {
    const auto within = wait->at("within");
    Phase::Wait read{.condition = {}, .within = MeDuration::milliseconds(within.durationMs())};
    if (read.within.ms == 0) within.fail(within.path() + " is 0. write how long to wait, as 30s");
    read.condition = readCondition(*wait);
    wait->finish();
    phase.wait = std::move(read);
  }
  map.finish();
  if (phase.trigger.kind == Trigger::Kind::before && phase.delay.ms > 0) {
    map.fail(map.path() + " is before everything, where no time passes. leave `after` out, or write at: 5s");
  }
  return phase;
}

}  // namespace

void readPhases(const YamlCursor& list, Scenario& scenario, const profile::Catalogue& catalogue) {
  for (const auto& item : list.items()) scenario.phases.push_back(readPhase(item, scenario, catalogue));
}

unsigned movesOf(const Scenario& scenario) {
  const auto isMove = [](const fault::Rule& rule) { return std::holds_alternative<fault::Move>(rule.action); };
  unsigned count = 0;
  bool byRule = std::ranges::any_of(scenario.groups, [&](const GroupSpec& spec) {
    return spec.group.faults && std::ranges::any_of(spec.group.faults->rules, isMove);
  });
  for (const auto& phase : scenario.phases) {
    for (const auto& deed : phase.deeds) {
      const auto* act = std::get_if<runtime::Act>(&deed);
      if (act && std::holds_alternative<runtime::act::MoveAddress>(*act)) ++count;
      const auto* faults = std::get_if<FaultAct>(&deed);
      byRule |= faults != nullptr && std::ranges::any_of(faults->rules, isMove);
    }
  }
  // Rules take a machine to one place beyond the fleet, however often they act.
  return std::min(count + (byRule ? 1U : 0U), 255U);
}

}  // namespace vme::scenario
