#pragma once
// `overrides` of a group: keys that differ for some of its machines. The group is split into neighbours of one name;
// indices, names, identities and arrivals stay those of the whole.

#include <cstdint>
#include <vector>

#include "profile/yaml_cursor.hpp"
#include "scenario/keys.hpp"

namespace vme::scenario {

/// From the first to the last, both included.
struct IndexRange {
  std::uint32_t first = 0, last = 0;
};

struct GroupOverride {
  std::vector<IndexRange> ranges;
  profile::YamlValue group;  // the group's map with what differs, and without `overrides`
  std::string path;          // groups[0].overrides.10-19
  bool hasArrival = false;   // its machines come by a plan of their own
  bool hasUuid = false;

  /// How many of the group's `machines` it is about.
  std::uint32_t machines(std::uint32_t all) const;
};

/// `overrides: {"3": {...}, "10-19": {...}}`, or a list of maps with `machines`. Ranges of two overrides do not meet.
std::vector<GroupOverride> readOverrides(const profile::YamlCursor& group, std::uint32_t machines);

/// Of the form by names, and of the entries of the list.
const Section& overrideSection();
const Section& listedOverrideSection();

/// What each stretch of a group's machines is: the number of its override, or none, and of its profile.
struct Stretch {
  std::uint32_t first = 0, count = 0;
  std::size_t profile = 0;
  std::optional<std::size_t> overriddenBy;
};
/// `shares`: machines of each of the group's profiles, one after the other.
std::vector<Stretch> stretchesOf(const std::vector<std::uint32_t>& shares, const std::vector<GroupOverride>& overrides);

}  // namespace vme::scenario
