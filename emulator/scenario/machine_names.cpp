#include "scenario/machine_names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>

#include "base/error.hpp"
#include "base/nearest.hpp"

namespace vme::scenario {
namespace {

struct Span {
  std::uint32_t first = 0, count = 0;
};

/// The groups of that name, as one.
std::map<std::string, Span> groupsOf(const Scenario& scenario) {
  std::map<std::string, Span> groups;
  std::uint32_t machine = 0;
  for (const auto& spec : scenario.groups) {
    auto& span = groups.try_emplace(spec.group.name, Span{.first = machine}).first->second;
    span.count += spec.group.machines;
    machine += spec.group.machines;
  }
  return groups;
}

/// The machine of that name, or all of the group.
Span spanOf(const std::string& place, const std::string& name, const std::map<std::string, Span>& groups) {
  const auto slash = name.find('/');
  const auto group = groups.find(name.substr(0, slash));
  if (group == groups.end()) {
    std::vector<std::string> known;
    for (const auto& [one, span] : groups) known.push_back(one);
    auto hint = didYouMean(name.substr(0, slash), known);
    if (hint.empty()) hint = fmt::format(" the groups are {}; write GROUP/INDEX", fmt::join(known, ", "));
    throw ConfigError(place, fmt::format("\"{}\" is of no group.{}", name, hint));
  }
  const auto [first, count] = group->second;
  if (slash == std::string::npos) return {first, count};
  std::uint32_t index = 0;
  const auto* end = name.data() + name.size();
  const auto parsed = std::from_chars(name.data() + slash + 1, end, index);
  if (parsed.ec != std::errc() || parsed.ptr != end || index >= count) {
    throw ConfigError(place, fmt::format("\"{}\" is no machine. the group has {}/0 to {}/{}", name, group->first,
                                         group->first, count - 1));
  }
  return {first + index, 1};
}

}  // namespace

std::set<std::uint32_t> machinesNamed(const std::string& place, const std::vector<std::string>& names,
                                      const Scenario& scenario) {
  const auto groups = groupsOf(scenario);
  std::set<std::uint32_t> machines;
  for (const auto& name : names) {
    const auto [first, count] = spanOf(place, name, groups);
    for (std::uint32_t index = 0; index < count; ++index) machines.insert(first + index);
  }
  return machines;
}

std::uint32_t machineNamed(const std::string& place, const std::string& name, const Scenario& scenario) {
  if (name.find('/') == std::string::npos) {
    throw ConfigError(place, fmt::format("\"{}\" is no machine. write GROUP/INDEX, as {}/0", name, name));
  }
  return spanOf(place, name, groupsOf(scenario)).first;
}

std::string readGroupName(const profile::YamlCursor& value, const Scenario& scenario) {
  auto name = value.text();
  std::vector<std::string> names;
  for (const auto& spec : scenario.groups) {
    if (names.empty() || names.back() != spec.group.name) names.push_back(spec.group.name);
  }
  if (std::ranges::find(names, name) == names.end()) {
    auto hint = didYouMean(name, names);
    if (hint.empty()) hint = fmt::format(" there are {}", fmt::join(names, ", "));
    value.fail(fmt::format("{} is \"{}\", which is no group.{}", value.path(), name, hint));
  }
  return name;
}

std::string machineName(const Scenario& scenario, std::uint32_t machine) {
  std::uint32_t first = 0;
  for (const auto& spec : scenario.groups) {
    if (machine < first + spec.group.machines) {
      return fmt::format("{}/{}", spec.group.name, machine - first + spec.group.part.before);
    }
    first += spec.group.machines;
  }
  return {};
}

}  // namespace vme::scenario
