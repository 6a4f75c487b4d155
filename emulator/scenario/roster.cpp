#include "scenario/roster.hpp"

#include <algorithm>

namespace vme::scenario {

Roster::Roster(const Scenario& scenario) : scenario_(scenario) {
  plan_.options = scenario.fleet;
  plan_.options.seed = scenario.seed;
  for (std::size_t i = 0; i < scenario.groups.size(); ++i) {
    const auto& group = scenario.groups[i].group;
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
  const auto& own = scenario_.groups[group].group;
  return own.name + "/" + std::to_string(machine - plan_.firstOfGroup[group] + own.part.before);
}

std::int64_t Roster::lastArrivalMs() const {
  std::int64_t last = 0;
  for (const auto& spec : scenario_.groups) {
    const auto& group = spec.group;
    const auto count = group.part.arrivals == 0 ? group.machines : group.part.arrivals;
    last = std::max(last, fleet::lastArrivalOf(group.arrival, scenario_.seed, count).ms);
  }
  return last;
}

std::optional<std::uint32_t> Roster::find(const Uuid& uuid) const {
  const auto found = std::ranges::lower_bound(byUuid_, uuid, {}, &std::pair<Uuid, std::uint32_t>::first);
  if (found == byUuid_.end() || found->first != uuid) return std::nullopt;
  return found->second;
}

std::optional<std::uint32_t> Roster::find(const Uuid& uuid, std::uint32_t ipv4) const {
  auto found = std::ranges::lower_bound(byUuid_, uuid, {}, &std::pair<Uuid, std::uint32_t>::first);
  for (; found != byUuid_.end() && found->first == uuid; ++found) {
    if (identityOf(found->second).ipv4 == ipv4) return found->second;
  }
  return find(uuid);
}

std::uint32_t Roster::expectedToSettle() const {
  if (scenario_.only) return groupOf(*scenario_.only).group.start == runtime::Start::bareMetal ? 1 : 0;
  std::uint32_t count = 0;
  for (const auto& spec : scenario_.groups) {
    if (spec.group.start == runtime::Start::bareMetal) count += spec.group.machines;
  }
  return count;
}

}  // namespace vme::scenario
