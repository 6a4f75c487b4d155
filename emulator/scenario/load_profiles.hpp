#pragma once

#include <memory>
#include <vector>

#include "profile/catalogue.hpp"
#include "profile/yaml_cursor.hpp"

namespace vme::scenario {

using Profiles = std::vector<std::shared_ptr<const profile::Profile>>;

/// The keys `profile` or `profiles` of a group, with what `compat` adds to them and `set` changes.
Profiles readProfiles(const profile::YamlCursor& group, const profile::Catalogue& catalogue);

}  // namespace vme::scenario
