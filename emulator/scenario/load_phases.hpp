#pragma once

#include "profile/catalogue.hpp"
#include "profile/yaml_cursor.hpp"
#include "scenario/keys.hpp"
#include "scenario/scenario.hpp"

namespace vme::scenario {

/// Reads `phases`, of a scenario whose groups and service point are known, and has the groups hold the builds that
/// their machines are updated to.
void readPhases(const profile::YamlCursor& list, Scenario& scenario, const profile::Catalogue& catalogue);

/// How often a machine moves to another address at most.
unsigned movesOf(const Scenario& scenario);

/// Of an item of `phases`, for the tables of keys.
const Section& phaseSection();

}  // namespace vme::scenario
