#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "fleet/plan.hpp"
#include "profile/yaml_cursor.hpp"
#include "scenario/keys.hpp"

namespace vme::scenario {

/// `arrival` of a group; a trace is looked for from `folder`.
fleet::Arrival readArrival(const profile::YamlCursor& map, const std::filesystem::path& folder);
const Section& arrivalSection();

/// Ascending offsets in milliseconds from a CSV: in the first column of each line a duration (`1.5s`) or a number of
/// seconds; a first line of other text is its heading. ConfigError `place:line:column`.
std::vector<std::int64_t> parseTrace(const std::string& place, std::string_view text);

}  // namespace vme::scenario
