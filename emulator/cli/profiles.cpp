#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "cli/commands.hpp"
#include "cli/common.hpp"
#include "cli/terminal.hpp"
#include "profile/catalogue.hpp"
#include "profile/fields.hpp"

namespace vme::cli {
namespace {

using profile::Profile;

struct ProfilesOptions {
  std::string name;
  bool json = false;
};

const char* formOf(const Profile& profile) {
  return profile.identity.form == profile::Form::laptop ? "laptop" : "desktop";
}

std::string setupOf(const Profile& profile) {
  if (profile.prov.psk && profile.prov.pki) return "psk, pki";
  return profile.prov.pki ? "pki" : "psk";
}

std::string interfacesOf(const Profile& profile) {
  std::string text = profile.api.eoi ? "eoi" : "";
  if (profile.api.wsman) text += (text.empty() ? "" : ", ") + std::string("wsman");
  return text;
}

boost::json::object jsonOf(const Profile& profile) {
  return {{"name", profile.name},
          {"description", profile.description},
          {"version", profile.identity.version},
          {"build", profile.identity.build},
          {"form", formOf(profile)},
          {"psk", profile.prov.psk},
          {"pki", profile.prov.pki},
          {"eoi", profile.api.eoi},
          {"wsman", profile.api.wsman}};
}

Exit list(const profile::Catalogue& catalogue, bool json, bool namesOnly) {
  boost::json::array objects;
  std::vector<std::vector<std::string>> rows{{"profile", "version", "form", "set-up", "interfaces", "description"}};
  for (const auto& name : catalogue.names()) {
    const auto found = catalogue.find(name);
    objects.push_back(jsonOf(*found));
    rows.push_back(
        {name, found->identity.version, formOf(*found), setupOf(*found), interfacesOf(*found), found->description});
  }
  if (json) {
    printJson(objects);
  } else if (namesOnly) {
    for (const auto& name : catalogue.names()) fmt::print("{}\n", name);
  } else {
    fmt::print("{}", table(rows));
  }
  return Exit::held;
}

Exit show(const Profile& profile, bool json) {
  const auto facts = profile::factsOf(profile);
  if (json) {
    auto object = jsonOf(profile);
    boost::json::object values;
    for (const auto& fact : facts) values[fact.key] = fact.value;
    object["values"] = std::move(values);
    printJson(object);
    return Exit::held;
  }
  fmt::print("{}: {}\n", profile.name, profile.description);
  for (const auto& fact : facts) fmt::print("  {:34}{}\n", fact.key, fact.value);
  if (!profile.quirks.empty()) fmt::print("  {:34}{}\n", "quirks", fmt::join(profile.quirks, ", "));
  return Exit::held;
}

}  // namespace

void addProfiles(Cli& cli) {
  auto options = std::make_shared<ProfilesOptions>();
  auto* app = cli.add(cli.root(),
                      {"profiles",
                       "the firmware builds there are, or all values of one",
                       kLookUp,
                       {"vme profiles", "vme profiles amt-3.2.2 --json"}},
                      [&cli, options] {
                        const profile::Catalogue catalogue(cli.globals().profileFolder());
                        if (options->name.empty()) return list(catalogue, options->json, cli.globals().quiet);
                        return show(*catalogue.find(options->name, "vme profiles"), options->json);
                      });
  addOption(app, "NAME", options->name, "PROFILE", "a profile; with --quiet and no NAME the names alone");
  addFlag(app, "--json", options->json, "as JSON");
}

}  // namespace vme::cli
