#pragma once
// What the top of a scenario says of the fleet as a whole: seed, clock, addresses, ports, rate of hellos.

#include <string>
#include <vector>

#include "profile/yaml_cursor.hpp"
#include "scenario/keys.hpp"
#include "scenario/scenario.hpp"

namespace vme::scenario {

/// Times real time.
constexpr double kFastestClock = 1e6;

/// The keys `seed`, `clock`, `address`, `ports`, `hello`, `audit` and `deadline`.
void readFleet(const profile::YamlCursor& root, Scenario& scenario);
/// ConfigError when the addresses do not suffice for the machines and their moves.
void checkAddresses(const Scenario& scenario, const std::string& place);

std::vector<Shape> clockShapes();
const Section& portsSection();
const Section& helloSection();

}  // namespace vme::scenario
