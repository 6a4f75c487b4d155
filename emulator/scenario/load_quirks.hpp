#pragma once
// `quirks:` of a scenario or a group: firmware bugs and circumstances by name. Each goes to its reader; what concerns
// some machines only (`p: 3%`, `machines: 4`) is seen to here.

#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "profile/yaml_cursor.hpp"
#include "scenario/keys.hpp"
#include "scenario/scenario.hpp"

namespace vme::scenario {

void readQuirks(const profile::YamlCursor& map, std::vector<GroupSpec>& specs);
const Section& quirksSection();

/// Some of a group's machines.
struct Some {
  double share = 1;
  std::optional<std::uint32_t> machines;
  bool isAll() const { return share >= 1 && !machines; }
};
/// `p: 3%` or `machines: 4` of a map; all without them.
Some readSome(const profile::YamlCursor& map);

/// Of two copies of a spec, the n-th of `parts`: how many machines each has.
void split(GroupSpec& some, GroupSpec& rest, const Some& who, std::uint32_t n, std::uint32_t parts);

/// Splits each spec of the group in two neighbours of one name, of which the first is `some` of its machines, and calls
/// `change` with it: settings hold for a whole runtime group.
template <typename Change>
void changeSome(std::vector<GroupSpec>& specs, const Some& some, Change&& change) {
  std::vector<GroupSpec> all;
  const auto parts = static_cast<std::uint32_t>(specs.size());
  std::uint32_t n = 0;
  for (auto& spec : specs) {
    if (some.isAll()) {
      change(spec);
      all.push_back(std::move(spec));
      continue;
    }
    auto rest = spec;
    split(spec, rest, some, n++, parts);
    change(spec);
    all.push_back(std::move(spec));
    all.push_back(std::move(rest));
  }
  specs = std::move(all);
}

/// The specs of each profile; several where a quirk has split them.
std::vector<std::span<GroupSpec>> byProfile(std::vector<GroupSpec>& specs);
/// How many of `machines` each of the specs of one profile gets: fixed numbers first, then by portion with the largest
/// remainder.
std::vector<std::uint32_t> portioned(std::uint32_t machines, std::span<const GroupSpec> specs);

}  // namespace vme::scenario
