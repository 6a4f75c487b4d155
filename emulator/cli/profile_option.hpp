#pragma once
// `--profile NAME` and the `--set KEY=VALUE` that change it.

#include <memory>
#include <string>
#include <vector>

#include "profile/catalogue.hpp"

namespace vme::cli {

/// ConfigError for an unknown name or key (with the nearest one) or a value that does not fit.
std::shared_ptr<const profile::Profile> loadProfile(const profile::Catalogue& catalogue, const std::string& name,
                                                    const std::vector<std::string>& set);

}  // namespace vme::cli
