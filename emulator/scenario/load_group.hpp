#pragma once

#include <memory>
#include <string>
#include <vector>

#include "profile/catalogue.hpp"
#include "profile/yaml_cursor.hpp"
#include "scenario/group_overrides.hpp"
#include "scenario/keys.hpp"
#include "scenario/scenario.hpp"

namespace vme::scenario {

/// What a group takes from the run when it does not say it itself.
struct GroupDefaults {
  machine::TlsMode tls = machine::TlsMode::modern;
  double timingScale = 0;
  std::filesystem::path folder;  // of the scenario, for files that it names
};

inline constexpr std::uint32_t kMostMachines = 10'000'000;

/// A scenario's group before its machines are dealt over its profiles: one spec a profile, all alike but for that.
struct GroupDraft {
  std::string name;
  std::uint32_t machines = 0;
  std::vector<GroupSpec> specs;
  /// Of some of its machines: what differs, and the specs as those machines have them (one, or one a profile).
  std::vector<GroupOverride> overrides;
  std::vector<std::vector<GroupSpec>> overridden;
};

GroupDraft readGroup(const profile::YamlCursor& map, const GroupDefaults& defaults,
                     const profile::Catalogue& catalogue);
const Section& groupSection();

/// The runtime groups of a draft: one a profile and stretch of overridden machines; those without machines are left
/// out. `stream` is that of its random arrivals.
std::vector<GroupSpec> expanded(GroupDraft draft, std::uint32_t stream);

machine::TlsMode readTls(const profile::YamlCursor& value);
const Shape& tlsShape();
/// `{scale: X}`.
double readTiming(const profile::YamlCursor& map);
const Section& timingSection();
/// Letters, digits and the characters of `others`, beginning with a letter or digit.
std::string readName(const profile::YamlCursor& value, std::string_view others);
/// The same for a name that stands elsewhere, as a key.
void checkName(std::string_view name, const profile::YamlCursor& where, std::string_view others);
Shape nameShape(std::string_view others);

}  // namespace vme::scenario
