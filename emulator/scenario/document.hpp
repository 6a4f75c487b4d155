#pragma once
// What stands between a scenario's text and its reading: included files, options of the command line, the cells of a
// matrix, variables. All of it works on trees, whose values keep the places where they were written.

#include <array>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "profile/yaml.hpp"
#include "scenario/scenario.hpp"

namespace vme::scenario {

/// One scenario, complete in itself.
struct Document {
  profile::YamlValue tree;
  std::vector<std::pair<std::string, std::string>> cell;  // axis and value; none: no matrix
};

/// Keys that are worked in and gone when a document is read.
inline constexpr std::array<std::string_view, 4> kWorkedIn{"include", "variables", "matrix", "exclude"};

/// `folder` is where the files that it includes are looked for.
std::vector<Document> documentsOf(profile::YamlValue tree, const std::filesystem::path& folder,
                                  const Overrides& overrides);

/// Included files, joined in (scenario/include.cpp).
void joinIncludes(profile::YamlValue& tree, const std::filesystem::path& folder);
/// The cells of `matrix` without those of `exclude`, each put into a copy (scenario/matrix.cpp).
std::vector<Document> cellsOf(profile::YamlValue tree);
/// `${name}` in every value (scenario/variables.cpp).
void putVariables(profile::YamlValue& tree);

/// Null when the map has no such key.
profile::YamlValue* entryNamed(profile::YamlValue& map, std::string_view key);
void eraseEntry(profile::YamlValue& map, std::string_view key);
/// In place of what stands there, or at the end.
void putEntry(profile::YamlValue& map, std::string_view key, profile::YamlValue value);
/// Maps key by key; everything else in place of what stands there.
void mergeInto(profile::YamlValue& base, profile::YamlValue over);

}  // namespace vme::scenario
