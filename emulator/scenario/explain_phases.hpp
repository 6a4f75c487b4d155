#pragma once

#include <string>

#include "scenario/scenario.hpp"

namespace vme::scenario {

/// What happens while the fleet runs, a line a deed; empty without phases.
std::string phaseLines(const Scenario& scenario);

/// `250 ms`, `90 s`, `4.5 min`, `3 h` (scenario/explain.cpp).
std::string timeText(std::int64_t ms);

}  // namespace vme::scenario
