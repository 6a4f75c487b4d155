#include "scenario/roster.hpp"

#include <algorithm>

namespace vme::scenario {

Roster::Roster(const Scenario& scenario) : scenario_(scenario) {
  plan_.options = scenario.fleet;
  plan_.options.seed = scenario.seed;
  for (std::size_t i = 0; i < scenario.groups.size(); ++i) {
    const auto& group = scenario.groups[i].group;
    const bool goesOn = i > 0 && scenario.groups[i - 1].group.name == group.name;
    firstOfName_.push_back(goesOn ? firstOfName_.back() : plan_.machines);
    plan_.firstOfGroup.push_back(plan_.machines);
    plan_.groups.push_back(group);
    plan_.machines += group.machines;
  }
  byUuid_.reserve(plan_.machines);
  for (std::uint32_t machine = 0; machine < plan_.machines; ++machine) {
    byUuid_.emplace_back(identityOf(machine).uuid, machine);
  }
  std::ranges::sort(byUuid_);
}

std::string Roster::nameOf(std::uint32_t machine) const {
  const auto group = groupIndex(machine);
  return scenario_.groups[group].group.name + "/" + std::to_string(machine - firstOfName_[group]);
}

std::int64_t Roster::lastArrivalMs() const {
  std::int64_t last = 0;
  for (const auto& spec : scenario_.groups) last = std::max(last, spec.group.arrival.over.ms);
  return last;
}

std::optional<std::uint32_t> Roster::find(const Uuid& uuid) const {
  const auto found = std::ranges::lower_bound(byUuid_, uuid, {}, &std::pair<Uuid, std::uint32_t>::first);
  if (found == byUuid_.end() || found->first != uuid) return std::nullopt;
  return found->second;
}

std::uint32_t Roster::expectedToSettle() const {
  std::uint32_t count = 0;
  for (const auto& spec : scenario_.groups) {
    if (spec.group.start == runtime::Start::bareMetal) count += spec.group.machines;
  }
  return count;
}

}  // namespace vme::scenario
