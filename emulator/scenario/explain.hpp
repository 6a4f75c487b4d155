#pragma once

#include <string>

#include "scenario/scenario.hpp"

namespace vme::scenario {

/// In plain words what will happen when the scenario runs: who comes and when, who provisions them and how, what goes
/// wrong, what must hold, how long it takes, what is opened.
std::string explain(const Scenario& scenario);

}  // namespace vme::scenario
