#include "cli/profile_option.hpp"

#include "cli/common.hpp"
#include "profile/check.hpp"
#include "profile/fields.hpp"

namespace vme::cli {

std::shared_ptr<const profile::Profile> loadProfile(const profile::Catalogue& catalogue, const ServeOptions& options) {
  auto found = catalogue.find(options.profile, "--profile");
  if (!options.compat.empty()) found = catalogue.withCompat(*found, options.compat, "--compat");
  if (options.set.empty()) return found;
  auto changed = std::make_shared<profile::Profile>(*found);
  for (const auto& text : options.set) {
    const auto [key, value] = pairOf("--set", text, '=', "KEY=VALUE");
    profile::set(*changed, key, value, "--set");
  }
  profile::checkProfile(*changed, "--set");
  return changed;
}

}  // namespace vme::cli
