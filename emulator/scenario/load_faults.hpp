#pragma once
// `faults:` of a scenario or a group: a list of rules, each a point, an action with its parameters, and whom and when
// it meets.

#include <vector>

#include "fault/plan.hpp"
#include "profile/yaml_cursor.hpp"
#include "scenario/keys.hpp"
#include "scenario/scenario.hpp"

namespace vme::scenario {

/// `owner` is put before the rules' ids, which are `faults[0]` and so on where they have none of their own.
std::vector<fault::Rule> readFaults(const profile::YamlCursor& list, const std::string& owner);
void addFaults(std::vector<GroupSpec>& specs, const std::vector<fault::Rule>& rules);
/// Of one rule.
const Section& faultSection();

/// The rest of a map that holds an action: `do: reset-after, bytes: 900`, and `on:` where the action may stand at
/// several points. For quirks too.
void readAction(const profile::YamlCursor& map, fault::Rule& rule);

/// `success`, `INVALID_PARAMETER`, `0x24` or `36`.
std::uint32_t readAmtStatus(const profile::YamlCursor& value);
/// `1999-01-01` or `1999-01-01T12:00:00Z`, in seconds since 1970.
std::int64_t readDate(const profile::YamlCursor& value);
Uuid readUuidOrBlank(const profile::YamlCursor& value);  // `all-ff` too
/// `{NAME: VALUE}` of a call.
void readCondition(const profile::YamlCursor& map, fault::Rule& rule);
std::uint32_t readIpv4(const profile::YamlCursor& value);
MeDuration readMeDuration(const profile::YamlCursor& value);

}  // namespace vme::scenario
