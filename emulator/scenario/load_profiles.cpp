#include "scenario/load_profiles.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "profile/check.hpp"
#include "profile/fields.hpp"

namespace vme::scenario {
namespace {

using profile::YamlCursor;

std::shared_ptr<const profile::Profile> overridden(std::shared_ptr<const profile::Profile> base,
                                                   const YamlCursor& set) {
  auto changed = std::make_shared<profile::Profile>(*base);
  for (const auto& [key, value] : set.entries()) {
    const auto fields = profile::allFields();
    const auto field = std::ranges::find_if(
        fields, [&](const profile::Field& one) { return key == fmt::format("{}.{}", one.section, one.key); });
    if (field == fields.end()) {
      profile::set(*changed, key, {}, value.place());  // its error names the nearest key
    } else {
      field->read(*changed, value);
    }
  }
  profile::checkProfile(*changed, set.place());
  return changed;
}

}  // namespace

Profiles readProfiles(const YamlCursor& map, const profile::Catalogue& catalogue) {
  const auto one = map.find("profile");
  const auto several = map.find("profiles");
  if (one && several) several->fail(map.path() + " has profile and profiles. keep one of them");
  if (!one && !several)
    map.fail(map.path() + " has no profile. add profile: amt-3.2.2 or profiles: [amt-3.0, amt-3.2.2]");
  std::vector<YamlCursor> names;
  if (one) {
    if (one->isList()) one->fail(one->path() + " is a list. write profiles for several");
    names.push_back(*one);
  } else {
    names = several->items();
  }
  if (names.empty()) several->fail(several->path() + " is empty. name at least one profile");
  const auto set = map.find("set");
  const auto compat = map.find("compat");
  std::vector<std::string> additions;
  if (compat) {
    for (const auto& item : compat->items()) additions.push_back(item.text());
  }
  Profiles all;
  for (const auto& name : names) {
    const auto known = [&](const auto& profile) { return profile->name == name.text(); };
    if (std::ranges::any_of(all, known)) name.fail(name.path() + " stands twice in the list. name each profile once");
    auto profile = catalogue.find(name.text(), name.place());
    if (compat) profile = catalogue.withCompat(*profile, additions, compat->place());
    all.push_back(set ? overridden(std::move(profile), *set) : std::move(profile));
  }
  return all;
}

}  // namespace vme::scenario
