#pragma once

#include <memory>
#include <string>
#include <vector>

#include "profile/catalogue.hpp"
#include "profile/yaml_cursor.hpp"
#include "scenario/scenario.hpp"

namespace vme::scenario {

/// What a group takes from the run when it does not say it itself.
struct GroupDefaults {
  machine::TlsMode tls = machine::TlsMode::modern;
  double timingScale = 0;
  std::filesystem::path folder;  // of the scenario, for files that it names
};

/// A scenario's group before its machines are dealt over its profiles: one spec a profile, all alike but for that.
struct GroupDraft {
  std::string name;
  std::uint32_t machines = 0;
  std::vector<GroupSpec> specs;
};

GroupDraft readGroup(const profile::YamlCursor& map, const GroupDefaults& defaults,
                     const profile::Catalogue& catalogue);

machine::TlsMode readTls(const profile::YamlCursor& value);
/// `{scale: X}`.
double readTiming(const profile::YamlCursor& map);
/// Letters, digits and the characters of `others`, beginning with a letter or digit.
std::string readName(const profile::YamlCursor& value, std::string_view others);

}  // namespace vme::scenario
