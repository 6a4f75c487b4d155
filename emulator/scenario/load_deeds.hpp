#pragma once
// The acts of a phase: `do: {ac: lost}`.

#include "profile/catalogue.hpp"
#include "profile/yaml_cursor.hpp"
#include "scenario/scenario.hpp"

namespace vme::scenario {

/// A map of acts, carried out in its order, or a list of such maps.
std::vector<Deed> readDeeds(const profile::YamlCursor& value, const Selection& whom, Scenario& scenario,
                            const profile::Catalogue& catalogue);

/// `15m`, `3d`, `-1y`: as durations, with days and years and a sign; in seconds. At most 60 years.
std::int64_t readSpanS(const profile::YamlCursor& value);

}  // namespace vme::scenario
