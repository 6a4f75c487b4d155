#pragma once
// The parts of a scenario that concern agent-initiated provisioning.

#include "profile/catalogue.hpp"
#include "profile/yaml_cursor.hpp"
#include "scenario/keys.hpp"
#include "scenario/scenario.hpp"

namespace vme::scenario {

const Section& policySection();
const Section& hostSection();
const Section& agentSection();

/// `service_point.policy`.
PolicySpec readPolicy(const profile::YamlCursor& map, const profile::Catalogue& catalogue);

/// The keys `host`, `agent` and `collection` of a group; without agents only `host` may stand there.
void readPc(const profile::YamlCursor& map, bool hasAgents, GroupSpec& spec);

/// What remains to be checked once groups and service point are known, and the upgrades that each group may get.
/// `groups` is where they stand.
void joinAgents(Scenario& scenario, const profile::Catalogue& catalogue, const std::string& place);

}  // namespace vme::scenario
