#pragma once
// Quirks as scenarios set them: `quirks: {NAME: PARAMETERS}` in a group. Each name has a reader, which changes the
// group's surroundings or adds fault rules; what it is, where it was met and what a correct server does stands in
// profiles/quirks.yaml.

#include <span>
#include <string_view>

#include "profile/yaml_cursor.hpp"
#include "scenario/keys.hpp"
#include "scenario/scenario.hpp"

namespace vme::scenario {

struct QuirkReader {
  /// How a quirk of some machines (`p: 3%`, `machines: 4`) finds them. A reader need not look at these two keys, nor at
  /// id and place of the rules it adds.
  enum class By : std::uint8_t {
    settings,  // the group is split in two, and the reader gets the spec of those that have the quirk
    rules,     // the reader adds to `faults` alone; each machine is drawn from the seed
  };
  std::string_view name;
  /// ConfigError for parameters that make no sense. Called once for each spec of the group.
  void (*read)(const profile::YamlCursor& value, GroupSpec& spec);
  Shape (*shape)();
  By by = By::settings;
};

/// Of the network, hello packets, TLS, HTTP, SOAP and WS-Man.
std::span<const QuirkReader> wireQuirks();
/// Of the machine itself: stores, clock, power, host, HECI, and the firmware's own bugs.
std::span<const QuirkReader> machineQuirks();

/// For readers: the spec's profile, changed for it alone.
template <typename Change>
void changeProfile(GroupSpec& spec, Change&& change) {
  auto profile = std::make_shared<profile::Profile>(*spec.group.profile);
  change(*profile);
  spec.group.profile = std::move(profile);
}

}  // namespace vme::scenario
