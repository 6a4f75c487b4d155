#pragma once
// `--profile NAME` with the `--compat NAME` and `--set KEY=VALUE` that change it.

#include <memory>
#include <string>
#include <vector>

#include "cli/serve_options.hpp"
#include "profile/catalogue.hpp"

namespace vme::cli {

/// ConfigError for an unknown name or key (with the nearest one) or a value that does not fit.
std::shared_ptr<const profile::Profile> loadProfile(const profile::Catalogue& catalogue, const ServeOptions& options);

}  // namespace vme::cli
