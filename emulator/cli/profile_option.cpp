#include "cli/profile_option.hpp"

#include "cli/common.hpp"
#include "profile/check.hpp"
#include "profile/fields.hpp"

namespace vme::cli {

std::shared_ptr<const profile::Profile> loadProfile(const profile::Catalogue& catalogue, const std::string& name,
                                                    const std::vector<std::string>& set) {
  auto found = catalogue.find(name, "--profile");
  if (set.empty()) return found;
  auto changed = std::make_shared<profile::Profile>(*found);
  for (const auto& text : set) {
    const auto [key, value] = pairOf("--set", text, '=', "KEY=VALUE");
    profile::set(*changed, key, value, "--set");
  }
  profile::checkProfile(*changed, "--set");
  return changed;
}

}  // namespace vme::cli
