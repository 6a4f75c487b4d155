#pragma once

#include <string>
#include <vector>

#include "profile/yaml_cursor.hpp"
#include "scenario/keys.hpp"
#include "scenario/scenario.hpp"

namespace vme::scenario {

/// The list under `expect`. Names of groups and machines, reasons, operations and events are checked.
std::vector<Expect> readExpect(const profile::YamlCursor& list, const Scenario& scenario);
const Section& expectSection();

/// What holds when a file expects nothing: every bare-metal group is provisioned completely; without one, all machines
/// stay idle.
std::vector<Expect> defaultExpect(const Scenario& scenario, const std::string& place);

}  // namespace vme::scenario
