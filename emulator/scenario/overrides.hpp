#pragma once
// What the command line changes in a scenario.

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "profile/yaml.hpp"

namespace vme::scenario {

/// `groups.desktops.machines` and its new value, put into the tree before it is read. Items of a list are found by
/// their `name` or their number. What is put in has the option as its place, so that every later error names it.
/// ConfigError when the path leads nowhere.
void applySet(profile::YamlValue& document, const std::pair<std::string, std::string>& keyAndValue);

/// The same for a value that another key of the file names; `place` stands for what leads there.
void setAt(profile::YamlValue& document, const std::string& path, const std::string& place, profile::YamlValue value);

/// `total` machines in the proportion of `sizes` by largest remainder, at least one each. ConfigError when `total` is
/// smaller than the number of groups.
std::vector<std::uint32_t> scaled(const std::vector<std::uint32_t>& sizes, std::uint32_t total);

/// `total` over `parts` as evenly as it goes, larger shares first.
std::vector<std::uint32_t> dealt(std::uint32_t total, std::size_t parts);

}  // namespace vme::scenario
