#pragma once

#include <span>
#include <string>
#include <string_view>

#include "profile/profile.hpp"

namespace vme::profile {

/// The firmware bugs that a profile can name under `quirks`.
std::span<const std::string_view> allQuirks();

bool hasQuirk(const Profile& profile, std::string_view quirk);

/// What no field can be judged for alone: values that need one another. ConfigError at `place`. The catalogue calls it;
/// whoever overrides values of a profile calls it once all are set.
void checkProfile(const Profile& profile, const std::string& place);

}  // namespace vme::profile
