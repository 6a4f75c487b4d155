#pragma once
// Machines by the names that users write: GROUP/INDEX, or GROUP for all of it.

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "profile/yaml_cursor.hpp"
#include "scenario/scenario.hpp"

namespace vme::scenario {

/// ConfigError at `place` for a name that no machine has. Empty for no names, which stands for all machines.
std::set<std::uint32_t> machinesNamed(const std::string& place, const std::vector<std::string>& names,
                                      const Scenario& scenario);
/// The one of GROUP/INDEX.
std::uint32_t machineNamed(const std::string& place, const std::string& name, const Scenario& scenario);
/// A group's; ConfigError for a name that none has.
std::string readGroupName(const profile::YamlCursor& value, const Scenario& scenario);
/// GROUP/INDEX of a machine, counted through all parts of its group.
std::string machineName(const Scenario& scenario, std::uint32_t machine);

}  // namespace vme::scenario
